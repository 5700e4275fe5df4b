package server

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"empress/model"
)

// throttle slows down whoever fails again and again: by source, and by source
// and key. A member who comes over SSH is one source, wherever from. It never
// goes by the key alone, so that nobody is locked out by what others do with
// their key. It holds a fixed amount of memory.
type throttle struct {
	mu      sync.Mutex
	seed    maphash.Seed
	slots   [throttleSets][throttleWays]slot
	elapsed func() time.Duration // of a clock that never steps
}

// slot is one bucket of the generic cell rate algorithm (ITU-T I.371): the
// theoretical arrival time of the next failure that is not throttled.
type slot struct {
	mark    uint64 // hash of whom it is for
	arrival time.Duration
}

const (
	throttleSets = 4096
	throttleWays = 4 // 16384 slots in all
)

// pace is how many failures at once are answered as such, and after what time
// one more is.
type pace struct {
	burst int
	every time.Duration
}

var (
	pacePerSource = pace{60, time.Second}
	pacePerKey    = pace{10, 10 * time.Second}
)

func newThrottle() *throttle {
	start := time.Now()
	return &throttle{seed: maphash.MakeSeed(), elapsed: func() time.Duration { return time.Since(start) }}
}

// whom is what failures are counted by.
type whom struct {
	source netip.Prefix
	member model.MemberID // instead of an address
	key    model.KeyID
}

// fail counts a failure and returns 0, or how long its source should wait. The
// key is "" when none was understood.
func (t *throttle) fail(from netip.Addr, key model.KeyID) time.Duration {
	return t.wait(whom{source: network(from), key: key}, true)
}

// wait counts a failure as fail does. Where nothing failed it counts nothing,
// and returns the same.
func (t *throttle) wait(who whom, failed bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, source := t.elapsed(), who
	source.key = ""
	if wait := t.take(source, pacePerSource, now, failed); wait > 0 {
		return wait // and no slot for a key: a throttled source does not fill the table
	}
	if who.key == "" {
		return 0
	}
	return t.take(who, pacePerKey, now, failed)
}

// network is what counts as one source: one IPv4 address, or the 64 bits of an
// IPv6 address that its holder does not choose. All unknown ones are one.
func network(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the zero Prefix for the zero Addr
	return p
}

func (t *throttle) take(who whom, p pace, now time.Duration, failed bool) time.Duration {
	mark := maphash.Comparable(t.seed, who)
	s, arrival := t.slot(mark), now
	if s.mark == mark {
		arrival = max(s.arrival, now)
	}
	arrival += p.every
	if wait := arrival - now - time.Duration(p.burst)*p.every; wait > 0 {
		return wait
	}
	if failed {
		*s = slot{mark, arrival}
	}
	return 0
}

// slot finds the slot of a hash, or else the one to take for it: that which is
// due first.
func (t *throttle) slot(mark uint64) *slot {
	set := &t.slots[mark%throttleSets]
	oldest := &set[0]
	for i := range set {
		s := &set[i]
		if s.mark == mark {
			return s
		}
		if s.arrival < oldest.arrival {
			oldest = s
		}
	}
	return oldest
}
