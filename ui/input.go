package ui

import (
	"fmt"
	"strings"
	"unicode"

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

// typable writes what must not reach a terminal visibly, so that a field shows
// it and the domain refuses it; line breaks and tabs become blanks.
func typable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u{%x}", r)
		}
	}
	return b.String()
}

func styleInput(in *textinput.Model, s *styles) {
	plainState := textinput.StyleState{Placeholder: s.looks[dim], Suggestion: s.looks[dim], Text: lipgloss.NewStyle(), Prompt: lipgloss.NewStyle()}
	st := textinput.Styles{Focused: plainState, Blurred: plainState}
	in.SetStyles(st)
}
