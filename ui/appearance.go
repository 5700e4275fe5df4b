package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// appearancePage is where a person chooses how the screens look. A choice
// shows at once.
type appearancePage struct {
	*surroundings
	page
	width   int
	cursor  int
	choices []choice
	move    movement
	nextKey key.Binding
	back    key.Binding
}

// choice is one thing that can be chosen, and what it can be.
type choice struct {
	name    string
	options []option
	value   func(*Appearance) *string
}

type option struct{ value, name, means string }

func newAppearancePage(s *surroundings) *appearancePage {
	return &appearancePage{
		surroundings: s, page: page{quiet: true}, move: newMovement(), back: backBinding(),
		nextKey: bind("enter", "the next choice", "enter", "l", "right", "space"),
		choices: []choice{
			{"Background", []option{
				{string(AskTerminal), "as the terminal says", "asked once, when the program starts"},
				{string(Dark), "dark", "bright colours"},
				{string(Light), "light", "dark colours"},
				{string(AnyShade), "either", "colours that can be read on both"},
			}, func(a *Appearance) *string { return (*string)(&a.Background) }},
			{"Lines and signs", []option{
				{string(ByLocale), "as the locale says", "LANG, LC_CTYPE and LC_ALL"},
				{string(DrawnLines), "drawn", "for terminals with Unicode"},
				{string(PlainLines), "plain", "letters and ASCII signs alone"},
			}, func(a *Appearance) *string { return (*string)(&a.Lines) }},
			{"Colours", []option{
				{string(On), "on", "unless NO_COLOR or --no-color"},
				{string(Off), "off", "bold and faint letters alone"},
			}, func(a *Appearance) *string { return (*string)(&a.Colours) }},
			{"Mouse", []option{
				{string(On), "on", "click, wheel; shift+drag selects"},
				{string(Off), "off", "the terminal's own, as over a secret"},
			}, func(a *Appearance) *string { return (*string)(&a.Mouse) }},
		},
	}
}

func (p *appearancePage) Title() string    { return "Appearance" }
func (p *appearancePage) Init() tea.Cmd    { return nil }
func (p *appearancePage) SetSize(w, h int) { p.width, p.height = w, h }

func (p *appearancePage) ShortHelp() []key.Binding {
	return []key.Binding{p.nextKey, bind("j k", "move", "j"), p.back}
}

func (p *appearancePage) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.nextKey, p.back)}
}

// restyleMsg says that the look changed, and everything is to be drawn anew.
type restyleMsg struct{}

func (p *appearancePage) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if by, ok := p.move.step(k, len(p.choices)); ok {
		p.cursor = max(0, min(len(p.choices)-1, p.cursor+by))
		return stay, nil
	}
	switch {
	case key.Matches(k, p.nextKey):
		return stay, p.next()
	case key.Matches(k, p.back):
		return pop(), nil
	}
	return stay, nil
}

// Click takes the next option of the choice that was clicked.
func (p *appearancePage) Click(_, y int) (transition, tea.Cmd) {
	if i := (y + p.top) / 2; i >= 0 && i < len(p.choices) {
		p.cursor = i
		return stay, p.next()
	}
	return stay, nil
}

// next takes the next option of a choice, shows it, and remembers it.
func (p *appearancePage) next() tea.Cmd {
	c := p.choices[p.cursor]
	value := c.value(&p.look.Appearance)
	*value = c.options[(c.at(*value)+1)%len(c.options)].value
	cmds := []tea.Cmd{func() tea.Msg { return restyleMsg{} }}
	if p.look.asks() && p.look.answer == unknownBackground {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if k := p.keeper; k.write != nil {
		chosen := p.look.Appearance
		k.latest.Store(&chosen)
		cmds = append(cmds, p.change(0, func(context.Context) (tea.Msg, error) { return nil, k.keep() }))
	}
	return tea.Batch(cmds...)
}

// at is the place of a value among the options.
func (c choice) at(value string) int {
	for i, o := range c.options {
		if o.value == value {
			return i
		}
	}
	return 0
}

func (p *appearancePage) View() string {
	var lines []string
	indent := 19
	if p.width < narrow {
		indent = 4
	}
	for i, c := range p.choices {
		o := c.options[c.at(*c.value(&p.look.Appearance))]
		marker, look := "  ", plain
		if i == p.cursor {
			marker, look = p.styles.paint(accent, "> "), accent
		}
		lines = append(lines, marker+p.styles.paint(look, left(c.name, 17))+o.name,
			strings.Repeat(" ", indent)+p.styles.paint(dim, fit(o.means, p.width-indent)))
	}
	p.reveal(2*p.cursor + 1)
	p.reveal(2 * p.cursor)
	return p.page.view(append(append(lines, ""), p.sample()...), p.styles)
}

// sample shows every look once, each in its own words.
func (p *appearancePage) sample() []string {
	kept := "Kept for the next time."
	if p.keeper.write == nil {
		kept = "Kept until you leave."
	}
	lines := []string{p.styles.paint(strong, "  So it looks")}
	for _, s := range []struct {
		tone tone
		text string
	}{{accent, "> what is selected"}, {good, "  active, done"}, {warning, "  needs attention"}, {bad, "  broken or final"}, {dim, "  " + model.Mask + " and what matters less"}} {
		lines = append(lines, p.styles.paint(s.tone, s.text))
	}
	return append(lines, "", p.styles.paint(dim, "  "+kept))
}
