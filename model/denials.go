package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// denials counts what members tried again and again without being allowed to,
// so that nobody fills the trail. The zero value is ready.
type denials struct {
	mu   sync.Mutex
	seen map[denialKind]*denialCount
}

// denialKind tells attempts apart that are counted together.
type denialKind struct {
	actor  MemberID
	action Action
	target string // the kind of thing, not which one
}

// denialCount is what happened since an attempt became an event, or was to
// become one.
type denialCount struct {
	since time.Time
	first bool  // that attempt could not be written, and is to be with the next
	event Event // the latest attempt that is not in the trail yet
	more  int   // how many besides the first are not
}

// missing is how many attempts are not in the trail yet.
func (c denialCount) missing() int {
	if c.first {
		return c.more + 1
	}
	return c.more
}

// denialInterval is for how long attempts are counted together, and denialKinds
// bounds how many kinds are.
const (
	denialInterval = time.Minute
	denialKinds    = 1000
)

func kindOf(e Event) denialKind {
	k := denialKind{e.Actor, e.Action, "team"}
	switch {
	case e.Key != "":
		k.target = "key"
	case e.Member != "":
		k.target = "member"
	case e.Application != "":
		k.target = "application"
	}
	return k
}

// count takes in an attempt, and reports whether it is one of its kind within a
// minute of a first one: then it is counted, and no event of its own.
func (d *denials) count(e Event, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := kindOf(e)
	c, known := d.seen[k]
	if !known || now.Sub(c.since).Abs() >= denialInterval {
		return false
	}
	if c.more++; c.missing() > 1 { // what differs between several attempts is left out
		e = e.alike(c.event)
	}
	c.event = e
	return true
}

// alike returns e without the names in which it differs from f.
func (e Event) alike(f Event) Event {
	if e.Key != f.Key {
		e.Key, e.Generation, e.State = "", 0, ""
	}
	if e.Application != f.Application {
		e.Application = ""
	}
	if e.Member != f.Member {
		e.Member = ""
	}
	return e
}

// begin notes that an attempt is an event from now on.
func (d *denials) begin(e Event, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == nil {
		d.seen = map[denialKind]*denialCount{}
	}
	if c, known := d.seen[kindOf(e)]; known && c.missing() > 0 {
		return // another attempt of the kind was first
	}
	d.seen[kindOf(e)] = &denialCount{since: now}
}

// due takes out what has been counted and its minute is over, what was to be
// written before, or everything.
// Where there are too many kinds, everything is due.
func (d *denials) due(now time.Time, everything bool) []denialCount {
	d.mu.Lock()
	defer d.mu.Unlock()
	everything = everything || len(d.seen) >= denialKinds
	var cs []denialCount
	for k, c := range d.seen {
		if !everything && !c.first && now.Sub(c.since).Abs() < denialInterval {
			continue
		}
		if c.missing() > 0 {
			cs = append(cs, *c)
		}
		delete(d.seen, k)
	}
	slices.SortFunc(cs, func(a, b denialCount) int { return a.since.Compare(b.since) })
	return cs
}

// restore counts on what could not be written, of as many kinds as are
// remembered.
func (d *denials) restore(cs []denialCount) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == nil {
		d.seen = map[denialKind]*denialCount{}
	}
	for _, c := range cs {
		k := kindOf(c.event)
		now, known := d.seen[k]
		switch {
		case known && now.missing() > 0:
			now.event = c.event.alike(now.event)
			now.more += c.missing()
		case known:
			now.event, now.more = c.event, c.missing()
		case len(d.seen) < denialKinds:
			d.seen[k] = &c
		}
	}
}

// The words of an event that stands for several attempts.
const (
	moreBegin = "and "
	moreEnd   = " within a minute"
)

// repeated returns an event as one attempt, and the words for the others that
// it stands for, "" when it is one.
func (e Event) repeated() (Event, string) {
	if e.Outcome != Denied || !strings.HasPrefix(e.Note, moreBegin) || !strings.HasSuffix(e.Note, moreEnd) {
		return e, ""
	}
	words := e.Note
	e.Note = ""
	kind, _, _ := strings.Cut(string(e.Action), ".")
	switch {
	case (kind == "key" || kind == "application") && e.Application == "":
		e.Application = "several applications"
	case (kind == "member" || kind == "grant" || kind == "ssh_key") && e.Member == "":
		e.Member = "several members"
	}
	return e, words
}

// told is the event that a count leaves.
func (c denialCount) told() Event {
	if c.more > 0 {
		times := " more times"
		if c.more == 1 {
			times = " more time"
		}
		c.event.Note = fmt.Sprint(moreBegin, c.more, times, moreEnd)
	}
	return c.event
}

// recordDenial adds the attempt to the trail, though whoever made it may have
// gone by now, or counts it with those of its kind. If that fails the attempt
// is denied all the same.
func (s *Session) recordDenial(ctx context.Context, tried Event) {
	tried.Outcome, tried.Changes = Denied, nil
	tried = tried.redacted()
	now := s.service.instant()
	cs := s.service.denials.due(now, false)
	first := !s.service.denials.count(tried, now)
	if first {
		cs = append(cs, denialCount{since: now, first: true, event: tried})
	}
	if s.service.recordAttempts(ctx, cs) && first {
		s.service.denials.begin(tried, now)
	}
}

// NoteRefused adds to the trail that the member was about to do something to
// keys, those of them that p is not theirs for, be they hidden or not: whoever
// looks at keys first, and gives up by what is to be seen, has tried all the same.
func (s *Session) NoteRefused(ctx context.Context, action Action, p Permission, ids []KeyID) error {
	if len(ids) == 0 {
		return nil
	}
	var refused []Event
	err := s.read(ctx, func(r Reader, me actor) error {
		refused = nil
		for _, id := range ids {
			k, err := s.service.visibleKey(r, me, id)
			switch hidden := errors.Is(err, ErrNotFound); {
			case hidden && k.ID == "", errors.Is(err, ErrDamaged), err == nil && me.may(p, k.On()) == nil:
				continue
			case err != nil && !hidden:
				return err
			}
			c := change{event: s.attempt(action)}
			c.about(k)
			refused = append(refused, c.event)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range refused {
		s.recordDenial(ctx, e)
	}
	return nil
}

// settleDenials writes what was counted and is due, or everything.
func (s *Service) settleDenials(ctx context.Context, everything bool) {
	s.recordAttempts(ctx, s.denials.due(s.instant(), everything))
}

// recordAttempts writes one event for each count, and reports whether that
// succeeded.
func (s *Service) recordAttempts(ctx context.Context, cs []denialCount) bool {
	if len(cs) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), trailPatience)
	defer cancel()
	err := s.store.Write(ctx, func(w Writer) error {
		for _, c := range cs {
			if err := s.append(w, s.instant(), c.told()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.denials.restore(cs)
	}
	return err == nil
}
