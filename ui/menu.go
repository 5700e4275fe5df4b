package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// entry is one way on from a screen.
type entry struct {
	name, hint string
	open       func() []screen
	needs      model.Permission // "" when everybody may go there
}

// menu is the numbered list of ways on.
type menu struct {
	*surroundings
	entries []entry
	cursor  int
	move    movement
	open    key.Binding
	choose  key.Binding
}

func newMenu(s *surroundings, entries ...entry) menu {
	digits := make([]string, len(entries))
	for i := range entries {
		digits[i] = fmt.Sprint(i + 1)
	}
	return menu{
		surroundings: s, entries: entries, move: newMovement(), open: openBinding("open"),
		choose: bind(fmt.Sprintf("1…%d", len(entries)), "open that entry", digits...),
	}
}

// update moves the cursor or opens an entry; ok is whether the key meant
// something.
func (m *menu) update(k tea.KeyPressMsg) (t transition, ok bool) {
	if by, ok := m.move.step(k, len(m.entries)); ok {
		m.cursor = max(0, min(len(m.entries)-1, m.cursor+by))
		return stay, true
	}
	switch {
	case key.Matches(k, m.choose):
		return m.enter(int(k.String()[0] - '1')), true
	case key.Matches(k, m.open):
		return m.enter(m.cursor), true
	}
	return stay, false
}

// enter opens an entry, or says why that is not allowed.
func (m *menu) enter(i int) transition {
	m.cursor = i
	e := m.entries[i]
	if err := m.why(e); err != nil {
		return m.failure(err)
	}
	return push(e.open()...)
}

// why is why somebody may not go somewhere, nil when they may.
func (m *menu) why(e entry) error {
	if e.needs == "" {
		return nil
	}
	return m.session.Can(e.needs, model.Target{})
}

// click opens the entry on a line, if there is one.
func (m *menu) click(line int) transition {
	if line < 0 || line >= len(m.entries) {
		return stay
	}
	return m.enter(line)
}

// lines draws the entries, with their hints where the window is wide.
func (m *menu) lines(w int) []string {
	names, s := 0, m.styles
	for _, e := range m.entries {
		names = max(names, width(e.name))
	}
	lines := make([]string, len(m.entries))
	for i, e := range m.entries {
		name, marker, hint := left(e.name, names), "  ", e.hint
		switch {
		case m.why(e) != nil:
			name, hint = s.paint(dim, name), "not allowed: enter says why"
		case i == m.cursor:
			name = s.paint(accent, name)
		}
		if i == m.cursor {
			marker = s.paint(accent, "> ")
		}
		lines[i] = marker + s.paint(dim, fmt.Sprintf("%d  ", i+1)) + name
		if room := w - names - 9; room > 12 {
			lines[i] += "   " + s.paint(dim, fit(hint, room))
		}
	}
	return lines
}

func (m *menu) bindings() []key.Binding { return append(m.move.bindings(), m.open, m.choose) }
