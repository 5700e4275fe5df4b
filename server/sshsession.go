package server

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// Visit is one session of a member: what they came for, and through what.
type Visit struct {
	Session  *model.Session
	Command  string // as the client sent it, "" for none
	In       io.Reader
	Out, Err io.Writer
	Environ  []string  // of the client's terminal, "NAME=value"
	Terminal *Terminal // nil where the client asked for none

	// Verify decides as the service does, and slows the member down who guesses.
	Verify func(ctx context.Context, r model.Request) (model.Decision, error)
}

const (
	longestCommand  = 8 << 10
	longestVariable = 256

	// exitRefused is the exit code for whoever is not let in, as that of the
	// command line for a denial.
	exitRefused = 4
	exitBroken  = 1
)

// sshSession is one channel of a client, before and after its command begins
// (RFC 4254, 6).
type sshSession struct {
	visitor *visitor
	channel ssh.Channel
	ctx     context.Context
	cancel  context.CancelCauseFunc

	asked    int // requests before it began
	environ  []string
	terminal *Terminal
	done     chan struct{} // closed when what began has ended; nil before
}

func newSSHSession(g *visitor, ch ssh.Channel) *sshSession {
	x := &sshSession{visitor: g, channel: ch}
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	return x
}

// serve answers what the client asks for until the channel is closed. It never
// waits for what goes on in the session.
func (x *sshSession) serve(requests <-chan *ssh.Request, hangUp func()) {
	defer x.visitor.release()
	defer x.visitor.server.contain()
	for r := range requests {
		if x.done == nil && x.asked > x.visitor.server.bounds.requests {
			hangUp()
			break
		}
		x.asked++
		command, begins := x.begins(r)
		ok := begins || x.request(r)
		if r.WantReply {
			_ = r.Reply(ok, nil)
		}
		if begins {
			x.done = make(chan struct{})
			go x.run(command)
		}
	}
	x.cancel(context.Canceled)
	go ssh.DiscardRequests(requests)
	_ = x.channel.Close()
	if x.done != nil {
		<-x.done
	}
}

// begins reports whether a request begins the session, and with which command.
func (x *sshSession) begins(r *ssh.Request) (command string, ok bool) {
	if x.done != nil {
		return "", false
	}
	switch r.Type {
	case "shell":
		return "", true
	case "exec":
		var asked struct{ Command string }
		if ssh.Unmarshal(r.Payload, &asked) != nil || len(asked.Command) > longestCommand {
			return "", false
		}
		return asked.Command, true
	}
	return "", false
}

// request obeys what a terminal needs, and nothing else: no agent, no X11, no
// subsystem.
func (x *sshSession) request(r *ssh.Request) bool {
	switch r.Type {
	case "pty-req":
		if x.done != nil || x.terminal != nil {
			return false
		}
		x.terminal = askedTerminal(r.Payload, x.channel)
		return x.terminal != nil
	case "window-change":
		var size struct{ Width, Height, WidthPixels, HeightPixels uint32 }
		if x.terminal == nil || ssh.Unmarshal(r.Payload, &size) != nil {
			return false
		}
		x.terminal.resize(size.Width, size.Height)
		return true
	case "env":
		return x.done == nil && x.setVariable(r.Payload)
	case "signal":
		var signal struct{ Name string }
		if x.done == nil || ssh.Unmarshal(r.Payload, &signal) != nil || !strings.Contains(" INT TERM HUP QUIT ", " "+signal.Name+" ") {
			return false
		}
		x.cancel(context.Canceled)
		return true
	}
	return false
}

// setVariable keeps a variable that is about how things look, and none that a
// program of this computer would go by.
func (x *sshSession) setVariable(payload []byte) bool {
	var v struct{ Name, Value string }
	if ssh.Unmarshal(payload, &v) != nil || len(v.Value) > longestVariable || len(x.environ) >= x.visitor.server.bounds.environ {
		return false
	}
	switch {
	case v.Name == "LANG", strings.HasPrefix(v.Name, "LC_") && len(v.Name) < 32:
	case v.Name == "COLORTERM", v.Name == "TERM_PROGRAM", v.Name == "NO_COLOR", v.Name == "EMPRESS_ACCESSIBLE":
	default:
		return false
	}
	if !printable(v.Name + v.Value) {
		return false
	}
	x.environ = append(x.environ, v.Name+"="+v.Value)
	return true
}

// printable is whether a text is of printable ASCII.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// run does what the member came for, and tells the client how it ended.
func (x *sshSession) run(command string) {
	defer close(x.done)
	exit := exitBroken
	defer func() {
		_, _ = x.channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(exit)}))
		_ = x.channel.Close()
	}()
	defer x.visitor.server.contain()
	exit = x.attend(command)
}

func (x *sshSession) attend(command string) (exit int) {
	v := x.visit(command)
	err := x.visitor.begin(x)
	defer x.visitor.finish(x)
	if err == nil {
		v.Session, err = x.visitor.server.Service.SignIn(x.ctx, x.visitor.identity())
	}
	if err != nil {
		_, _ = io.WriteString(v.Err, model.Printable(model.Sentence(err))+"\n")
		if errors.Is(err, model.ErrDenied) {
			return exitRefused
		}
		return exitBroken
	}
	s, member := x.visitor.server, v.Session.Me().ID
	v.Verify = func(ctx context.Context, r model.Request) (model.Decision, error) { return s.verify(ctx, member, r) }
	return s.Attend(x.ctx, v)
}

func (x *sshSession) visit(command string) Visit {
	v := Visit{Command: command, In: x.channel, Environ: x.environ, Terminal: x.terminal}
	v.Out, v.Err = &wholeWriter{w: x.channel}, &wholeWriter{w: x.channel.Stderr()}
	if t := x.terminal; t != nil {
		v.In, v.Out, v.Err = t, t, t // as a terminal has one stream
		v.Environ = append(v.Environ, "TERM="+t.kind)
	}
	return v
}

// wholeWriter writes for one goroutine at a time, which a channel leaves to
// its user.
type wholeWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *wholeWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(p)
}
