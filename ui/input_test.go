package ui

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/textinput"
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
