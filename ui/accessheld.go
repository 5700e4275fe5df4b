package ui

import (
	tea "charm.land/bubbletea/v2"
)

// settle draws afresh after keys were read, and does what was asked for while
// they were.
func (a *access) settle() (transition, tea.Cmd) {
	a.list.scroll()
	a.drawing.reset()
	t, cmd := a.release(stay)
	return t, tea.Batch(a.more(), cmd)
}

// release does what was asked for while nobody knew which keys were meant.
func (a *access) release(t transition) (transition, tea.Cmd) {
	var cmds []tea.Cmd
	for len(a.held) > 0 && !a.unsettled() {
		k := a.held[0]
		a.held = a.held[1:]
		next, cmd := a.press(k)
		cmds = append(cmds, cmd)
		if next.toast != nil || next.moves() {
			t = next
		}
		if next.moves() {
			a.held = nil
		}
	}
	return t, tea.Batch(cmds...)
}

// unsettled is whether it is not known yet which key is chosen, or which are
// marked.
func (a *access) unsettled() bool { return a.list.jumping() || a.marks.asked != 0 }

// more reads the next stretch when the cursor comes near it.
func (a *access) more() tea.Cmd {
	if how, ok := a.list.wants(); ok {
		return a.list.read(a.surroundings, how)
	}
	return nil
}
