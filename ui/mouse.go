package ui

import (
	tea "charm.land/bubbletea/v2"
)

// pointed is a screen on which something can be clicked. The place is relative
// to the screen.
type pointed interface {
	Click(x, y int) (transition, tea.Cmd)
}

// wheeled is a screen that scrolls.
type wheeled interface {
	Wheel(by int) (transition, tea.Cmd)
}

// wheelStep is how many lines a notch of the wheel moves.
const wheelStep = 3

// pointable is whether the mouse is the program's. While a secret is open it
// is the terminal's, which selects text with it.
func (r *root) pointable() bool {
	for _, s := range r.stack {
		if _, open := s.(*secretOverlay); open {
			return false
		}
	}
	return r.look.Mouse != Off && !r.tiny()
}

// wheel scrolls the top screen.
func (r *root) wheel(m tea.Mouse) tea.Cmd {
	w, ok := r.top().(wheeled)
	if !ok || !r.pointable() {
		return nil
	}
	switch m.Button {
	case tea.MouseWheelUp:
		return r.obey(w.Wheel(-wheelStep))
	case tea.MouseWheelDown:
		return r.obey(w.Wheel(wheelStep))
	}
	return nil
}

// click does what the person points at: a step of the breadcrumb, a key of the
// footer, or something on the top screen.
func (r *root) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft || !r.pointable() {
		return nil
	}
	switch m.Y {
	case 1:
		return r.clickTrail(m.X - 2)
	case r.height - 1:
		return r.clickFooter(m.X - 2)
	}
	p, ok := r.top().(pointed)
	if !ok {
		return nil
	}
	_, at := r.bodyView()
	return r.obey(p.Click(m.X-at.X, m.Y-r.above()-at.Y))
}

func (r *root) obey(t transition, cmd tea.Cmd) tea.Cmd { return tea.Batch(cmd, r.apply(t)) }

// clickTrail goes back to a step of the breadcrumb, unless something on the way
// would be lost.
func (r *root) clickTrail(x int) tea.Cmd {
	before, crumbs := r.trail()
	x -= width(before)
	for _, c := range crumbs {
		if w := width(c.title); x >= 0 && x < w {
			return r.backTo(c.depth)
		}
		x -= width(c.title + arrow)
	}
	return nil
}

func (r *root) backTo(depth int) tea.Cmd {
	for i := len(r.stack) - 1; i > depth; i-- {
		if g, ok := r.stack[i].(guarded); ok {
			if t, cmd := g.Leave(); !t.quit {
				return r.obey(t, cmd)
			}
		}
	}
	if drop := len(r.stack) - 1 - depth; drop > 0 {
		return r.apply(transition{drop: drop})
	}
	return nil
}

// clickFooter presses the key that the footer shows there.
func (r *root) clickFooter(x int) tea.Cmd {
	for _, b := range r.footerKeys() {
		if w := hintWidth(b); x >= 0 && x < w-2 {
			return r.press(keyNamed(b.Keys()[0]))
		}
		x -= hintWidth(b)
	}
	return nil
}
