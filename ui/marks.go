package ui

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// marks are the keys that the next action is about, wherever they are in the
// list.
type marks struct {
	keys  map[model.KeyID]model.Key
	from  *model.Key // where a range began, nil for none
	asked int        // number of the question for keys to mark, 0 when it is answered
}

// marking are the bindings that mark keys.
type marking struct {
	Mark, Range, All, None key.Binding
}

func newMarking() marking {
	return marking{
		Mark:  bind("space", "mark, or take the mark away", "space"),
		Range: bind("v", "mark from here; again, up to here", "v"),
		All:   bind("*", "mark all that match", "*"),
		None:  bind("u", "take all marks away", "u"),
	}
}

func (m marking) bindings() []key.Binding { return []key.Binding{m.Mark, m.Range, m.All, m.None} }

func (m *marks) count() int { return len(m.keys) }

func (m *marks) has(id model.KeyID) bool {
	_, ok := m.keys[id]
	return ok
}

func (m *marks) clear() { m.keys, m.from = nil, nil }

// put replaces a marked key that changed.
func (m *marks) put(k model.Key) {
	if m.has(k.ID) {
		m.keys[k.ID] = k
	}
}

// add marks keys, as many as may change at once.
func (m *marks) add(keys ...model.Key) (all bool) {
	if m.keys == nil {
		m.keys = map[model.KeyID]model.Key{}
	}
	for _, k := range keys {
		if len(m.keys) >= model.MaxBatch && !m.has(k.ID) {
			return false
		}
		m.keys[k.ID] = k
	}
	return true
}

func (m *marks) toggle(k model.Key) (all bool) {
	if m.has(k.ID) {
		delete(m.keys, k.ID)
		return true
	}
	return m.add(k)
}

// sorted are the marked keys by their application.
func (m *marks) sorted() []model.Key {
	return slices.SortedFunc(maps.Values(m.keys), func(a, b model.Key) int {
		return strings.Compare(model.Fold(a.Application)+string(a.ID), model.Fold(b.Application)+string(b.ID))
	})
}

// marksReadMsg brings keys to mark.
type marksReadMsg struct {
	id   int
	keys []model.Key
	more bool // there are more than may change at once
}

// receive marks what was read.
func (m *marks) receive(msg marksReadMsg) transition {
	m.asked = 0
	if all := m.add(msg.keys...); !all || msg.more {
		return tooMany()
	}
	return stay
}

func tooMany() transition {
	return stay.say(warning, fmt.Sprintf("At most %s keys can change at once, so not all of those are marked.", thousands(model.MaxBatch)))
}

// mark obeys a key that marks.
func (a *access) mark(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	k, chosen := a.keys.marking, a.list.chosen()
	defer a.drawing.reset()
	switch {
	case key.Matches(msg, k.None):
		a.marks.clear()
		return stay, nil
	case key.Matches(msg, k.All):
		return stay, a.markAll()
	case chosen == nil:
		return chooseFirst(), nil
	case key.Matches(msg, k.Mark):
		if !a.marks.toggle(*chosen) {
			return tooMany(), nil
		}
		return stay, a.moveBy(1)
	case a.marks.from == nil:
		from := *chosen
		a.marks.from = &from
		return stay.say(plain, "From "+chosen.Application+": move to the other end, and v marks everything between."), nil
	}
	from := *a.marks.from
	a.marks.from = nil
	return stay.say(plain, ""), a.markRange(from, *chosen)
}

// markAll asks for all keys that match the filter.
func (a *access) markAll() tea.Cmd {
	id, session, q := a.request(), a.session, a.list.query
	a.marks.asked = id
	return a.query(id, func(ctx context.Context) (tea.Msg, error) {
		page, err := readKeys(ctx, session, q, model.MaxBatch, math.MaxInt)
		return marksReadMsg{id, page.Keys, page.More}, err
	})
}

// markRange asks for the keys between two, whichever comes first.
func (a *access) markRange(from, to model.Key) tea.Cmd {
	id, session, q := a.request(), a.session, a.list.shown
	a.marks.asked = id
	return a.query(id, func(ctx context.Context) (tea.Msg, error) {
		keys, err := readBetween(ctx, session, q, from, to)
		if keys == nil && err == nil {
			keys, err = readBetween(ctx, session, q, to, from)
		}
		return marksReadMsg{id, keys, keys == nil}, err
	})
}

// readBetween reads from one key down to another, nil when that one is not
// among as many as may be marked.
func readBetween(ctx context.Context, session *model.Session, q model.KeyQuery, from, to model.Key) ([]model.Key, error) {
	keys := []model.Key{from}
	if from.ID == to.ID {
		return keys, nil
	}
	q.From, q.Backward = &from, false
	page, err := readKeys(ctx, session, q, model.MaxBatch, math.MaxInt)
	for _, k := range page.Keys {
		keys = append(keys, k)
		if k.ID == to.ID {
			return keys, nil
		}
	}
	return nil, err
}

// actions are what can be done with the marked keys, for the footer.
func (m *marks) actions(k accessKeys) []key.Binding {
	counted := func(b key.Binding, to model.State) key.Binding {
		change, _ := m.split(to)
		b = short(b, strings.ToLower(batchWords[to].do)+" "+thousands(len(change)))
		b.SetEnabled(len(change) > 0)
		return b
	}
	rotate := short(k.Regenerate, "rotate "+thousands(m.count()))
	return []key.Binding{rotate, counted(k.Suspend, m.target()), counted(k.Revoke, model.Revoked), short(k.Edit, "owner "+thousands(m.count())), short(k.Mark, "mark"), short(k.Filter, "filter")}
}

// split sorts the marked keys into those that would come to a state, and those
// that are in it, or revoked, already.
func (m *marks) split(to model.State) (change, left []model.Key) {
	for _, k := range m.sorted() {
		if k.State == to || k.State == model.Revoked {
			left = append(left, k)
		} else {
			change = append(change, k)
		}
	}
	return change, left
}

// target is what p makes of the marked keys: they are resumed where all that
// could be are suspended.
func (m *marks) target() model.State {
	suspended := false
	for _, k := range m.keys {
		switch k.State {
		case model.Active:
			return model.Suspended
		case model.Suspended:
			suspended = true
		}
	}
	if suspended {
		return model.Active
	}
	return model.Suspended
}

// press starts the action that a key stands for on all marked keys.
func (m *marks) press(s *surroundings, k accessKeys, msg tea.KeyPressMsg, hidden bool) transition {
	switch {
	case key.Matches(msg, k.Suspend):
		return m.ask(s, m.target(), model.KeysSuspend, hidden)
	case key.Matches(msg, k.Revoke):
		return m.ask(s, model.Revoked, model.KeysRevoke, hidden)
	case key.Matches(msg, k.Regenerate):
		return m.rotate(s)
	case key.Matches(msg, k.Edit):
		return m.changeOwners(s, hidden)
	case key.Matches(msg, k.keyActions.bindings()...):
		return stay.say(warning, fmt.Sprintf("That works on one key at a time, and %s marked. u takes the marks away.", areKeys(m.count())))
	}
	return stay
}

// settledWords says in which states keys are that cannot come to another.
func settledWords(keys []model.Key, to model.State) string {
	states := map[model.State]bool{}
	for _, k := range keys {
		states[k.State] = true
	}
	words := string(model.Revoked)
	if states[to] && to != model.Revoked {
		words = string(to)
		if states[model.Revoked] {
			words += " or revoked"
		}
	}
	if len(keys) == 1 {
		return "it is " + words
	}
	return "all of them are " + words
}

// ask opens the question, or says why it makes no sense. Hidden is whether the
// filter may hide some of the marked keys.
func (m *marks) ask(s *surroundings, to model.State, needs model.Permission, hidden bool) transition {
	if t, barred := m.barred(s, needs); barred {
		return t
	}
	change, left := m.split(to)
	if len(change) == 0 {
		return stay.say(warning, fmt.Sprintf("Nothing would change: %s marked, and %s already.", areKeys(m.count()), settledWords(left, to)))
	}
	return push(newBatchQuestion(s, change, left, to, hidden))
}

// barred says which of the marked keys the member may not change.
func (m *marks) barred(s *surroundings, needs model.Permission) (t transition, barred bool) {
	for _, k := range m.sorted() {
		if err := s.session.Can(needs, k.On()); err != nil {
			t := s.failure(err)
			t.toast.text = k.Application + " is marked: " + t.toast.text
			return t, true
		}
	}
	return stay, false
}

func areKeys(n int) string {
	if n == 1 {
		return "1 key is"
	}
	return thousands(n) + " keys are"
}
