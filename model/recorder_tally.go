package model

import (
	"net/netip"
	"sync"
)

// shard holds what was recorded of some of the keys.
type shard struct {
	mu sync.Mutex
	held
	wrong map[suspicion]*suspect
	blank []byte // for the next tape

	_ [64]byte // shards share no cache line
}

// held is what was recorded and not written.
type held struct {
	tape    tape // requests that were not counted yet
	tallies map[KeyID]*tally
	spare   []*tally          // empty ones
	agents  map[string]string // user agents of callers, each kept once
	usual   int               // tallies that were taken last
	hours   int               // in all tallies
	callers int               // in all tallies
	wide    bool              // has all the room that it needs
}

// What one shard counts at most: some 50 and 20 megabytes in all shards.
const (
	shardHours   = 150_000 / UsageParts
	shardCallers = 50_000 / UsageParts
)

// tally is what was recorded of one key.
type tally struct {
	used    int64 // instant of the latest allowed request, Unix milliseconds
	user    caller
	hours   []hourTally // the latest last
	caller  caller      // who is counted in called, when somebody is
	called  callerTally
	callers map[caller]*callerTally // further ones
	others  *callerTally            // those without room, nil without any
	sights  map[sight]*seen

	suspects int          // wrong secrets that were kept to be compared
	hour     [1]hourTally // where hours begins, as there is seldom a second one
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
func (s *held) tally(id KeyID, hour int64) (*tally, *byReason) {
	t := s.tallies[id]
	full := s.hours >= shardHours && !s.wide
	switch {
	case t == nil && full:
		return nil, nil
	case t == nil:
		t = s.begin(id)
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

// begin adds an empty tally.
func (s *held) begin(id KeyID) (t *tally) {
	if s.tallies == nil {
		s.tallies = make(map[KeyID]*tally, s.usual)
	}
	if n := len(s.spare); n > 0 {
		t, s.spare = s.spare[n-1], s.spare[:n-1]
	} else {
		t = &tally{}
	}
	t.hours = t.hour[:0]
	s.tallies[id] = t
	return t
}

// count counts a request, and returns nil when there is no room for its key.
// Strangers fill neither memory nor disk: they are counted and not remembered.
func (s *held) count(h heard) *tally {
	t, by := s.tally(h.key, hourOf(h.at))
	if t == nil {
		return nil
	}
	by[h.reason]++
	if h.key == "" {
		return t
	}
	s.called(t, h.caller, h.reason, h.at)
	if h.reason == allowedIndex {
		t.use(h.at, h.caller)
	}
	return t
}

// rewind counts what the tape holds, for which there is room.
func (s *held) rewind() {
	s.wide = true
	_ = play(s.tape.bytes, func(h heard) bool { return s.count(h) != nil }) // it was written by this process
	s.tape = tape{bytes: s.tape.bytes[:0]}
}

// take returns all that is held, and leaves nothing.
func (s *shard) take() (taken held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken = s.held
	s.held = held{tape: tape{bytes: s.blank}, spare: s.spare, usual: len(s.tallies)}
	s.blank, taken.spare = nil, nil
	return taken
}

// reuse takes in empty tallies, and the memory of a tape. What was spare and was
// not needed it lets go.
func (s *shard) reuse(spare []*tally, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spare, s.blank = spare, b[:0]
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
func (s *held) merge(t, old *tally) {
	if old.used > t.used {
		t.used, t.user = old.used, old.user
	}
	for c, x := range old.listed {
		y := s.caller(t, c, x.by[allowedIndex] > 0)
		y.add(x.seen)
		y.by.add(x.by)
	}
	if old.others != nil {
		t.other().add(old.others.seen)
		t.other().by.add(old.others.by)
	}
	for k, x := range old.sights {
		t.sighted(k, *x)
	}
}
