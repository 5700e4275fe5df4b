package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rolesPage is Roles & permissions: what each role may do, side by side or, in
// a narrow window, one role at a time.
type rolesPage struct {
	*surroundings
	list          shortList
	role          int // index into model.Roles, of the one that a narrow window shows
	width, height int
	keys          rolesKeys
}

type rolesKeys struct {
	movement
	Who, Next, Before, Back key.Binding
}

func newRolesPage(s *surroundings) *rolesPage {
	p := &rolesPage{surroundings: s, keys: rolesKeys{
		movement: newMovement(),
		Who:      bind("enter", "who may do that, and why", "enter"),
		Next:     bind("tab", "the next role", "tab", "right", "l"),
		Before:   bind("shift+tab", "the role before", "shift+tab", "left", "h"),
		Back:     bind("esc", "back", "esc"),
	}}
	p.role = max(0, slices.Index(model.Roles(), s.session.Me().Role))
	return p
}

func (p *rolesPage) Title() string { return "Roles & permissions" }
func (p *rolesPage) Init() tea.Cmd { return nil }

// single is whether one role is shown at a time.
func (p *rolesPage) single() bool { return p.width < 80 }

func (p *rolesPage) SetSize(w, h int) {
	p.width, p.height = w, h
	p.keys.Next.SetEnabled(p.single())
	p.keys.Before.SetEnabled(p.single())
	p.keys.Back = bind("esc", "back", "esc")
	if !p.single() {
		p.keys.Back = backBinding()
	}
	p.list.resize(len(model.Permissions()), h-len(p.above()))
}

func (p *rolesPage) ShortHelp() []key.Binding {
	who := short(p.keys.Who, "who may")
	who.SetEnabled(p.mayAsk() == nil)
	return []key.Binding{who, short(p.keys.Next, "role"), p.keys.Back}
}

func (p *rolesPage) FullHelp() [][]key.Binding {
	return [][]key.Binding{{p.keys.Who, p.keys.Next, p.keys.Before}, append(p.keys.movement.bindings(), p.keys.Back)}
}

// Limits says why somebody who may not see the members cannot ask who may.
func (p *rolesPage) Limits() map[string]error {
	return map[string]error{"enter": p.mayAsk()}
}

func (p *rolesPage) mayAsk() error { return p.session.Can(model.MembersView, model.Target{}) }

func (p *rolesPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if by, ok := p.keys.step(k, p.list.rows); ok {
		return p.Wheel(by)
	}
	n := len(model.Roles())
	switch {
	case key.Matches(k, p.keys.Who):
		return p.open(), nil
	case key.Matches(k, p.keys.Next):
		p.role = (p.role + 1) % n
	case key.Matches(k, p.keys.Before):
		p.role = (p.role + n - 1) % n
	case key.Matches(k, p.keys.Back):
		return pop(), nil
	}
	return stay, nil
}

// open lists who may do what the cursor is on.
func (p *rolesPage) open() transition {
	if err := p.mayAsk(); err != nil {
		return p.failure(err)
	}
	chosen := model.Permissions()[p.list.cursor]
	return push(newWhoMay(p.surroundings, "Who may "+chosen.Words(), "", chosen))
}

// Wheel moves the cursor.
func (p *rolesPage) Wheel(by int) (transition, tea.Cmd) {
	p.list.move(by)
	return stay, nil
}

// Click chooses a permission, and opens the one that is chosen already; where
// one role is shown, its name leads to the next.
func (p *rolesPage) Click(_, y int) (transition, tea.Cmd) {
	at := y - len(p.above())
	switch {
	case at < 0 && y == 0 && p.single():
		p.role = (p.role + 1) % len(model.Roles())
	case at >= 0 && p.list.click(at):
		return p.open(), nil
	}
	return stay, nil
}

// reachWidth is how many cells "own keys" takes.
const reachWidth = 8

// roleWidth is how many cells the column of a role takes.
func roleWidth(r model.Role) int { return max(reachWidth, width(string(r))) }

// above is what stands above the rows: the names of the roles.
func (p *rolesPage) above() []string {
	if p.single() {
		role := model.Roles()[p.role]
		return []string{"  " + p.styles.paint(strong, left(string(role), p.width-12)) + p.styles.paint(dim, right(fmt.Sprintf("%d of %d", p.role+1, len(model.Roles())), 8))}
	}
	title := strings.Repeat(" ", p.wordsWidth()+2)
	for _, r := range model.Roles() {
		title += "  " + left(string(r), roleWidth(r))
	}
	return []string{p.styles.paint(dim, strings.TrimRight(title, " "))}
}

// wordsWidth is how many cells there are for what a permission allows.
func (p *rolesPage) wordsWidth() int {
	longest := 0
	for _, x := range model.Permissions() {
		longest = max(longest, width(x.Words()))
	}
	if p.single() {
		return min(longest, p.width-6-reachWidth)
	}
	room := p.width - 2
	for _, r := range model.Roles() {
		room -= 2 + roleWidth(r)
	}
	return min(longest, room)
}

func (p *rolesPage) View() string {
	lines := p.above()
	for i := p.list.top; i < p.list.end(); i++ {
		lines = append(lines, p.row(model.Permissions()[i], i == p.list.cursor))
	}
	return strings.Join(lines, "\n")
}

func (p *rolesPage) row(x model.Permission, chosen bool) string {
	marker, look := "  ", plain
	if chosen {
		marker, look = p.styles.paint(accent, "> "), accent
	}
	roles, cells := model.Roles(), ""
	if p.single() {
		roles = roles[p.role : p.role+1]
	}
	for _, r := range roles {
		cells += "  " + left(reachCell(r, x), roleWidth(r))
	}
	return marker + p.styles.paint(look, left(x.Words(), p.wordsWidth())) + strings.TrimRight(cells, " ")
}
