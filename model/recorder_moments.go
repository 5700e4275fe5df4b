package model

import (
	"cmp"
	"net/netip"
	"slices"
)

// maxSources is how many moments of one key are told at once with their address:
// no key, however many it is used from, leaves the others no room in the view.
const maxSources = 20

// source is where requests of one outcome came from. One without an address
// stands for all those that have no room.
type source struct {
	address netip.Addr
	reason  int // index in reasons
}

// sourceTally adds up what the callers of a source did, whatever they call
// themselves: whoever makes up another name each time is one source.
type sourceTally struct {
	source
	count  int64
	last   int64  // Unix milliseconds
	agent  string // that of the latest caller
	agents int64  // how many there are
}

func (t *sourceTally) add(agent string, last, count int64) {
	t.count += count
	t.agents++
	if c := cmp.Compare(last, t.last); c > 0 || c == 0 && agent > t.agent {
		t.last, t.agent = last, agent
	}
}

// happened tells of the moments of a key, while there is room: what was allowed
// last, and otherwise what is latest. Of too many sources the last ones are told;
// the rest is told as one.
func (w *teller) happened(id KeyID, t *tally) {
	w.sources = w.sources[:0]
	clear(w.bySource)
	for c, x := range t.listed {
		w.came(c, x)
	}
	slices.SortFunc(w.sources, func(a, b sourceTally) int {
		return cmp.Or(cmp.Compare(min(b.reason, 1), min(a.reason, 1)), cmp.Compare(a.last, b.last), a.address.Compare(b.address), cmp.Compare(a.reason, b.reason))
	})
	surplus := max(len(w.sources)-maxSources, 0)
	var others byReason
	for _, x := range w.sources[:surplus] {
		others[x.reason] += x.count
	}
	if t.others != nil {
		others.add(t.others.by)
	}
	for i, n := range others {
		if n > 0 {
			w.putMoment(id, sourceTally{source: source{reason: i}, count: n})
		}
	}
	for _, x := range w.sources[surplus:] {
		w.putMoment(id, x)
	}
}

// came adds what a caller did to its sources.
func (w *teller) came(c caller, x *callerTally) {
	for i, n := range x.by {
		if n == 0 {
			continue
		}
		at := source{c.address, i}
		j, known := w.bySource[at]
		if !known {
			j = len(w.sources)
			w.bySource[at], w.sources = j, append(w.sources, sourceTally{source: at})
		}
		w.sources[j].add(c.agent, x.last, n)
	}
}

func (w *teller) putMoment(id KeyID, x sourceTally) {
	if w.room == 0 {
		return
	}
	w.room--
	w.moments = append(w.moments, Moment{At: w.at, Key: id, Address: w.address(x.address), Reason: reasons[x.reason], Count: x.count,
		UserAgent: w.agent(x.agent), Agents: x.agents})
}

// some tells of a few moments of what was noted, the first of each part. Those of
// one source are one, as far as its part is read.
func (w *teller) some(notes []UsageNote, most int) []Moment {
	w.begin(0)
	for i, n := range notes {
		end, left := most*(i+1)/len(notes), notedReads*most/len(notes) // so each part has its share
		told, agents := map[notedSource]int{}, map[notedAgent]bool{}
		_ = play(n.Tape, func(h heard) bool {
			by := notedSource{h.key, source{h.caller.address, h.reason}}
			j, known := told[by]
			if !known {
				if len(w.moments) >= end || w.room == 0 {
					return false
				}
				j = len(w.moments)
				told[by] = j
				w.putMoment(h.key, sourceTally{source: by.source})
			}
			m := &w.moments[j]
			m.Count++
			if a := (notedAgent{by, h.caller.agent}); !agents[a] {
				agents[a] = true
				m.UserAgent = w.agent(h.caller.agent)
				m.Agents++
			}
			left--
			return left > 0
		})
	}
	return w.moments
}

// notedReads is how many requests are read for each moment that may be told.
const notedReads = 8

// notedSource is a source of requests with one of the keys that were noted
// together, and notedAgent what it called itself.
type (
	notedSource struct {
		key KeyID
		source
	}
	notedAgent struct {
		notedSource
		agent string
	}
)
