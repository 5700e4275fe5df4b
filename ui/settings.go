package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// settings leads on to the people, and says where things are kept.
type settings struct {
	*surroundings
	menuPage
	back key.Binding
}

func newSettings(s *surroundings) *settings {
	return &settings{surroundings: s, back: backBinding(), menuPage: menuPage{menu: newMenu(s,
		entry{name: "Profile & Team", hint: "you, your team and its API keys", open: func() []screen { return []screen{newTeam(s)} }},
		entry{name: "Appearance", hint: "light or dark, lines, the mouse", open: func() []screen { return []screen{newAppearancePage(s)} }},
		entry{name: "Security policy", hint: "lifetimes, idle sign-out, whom to ask", open: func() []screen { return []screen{newPolicyForm(s)} }},
	)}}
}

func (s *settings) Title() string { return "Settings" }
func (s *settings) Init() tea.Cmd { return nil }

func (s *settings) ShortHelp() []key.Binding { return []key.Binding{s.openKey(), s.back} }
func (s *settings) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(s.menu.bindings(), s.back)}
}

func (s *settings) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if t, ok := s.press(k); ok {
		return t, nil
	}
	if key.Matches(k, s.back) {
		return pop(), nil
	}
	return stay, nil
}

func (s *settings) View() string {
	lines := append(s.menu.lines(s.width), "", s.styles.paint(strong, "  This installation"))
	facts := append([]Fact{{"Team", s.session.Team()}, {"Support contact", orElse(s.support, "nobody in particular yet: see Security policy")}}, s.about...)
	facts = append(facts, Fact{"Copying", s.copier.describe()})
	return s.page.view(append(lines, factLines(facts, s.styles, s.width)...), s.styles)
}

// factLines draws names and values in two columns; long values go on below.
func factLines(facts []Fact, s *styles, w int) []string {
	return factColumns(facts, longestName(facts), s, w)
}

func longestName(facts []Fact) int {
	names := 0
	for _, f := range facts {
		names = max(names, width(f.Name))
	}
	return names
}

// factColumns draws facts with a column of so many cells for their names. One that
// takes more than half of the window leaves too little for the values: each stands
// below its name then.
func factColumns(facts []Fact, names int, s *styles, w int) []string {
	var lines []string
	for _, f := range facts {
		value, room, indent := model.Printable(f.Value), max(8, w-names-6), names+4
		name := s.paint(dim, left(f.Name, names))
		if names > w/2 || longestWord(value) > room { // it would be broken: it gets lines of its own
			lines = append(lines, indented(s, dim, f.Name, 2, w)...)
			room, indent, name = max(8, w-6), 4, ""
		}
		for i, part := range wrap(value, room) {
			if i == 0 && name != "" {
				lines = append(lines, "  "+name+"  "+part)
			} else {
				lines = append(lines, strings.Repeat(" ", indent)+part)
			}
		}
	}
	return lines
}
