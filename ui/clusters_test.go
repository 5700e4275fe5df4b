package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Names whose clusters take more cells by code points: Devanagari and Thai.
const (
	devanagari = "\u0928\u092e\u0938\u094d\u0924\u0947"
	thai       = "\u0e01\u0e33\u0e44\u0e17\u0e22"
)

func TestByCodePoints(t *testing.T) {
	for name, c := range map[string]struct {
		line      string
		at        int
		want      string
		wantMoved int
	}{
		"nothing to do":     {"billing   active", 10, "billing   active", 10},
		"wide by both":      {"\u6771\u4eac   active", 7, "\u6771\u4eac   active", 7},
		"padding gives way": {devanagari + "    active", 7, devanagari + "   active", 7},
		"the next does":     {"a " + thai + " " + devanagari + "    active", 14, "a " + thai + " " + devanagari + "  active", 14},
		"the cursor moves":  {"> " + devanagari, 5, "> " + devanagari, 6},
		"it is before":      {"> " + devanagari, 2, "> " + devanagari, 2},
		"styled":            {"\x1b[1m" + thai + "\x1b[m    \x1b[2mactive\x1b[m", 8, "\x1b[1m" + thai + "\x1b[m   \x1b[2mactive\x1b[m", 8},
		"no room":           {devanagari + strings.Repeat("x", 17), 0, devanagari + strings.Repeat("x", 16), 0},
	} {
		got, moved := byCodePoints(c.line, 20, c.at)
		if got != c.want || moved != c.wantMoved {
			t.Errorf("%s: %q with the cursor in %d; want %q and %d", name, got, moved, c.want, c.wantMoved)
		}
	}
}

// The cursor stands behind what is typed, however the terminal counts.
func TestCursorCountsCells(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write(thai)
	cursor := func() int { return d.root.View().Cursor.X }
	points := cursor()
	d.root.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	if clusters := cursor(); points != clusters+1 {
		t.Errorf("the cursor is in %d by code points and in %d by clusters", points, clusters)
	}
}
