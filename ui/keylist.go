package ui

import (
	"context"
	"math"
	"slices"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

const (
	window = 200        // how many keys are read at once
	margin = 60         // how near the cursor comes to the end of what was read before more is
	most   = 3 * window // how many keys are kept in memory
)

// keyList is a list of keys of any length, of which only a stretch is in
// memory. The row before the first key is the way to a new one; the cursor is
// -1 there.
type keyList struct {
	query  model.KeyQuery // without the place in the list
	keys   []model.Key
	before bool // keys come before the first one read
	after  bool // keys come after the last one read
	count  int
	over   bool // there are more than counted
	asMade bool // so many match that they come in the order in which they were made
	loaded bool

	headless         bool       // no row comes before the first key
	onwards, upwards *model.Key // where reading goes on, nil for after the last key in memory, and before the first

	cursor, top int            // indices into keys; top is the first row that is drawn
	rows        int            // how many fit
	pending     int            // moves that wait for keys to be read
	asked       int            // number of the question whose answer is awaited, 0 for none
	how         reading        // what that question is
	shown       model.KeyQuery // what the keys in memory were read with
}

// keysReadMsg brings a stretch of the list.
type keysReadMsg struct {
	id    int
	how   reading
	query model.KeyQuery
	page  model.KeyPage
}

// reading is how a stretch fits into what is there already.
type reading int

const (
	afresh  reading = iota // from the first key on, with the cursor on the same key
	atTop                  // the first keys
	atEnd                  // the last keys
	onward                 // after what is there
	upward                 // before what is there
	renewed                // in place of what is there
	atKey                  // around a key
)

// jumps is whether a reading moves the cursor somewhere else in the list.
func (r reading) jumps() bool { return r == afresh || r == atTop || r == atEnd }

// jumping is whether such a reading is under way: until its answer is there,
// nobody knows which key is chosen.
func (l *keyList) jumping() bool { return l.asked != 0 && l.how.jumps() }

// again is how to read the list once more without losing what is under way, or
// the place in the list.
func (l *keyList) again() reading {
	switch {
	case l.jumping():
		return l.how
	case !l.loaded, !sameFilter(l.query, l.shown), l.query.Attention != l.shown.Attention, l.query.Application != l.shown.Application, l.query.Sort != l.shown.Sort, l.query.Descending != l.shown.Descending:
		return afresh // the last attempt to read what is asked for failed
	}
	return renewed
}

// read asks for a stretch of the list.
func (l *keyList) read(s *surroundings, how reading) tea.Cmd {
	id, session, q, want := s.request(), s.session, l.query, window
	switch how {
	case atEnd:
		q.Backward = true
	case onward:
		q = l.shown
		if q.From = l.onwards; q.From == nil {
			q.From = &l.keys[len(l.keys)-1]
		}
	case upward:
		q = l.shown
		q.Backward = true
		if q.From = l.upwards; q.From == nil {
			q.From = &l.keys[0]
		}
	case renewed:
		q, want = l.shown, max(window, len(l.keys))
		switch {
		case l.before && l.after:
			q.From, want = &l.keys[0], len(l.keys)-1
		case l.before:
			q.Backward = true
		}
	}
	looks := math.MaxInt
	if q.Attention == model.Unused { // most of the keys that are looked through may be in use
		if looks = 1; how == renewed {
			looks = looksAgain
		}
	}
	l.asked, l.how = id, how
	return s.query(id, func(ctx context.Context) (tea.Msg, error) {
		page, err := readKeys(ctx, session, q, want, looks)
		q.From, q.Backward = nil, false
		return keysReadMsg{id, how, q, page}, err
	})
}

// around asks for the stretch around a key, with the cursor on it.
func (l *keyList) around(s *surroundings, k model.Key) tea.Cmd {
	id, session, q := s.request(), s.session, l.query
	l.asked, l.how = id, atKey
	return s.query(id, func(ctx context.Context) (tea.Msg, error) {
		q.From, q.Limit = &k, window
		after, err := session.Keys(ctx, q)
		if err != nil {
			return nil, err
		}
		q.Backward = true
		before, err := session.Keys(ctx, q)
		q.From, q.Backward, q.Limit = nil, false, 0
		return keysAroundMsg{id, q, k, before, after}, err
	})
}

// keysAroundMsg brings the stretches before and after a key.
type keysAroundMsg struct {
	id            int
	query         model.KeyQuery
	key           model.Key
	before, after model.KeyPage
}

// receiveAround fits the answer of around in.
func (l *keyList) receiveAround(m keysAroundMsg) bool {
	if m.id != l.asked {
		return false
	}
	l.asked, l.loaded, l.shown, l.pending = 0, true, m.query, 0
	l.count, l.over, l.asMade = m.after.Count, m.after.Over, m.after.AsMade
	l.keys = append(append(slices.Clone(m.before.Keys), m.key), m.after.Keys...)
	l.before, l.after = m.before.More, m.after.More
	l.cursor = len(m.before.Keys)
	l.top = l.cursor - l.rows/2
	l.scroll()
	return true
}

// failed forgets the question that was not answered. What is shown stays.
func (l *keyList) failed() { l.asked, l.pending = 0, 0 }

// forget takes everything out of memory: what is read next is another list.
func (l *keyList) forget() {
	l.keys, l.before, l.after, l.count, l.over, l.loaded = nil, false, false, 0, false, false
	l.onwards, l.upwards, l.pending = nil, nil, 0
	l.cursor, l.top = l.first(), l.first()
}

// looksAgain is how many windows are looked through when keys that nobody uses are
// read again.
const looksAgain = 5

// readKeys reads want keys, in as many windows as that takes, but for looks. A
// window may hold fewer keys than there are.
func readKeys(ctx context.Context, session *model.Session, q model.KeyQuery, want, looks int) (model.KeyPage, error) {
	q.Limit = min(want, model.MaxWindow)
	all, err := session.Keys(ctx, q)
	for ; err == nil && all.More && len(all.Keys) < want && looks > 1; looks-- {
		q.From, q.Limit = all.Next, min(want-len(all.Keys), model.MaxWindow)
		var next model.KeyPage
		next, err = session.Keys(ctx, q)
		if q.Backward {
			all.Keys = append(next.Keys, all.Keys...)
		} else {
			all.Keys = append(all.Keys, next.Keys...)
		}
		all.More, all.Next = next.More, next.Next
	}
	return all, err
}

// first is the topmost place of the cursor.
func (l *keyList) first() int {
	if l.before || l.headless {
		return 0
	}
	return -1
}

// move moves the cursor. Moves beyond what was read wait for it.
func (l *keyList) move(by int) {
	if l.jumping() {
		l.pending += by
		return
	}
	target := l.cursor + l.pending + by
	last := len(l.keys) - 1
	l.pending = 0
	switch {
	case target > last && l.after:
		l.pending = target - last
	case target < 0 && l.before:
		l.pending = target
	}
	l.cursor = max(l.first(), min(last, target))
	l.scroll()
}

// scroll keeps the cursor in the window.
func (l *keyList) scroll() {
	l.top = min(l.top, l.cursor)
	l.top = max(l.top, l.cursor-l.rows+1)
	l.top = max(l.first(), min(l.top, len(l.keys)-l.rows))
}

// wants says what to read next, if anything.
func (l *keyList) wants() (reading, bool) {
	switch {
	case l.asked != 0 || !l.loaded || len(l.keys) == 0 && l.onwards == nil && l.upwards == nil:
		return 0, false
	case l.after && (l.pending > 0 || l.cursor > len(l.keys)-margin):
		return onward, true
	case l.before && (l.pending < 0 || l.cursor < margin):
		return upward, true
	}
	return 0, false
}

// chosen is the key under the cursor, nil on the way to a new one.
func (l *keyList) chosen() *model.Key {
	if l.cursor < 0 || l.cursor >= len(l.keys) {
		return nil
	}
	return &l.keys[l.cursor]
}

// put replaces a key that changed, so that the list is true before it is read
// again.
func (l *keyList) put(k model.Key) {
	for i := range l.keys {
		if l.keys[i].ID == k.ID {
			k.Usage, k.Findings = l.keys[i].Usage, l.keys[i].Findings
			l.keys[i] = k
		}
	}
}
