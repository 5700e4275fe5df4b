package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// palette finds any screen, key, application, member or action by its name, from anywhere.
type palette struct {
	*surroundings
	box
	input   textinput.Model
	fixed   []goal // actions and screens
	members []model.Member
	keys    []model.Key // found by what is typed
	apps    []model.Application
	asked   int // number of the latest search for keys, 0 when it is answered
	asking  int // number of the question for the members
	listing int // number of the question for the applications
	cursor  int
	chosen  bool // enter was pressed before anything was found
	move    movement
	open    key.Binding
	back    key.Binding
}

// goal is something that the palette leads to.
type goal struct {
	name, kind, hint string
	also             string // more that it is found by
	lead             func() transition
}

// here is the kind of what is done on the screen beneath; its hint is the key.
const here = "here"

// application is the kind of an application, which comes behind its keys.
const application = "application"

// paletteWidth is the most that the palette takes: then nothing is cut.
const paletteWidth = 88

// keysFound is how many keys the palette offers.
const keysFound = 8

func newPalette(s *surroundings, over screen) *palette {
	p := &palette{
		surroundings: s, box: box{title: "Find", most: paletteWidth}, input: newInput(s.styles), move: newMovement(),
		open: bind("enter", "open", "enter"), back: bind("esc", "back", "esc"),
	}
	p.input.Prompt = ": "
	p.input.Focus()
	p.fixed = actionsOf(over)
	for _, to := range p.screens() {
		if !slices.ContainsFunc(p.fixed, func(g goal) bool { return g.name == to.name }) {
			p.fixed = append(p.fixed, to)
		}
	}
	g := newGeneral()
	p.fixed = append(p.fixed, keyPress(g.Help, "guide words keys"), keyPress(g.Refresh, "refresh reload"), keyPress(g.Redraw, "redraw repaint"), keyPress(g.Quit, "exit leave"))
	return p
}

// actionsOf are what can be done on a screen, but for moving about on it.
func actionsOf(over screen) []goal {
	var goals []goal
	idle := func(key.Binding) bool { return false }
	if l, ok := over.(idling); ok {
		idle = l.Idle
	}
	for _, group := range over.FullHelp() {
		for _, b := range group {
			if b.Enabled() && !moves(b) && !idle(b) {
				goals = append(goals, keyPress(b, ""))
			}
		}
	}
	return goals
}

// keyPress is the press of a key on the screen beneath.
func keyPress(b key.Binding, also string) goal {
	press := keyNamed(b.Keys()[0])
	return goal{name: sentenceCase(b.Help().Desc), kind: here, hint: b.Help().Key, also: also, lead: func() transition { return transition{drop: 1, press: press} }}
}

// moves is whether a key only moves about.
func moves(b key.Binding) bool {
	about := []string{"enter", "esc", "1"}
	for _, m := range newMovement().bindings() {
		about = append(about, m.Keys()...)
	}
	return slices.ContainsFunc(b.Keys(), func(k string) bool { return slices.Contains(about, k) })
}

func (p *palette) screens() []goal {
	var goals []goal
	for _, to := range places() {
		goals = append(goals, goal{name: to.name, kind: "screen", hint: to.hint, also: to.hint + " " + to.also, lead: func() transition {
			if to.needs != "" {
				if err := p.session.Can(to.needs, model.Target{}); err != nil {
					t := p.failure(err)
					t.drop = 1
					return t
				}
			}
			return jump(append([]screen{newDashboard(p.surroundings)}, to.way(p.surroundings)...))
		}})
	}
	return goals
}

func (p *palette) Overlay()      {}
func (p *palette) Closes()       {}
func (p *palette) Title() string { return p.title }
func (p *palette) Typing() bool  { return true }

func (p *palette) SetSize(w, h int) {
	p.setSize(w, h)
	p.input.SetWidth(max(8, p.inner()-4))
}

func (p *palette) Cursor() *tea.Cursor {
	c := cursorOf(p.input)
	_, x, y := p.draw()
	c.X, c.Y = c.X+x, c.Y+y
	return c
}

func (p *palette) ShortHelp() []key.Binding {
	return []key.Binding{p.open, bind("↑ ↓", "move", "down"), p.back}
}

func (p *palette) FullHelp() [][]key.Binding { return [][]key.Binding{{p.open, p.back}} }

// keysFoundMsg brings keys whose text is what was typed.
type keysFoundMsg struct {
	id   int
	keys []model.Key
}

func (p *palette) Init() tea.Cmd {
	listing, cmd := p.askApplications()
	p.listing = listing
	if p.session.Can(model.MembersView, model.Target{}) != nil {
		return cmd
	}
	id, members := p.askMembers()
	p.asking = id
	return tea.Batch(cmd, members)
}

// search looks for keys; what was found before stays until the answer is there.
func (p *palette) search() tea.Cmd {
	p.cursor, p.chosen = 0, false
	text := strings.TrimSpace(p.input.Value())
	if text == "" {
		p.keys, p.asked = nil, 0
		return nil
	}
	id, session := p.request(), p.session
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		page, err := session.Keys(ctx, model.KeyQuery{Text: text, Limit: keysFound})
		return keysFoundMsg{id, page.Keys}, err
	})
}

func (p *palette) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case tea.PasteMsg:
		return stay, p.typed(msg)
	case membersReadMsg:
		if msg.id == p.asking {
			p.members = msg.members
		}
	case applicationsReadMsg:
		if msg.id == p.listing {
			p.apps = msg.applications
		}
	case keysFoundMsg:
		if msg.id == p.asked {
			p.keys, p.asked = msg.keys, 0
			if p.chosen {
				return p.enter(), nil
			}
		}
	case failedMsg:
		if msg.id == p.asked && p.asked != 0 {
			p.asked, p.chosen = 0, false
			return p.failure(msg.err), nil
		}
	case stylesMsg:
		styleInput(&p.input, p.styles)
	}
	return stay, nil
}

func (p *palette) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	switch msg.String() {
	case "esc":
		return pop(), nil
	case "enter":
		return p.enter(), nil
	case "up", "ctrl+p":
		p.point(-1)
	case "down", "ctrl+n":
		p.point(1)
	case "pgup":
		p.point(-p.rows())
	case "pgdown":
		p.point(p.rows())
	default:
		return stay, p.typed(msg)
	}
	return stay, nil
}

func (p *palette) point(by int) { p.cursor = max(0, min(len(p.goals())-1, p.cursor+by)) }

// Wheel moves the cursor, and Click opens what was clicked.
func (p *palette) Wheel(by int) (transition, tea.Cmd) {
	p.point(by)
	return stay, nil
}

func (p *palette) Click(_, y int) (transition, tea.Cmd) {
	_, _, at := p.draw()
	goals, first := p.goals(), p.first()
	if i := first + y - at - 1; y > at && i < len(goals) && i-first < p.rows() {
		p.cursor = i
		return p.enter(), nil
	}
	return stay, nil
}

// enter opens what is chosen. Typed ahead of the answer, it waits for it, unless
// that is sure to come behind what is chosen.
func (p *palette) enter() transition {
	goals := p.goals()
	if p.cursor < len(goals) && (p.asked == 0 || p.closeness(goals[p.cursor]) < elsewhere && goals[p.cursor].kind != application) {
		return goals[p.cursor].lead()
	}
	if p.chosen = p.asked != 0; p.chosen {
		return stay
	}
	return stay.say(warning, "Nothing has that name. Type a part of a screen, a key, an application, a member or an action.")
}

func (p *palette) typed(msg tea.Msg) tea.Cmd {
	before := p.input.Value()
	cmd := typeInto(&p.input, msg)
	if p.input.Value() == before {
		return cmd
	}
	return tea.Batch(cmd, p.search())
}
