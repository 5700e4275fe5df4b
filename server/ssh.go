package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// SSHOptions are what [ServeSSH] works with; all but Metrics and Log is needed.
type SSHOptions struct {
	Service *model.Service                                // knows members by their keys
	HostKey ssh.Signer                                    // by which clients know this server
	Attend  func(ctx context.Context, v Visit) (exit int) // does what a member came for, until ctx ends
	Metrics *Metrics                                      // by which decisions are counted; nil for new ones
	Log     func(line string)                             // as in [Options]
}

// bounds are what clients of the SSH server may take.
type bounds struct {
	handshake time.Duration // from the first byte to the proof of a key
	answer    time.Duration // for whoever sent something to answer, and to take what is sent
	rest      time.Duration // for a connection without a session
	farewell  time.Duration // for sessions to end in order

	strangers       int // connections that proved no member's key, in all
	strangersSource int // of these from one source
	members         int // connections of members, in all
	membersEach     int // of these for one key

	sessions int // on one connection at once
	requests int // on one session before it begins
	environ  int // variables of one session
}

// usual are the bounds that [ServeSSH] goes by. OpenSSH has 10 sessions on a
// connection, too.
var usual = bounds{
	handshake: 10 * time.Second, answer: 10 * time.Second, rest: 10 * time.Minute, farewell: 3 * time.Second,
	strangers: 128, strangersSource: 32, members: 512, membersEach: 128,
	sessions: 10, requests: 64, environ: 16,
}

// ServeSSH lets members in on the listener until ctx ends, and closes it. Then
// whoever is in a session is told, and it returns when they are gone, or could
// not be told within a few seconds. Without anything to know members by it does
// not begin.
func ServeSSH(ctx context.Context, l net.Listener, o SSHOptions) error {
	return serveSSH(ctx, l, o, usual)
}

func serveSSH(ctx context.Context, l net.Listener, o SSHOptions, b bounds) error {
	if o.Service == nil || o.HostKey == nil || o.Attend == nil {
		return errors.Join(model.Errorf(model.CodeFailed, "The SSH server has nothing to know members by, so it lets nobody in."), l.Close())
	}
	s := newSSHServer(o, b)
	defer s.journal.settle()
	watching, endWatch := context.WithCancel(context.WithoutCancel(ctx))
	defer endWatch()
	go s.watch(watching)
	done := make(chan error, 1)
	go func() { done <- s.accept(l) }()
	select {
	case err := <-done:
		s.stop()
		return model.Errorf(model.CodeFailed, "The SSH server stopped by itself. Start it again.").Because(err)
	case <-ctx.Done():
	}
	_ = l.Close() // which ends accept
	s.stop()
	return nil
}

func newSSHServer(o SSHOptions, b bounds) *sshServer {
	o.Metrics = cmp.Or(o.Metrics, NewMetrics())
	return &sshServer{SSHOptions: o, bounds: b, journal: newJournal(o.Log), throttle: newThrottle(),
		strangers: newTally[netip.Prefix](), members: newTally[string](), visitors: map[*visitor]struct{}{}}
}

// sshServer keeps who is connected.
type sshServer struct {
	SSHOptions
	bounds
	journal   *journal
	throttle  *throttle
	strangers *tally[netip.Prefix]
	members   *tally[string] // by fingerprint

	mu       sync.Mutex
	visitors map[*visitor]struct{}
	stopped  bool
	present  sync.WaitGroup // connections
}

func (s *sshServer) accept(l net.Listener) error {
	for wait := time.Millisecond; ; {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // such as too many open files
			s.journal.add("accept", "SSH connections cannot be taken for now.")
			time.Sleep(wait)
			wait = min(2*wait, time.Second)
			continue
		}
		wait = time.Millisecond
		from := far(c.RemoteAddr().String())
		source := network(from)
		if !s.strangers.enter(source, s.bounds.strangers, s.strangersSource) {
			_ = c.Close()
			s.journal.add("share", "More SSH connections wait to prove a key than may, and some were closed.")
			continue
		}
		leave := sync.OnceFunc(func() { s.strangers.leave(source) })
		if v := newVisitor(s, c, from, leave); s.add(v) {
			go v.serve()
		} else {
			_ = c.Close()
			leave()
		}
	}
}

// add counts a connection as present, unless the server is stopping.
func (s *sshServer) add(v *visitor) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.visitors[v] = struct{}{}
	s.present.Add(1)
	return true
}

func (s *sshServer) remove(v *visitor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.visitors, v)
	s.present.Done()
}

// everybody lists the connections that there are.
func (s *sshServer) everybody() []*visitor {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*visitor, 0, len(s.visitors))
	for v := range s.visitors {
		list = append(list, v)
	}
	return list
}

// stop ends every session with a sentence, and then every connection.
func (s *sshServer) stop() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		s.present.Wait()
		close(gone)
	}()
	for _, v := range s.everybody() {
		v.end(errStopping)
	}
	select {
	case <-gone:
		return
	case <-time.After(s.farewell + time.Second):
	}
	for _, v := range s.everybody() {
		_ = v.conn.Close()
	}
	<-gone
}

// errStopping is what whoever is in a session is told when the server stops.
var errStopping = model.Errorf(model.CodeUnavailable, "The server is stopping. What you did is kept; come back in a moment.")

// watch ends the sessions of whoever is let in no more, as soon as that is so.
func (s *sshServer) watch(ctx context.Context) {
	changes := s.Service.Changes(ctx)
	var again <-chan time.Time
	for {
		select {
		case _, more := <-changes:
			if !more {
				return
			}
			again = time.After(reviewAgain)
		case <-again:
			again = nil
		}
		if !s.review(ctx) {
			again = time.After(reviewAgain)
		}
	}
}

// reviewAgain is when it is looked once more after a change: by then it can be
// read even where the disk is slow.
const reviewAgain = 3 * time.Second

// review ends the sessions of whoever is let in no more. It is false when that
// could not be found out of everybody.
func (s *sshServer) review(ctx context.Context) (whole bool) {
	whole = true
	for _, v := range s.everybody() {
		if !v.known.Load() {
			continue
		}
		why, err := v.unwelcome(ctx)
		if why != nil {
			v.end(why)
		}
		whole = whole && err == nil
	}
	return whole
}
