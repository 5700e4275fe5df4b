package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// window is how many keys are read at once, and margin how near the cursor
// comes to the end of what was read before more is.
const (
	window = 200
	margin = 60
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
	loaded bool

	cursor, top int // indices into keys; top is the first row that is drawn
	rows        int // how many fit
	pending     int // moves that wait for keys to be read
	asked       int // number of the question whose answer is awaited, 0 for none
}

// keysReadMsg brings a stretch of the list.
type keysReadMsg struct {
	id   int
	how  reading
	page model.KeyPage
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
)

// read asks for a stretch of the list.
func (l *keyList) read(s *surroundings, how reading) tea.Cmd {
	id, session, q, want := s.request(), s.session, l.query, window
	switch how {
	case atEnd:
		q.Backward = true
	case onward:
		q.From = &l.keys[len(l.keys)-1]
	case upward:
		q.From, q.Backward = &l.keys[0], true
	case renewed:
		want = max(window, len(l.keys))
		q.Backward = l.before && !l.after
		if l.before && l.after {
			q.From = &l.keys[0]
		}
	}
	l.asked = id
	return ask(id, func(ctx context.Context) (tea.Msg, error) {
		page, err := readKeys(ctx, session, q, want)
		return keysReadMsg{id, how, page}, err
	})
}

// readKeys reads want keys, in as many windows as that takes.
func readKeys(ctx context.Context, session *model.Session, q model.KeyQuery, want int) (model.KeyPage, error) {
	q.Limit = min(want, model.MaxWindow)
	all, err := session.Keys(ctx, q)
	for err == nil && all.More && len(all.Keys) < want {
		q.From = &all.Keys[len(all.Keys)-1]
		if q.Backward {
			q.From = &all.Keys[0]
		}
		var next model.KeyPage
		next, err = session.Keys(ctx, q)
		if q.Backward {
			all.Keys = append(next.Keys, all.Keys...)
		} else {
			all.Keys = append(all.Keys, next.Keys...)
		}
		all.More = next.More
	}
	return all, err
}

// receive fits an answer in; ok is whether it was the one that is awaited.
func (l *keyList) receive(m keysReadMsg) (ok bool) {
	if m.id != l.asked {
		return false
	}
	chosen := l.chosen()
	l.asked, l.loaded = 0, true
	l.count, l.over = m.page.Count, m.page.Over
	switch m.how {
	case afresh, atTop:
		l.keys, l.before, l.after = m.page.Keys, false, m.page.More
		l.cursor, l.top = l.first(), l.first()
		if m.how == afresh && !l.follow(chosen) && l.query.Text != "" && len(l.keys) > 0 {
			l.cursor = 0 // the first match
		}
	case atEnd:
		l.keys, l.before, l.after = m.page.Keys, m.page.More, false
		l.cursor = len(l.keys) - 1
	case onward:
		l.keys, l.after = append(l.keys, m.page.Keys...), m.page.More
	case upward:
		l.keys, l.before = append(m.page.Keys, l.keys...), m.page.More
		l.cursor, l.top = l.cursor+len(m.page.Keys), l.top+len(m.page.Keys)
	case renewed:
		l.renew(m.page, chosen)
	}
	l.move(0)
	return true
}

// renew puts the same stretch, read again, in place of the old one, and keeps
// the cursor on the key that it was on.
func (l *keyList) renew(page model.KeyPage, chosen *model.Key) {
	if l.before && l.after {
		page.Keys = append(l.keys[:1:1], page.Keys...)
	}
	if l.before && !l.after {
		l.before = page.More
	} else {
		l.after = page.More
	}
	l.keys = page.Keys
	l.follow(chosen)
}

// follow puts the cursor on the key that it was on, where that is still there.
func (l *keyList) follow(chosen *model.Key) bool {
	for i := range l.keys {
		if chosen != nil && l.keys[i].ID == chosen.ID {
			l.cursor = i
			return true
		}
	}
	return false
}

// first is the topmost place of the cursor.
func (l *keyList) first() int {
	if l.before {
		return 0
	}
	return -1
}

// move moves the cursor. Moves beyond what was read wait for it.
func (l *keyList) move(by int) {
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
	case l.asked != 0 || !l.loaded || len(l.keys) == 0:
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
			k.Usage = l.keys[i].Usage
			l.keys[i] = k
		}
	}
}

// column is one column of the list.
type column struct {
	title string
	sort  model.KeySort // the order that its title shows, "" for none
	width int           // 0 takes what the others leave
	right bool
	text  func(k model.Key, now time.Time) (string, tone)
}

// columns picks the columns that a window has room for: under 80 cells the
// last use goes, then the owner; wide windows show expiry, and the key in full
// when asked.
func columns(w int, wide bool) []column {
	application := column{title: "APPLICATION", sort: model.ByApplication, text: func(k model.Key, _ time.Time) (string, tone) { return k.Application, plain }}
	apiKey := column{title: "API KEY", width: 14, text: func(k model.Key, _ time.Time) (string, tone) { return k.ID.Short(), dim }}
	owner := column{title: "OWNER", sort: model.ByOwner, width: 12, text: func(k model.Key, _ time.Time) (string, tone) { return model.ShortEmail(k.Owner), plain }}
	used := column{title: "LAST USED", width: 9, right: true, text: func(k model.Key, now time.Time) (string, tone) { return ago(k.Usage.At, now), dim }}
	created := column{title: "CREATED", sort: model.ByCreated, width: 10, right: true, text: func(k model.Key, now time.Time) (string, tone) { return ago(k.CreatedAt, now), dim }}
	expires := column{title: "EXPIRES", sort: model.ByExpiry, width: 10, right: true, text: func(k model.Key, now time.Time) (string, tone) {
		if k.ExpiresAt.IsZero() {
			return "never", dim
		}
		return k.ExpiresAt.UTC().Format(time.DateOnly), plain
	}}
	state := column{title: "STATE", width: 15, text: stateWords}
	if wide {
		apiKey.width, apiKey.text = 25, func(k model.Key, _ time.Time) (string, tone) { return string(k.ID), dim }
	}
	if w >= 110 {
		owner.width = 20
	}
	all := []column{application, apiKey, owner, created, used, expires, state}
	for _, drop := range []struct {
		below int
		title string
	}{{120, "CREATED"}, {96, "EXPIRES"}, {80, "LAST USED"}, {66, "OWNER"}} {
		below := drop.below
		if wide {
			below += 11
		}
		if w < below {
			all = without(all, drop.title)
		}
	}
	return all
}

func without(cs []column, title string) []column {
	kept := cs[:0:0]
	for _, c := range cs {
		if c.title != title {
			kept = append(kept, c)
		}
	}
	return kept
}
