package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"empress/model"
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
// it and the domain refuses it; line breaks and tabs become blanks. A mark may
// come alone: it stands on what was typed before.
func typable(text string) string {
	var b strings.Builder
	marks := 0
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch letter := text[i : i+size]; {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case unicode.Is(unicode.M, r) && marks < 2 && model.Printable("a"+letter) == "a"+letter:
			b.WriteString(letter)
			marks++
			continue
		default:
			b.WriteString(model.Printable(letter))
		}
		marks = 0
	}
	return b.String()
}

// typeInto gives a key, or what was pasted, to a field. Each was made typable by
// itself, and its marks may stand on others: so what it became is looked at again.
func typeInto(in *textinput.Model, msg tea.Msg) (cmd tea.Cmd) {
	*in, cmd = in.Update(msg)
	if now := typable(in.Value()); now != in.Value() {
		before := typable(string([]rune(in.Value())[:in.Position()]))
		in.SetValue(now)
		in.SetCursor(utf8.RuneCountInString(before))
	}
	return cmd
}

func styleInput(in *textinput.Model, s *styles) {
	plainState := textinput.StyleState{Placeholder: s.looks[dim], Suggestion: s.looks[dim], Text: lipgloss.NewStyle(), Prompt: lipgloss.NewStyle()}
	st := textinput.Styles{Focused: plainState, Blurred: plainState}
	in.SetStyles(st)
}

// cursorOf is where the next letter goes in a text field, relative to it. The
// library counts letters, which is wrong for those that are two cells wide and
// for text that was scrolled.
func cursorOf(in textinput.Model) *tea.Cursor {
	c := in.Cursor()
	if c == nil {
		return nil
	}
	value := []rune(in.Value())
	before := width(string(value[:in.Position()])) - width(string(value[:scrolled(in, value)]))
	if in.EchoMode == textinput.EchoPassword {
		before = in.Position()
	}
	c.X = width(in.Prompt) + min(before, in.Width())
	return c
}

// scrolled is how many letters at the beginning of a value the field does not
// show.
func scrolled(in textinput.Model, value []rune) int {
	blanks := len(in.Value()) - len(strings.TrimRight(in.Value(), " "))
	shown := strings.TrimRight(strings.TrimPrefix(ansi.Strip(in.View()), in.Prompt), " ")
	for from := range value {
		end := from + utf8.RuneCountInString(shown) + blanks
		if from <= in.Position() && in.Position() <= end && strings.HasPrefix(string(value[from:]), shown) {
			return from
		}
	}
	return 0
}
