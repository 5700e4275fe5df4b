package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// mostEvents is how many events are kept in memory; a narrower question leads
// further back.
const mostEvents = 25 * window

// eventList is the trail, the latest event first, of which so much is in memory
// as was looked at.
type eventList struct {
	query  model.EventQuery // without the place in the trail
	events []model.Event
	more   bool // earlier ones follow
	loaded bool

	cursor, top int
	rows        int
	pending     int // moves that wait for events to be read
	asked       int // number of the question whose answer is awaited, 0 for none
	onward      bool
	again       bool // it is to be read once more when the answer is there
}

// eventsReadMsg brings a stretch of the trail.
type eventsReadMsg struct {
	id     int
	events []model.Event
	more   bool
}

// read asks for the latest events, or for those that follow.
func (l *eventList) read(s *surroundings, onward bool) tea.Cmd {
	id, session, q := s.request(), s.session, l.query
	l.asked, l.onward = id, onward
	q.Limit = window + 1
	if onward {
		q.Before = l.events[len(l.events)-1].Seq
	}
	return s.query(id, func(ctx context.Context) (tea.Msg, error) {
		es, err := session.Events(ctx, q)
		more := len(es) > window
		return eventsReadMsg{id, es[:min(len(es), window)], more}, err
	})
}

// receive fits an answer in. What is new comes above what was read before, as
// long as the two meet, and the cursor stays on its event.
func (l *eventList) receive(m eventsReadMsg) bool {
	if m.id != l.asked {
		return false
	}
	chosen := l.chosen()
	l.asked = 0
	switch {
	case l.onward:
		l.events, l.more = append(l.events, m.events...), m.more
	case l.loaded && l.meets(m.events):
		l.events = append(m.events, l.after(m.events[len(m.events)-1].Seq)...)
	default:
		l.events, l.more = m.events, m.more
	}
	l.loaded = true
	if chosen != nil && l.cursor > 0 {
		l.follow(chosen.Seq)
	}
	l.move(0)
	return true
}

// meets is whether the latest events reach those that are there.
func (l *eventList) meets(latest []model.Event) bool {
	return len(latest) > 0 && len(l.events) > 0 && latest[len(latest)-1].Seq <= l.events[0].Seq+1
}

// after returns the events earlier than a number.
func (l *eventList) after(seq int64) []model.Event {
	for i, e := range l.events {
		if e.Seq < seq {
			return l.events[i:]
		}
	}
	return nil
}

func (l *eventList) follow(seq int64) {
	for i, e := range l.events {
		if e.Seq == seq {
			l.top += i - l.cursor
			l.cursor = i
			return
		}
	}
}

// restart forgets what was read, for another question.
func (l *eventList) restart(q model.EventQuery) {
	*l = eventList{query: q, rows: l.rows}
}

func (l *eventList) chosen() *model.Event {
	if l.cursor < 0 || l.cursor >= len(l.events) {
		return nil
	}
	return &l.events[l.cursor]
}

// move moves the cursor. Moves beyond what was read wait for it.
func (l *eventList) move(by int) {
	target, last := l.cursor+l.pending+by, max(0, len(l.events)-1)
	l.pending = 0
	if target > last && l.follows() && target < mostEvents {
		l.pending = target - last
	}
	l.cursor = max(0, min(last, target))
	l.scroll()
}

func (l *eventList) scroll() {
	l.top = min(l.top, l.cursor)
	l.top = max(l.top, l.cursor-l.rows+1)
	l.top = max(0, min(l.top, len(l.events)-l.rows))
}

// follows is whether earlier events can be read.
func (l *eventList) follows() bool { return l.more && len(l.events) < mostEvents }

// wants is whether the next stretch is to be read now.
func (l *eventList) wants() bool {
	return l.asked == 0 && l.loaded && l.follows() && (l.pending > 0 || l.cursor > len(l.events)-margin)
}
