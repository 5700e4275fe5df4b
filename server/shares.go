package server

import (
	"net/netip"
	"sync"
)

// most is how many connections may be open at once.
type most struct {
	all    int // in all
	source int // by one source
	local  int // by one source on this computer, where many services may ask
}

// shares counts what sources have open at once, so that no source takes it from
// others. Believed proxies have no share, as they open for many. It is safe for
// concurrent use.
type shares struct {
	most    most
	trusted trust

	mu   sync.Mutex
	open map[netip.Prefix]int // by source; none is 0
	all  int
}

func newShares(m most, trusted trust) *shares {
	return &shares{most: m, trusted: trusted, open: map[netip.Prefix]int{}}
}

// enter counts a connection, unless its source has its share, or all are open,
// and returns how many are open in all.
func (s *shares) enter(from netip.Addr) (all int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source := network(from)
	if s.open[source] >= s.share(from) || s.all >= s.most.all {
		return s.all, false
	}
	s.open[source]++
	s.all++
	return s.all, true
}

// share is how many connections the source of an address may have.
func (s *shares) share(from netip.Addr) int {
	switch {
	case s.trusted.holds(from):
		return s.most.all
	case from.IsLoopback():
		return s.most.local
	}
	return s.most.source
}

func (s *shares) leave(from netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source := network(from)
	s.all--
	if s.open[source]--; s.open[source] == 0 {
		delete(s.open, source)
	}
}
