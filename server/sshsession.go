package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// Visit is what a member came for: the interface on a terminal, or one command.
type Visit struct {
	Session  *model.Session
	Line     string    // the command as it was sent; "" for none
	Terminal *Terminal // nil when the visitor has none
	In       io.Reader // of a terminal the read end of a pipe, as an *os.File
	Out, Err io.Writer // each write is sent at once
	Environ  []string  // "NAME=value", of a few names that are about terminals
}

// Terminal is that of a visitor. What is written to it goes on in the first
// column after a line feed, and nothing that is typed is shown by itself.
type Terminal struct {
	Sizes <-chan Size // the size at once, and another one after each change; the latest counts
}

// Size is that of a terminal in cells.
type Size struct{ Width, Height int }

// sshSession is one channel of the type "session" (RFC 4254, 6).
type sshSession struct {
	conn    *sshConn
	channel ssh.Channel
	asked   sshAsked
	begun   chan struct{} // closed when it is known what the visitor wants

	mu  sync.Mutex
	end context.CancelCauseFunc
}

func newSSHSession(c *sshConn, ch ssh.Channel) *sshSession {
	return &sshSession{conn: c, channel: ch, asked: sshAsked{sizes: make(chan Size, 1)}, begun: make(chan struct{})}
}

// run serves the session until it ends.
func (s *sshSession) run(ctx context.Context, requests <-chan *ssh.Request) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	s.mu.Lock()
	s.end = end
	s.mu.Unlock()
	go func() {
		s.listen(requests)
		end(errHungUp)
	}()
	code := exitAbnormal
	select {
	case <-s.begun:
		code = s.visit(ctx)
	case <-time.After(handshakePatience):
	case <-ctx.Done():
	}
	_, _ = s.channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
	_ = s.channel.Close() // whoever was there may be gone
}

// exitAbnormal is the exit code of what did not come to an end by itself.
const exitAbnormal = 1

// dismiss ends the session, for a reason that the visitor is told.
func (s *sshSession) dismiss(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		s.end(why)
	}
}

// listen answers what the client asks for, until it closes the channel.
func (s *sshSession) listen(requests <-chan *ssh.Request) {
	begun := false
	for r := range requests {
		ok, begins := s.asked.take(r, begun)
		if r.WantReply {
			_ = r.Reply(ok, nil)
		}
		if begins {
			begun = true
			close(s.begun)
		}
	}
}

// visit has done what the visitor wants. A defect there ends this session alone.
func (s *sshSession) visit(ctx context.Context) (code int) {
	v := s.visitor()
	defer func() {
		if recover() != nil { // what it says could hold a secret
			s.conn.server.journal.add("ssh defect", "empress has a defect: a session over SSH was ended by it.")
			fmt.Fprintln(v.Err, "empress has a defect and ended this session. Look whether the change was made before you try again.")
			code = exitAbnormal
		}
	}()
	if s.asked.line != "" || !s.asked.terminal {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, commandPatience, errTooLong)
		defer cancel()
	}
	var err error
	if v.Session, err = s.signIn(ctx); err != nil {
		fmt.Fprintln(v.Err, model.Printable(model.Sentence(err)))
		return exitDenied
	}
	stop := s.feed(v)
	defer stop()
	return s.conn.server.options.Visit(ctx, v)
}

// exitDenied is the exit code of what nobody may do.
const exitDenied = 4

var errTooLong = model.Errorf(model.CodeUnavailable, "The command took longer than %v, so it was ended.", commandPatience)

// signIn finds who the visitor is, by the key that the handshake proved, and
// notes in the trail what they came for.
func (s *sshSession) signIn(ctx context.Context) (*model.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	in, err := s.conn.server.options.Service.SignIn(ctx, s.conn.id)
	if err == nil {
		err = in.Arrive(ctx, s.asked.line)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = model.Errorf(model.CodeUnavailable, "The database does not answer. Try again.").Because(err)
	}
	if err != nil {
		s.conn.server.journal.add("ssh stranger", fmt.Sprintf("%s came over SSH and was not let in: %s", s.conn.id.From, model.Sentence(err)))
	}
	return in, err
}

func (s *sshSession) visitor() *Visit {
	v := &Visit{Line: s.asked.line, Environ: s.asked.environ()}
	out, err := io.Writer(s.channel), io.Writer(s.channel.Stderr())
	if s.asked.terminal {
		out, err = newlines{out}, newlines{err}
		v.Terminal = &Terminal{Sizes: s.asked.sizes}
	}
	hangUp := func() { _ = s.conn.conn.Close() }
	v.Out, v.Err = &patientWriter{out, hangUp}, &patientWriter{err, hangUp}
	return v
}

// feed hands over what the visitor sends: on a terminal through a pipe, from
// which reading can be broken off. stop must be called when nobody reads any
// more.
func (s *sshSession) feed(v *Visit) (stop func()) {
	v.In = s.channel
	if v.Terminal == nil {
		return func() {}
	}
	r, w, err := os.Pipe()
	if err != nil { // too many files are open
		v.In = failing{err}
		return func() {}
	}
	go func() {
		_, _ = io.Copy(w, s.channel)
		_ = w.Close()
	}()
	v.In = r
	return func() { _ = r.Close() }
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// newlines writes to a terminal that is raw: it has to be told to go to the
// first column.
type newlines struct{ to io.Writer }

func (n newlines) Write(p []byte) (int, error) {
	sent := make([]byte, 0, len(p)+16)
	for i, b := range p {
		if b == '\n' && (i == 0 || p[i-1] != '\r') {
			sent = append(sent, '\r')
		}
		sent = append(sent, b)
	}
	defer clear(sent) // a secret may be shown
	if _, err := n.to.Write(sent); err != nil {
		return 0, err
	}
	return len(p), nil
}

// patientWriter ends the connection of a client that takes in nothing.
type patientWriter struct {
	to     io.Writer
	hangUp func()
}

func (w *patientWriter) Write(p []byte) (int, error) {
	t := time.AfterFunc(stalledPatience, w.hangUp)
	defer t.Stop()
	return w.to.Write(p)
}
