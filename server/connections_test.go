package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
)

// crowd is a server that takes few connections.
func (x *team) crowd(m most, o Options) *live {
	x.Helper()
	return x.live(func(ctx context.Context, l net.Listener) error { return serve(ctx, l, o, m) })
}

// guest is one connection to a server.
type guest struct {
	net.Conn
	read *bufio.Reader
}

// from connects from an address of this computer.
func (v *live) from(source string) guest {
	v.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}}).DialContext(v.Context(), "tcp", v.address)
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		v.Skipf("this computer has no address %s", source)
	}
	if err != nil {
		v.Fatal(err)
	}
	v.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute)) // half of how long the server keeps what rests
	return guest{c, bufio.NewReader(c)}
}

// healthy asks once, and reports whether there was an answer and whether the
// server keeps the connection after it.
func (g guest) healthy() (answered, kept bool) {
	_, _ = io.WriteString(g, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := http.ReadResponse(g.read, nil)
	if err != nil {
		return false, false
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode == http.StatusOK, !answer.Close
}

// TestOneSourceKeepsNobodyOut has one source open more connections than it may
// and rest on them.
func TestOneSourceKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	o := x.options()
	told := make(chan string, 300)
	o.Log = func(line string) { told <- line }
	v := x.crowd(most{all: 200, source: 1, local: 100}, o)
	held := 0
	for range 300 {
		if answered, kept := v.from("127.0.0.1").healthy(); answered && kept {
			held++
		}
	}
	if held != 100 {
		t.Errorf("one source holds %d connections", held)
	}
	if answered, kept := v.from("127.0.0.2").healthy(); !answered || !kept {
		t.Errorf("another is answered %v, and kept %v", answered, kept)
	}
	v.stop()
	<-v.ended
	close(told)
	if line := <-told; !strings.Contains(line, "127.0.0.1 has as many connections as one address may") {
		t.Errorf("the operator is told %q", line)
	}
}

// TestNearlyFull has a believed proxy, which may open any number, rest on three
// quarters of them.
func TestNearlyFull(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	v := x.crowd(most{all: 40, source: 1, local: 1}, x.options("127.0.0.1/32"))
	var guests []guest
	for range 29 {
		g := v.from("127.0.0.1")
		if answered, kept := g.healthy(); !answered || !kept {
			t.Fatalf("connection %d is answered %v, and kept %v", len(guests), answered, kept)
		}
		guests = append(guests, g)
	}
	if answered, kept := v.from("127.0.0.1").healthy(); !answered || kept {
		t.Errorf("the 30th is answered %v, and kept %v", answered, kept)
	}
	for i, g := range guests {
		if _, err := g.read.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("connection %d rests on: %v", i, err)
		}
	}
	if answered, kept := v.from("127.0.0.1").healthy(); !answered || !kept {
		t.Errorf("afterwards one is answered %v, and kept %v", answered, kept)
	}
}

// callers is a listener that people from given addresses come to.
type callers []string

func (c *callers) Accept() (net.Conn, error) {
	if len(*c) == 0 {
		return nil, net.ErrClosed
	}
	from := (*c)[0]
	*c = (*c)[1:]
	return &caller{from: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}, nil
}

func (c *callers) Close() error   { return nil }
func (c *callers) Addr() net.Addr { return nil }

type caller struct {
	net.Conn
	from   net.Addr
	closed int
}

func (c *caller) RemoteAddr() net.Addr { return c.from }
func (c *caller) Close() error         { c.closed++; return nil }

// TestShares counts by source, whatever form its address has, until each is
// closed for the first time.
func TestShares(t *testing.T) {
	x := newTeam(t, "198.51.100.0/24")
	come := &callers{}
	l := newConnections(come, most{all: 100, source: 2, local: 3}, x.handler, func(bool) { t.Error("it is not nearly full") })
	var open []net.Conn
	enter := func(want int, from ...string) {
		t.Helper()
		*come = from
		open = nil
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			open = append(open, c)
		}
		if len(open) != want {
			t.Errorf("%d of %q come in, want %d", len(open), from, want)
		}
	}
	enter(2, "[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::1:2:3:4]:1")
	enter(1, "[2001:db8:0:1::1]:1")
	enter(3, "127.0.0.1:1", "[::ffff:127.0.0.1]:1", "127.0.0.1:2", "127.0.0.1:3")
	enter(4, "198.51.100.1:1", "198.51.100.1:2", "198.51.100.1:3", "198.51.100.1:4")
	enter(2, "192.0.2.1:1", "192.0.2.1:2", "[::ffff:192.0.2.1]:3")
	for range 3 {
		open[0].Close()
	}
	enter(1, "192.0.2.1:4", "192.0.2.1:5")
	open[0].Close()
	enter(1, "192.0.2.1:6", "192.0.2.1:7")
	if l.all != 12 || len(l.open) != 5 {
		t.Errorf("%d are open, of %v", l.all, l.open)
	}
}
