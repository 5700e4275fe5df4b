package server

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// sshConn is one connection whose client is known.
type sshConn struct {
	server *sshServer
	conn   *ssh.ServerConn
	id     model.Identity

	mu       sync.Mutex
	sessions map[*sshSession]struct{}
	opened   int
	idle     *time.Timer // closes the connection when nobody is in a session
}

// serve has a client prove who it is, and then serves its sessions.
func (s *sshServer) serve(ctx context.Context, c net.Conn, from netip.Addr) {
	defer func() {
		if recover() != nil { // what it says could hold a secret
			s.journal.add("ssh defect", "empress has a defect: an SSH connection was ended by it.")
		}
		_ = c.Close()
	}()
	unknown := sync.OnceFunc(func() { s.unknown.leave(from) })
	defer unknown()
	end := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now()) }) // nobody is told before he is known
	_ = c.SetDeadline(time.Now().Add(handshakePatience))
	conn, channels, requests, err := ssh.NewServerConn(c, s.config)
	if err != nil {
		return // scanners come all the time
	}
	key, err := knownBy(conn)
	if err != nil || !end() {
		return
	}
	if _, ok := s.known.enter(from); !ok {
		s.journal.add("ssh full", "There are as many SSH connections as may be open, and more were closed.")
		return
	}
	defer s.known.leave(from)
	unknown()
	_ = c.SetDeadline(time.Time{})
	sc := &sshConn{server: s, conn: conn, sessions: map[*sshSession]struct{}{},
		id: model.Identity{SSHKey: key, Via: model.ViaSSH, From: from.String()}}
	sc.idle = time.AfterFunc(emptyPatience, sc.closeEmpty)
	s.mu.Lock()
	s.conns[sc] = struct{}{}
	s.mu.Unlock()
	sc.run(ctx, channels, requests)
	s.mu.Lock()
	delete(s.conns, sc)
	s.mu.Unlock()
}

// run serves channels until the connection ends, and waits for its sessions.
func (c *sshConn) run(ctx context.Context, channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(errHungUp)
	var sessions sync.WaitGroup
	stop := context.AfterFunc(ctx, c.closeEmpty)
	defer stop()
	go ssh.DiscardRequests(requests) // forwarding, above all
	for n := range channels {
		switch {
		case n.ChannelType() != "session":
			_ = n.Reject(ssh.Prohibited, "empress forwards nothing")
		case !c.room():
			_ = n.Reject(ssh.ResourceShortage, "too many sessions on one connection")
		default:
			ch, reqs, err := n.Accept()
			if err != nil {
				c.forget(nil)
				continue
			}
			s := newSSHSession(c, ch)
			c.remember(s)
			sessions.Go(func() {
				defer func() {
					c.forget(s)
					if ctx.Err() != nil {
						c.closeEmpty()
					}
				}()
				s.run(ctx, reqs)
			})
		}
	}
	cancel(errHungUp)
	sessions.Wait()
	c.idle.Stop()
}

// errHungUp says that nobody is at the other end any more.
var errHungUp = errors.New("the connection was lost")

// room takes a place for one more session, if there is one.
func (c *sshConn) room() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sessions) >= maxSessions || c.opened >= maxOpened {
		return false
	}
	c.opened++
	c.idle.Stop()
	return true
}

func (c *sshConn) remember(s *sshSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[s] = struct{}{}
}

func (c *sshConn) forget(s *sshSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, s)
	if len(c.sessions) == 0 {
		c.idle.Reset(emptyPatience)
	}
}

// closeEmpty ends the connection when nobody is in a session.
func (c *sshConn) closeEmpty() {
	c.mu.Lock()
	empty := len(c.sessions) == 0
	c.mu.Unlock()
	if empty {
		_ = c.conn.Close()
	}
}

// recheck ends the sessions of somebody who is no member any more, or whose key
// was taken away.
func (c *sshConn) recheck(ctx context.Context) {
	c.mu.Lock()
	var open []*sshSession
	for s := range c.sessions {
		open = append(open, s)
	}
	c.mu.Unlock()
	if len(open) == 0 {
		return
	}
	glance := c.id
	glance.Glance = true
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	_, err := c.server.options.Service.SignIn(ctx, glance)
	if denied := new(model.Error); errors.As(err, &denied) && denied.Code == model.CodeDenied {
		for _, s := range open {
			s.dismiss(err)
		}
	}
}
