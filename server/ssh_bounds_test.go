package server

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// Whoever asks for more than a session needs before it begins is left, and
// whoever opens more sessions than may be is refused those.
func TestSSHBoundsSessions(t *testing.T) {
	h := newHouse(t, tight, stay)
	c := h.dial()
	var opened []*ssh.Session
	for range tight.sessions {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, s)
	}
	if _, err := c.NewSession(); err == nil || !strings.Contains(err.Error(), "too many sessions") {
		t.Errorf("one more: %v", err)
	}
	_ = opened[0].Close()
	var err error
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if opened[0], err = c.NewSession(); err == nil {
			break
		}
	}
	if err != nil {
		t.Errorf("one left, and the next: %v", err)
	}
	for range 10 * tight.requests {
		if _, err = opened[0].SendRequest("env", true, ssh.Marshal(variable{"X", "y"})); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("there is no end of requests")
	}
	_ = within(t, c.Wait)
}

// A connection on which nothing is asked for ends after a while, be a session
// opened on it or not, and one on which something goes on does not.
func TestSSHRest(t *testing.T) {
	t.Parallel()
	b := tight
	b.rest = time.Second
	h := newHouse(t, b, stay)
	for _, opens := range []bool{false, true} {
		c := h.dial()
		if opens {
			if _, err := c.NewSession(); err != nil {
				t.Fatal(err)
			}
		}
		_ = within(t, c.Wait)
	}
	c := h.dial()
	s, err := c.NewSession()
	if err == nil {
		err = s.Start("stay")
	}
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * b.rest)
	if _, err := c.NewSession(); err != nil {
		t.Errorf("beside one that goes on: %v", err)
	}
	_ = s.Close()
	_ = within(t, c.Wait)
}

// A member has a share of the connections, and strangers have theirs: neither
// takes from the other.
func TestSSHBoundsConnections(t *testing.T) {
	b := tight
	b.handshake = time.Minute // strangers stay
	h := newHouse(t, b, report)
	for range b.membersEach {
		h.dial()
	}
	c, err := ssh.Dial("tcp", h.address, h.config("ada", h.ada))
	if err == nil {
		err = c.Wait()
	}
	if err == nil {
		t.Error("a member may have any number of connections")
	}
	closed := make(chan error, b.strangersSource+1)
	for range cap(closed) { // one too many, be it the last or not: the member may be counted still
		conn, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			_, err := io.Copy(io.Discard, conn)
			closed <- err
		}()
	}
	_ = within(t, func() error { return <-closed })
}

func TestTally(t *testing.T) {
	tl := newTally[netip.Prefix]()
	a, b := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	for i, c := range []struct {
		source netip.Prefix
		want   bool
	}{{a, true}, {a, true}, {a, false}, {b, true}, {b, false}} { // 3 in all, 2 of one
		if tl.enter(c.source, 3, 2) != c.want {
			t.Errorf("%d: entering is not %v", i, c.want)
		}
	}
	tl.leave(a)
	if !tl.enter(b, 3, 2) {
		t.Error("a place that was left is not free")
	}
	tl.leave(a)
	tl.leave(b)
	tl.leave(b)
	if len(tl.open) != 0 || tl.all != 0 {
		t.Errorf("%v, %d are left", tl.open, tl.all)
	}
}

// Whoever proves no key in time is left, however they fill it.
func TestSSHHandshakeTakesTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tight, report)
	for name, talk := range map[string]func(net.Conn){
		"says nothing": func(net.Conn) {},
		"drips":        func(c net.Conn) { drip(c, "SSH-2.0-"+strings.Repeat("x", 200)) },
		"stops": func(c net.Conn) {
			_, _ = io.WriteString(c, "SSH-2.0-x\r\n\x00\x00\x00\x2c\x08\x14")
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", h.address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			began := time.Now()
			go talk(c)
			closes(t, c)
			if took := time.Since(began); took < tight.handshake/2 {
				t.Errorf("left after %v already", took)
			}
		})
	}
	if usual.handshake > 10*time.Second || usual.answer > 10*time.Second {
		t.Error("whoever dawdles stays too long")
	}
}

// Many who dawdle before they prove a key keep nobody out, and are left in time.
func TestSSHSlowClients(t *testing.T) {
	t.Parallel()
	n := some(50, 500)
	b := tight
	b.strangers, b.strangersSource, b.handshake = n+1, n+1, 3*time.Second
	h := newHouse(t, b, report)
	var slow sync.WaitGroup
	for i := range n {
		slow.Go(func() {
			c, err := net.Dial("tcp", h.address)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if i%2 == 0 {
				go drip(c, "SSH-2.0-"+strings.Repeat("x", 200))
			}
			closes(t, c)
		})
	}
	for range 5 {
		c := h.dial()
		if out, _, exit := run(t, c, "keys"); exit != 4 || !strings.Contains(out, `"keys"`) {
			t.Errorf("a member is told %q, exit code %d", out, exit)
		}
		_ = c.Close()
	}
	slow.Wait()
}

// drip writes a byte now and then, until that fails.
func drip(c net.Conn, text string) {
	for i := range len(text) {
		if _, err := c.Write([]byte{text[i]}); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
