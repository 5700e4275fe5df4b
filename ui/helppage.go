package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// helpPage lists the keys that work on the screen beneath it, and says in
// plain words what keys and secrets are. It can be searched.
type helpPage struct {
	*surroundings
	page
	of        screen
	general   general
	move      movement
	find      key.Binding
	back      key.Binding
	input     textinput.Model
	searching bool
	width     int
	above     int // lines above the page
}

// limited is a screen some of whose keys do nothing for this member. Limits
// says why, by the key as help shows it.
type limited interface{ Limits() map[string]error }

func newHelpPage(s *surroundings, of screen, g general) *helpPage {
	p := &helpPage{
		surroundings: s, of: of, general: g, move: newMovement(), input: newInput(s.styles),
		find: bind("/", "search", "/"), back: bind("esc", "back", "esc", "h", "left", "?", "q"),
	}
	p.input.Prompt = "/ "
	return p
}

func (p *helpPage) Closes()       {}
func (p *helpPage) Title() string { return "Help" }
func (p *helpPage) Init() tea.Cmd { return nil }
func (p *helpPage) Typing() bool  { return p.searching }

func (p *helpPage) SetSize(w, h int) {
	p.above = 1
	if h >= roomy {
		p.above = 2
	}
	p.width, p.height = w, h-p.above
	p.input.SetWidth(max(6, w-8))
}

func (p *helpPage) Cursor() *tea.Cursor {
	if !p.searching {
		return nil
	}
	c := cursorOf(p.input)
	c.X += 2
	return c
}

func (p *helpPage) ShortHelp() []key.Binding {
	if p.searching {
		return []key.Binding{bind("enter", "keep the search", "enter"), bind("esc", "clear it", "esc")}
	}
	more := short(p.move.PageDown, "more")
	more.SetEnabled(p.top+p.height < len(p.lines()))
	return []key.Binding{more, p.find, p.back}
}

func (p *helpPage) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.find, p.back)}
}

func (p *helpPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case stylesMsg:
		styleInput(&p.input, p.styles)
	case tea.PasteMsg:
		if p.searching {
			return stay, p.typed(msg)
		}
	case tea.KeyPressMsg:
		if p.searching {
			return stay, p.search(msg)
		}
		return p.press(msg)
	}
	return stay, nil
}

func (p *helpPage) press(k tea.KeyPressMsg) (transition, tea.Cmd) {
	if by, ok := p.move.step(k, max(1, p.height-1)); ok {
		p.top = max(0, min(p.top+by, len(p.lines())-1))
		return stay, nil
	}
	switch {
	case key.Matches(k, p.find):
		p.searching = true
		return stay, p.input.Focus()
	case key.Matches(k, p.back):
		if p.input.Value() != "" && k.String() == "esc" {
			p.clear()
			return stay, nil
		}
		return pop(), nil
	}
	return stay, nil
}

func (p *helpPage) search(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		p.searching = false
		p.input.Blur()
		return nil
	case "esc":
		p.clear()
		return nil
	}
	return p.typed(k)
}

func (p *helpPage) clear() {
	p.searching, p.top = false, 0
	p.input.Blur()
	p.input.SetValue("")
}

func (p *helpPage) typed(msg tea.Msg) tea.Cmd {
	cmd := typeInto(&p.input, msg)
	p.top = 0
	return cmd
}

func (p *helpPage) View() string {
	line := p.styles.paint(dim, "  / searches these keys and words")
	if p.searching || p.input.Value() != "" {
		line = "  " + p.input.View()
	}
	return line + strings.Repeat("\n", p.above) + p.page.view(p.lines(), p.styles)
}

// lines are the keys and the guide, as far as they hold what is searched for.
func (p *helpPage) lines() []string {
	words := strings.Fields(strings.ToLower(p.input.Value()))
	var lines []string
	section := func(title string, found []string) {
		if len(found) > 0 {
			lines = append(append(lines, p.styles.paint(strong, "  "+title)), append(found, "")...)
		}
	}
	section("Keys on "+p.of.Title(), p.keyLines(p.of.FullHelp(), words))
	section("Keys everywhere", p.keyLines([][]key.Binding{p.everywhere()}, words))
	var facts []Fact
	for _, f := range guide(p.support) {
		if holdsAll(strings.ToLower(f.Name+" "+f.Value), words) {
			facts = append(facts, f)
		}
	}
	section("In plain words", factLines(facts, p.styles, p.width))
	if len(lines) == 0 {
		return []string{p.styles.paint(dim, "  Nothing here says that. esc clears the search.")}
	}
	return lines[:len(lines)-1]
}

// everywhere lists the bindings of the whole program that work on the screen.
func (p *helpPage) everywhere() []key.Binding {
	g := p.general
	g.Quit = short(g.Quit, "quit; on this page it goes back")
	if isOverlay(p.of) || p.session == nil {
		g.Palette.SetEnabled(false)
	}
	if _, closes := p.of.(closing); closes {
		g.Quit.SetEnabled(false)
	}
	return g.everywhere()
}

// keyLines are one line for each key, and for one that does nothing for this
// member the reason.
func (p *helpPage) keyLines(groups [][]key.Binding, words []string) []string {
	limits := map[string]error{}
	if l, ok := p.of.(limited); ok {
		limits = l.Limits()
	}
	const keys = 13
	var lines []string
	for _, group := range groups {
		for _, b := range group {
			h := b.Help()
			why, look := "", accent
			if err := limits[h.Key]; err != nil {
				why, look = model.Sentence(err), dim
			}
			if !b.Enabled() || !holdsAll(strings.ToLower(h.Key+" "+h.Desc+" "+why), words) {
				continue
			}
			tone := plain
			if why != "" {
				tone = dim
			}
			says := indented(p.styles, tone, h.Desc, keys+4, p.width)
			says[0] = "  " + p.styles.paint(look, left(h.Key, keys)) + "  " + strings.TrimLeft(says[0], " ")
			lines = append(lines, says...)
			if why != "" {
				lines = append(lines, indented(p.styles, dim, why, keys+4, p.width)...)
			}
		}
	}
	return lines
}
