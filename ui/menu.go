package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// entry is one way on from a screen.
type entry struct {
	name, hint string
	open       func() []screen
}

// menu is the numbered list of ways on.
type menu struct {
	entries []entry
	cursor  int
	move    movement
	open    key.Binding
	choose  key.Binding
}

func newMenu(entries ...entry) menu {
	digits := make([]string, len(entries))
	for i := range entries {
		digits[i] = fmt.Sprint(i + 1)
	}
	return menu{
		entries: entries, move: newMovement(), open: openBinding("open"),
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
		m.cursor = int(k.String()[0] - '1')
		return push(m.entries[m.cursor].open()...), true
	case key.Matches(k, m.open):
		return push(m.entries[m.cursor].open()...), true
	}
	return stay, false
}

// lines draws the entries, with their hints where the window is wide.
func (m *menu) lines(s *styles, w int) []string {
	names := 0
	for _, e := range m.entries {
		names = max(names, width(e.name))
	}
	lines := make([]string, len(m.entries))
	for i, e := range m.entries {
		name, marker := left(e.name, names), "  "
		if i == m.cursor {
			name, marker = s.paint(accent, name), s.paint(accent, "> ")
		}
		lines[i] = marker + s.paint(dim, fmt.Sprintf("%d  ", i+1)) + name
		if room := w - names - 9; room > 12 {
			lines[i] += "   " + s.paint(dim, fit(e.hint, room))
		}
	}
	return lines
}

func (m *menu) bindings() []key.Binding { return append(m.move.bindings(), m.open, m.choose) }
