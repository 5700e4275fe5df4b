package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// picker is an overlay that asks which of a few things is meant.
type picker struct {
	*surroundings
	box
	list    shortList
	options []pick
	move    movement
	choose  key.Binding
	back    key.Binding
}

// pick is one thing to choose.
type pick struct {
	words string
	hint  string // more about it, shown below while it is chosen; "" for nothing
	bar   error  // why it cannot be chosen, which takes the place of the hint
	take  func() (transition, tea.Cmd)
}

// about is what is said of it below.
func (o pick) about() string {
	if o.bar != nil {
		return model.Sentence(o.bar)
	}
	return o.hint
}

func newPicker(s *surroundings, title string, options ...pick) *picker {
	return &picker{
		surroundings: s, box: box{title: title}, options: options, list: shortList{count: len(options)}, move: newMovement(),
		choose: bind("enter", "choose", "enter", "l", "right"), back: bind("esc", "back", "esc", "h", "left", "q"),
	}
}

func (p *picker) Overlay()      {}
func (p *picker) Closes()       {}
func (p *picker) Title() string { return p.title }
func (p *picker) Init() tea.Cmd { return nil }

func (p *picker) SetSize(w, h int) {
	p.setSize(w, h)
	around := 2
	if p.compact() {
		around = 1
	}
	p.list.resize(len(p.options), p.height-around-len(p.hint()))
}

func (p *picker) ShortHelp() []key.Binding { return []key.Binding{p.choose, p.back} }
func (p *picker) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(p.move.bindings(), p.choose, p.back)}
}

func (p *picker) Update(msg tea.Msg) (transition, tea.Cmd) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return stay, nil
	}
	if by, ok := p.move.step(k, p.list.rows); ok {
		return p.Wheel(by)
	}
	switch {
	case key.Matches(k, p.choose):
		return p.take(p.list.cursor)
	case key.Matches(k, p.back):
		return pop(), nil
	}
	if i := int(k.Code - '1'); i >= 0 && i < len(p.options) {
		p.list.move(i - p.list.cursor)
		return p.take(i)
	}
	return stay, nil
}

// take chooses, or says why that cannot be.
func (p *picker) take(i int) (transition, tea.Cmd) {
	if bar := p.options[i].bar; bar != nil {
		return p.failure(bar), nil
	}
	return p.options[i].take()
}

// Wheel moves the cursor.
func (p *picker) Wheel(by int) (transition, tea.Cmd) {
	p.list.move(by)
	return stay, nil
}

// Click chooses what was clicked.
func (p *picker) Click(_, y int) (transition, tea.Cmd) {
	_, _, first := p.draw()
	if i := p.list.top + y - first; y >= first && i < p.list.end() {
		return p.take(i)
	}
	return stay, nil
}

func (p *picker) View() string {
	out, _, _ := p.draw()
	return out
}

func (p *picker) draw() (out string, x, y int) {
	var lines []string
	for i := p.list.top; i < p.list.end(); i++ {
		marker, look, number := "  ", plain, "   "
		if i == p.list.cursor {
			marker, look = p.styles.paint(accent, "> "), accent
		}
		if i < 9 {
			number = string(rune('1'+i)) + "  "
		}
		words := p.options[i].words
		if p.options[i].bar != nil {
			words, look = words+" (not possible here)", dim
		}
		lines = append(lines, marker+p.styles.paint(dim, number)+p.styles.paint(look, fit(model.Printable(words), p.inner()-5)))
	}
	for _, l := range p.hint() {
		lines = append(lines, p.styles.paint(dim, l))
	}
	return p.view(p.styles, lines, 0)
}

// hint is what is said of the chosen one, below an empty line where there is
// room. It takes as many lines for each, so that nothing jumps.
func (p *picker) hint() []string {
	longest := 0
	for _, o := range p.options {
		longest = max(longest, len(wrap(model.Printable(o.about()), p.inner())))
		if o.about() == "" {
			longest = max(longest-1, 0)
		}
	}
	if longest == 0 {
		return nil
	}
	lines := []string{""}
	if p.compact() {
		lines = nil
		longest = max(1, min(longest, p.height-1-min(len(p.options), p.height/2)))
	}
	words := wrap(model.Printable(p.options[p.list.cursor].about()), p.inner())
	for i := range longest {
		line := " "
		if i < len(words) {
			line = words[i]
		}
		if i == longest-1 && len(words) > longest {
			line = fit(line+" …", p.inner())
		}
		lines = append(lines, line)
	}
	return lines
}
