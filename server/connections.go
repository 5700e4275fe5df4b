package server

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// most is how many connections may be open at once.
type most struct {
	all    int // in all
	source int // by one source
	local  int // by one source on this computer, where many services may ask
}

// connections is a listener that closes what one source opens beyond its share,
// so that others are answered too. Believed proxies have no share, as they ask
// for many. When three quarters of all are open, connections are no longer kept
// between requests, and those that rest are closed; below half they are kept
// again. Accept is for one goroutine, what it returns for any.
type connections struct {
	net.Listener
	most    most
	trusted trust
	journal *journal
	keep    func(bool) // lets the HTTP server keep connections between requests, or not
	kept    bool       // what keep was told last; Accept's own

	mu   sync.Mutex
	open map[netip.Prefix]int // by source; none is 0
	all  int
}

func newConnections(l net.Listener, m most, h *handler, keep func(bool)) *connections {
	return &connections{Listener: l, most: m, trusted: h.trusted, journal: h.journal, keep: keep, kept: true, open: map[netip.Prefix]int{}}
}

// Accept returns the next connection of a source that has not its share yet.
func (l *connections) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := far(c.RemoteAddr().String())
		all, ok := l.enter(from)
		if !ok {
			_ = c.Close()
			l.journal.add("share", fmt.Sprintf("%v has as many connections as one address may, and more were closed. If that is your proxy, name it with --trust-proxy.", from))
			continue
		}
		l.relieve(all)
		return &connection{Conn: c, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
	}
}

// enter counts a connection, unless its source has its share, and returns how
// many are open in all.
func (l *connections) enter(from netip.Addr) (all int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	source := network(from)
	if l.open[source] >= l.share(from) {
		return l.all, false
	}
	l.open[source]++
	l.all++
	return l.all, true
}

// share is how many connections the source of an address may have.
func (l *connections) share(from netip.Addr) int {
	switch {
	case l.trusted.holds(from):
		return l.most.all
	case from.IsLoopback():
		return l.most.local
	}
	return l.most.source
}

func (l *connections) leave(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	source := network(from)
	l.all--
	if l.open[source]--; l.open[source] == 0 {
		delete(l.open, source)
	}
}

// relieve has the server keep no connections while it is nearly full.
func (l *connections) relieve(all int) {
	keep := l.kept
	if all >= l.most.all*3/4 {
		keep = false
	} else if all < l.most.all/2 {
		keep = true
	}
	if keep != l.kept {
		l.kept = keep
		l.keep(keep)
	}
}

// connection is counted until it is closed for the first time.
type connection struct {
	net.Conn
	leave func()
}

func (c *connection) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
