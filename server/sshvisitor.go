package server

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"empress/model"
)

// visitor is one connection, of somebody who proved a key or has to do so yet.
type visitor struct {
	server *sshServer
	conn   *timedConn
	from   netip.Addr
	leave  func() // gives the stranger's place free; it may be called more than once

	fingerprint string // of the key that was proved
	known       atomic.Bool

	mu       sync.Mutex
	sessions map[*sshSession]struct{}
	opened   int         // sessions that are there, begun or not
	resting  *time.Timer // ends the connection while it has no session
	ended    error       // why no session may be begun any more
	gone     bool        // the connection has ended: what waits for it would keep its memory
}

func newVisitor(s *sshServer, c net.Conn, from netip.Addr, leave func()) *visitor {
	return &visitor{server: s, conn: newTimedConn(c, s.answer), from: from, leave: leave, sessions: map[*sshSession]struct{}{}}
}

// serve goes on until the connection ends.
func (v *visitor) serve() {
	defer v.server.remove(v)
	defer v.leave()
	defer v.conn.Close()
	defer v.server.contain()
	tooLong := time.AfterFunc(v.server.handshake, func() { _ = v.conn.Close() })
	defer tooLong.Stop()
	p := &proof{server: v.server}
	c, channels, requests, err := ssh.NewServerConn(v.conn, p.config())
	if err != nil {
		return // nobody is known yet, and strangers fill no log
	}
	v.fingerprint = c.Permissions.Extensions[fingerprintOf]
	if p.known { // a stranger has no more time, and no other place
		if !v.server.members.enter(v.fingerprint, v.server.bounds.members, v.server.membersEach) {
			v.server.journal.add("full", "An SSH key has as many connections as it may, or there are too many in all, and more were closed.")
			return
		}
		defer v.server.members.leave(v.fingerprint)
		v.known.Store(true)
		tooLong.Stop()
		v.leave()
	}
	v.rest()
	go ssh.DiscardRequests(requests) // no forwarding, which is what is asked for here
	go v.conn.probe(c)
	v.receive(c, channels)
}

// contain keeps a defect that ends one connection from ending others. What it
// says could hold a secret.
func (s *sshServer) contain() {
	if recover() != nil {
		s.journal.add("defect", "An SSH session ended because of a fault of empress itself.")
	}
}

// receive takes the sessions that the client opens, and refuses all else.
func (v *visitor) receive(c *ssh.ServerConn, channels <-chan ssh.NewChannel) {
	defer v.leaveAll()
	for wish := range channels {
		switch {
		case wish.ChannelType() != "session":
			_ = wish.Reject(ssh.Prohibited, "empress forwards nothing")
		case !v.take():
			_ = wish.Reject(ssh.ResourceShortage, "there are too many sessions on this connection")
		default:
			ch, requests, err := wish.Accept()
			if err != nil {
				v.release()
				continue
			}
			x := newSSHSession(v, ch)
			go x.serve(requests, func() { _ = c.Close() })
		}
	}
}

// take counts a session, unless there are as many as may be.
func (v *visitor) take() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.opened >= v.server.bounds.sessions {
		return false
	}
	v.opened++
	return true
}

func (v *visitor) release() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.opened--
}

// rest ends the connection after a while, unless a session begins.
func (v *visitor) rest() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.restLocked()
}

func (v *visitor) restLocked() {
	if len(v.sessions) > 0 || v.gone {
		return
	}
	if v.resting != nil {
		v.resting.Stop()
	}
	v.resting = time.AfterFunc(v.server.bounds.rest, func() { _ = v.conn.Close() })
}

// begin counts a session that has begun, unless no more may.
func (v *visitor) begin(x *sshSession) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended != nil {
		return v.ended
	}
	v.sessions[x] = struct{}{}
	if v.resting != nil {
		v.resting.Stop()
	}
	return nil
}

func (v *visitor) finish(x *sshSession) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.sessions, x)
	v.restLocked()
}

// leaveAll ends the sessions of a connection that is gone.
func (v *visitor) leaveAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.gone = true
	if v.resting != nil {
		v.resting.Stop()
	}
	for x := range v.sessions {
		x.cancel(context.Canceled)
	}
}

// end ends every session with a sentence, upon which clients leave by
// themselves; whoever has not within a moment is left.
func (v *visitor) end(why error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended != nil {
		return
	}
	v.ended = why
	if len(v.sessions) == 0 {
		_ = v.conn.Close()
		return
	}
	for x := range v.sessions {
		x.cancel(why)
	}
	time.AfterFunc(v.server.farewell, func() { _ = v.conn.Close() })
}

// identity is who the handshake says is here.
func (v *visitor) identity() model.Identity {
	return model.Identity{SSHKey: v.fingerprint, Via: model.ViaSSH, From: v.from.String()}
}

// unwelcome says why the member is let in no more, if so: they are no member
// any more, or not by this key. A store that does not answer ends nothing.
func (v *visitor) unwelcome(ctx context.Context) (why, err error) {
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	id := v.identity()
	id.Glance = true
	_, err = v.server.Service.SignIn(ctx, id)
	switch {
	case errors.Is(err, model.ErrStranger):
		return errKeyRemoved, nil
	case errors.Is(err, model.ErrDenied):
		return err, nil
	}
	return nil, err
}

// errKeyRemoved is what whoever came by a key is told when nobody is let in by
// it any more.
var errKeyRemoved = model.Errorf(model.CodeDenied, "The SSH key that you came with was removed, so this session has ended. If that is a mistake, ask an administrator of the team.")
