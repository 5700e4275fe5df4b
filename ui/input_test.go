package ui

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// The cursor stands where the next letter goes, however wide the letters are
// and however far the field was scrolled.
func TestCursorOf(t *testing.T) {
	for _, c := range []struct {
		value string
		at    int // in letters, -1 for the end
		want  int // in cells
	}{
		{"", -1, 0}, {"abc", -1, 3}, {"abc", 1, 1}, {" abc", -1, 4}, {"abc  ", -1, 5},
		{"漢字", -1, 4}, {"漢字", 1, 2}, {"é", -1, 1},
		{"abcdefghijklmn", -1, 10}, {"漢字漢字漢字漢字", -1, 10}, {strings.Repeat("a", 40), -1, 10},
	} {
		in := newInput(&styles{})
		in.Prompt = "/ "
		in.SetWidth(10)
		in.Focus()
		in.SetValue(c.value)
		in.CursorEnd()
		if c.at >= 0 {
			in.SetCursor(c.at)
		}
		if got := cursorOf(in).X - 2; got != c.want {
			t.Errorf("in %q at %d the cursor is at %d, want %d", c.value, c.at, got, c.want)
		}
	}
	in := newInput(&styles{})
	in.SetWidth(10)
	in.EchoMode = textinput.EchoPassword
	in.Focus()
	in.SetValue("漢字")
	in.CursorEnd()
	if got := cursorOf(in).X; got != 2 {
		t.Errorf("behind two dots the cursor is at %d", got)
	}
	in.Blur()
	if cursorOf(in) != nil {
		t.Error("a field that is not in use has a cursor")
	}
}

// Marks that were typed one by one pile up no higher than those pasted at once,
// and neither do those that meet when what stood between them is deleted.
func TestTypeIntoMarks(t *testing.T) {
	const mark = "\u0301"
	for _, c := range []struct {
		what, typed string
		deletes     []tea.Msg
		want        string
		at          int // where the cursor is then, in letters
	}{
		{"one by one", "a" + mark + mark + mark + "b", nil, "a" + mark + mark + `\u{301}b`, 11},
		{"alone", mark + mark + mark, nil, mark + mark + `\u{301}`, 9},
		{"on two letters", "a" + mark + mark + "b" + mark, nil, "a" + mark + mark + "b" + mark, 5},
		{"met", "a" + mark + mark + "b" + mark + "c", []tea.Msg{keyNamed("left"), keyNamed("left"), keyNamed("backspace")}, "a" + mark + mark + `\u{301}c`, 3},
	} {
		in := newInput(&styles{})
		in.Focus()
		for _, r := range c.typed {
			typeInto(&in, tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		for _, msg := range c.deletes {
			typeInto(&in, msg)
		}
		if in.Value() != c.want || in.Position() != c.at {
			t.Errorf("%s: %q at %d, want %q at %d", c.what, in.Value(), in.Position(), c.want, c.at)
		}
	}
}
