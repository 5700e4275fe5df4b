package ui

import (
	"fmt"
	"slices"

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
	away    bool // the cursor of the page is elsewhere
	folded  bool // as last drawn, the hint of the chosen entry alone has a line, below it
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
	if m.folded && line > m.cursor {
		line--
	}
	if line < 0 || line >= len(m.entries) {
		return stay
	}
	return m.enter(line)
}

// lines draws the entries, with their hints where all of them fit; otherwise
// the hint of the chosen one stands below it.
func (m *menu) lines(w int) []string {
	names, hints, s := 0, 0, m.styles
	for _, e := range m.entries {
		names, hints = max(names, width(e.name)), max(hints, width(m.hint(e)))
	}
	room := w - names - 9
	lines := make([]string, len(m.entries))
	for i, e := range m.entries {
		name, marker, chosen := left(e.name, names), "  ", i == m.cursor && !m.away
		switch {
		case m.why(e) != nil:
			name = s.paint(dim, name)
		case chosen:
			name = s.paint(accent, name)
		}
		if chosen {
			marker = s.paint(accent, "> ")
		}
		lines[i] = marker + s.paint(dim, fmt.Sprintf("%d  ", i+1)) + name
		if hints <= room {
			lines[i] += "   " + s.paint(dim, m.hint(e))
		}
	}
	if m.folded = hints > room; m.folded {
		lines = slices.Insert(lines, m.cursor+1, "     "+s.paint(dim, fit(m.hint(m.entries[m.cursor]), w-5)))
	}
	return lines
}

// hint says what is behind an entry, or that it is closed to the member.
func (m *menu) hint(e entry) string {
	if m.why(e) != nil {
		return "not allowed: enter says why"
	}
	return e.hint
}

func (m *menu) bindings() []key.Binding { return append(m.move.bindings(), m.open, m.choose) }

// menuPage is a menu with a page of facts below.
type menuPage struct {
	menu menu
	page
	width int
}

func (p *menuPage) SetSize(w, h int) { p.width, p.page.height = w, h }

func (p *menuPage) Click(_, y int) (transition, tea.Cmd) { return p.menu.click(y + p.top), nil }

// hidden is whether what is chosen was scrolled out of the window.
func (p *menuPage) hidden() bool { return p.menu.cursor < p.top }

// openKey is the binding of enter, in words for what it does now.
func (p *menuPage) openKey() key.Binding {
	if p.hidden() {
		return short(p.menu.open, "to the top")
	}
	return p.menu.open
}

// press scrolls, moves the cursor or opens an entry; ok is whether the key
// meant something. An entry that cannot be seen is shown before it is opened.
func (p *menuPage) press(k tea.KeyPressMsg) (t transition, ok bool) {
	if p.page.turn(k, p.menu.move) {
		return stay, true
	}
	if p.hidden() && key.Matches(k, p.menu.open) {
		p.top = 0
		return stay, true
	}
	if t, ok = p.menu.update(k); ok {
		p.reveal(p.menu.cursor + 1) // where its hint may stand
		p.reveal(p.menu.cursor)
	}
	return t, ok
}
