package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// narrowing asks what the trail is to be narrowed to: who, which application,
// which key or which kind of event.
type narrowing struct {
	*surroundings
	box
	ways   []likeness
	cursor int
	move   movement
	narrow func(model.EventQuery) tea.Cmd // shows that alone
	choose key.Binding
	back   key.Binding
}

// likeness is one thing to narrow to.
type likeness struct {
	words string
	query model.EventQuery
}

func newNarrowing(s *surroundings, e model.Event, narrow func(model.EventQuery) tea.Cmd) *narrowing {
	n := &narrowing{
		surroundings: s, box: box{title: "Only events like this one"}, narrow: narrow, move: newMovement(),
		choose: bind("enter", "choose", "enter", "l", "right"), back: bind("esc", "back", "esc", "h", "left", "q"),
	}
	for _, w := range []struct {
		exists bool
		likeness
	}{
		{e.ActorEmail != "", likeness{"by or about " + e.ActorEmail, model.EventQuery{Member: e.ActorEmail}}},
		{e.Member != "" && e.Member != e.ActorEmail, likeness{"by or about " + e.Member, model.EventQuery{Member: e.Member}}},
		{e.Application != "", likeness{"of the application " + e.Application, model.EventQuery{Application: e.Application}}},
		{e.Key != "", likeness{"of the key " + e.Key.Short(), model.EventQuery{Key: e.Key}}},
		{true, likeness{"of the kind: " + e.Action.Words(), model.EventQuery{Action: e.Action}}},
	} {
		if w.exists {
			n.ways = append(n.ways, w.likeness)
		}
	}
	return n
}

func (n *narrowing) Overlay()         {}
func (n *narrowing) Closes()          {}
func (n *narrowing) Title() string    { return n.title }
func (n *narrowing) Init() tea.Cmd    { return nil }
func (n *narrowing) SetSize(w, h int) { n.setSize(w, h) }

func (n *narrowing) ShortHelp() []key.Binding { return []key.Binding{n.choose, n.back} }
func (n *narrowing) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(n.move.bindings(), n.choose, n.back)}
}

func (n *narrowing) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if by, ok := n.move.step(k, len(n.ways)); ok {
		n.cursor = max(0, min(len(n.ways)-1, n.cursor+by))
		return stay, nil
	}
	switch {
	case key.Matches(k, n.choose):
		return n.take(n.cursor)
	case key.Matches(k, n.back):
		return pop(), nil
	}
	if i := int(k.Code - '1'); i >= 0 && i < len(n.ways) {
		return n.take(i)
	}
	return stay, nil
}

func (n *narrowing) take(i int) (transition, tea.Cmd) { return pop(), n.narrow(n.ways[i].query) }

// Click chooses what was clicked.
func (n *narrowing) Click(_, y int) (transition, tea.Cmd) {
	_, _, first := n.draw()
	if i := y - first; i >= 0 && i < len(n.ways) {
		return n.take(i)
	}
	return stay, nil
}

func (n *narrowing) View() string {
	out, _, _ := n.draw()
	return out
}

func (n *narrowing) draw() (out string, x, y int) {
	var lines []string
	for i, w := range n.ways {
		marker, look := "  ", plain
		if i == n.cursor {
			marker, look = n.styles.paint(accent, "> "), accent
		}
		lines = append(lines, marker+n.styles.paint(dim, string(rune('1'+i))+"  ")+n.styles.paint(look, fit(model.Printable(w.words), n.inner()-5)))
	}
	return n.view(n.styles, lines, 0)
}
