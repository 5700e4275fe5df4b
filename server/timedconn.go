package server

import (
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// timedConn is a connection whose other end has to take what is sent within a
// while, and to answer within it when it sends something. Whoever sends
// nothing, as people do who look at a screen, costs no byte.
type timedConn struct {
	net.Conn
	patience time.Duration
	stir     chan struct{} // something came since the last answer
}

func newTimedConn(c net.Conn, patience time.Duration) *timedConn {
	return &timedConn{Conn: c, patience: patience, stir: make(chan struct{}, 1)}
}

func (c *timedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		select {
		case c.stir <- struct{}{}:
		default: // it is known
		}
	}
	return n, err
}

func (c *timedConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// probe ends a connection whose bytes make no message: a whole one would have
// been answered. It asks as OpenSSH does, whose clients answer, be it with a
// refusal (RFC 4254, 4).
func (c *timedConn) probe(peer ssh.Conn) {
	gone := make(chan struct{})
	go func() {
		_ = peer.Wait()
		close(gone)
	}()
	for {
		select {
		case <-gone:
			return
		case <-c.stir:
		}
		late := time.AfterFunc(c.patience, func() { _ = c.Close() })
		_, _, err := peer.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			return
		}
		select {
		case <-gone:
			return
		case <-time.After(c.patience):
		}
		select { // the answer came, too
		case <-c.stir:
		default:
		}
	}
}
