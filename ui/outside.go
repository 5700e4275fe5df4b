package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// outside is the list of the keys that are outside the security policy, and
// why. It changes none of them.
type outside struct {
	*surroundings
	list   blockList
	all    []model.KeyFinding
	drawn  [][]string // the rows without the cursor, nil until they are drawn
	loaded bool
	asked  int
	width  int
	move   movement
	open   key.Binding
	back   key.Binding
}

func newOutside(s *surroundings) *outside {
	return &outside{surroundings: s, move: newMovement(), open: openBinding("open"), back: backBinding()}
}

func (o *outside) Title() string            { return "Keys outside the policy" }
func (o *outside) SetSize(w, h int)         { o.width, o.list.page.height, o.drawn = w, h-1, nil }
func (o *outside) ShortHelp() []key.Binding { return []key.Binding{o.openKey(), o.back} }
func (o *outside) FullHelp() [][]key.Binding {
	return [][]key.Binding{{o.openKey()}, append(o.move.bindings(), o.back)}
}

// openKey is the binding of enter, which opens nothing where there is nothing.
func (o *outside) openKey() key.Binding {
	open := o.open
	open.SetEnabled(len(o.all) > 0)
	return open
}

// outsideReadMsg brings the keys that are outside the policy.
type outsideReadMsg struct {
	id   int
	keys []model.KeyFinding
}

func (o *outside) Init() tea.Cmd {
	id, session := o.request(), o.session
	o.asked = id
	return o.query(id, func(ctx context.Context) (tea.Msg, error) { return readOutside(ctx, session, id) })
}

func readOutside(ctx context.Context, s *model.Session, id int) (tea.Msg, error) {
	found, err := s.OutsidePolicy(ctx)
	return outsideReadMsg{id, found}, err
}

func (o *outside) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return o.press(msg), nil
	case outsideReadMsg:
		if msg.id == o.asked {
			o.receive(msg.keys)
		}
	case changedMsg, refreshMsg, keyChangedMsg, keyCreatedMsg, policyChangedMsg:
		return stay, o.Init()
	case stylesMsg:
		o.drawn = nil
	case failedMsg:
		if msg.id == o.asked {
			return o.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive shows the keys, with the cursor on the one that it was on.
func (o *outside) receive(all []model.KeyFinding) {
	var on model.KeyID
	if o.list.cursor < len(o.all) {
		on = o.all[o.list.cursor].Key.ID
	}
	o.all, o.loaded, o.drawn = all, true, nil
	for i, f := range all {
		if f.Key.ID == on {
			o.list.cursor = i
		}
	}
	o.list.move(0, len(all))
}

func (o *outside) press(msg tea.KeyPressMsg) transition {
	if by, ok := o.move.step(msg, max(1, o.list.page.height/2)); ok {
		o.list.move(by, len(o.all))
		return stay
	}
	switch {
	case key.Matches(msg, o.open):
		return o.enter()
	case key.Matches(msg, o.back):
		return pop()
	}
	return stay
}

func (o *outside) enter() transition {
	if o.list.cursor >= len(o.all) {
		return stay
	}
	return push(newDetails(o.surroundings, o.all[o.list.cursor].Key))
}

// Wheel moves the cursor; Click chooses a key, and opens the one that is
// chosen already.
func (o *outside) Wheel(by int) (transition, tea.Cmd) {
	o.list.move(by, len(o.all))
	return stay, nil
}

func (o *outside) Click(_, y int) (transition, tea.Cmd) {
	switch i := o.list.at(y - 1); {
	case i < 0 || i >= len(o.all):
	case i == o.list.cursor:
		return o.enter(), nil
	default:
		o.list.cursor = i
	}
	return stay, nil
}

func (o *outside) View() string {
	if !o.loaded {
		return ""
	}
	if len(o.all) == 0 {
		return strings.Join(indented(o.styles, dim, "Every key that you may see is within the policy.", 2, o.width), "\n")
	}
	words := outsideWords(len(o.all), len(o.all) >= model.MaxCount) + "."
	if o.width >= narrow {
		words += " The policy changes none by itself."
	}
	return o.styles.paint(dim, "  "+fit(words, o.width-4)) + "\n" + o.list.view(o.rows(), o.styles)
}

// rows are all keys. There may be thousands, so only the one that the cursor is on
// is drawn each time.
func (o *outside) rows() [][]string {
	if o.drawn == nil {
		o.drawn = make([][]string, len(o.all))
		for i, f := range o.all {
			o.drawn[i] = o.row(f, false)
		}
	}
	rows := slices.Clone(o.drawn)
	rows[o.list.cursor] = o.row(o.all[o.list.cursor], true)
	return rows
}

// row draws a key, and below it every reason in full.
func (o *outside) row(f model.KeyFinding, chosen bool) []string {
	marker, look := o.styles.rowMarker(chosen)
	id, owner := "", ""
	room := o.width - 4
	if o.width >= narrow {
		id, owner = "  "+left(f.Key.ID.Short(), 14), "  "+left(model.Printable(model.ShortEmail(f.Key.Owner)), 12)
		room = min(nameWidth, room-width(id)-width(owner))
	}
	name := fit(model.Printable(f.Key.Application), room)
	if id != "" {
		name = left(name, room)
	}
	lines := []string{trimmed(marker + o.styles.paint(look, name) + o.styles.paint(dim, id+owner))}
	if id == "" { // on a line of its own, as in API Access
		lines = append(lines, "  "+o.styles.paint(dim, fit(model.Printable(f.Key.ID.Short()+"  "+model.ShortEmail(f.Key.Owner)), room)))
	}
	return append(lines, indented(o.styles, warning, findingWords(f.Reasons), 4, o.width)...)
}

// findingWords say what was found about a key.
func findingWords(fs []model.Finding) string {
	words := make([]string, len(fs))
	for i, f := range fs {
		words[i] = f.Words
	}
	return sentenceCase(strings.Join(words, "; ")) + "."
}

// outsideWords say how many keys are outside the policy, at least or in all.
func outsideWords(n int, least bool) string {
	words := count(n, "key")
	if least {
		words += " or more"
	}
	if n == 1 {
		return words + " is outside the policy"
	}
	return words + " are outside the policy"
}
