package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// SSHOptions are what [ServeSSH] works with.
type SSHOptions struct {
	HostKey ssh.Signer
	Service *model.Service
	// Visit carries out what a member came for, and returns the exit code. ctx ends
	// when the connection is lost, with the reason to tell as its cause.
	Visit func(ctx context.Context, v *Visit) int
	Log   func(line string) // is told what goes wrong, a few lines a minute and one at a time; nil tells nobody
}

// The bounds on SSH clients.
const (
	handshakePatience = 10 * time.Second // until a client is known by its key
	emptyPatience     = 30 * time.Second // with nobody in a session
	stalledPatience   = 10 * time.Second // for a client that takes in nothing of what it is sent
	commandPatience   = 10 * time.Minute // for a command to read and do what it has to
	farewellPatience  = 3 * time.Second  // for people to be told that the server stops
	maxSessions       = 10               // of one connection at a time
	maxOpened         = 1000             // of one connection in all
)

// sshMost is how many connections may be open at once, and how many of them
// before their clients are known.
type sshMost struct{ known, unknown most }

func usualSSH() sshMost {
	return sshMost{known: most{all: 1024, source: 64, local: 512}, unknown: most{all: 128, source: 16, local: 64}}
}

// ServeSSH answers members on the listener until ctx ends, and closes it. They
// are known by the SSH key with which a connection was authenticated (RFC 4252,
// 7), never by one that was merely offered, nor by the name that they give. It
// gives no shell, forwards nothing and transfers no files. Sessions are told
// when it stops.
//
// It is built on golang.org/x/crypto/ssh alone: what a client may open, send and
// ask for is decided here, request by request.
func ServeSSH(ctx context.Context, l net.Listener, o SSHOptions) error {
	return serveSSH(ctx, l, o, usualSSH())
}

func serveSSH(ctx context.Context, l net.Listener, o SSHOptions, m sshMost) error {
	if o.HostKey == nil || o.Service == nil || o.Visit == nil {
		return errors.Join(model.Errorf(model.CodeFailed, "The SSH server was given no host key, or nothing to know its visitors by, so it does not start."), l.Close())
	}
	s := &sshServer{options: o, journal: newJournal(o.Log), unknown: newShares(m.unknown, nil), known: newShares(m.known, nil), conns: map[*sshConn]struct{}{}}
	s.config = sshConfig(o.HostKey)
	open, end := context.WithCancelCause(context.WithoutCancel(ctx)) // so that it ends with a reason
	close := func() {
		end(errStopping)
		_ = l.Close()
	}
	stop := context.AfterFunc(ctx, close)
	defer stop()
	s.visiting.Go(func() { s.watch(open) })
	err := s.accept(open, l)
	close()
	s.farewell()
	return err
}

// errStopping is what people in a session are told when the server stops.
var errStopping = model.Errorf(model.CodeUnavailable, "The server of empress is being stopped, so you were signed out. Nothing was lost but what was being typed.")

// sshServer is what its connections share.
type sshServer struct {
	options  SSHOptions
	config   *ssh.ServerConfig
	journal  *journal
	unknown  *shares // connections whose clients are not known yet
	known    *shares
	visiting sync.WaitGroup

	mu    sync.Mutex
	conns map[*sshConn]struct{}
}

func (s *sshServer) accept(ctx context.Context, l net.Listener) error {
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return model.Errorf(model.CodeFailed, "The SSH server stopped by itself. Start it again.").Because(err)
		case err != nil: // such as too many open files: it passes
			s.journal.add("accept", "An SSH connection could not be taken: "+err.Error())
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		from := far(c.RemoteAddr().String())
		if _, ok := s.unknown.enter(from); !ok {
			_ = c.Close()
			s.journal.add("ssh share", fmt.Sprintf("%v, or everybody together, has as many SSH connections as may wait to be known, and more were closed.", from))
			continue
		}
		s.visiting.Go(func() { s.serve(ctx, c, from) })
	}
}

// farewell waits a little for sessions to tell people, and then ends all
// connections.
func (s *sshServer) farewell() {
	done := make(chan struct{})
	go func() {
		s.visiting.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(farewellPatience):
	}
	s.mu.Lock()
	for c := range s.conns {
		_ = c.conn.Close()
	}
	s.mu.Unlock()
	<-done
}

// watch looks, whenever something changed, whether everybody who is in may stay.
func (s *sshServer) watch(ctx context.Context) {
	for range s.options.Service.Changes(ctx) {
		s.mu.Lock()
		var all []*sshConn
		for c := range s.conns {
			all = append(all, c)
		}
		s.mu.Unlock()
		for _, c := range all {
			c.recheck(ctx)
		}
	}
}
