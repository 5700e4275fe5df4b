package model

import (
	"maps"
	"net/netip"
	"strings"
	"sync"
)

// shard holds what was recorded of some of the keys.
type shard struct {
	mu      sync.Mutex
	tallies map[KeyID]*tally
	wrong   map[suspicion]*suspect
	hours   int // in all tallies
	callers int // in all tallies

	_ [64]byte // shards share no cache line
}

// What one shard holds at most: some 50 and 20 megabytes in all shards.
const (
	shardHours   = 150_000 / recorderShards
	shardCallers = 50_000 / recorderShards
)

// tally is what was recorded of one key.
type tally struct {
	used    int64 // instant of the latest allowed request, Unix milliseconds
	user    caller
	hours   []hourTally // seldom more than one; the latest last
	callers map[caller]*callerTally
	others  callerTally // those without room in callers
	sights  map[sight]*seen

	suspects int // wrong secrets that were kept to be compared
}

// byReason counts requests by the index of the reason.
type byReason [len(reasons)]int64

func (b *byReason) add(c byReason) {
	for i, n := range c {
		b[i] += n
	}
}

func (b byReason) sum() (n int64) {
	for _, x := range b {
		n += x
	}
	return n
}

func (b byReason) count() (c Count) {
	for i, n := range b {
		c.add(reasons[i], n)
	}
	return c
}

type hourTally struct {
	hour int64 // its beginning, Unix milliseconds
	by   byReason
}

// caller is who made a request.
type caller struct {
	address netip.Addr
	agent   string
}

type callerTally struct {
	seen
	by byReason
}

// seen is when something was seen, and how often.
type seen struct{ first, last, count int64 }

func (s *seen) add(o seen) {
	if s.count == 0 || o.first < s.first {
		s.first = o.first
	}
	s.last = max(s.last, o.last)
	s.count += o.count
}

// sight is a superseded secret, and who presented it.
type sight struct {
	generation Generation
	address    netip.Addr
}

// suspicion tells wrong secrets apart; hash stands for the secret.
type suspicion struct {
	key     KeyID
	address netip.Addr
	hash    uint64
}

// suspect is a wrong secret that waits to be compared.
type suspect struct {
	secret Secret
	seen
}

// allowedIndex is where reasons has ReasonOK.
const allowedIndex = 0

func reasonIndex(r Reason) int {
	for i := range reasons {
		if reasons[i] == r {
			return i
		}
	}
	return len(reasons) - 1
}

const hourMillis = 60 * 60 * 1000

func hourOf(ms int64) int64 { return ms - ms%hourMillis }

// tally returns the tally of a key, and where it counts the requests of an hour:
// in its latest one when there is no room for another. Without room for another
// key it returns nil.
func (s *shard) tally(id KeyID, hour int64) (*tally, *byReason) {
	t := s.tallies[id]
	full := s.hours >= shardHours
	switch {
	case t == nil && full:
		return nil, nil
	case t == nil:
		if s.tallies == nil {
			s.tallies = map[KeyID]*tally{}
		}
		t = &tally{}
		s.tallies[id] = t
	}
	for i := len(t.hours) - 1; i >= 0; i-- {
		if t.hours[i].hour == hour {
			return t, &t.hours[i].by
		}
	}
	if !full {
		t.hours = append(t.hours, hourTally{hour: hour})
		s.hours++
	}
	return t, &t.hours[len(t.hours)-1].by
}

// take empties the shard into taken, but for the wrong secrets.
func (s *shard) take(taken map[KeyID]*tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(taken, s.tallies)
	s.tallies, s.hours, s.callers = nil, 0, 0
}

// use notes an allowed request.
func (t *tally) use(at int64, c caller) {
	if at >= t.used {
		t.used, t.user = at, c
	}
}

// called counts a request of a caller.
func (s *shard) called(t *tally, c caller, reason int, at int64) {
	x := s.caller(t, c, reason == allowedIndex)
	x.add(seen{at, at, 1})
	x.by[reason]++
}

// caller returns where the requests of a caller are counted: among the others
// when there is no room. One who is allowed takes the place of one who never was.
func (s *shard) caller(t *tally, c caller, allowed bool) *callerTally {
	if x := t.callers[c]; x != nil {
		return x
	}
	if s.callers >= shardCallers || len(t.callers) >= MaxCallers {
		if !allowed || !s.makeRoom(t) {
			return &t.others
		}
	}
	if t.callers == nil {
		t.callers = map[caller]*callerTally{}
	}
	x := &callerTally{}
	t.callers[caller{c.address, strings.Clone(c.agent)}] = x // a header may be far longer than what is kept
	s.callers++
	return x
}

// makeRoom counts a caller who was never allowed among the others.
func (s *shard) makeRoom(t *tally) bool {
	for c, x := range t.callers {
		if x.by[allowedIndex] == 0 {
			t.others.add(x.seen)
			t.others.by.add(x.by)
			delete(t.callers, c)
			s.callers--
			return true
		}
	}
	return false
}

// sighted counts a superseded secret that was presented.
func (t *tally) sighted(k sight, o seen) {
	if t.sights == nil {
		t.sights = map[sight]*seen{}
	}
	if t.sights[k] == nil {
		if len(t.sights) >= MaxCallers {
			return
		}
		t.sights[k] = &seen{}
	}
	t.sights[k].add(o)
}

// merge adds all of old but its hours.
func (s *shard) merge(t, old *tally) {
	if old.used > t.used {
		t.used, t.user = old.used, old.user
	}
	for c, x := range old.callers {
		y := s.caller(t, c, x.by[allowedIndex] > 0)
		y.add(x.seen)
		y.by.add(x.by)
	}
	if old.others.count > 0 {
		t.others.add(old.others.seen)
		t.others.by.add(old.others.by)
	}
	for k, x := range old.sights {
		t.sighted(k, *x)
	}
}
