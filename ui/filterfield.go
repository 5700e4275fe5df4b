package ui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// filterField is the words by which a list is filtered.
type filterField struct {
	textinput.Model
	on bool // keys are for it
}

func newFilterField(s *styles) filterField {
	f := filterField{Model: newInput(s)}
	f.Prompt = "/ "
	return f
}

// begin lets the field take the keys.
func (f *filterField) begin() tea.Cmd {
	f.on = true
	return f.Focus()
}

// typed takes a key, or what was pasted. Move takes the cursor of the list up or
// down meanwhile, and search looks for the words whenever they changed.
func (f *filterField) typed(msg tea.Msg, move func(by int) tea.Cmd, search func() tea.Cmd) tea.Cmd {
	before := f.Value()
	var cmd tea.Cmd
	switch name := keyName(msg); name {
	case "up":
		return move(-1)
	case "down":
		return move(1)
	case "enter", "esc":
		f.on = false
		f.Blur()
		if name == "esc" {
			f.SetValue("")
		}
	default:
		cmd = typeInto(&f.Model, msg)
	}
	if f.Value() != before {
		cmd = tea.Batch(cmd, search())
	}
	return cmd
}

// keyName names the key that was pressed, "" for anything else.
func keyName(msg tea.Msg) string {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		return k.String()
	}
	return ""
}

// cursor is where the next letter goes, on the line that the field stands in;
// nil while keys are not for it.
func (f *filterField) cursor() *tea.Cursor {
	if !f.on {
		return nil
	}
	c := cursorOf(f.Model)
	c.X += 2
	return c
}

// line is the field with what there is of a total beside it.
func (f *filterField) line(s *styles, room int, total string) string {
	return "  " + left(f.View(), max(8, room-20)) + "  " + s.paint(dim, right(total, 14))
}

// help says what can be done while keys are for the field.
func (f *filterField) help() []key.Binding {
	return []key.Binding{bind("enter", "keep the filter", "enter"), bind("esc", "clear it", "esc")}
}
