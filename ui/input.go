package ui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"
)

// newInput makes a text field with the terminal's own cursor. Its ctrl+v is
// off: that would read the clipboard of the computer that the program runs on,
// which need not be the person's. A terminal's own paste works.
func newInput(s *styles) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = 1000
	in.SetVirtualCursor(false)
	in.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	styleInput(&in, s)
	return in
}

func styleInput(in *textinput.Model, s *styles) {
	plainState := textinput.StyleState{Placeholder: s.looks[dim], Suggestion: s.looks[dim], Text: lipgloss.NewStyle(), Prompt: lipgloss.NewStyle()}
	st := textinput.Styles{Focused: plainState, Blurred: plainState}
	in.SetStyles(st)
}
