package model

import (
	"net/netip"
	"strings"
)

// caller is who made a request.
type caller struct {
	address netip.Addr
	agent   string
}

type callerTally struct {
	seen
	by byReason
}

// use notes an allowed request.
func (t *tally) use(at int64, c caller) {
	if c == t.caller {
		c = t.caller // which holds no request's own text
	}
	if at >= t.used {
		t.used, t.user = at, c
	}
}

// called counts a request of a caller.
func (s *held) called(t *tally, c caller, reason int, at int64) {
	x := s.caller(t, c, reason == allowedIndex)
	x.add(seen{at, at, 1})
	x.by[reason]++
}

// caller returns where the requests of a caller are counted, of whom there is
// one then: among the others when there is no room. One who is allowed takes the
// place of one who never was.
func (s *held) caller(t *tally, c caller, allowed bool) *callerTally {
	alone := t.called.count > 0
	if alone && t.caller == c {
		return &t.called
	}
	if x := t.callers[c]; x != nil {
		return x
	}
	if s.callers >= shardCallers && !s.wide || len(t.callers) >= MaxCallers-1 && alone {
		if !allowed || !s.makeRoom(t) {
			return t.other()
		}
	}
	c.agent = s.agent(c.agent)
	s.callers++
	if t.called.count == 0 {
		t.caller = c
		return &t.called
	}
	if t.callers == nil {
		t.callers = map[caller]*callerTally{}
	}
	x := &callerTally{}
	t.callers[c] = x
	return x
}

// agent is a user agent that is kept once: a header may be far longer, and is
// another one with each request.
func (s *held) agent(a string) string {
	kept, known := s.agents[a]
	if known {
		return kept
	}
	if s.agents == nil {
		s.agents = map[string]string{}
	}
	kept = strings.Clone(a)
	s.agents[kept] = kept
	return kept
}

// listed yields the callers, but for the others.
func (t *tally) listed(yield func(caller, *callerTally) bool) {
	if t.called.count > 0 && !yield(t.caller, &t.called) {
		return
	}
	for c, x := range t.callers {
		if !yield(c, x) {
			return
		}
	}
}

// other is where callers without room are counted.
func (t *tally) other() *callerTally {
	if t.others == nil {
		t.others = &callerTally{}
	}
	return t.others
}

// makeRoom counts a caller who was never allowed among the others.
func (s *held) makeRoom(t *tally) bool {
	for c, x := range t.listed {
		if x.by[allowedIndex] == 0 {
			t.other().add(x.seen)
			t.other().by.add(x.by)
			if x == &t.called {
				t.caller, t.called = caller{}, callerTally{}
			} else {
				delete(t.callers, c)
			}
			s.callers--
			return true
		}
	}
	return false
}
