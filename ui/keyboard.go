package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// press handles the keys of the whole program, and hands the rest to the top
// screen.
func (r *root) press(msg tea.KeyPressMsg) tea.Cmd {
	msg.Text = typable(msg.Text)
	if msg.Keystroke() == "ctrl+j" {
		// A line feed: the terminal wrote one for an enter that was typed before it was
		// in raw mode. No field takes more than one line.
		msg = keyNamed("enter")
	}
	letters := r.letters()
	_, closes := r.top().(closing)
	switch {
	case key.Matches(msg, r.keys.ForceQuit), (r.tiny() || letters && !closes) && key.Matches(msg, r.keys.Quit):
		return r.leave()
	case key.Matches(msg, r.keys.Redraw):
		return tea.ClearScreen
	case key.Matches(msg, r.keys.Pause):
		return tea.Batch(r.toTop(tea.BlurMsg{}), tea.Suspend) // a secret is hidden before others see the terminal
	case r.tiny():
		return r.pressTiny(msg)
	case key.Matches(msg, r.keys.GiveUp) && r.waitWords() != "":
		if ids := r.giveUp(); len(ids) > 0 {
			return r.missed(ids)
		}
	case key.Matches(msg, r.keys.Refresh):
		r.toast = nil // what it says may be out of date
		return r.broadcast(refreshMsg{})
	case letters && !r.waits() && key.Matches(msg, r.keys.Help, r.keys.Palette):
		if t := r.opens(msg); t.moves() {
			return r.apply(t)
		}
	}
	return r.toTop(msg)
}

// letters is whether letters are keys, and not for a text field.
func (r *root) letters() bool {
	t, ok := r.top().(typing)
	return !ok || !t.Typing()
}

// opens is what the keys for help and the palette open from here. The palette
// leads away, so it opens over no overlay; from help it leads back to the screen
// beneath, whose actions it offers.
func (r *root) opens(msg tea.KeyPressMsg) transition {
	over, put := r.top(), push
	page, helping := over.(*helpPage)
	if helping {
		over, put = page.of, func(s ...screen) transition { return replace(s[0]) }
	}
	switch {
	case key.Matches(msg, r.keys.Help) && helping:
	case key.Matches(msg, r.keys.Help):
		return push(newHelpPage(r.surroundings, over, r.keys))
	case r.session != nil && !isOverlay(over):
		return put(newPalette(r.surroundings, over))
	}
	return stay
}

// missed tells the screens that what they asked for was given up.
func (r *root) missed(ids []int) tea.Cmd {
	var cmds []tea.Cmd
	for _, id := range ids {
		cmds = append(cmds, r.update(failedMsg{id, errGivenUp}))
	}
	return tea.Batch(cmds...)
}

// pressTiny handles keys where only one line can be drawn: a question about an
// open secret can be answered, and nothing else is done blindly.
func (r *root) pressTiny(msg tea.KeyPressMsg) tea.Cmd {
	if o, open := r.top().(*secretOverlay); open && o.mode == leaving {
		return r.toTop(msg)
	}
	return nil
}

// waits is whether the top screen waits for an answer.
func (r *root) waits() bool {
	w, ok := r.top().(waiting)
	return ok && w.Waiting()
}

// leave ends the program, unless something on the stack would be lost.
func (r *root) leave() tea.Cmd {
	for i, s := range slices.Backward(r.stack) {
		if g, ok := s.(guarded); ok {
			t, cmd := g.Leave()
			if !t.quit {
				r.stack = r.stack[:i+1] // what it asks must be seen
				return tea.Batch(cmd, r.apply(t))
			}
		}
	}
	return r.apply(quit())
}
