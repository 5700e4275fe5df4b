package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"empress/model"
)

// What is chosen shows at once, everywhere, and is remembered.
func TestAppearance(t *testing.T) {
	d := newDriver(t, someKeys)
	var kept Appearance
	d.root.keeper.write = func(a Appearance) error { kept = a; return nil }
	d.press("1", "2")
	d.sees("Appearance", "> Background", "as the terminal says", "Kept for the next time.")
	d.press("enter")
	dark := d.root.View().Content
	d.press("enter")
	if light := d.root.View().Content; light == dark || kept.Background != Light {
		t.Fatalf("light looks like dark, or is not kept: %+v", kept)
	}
	d.send(tea.BackgroundColorMsg{Color: ansi.Black}) // a late answer does not overrule the person
	if d.root.look.shade() != lightBackground {
		t.Fatal("the terminal's answer overruled what was chosen")
	}
	d.press("enter", "enter")
	if d.root.look.shade() != darkBackground || kept != (Appearance{}) {
		t.Fatalf("back at the beginning it is %+v", kept)
	}
	d.press("j", "enter", "enter")
	d.sees("Lines and signs  plain", "emps_****")
	d.press("j", "enter")
	if strings.ContainsFunc(d.root.View().Content, func(r rune) bool { return r > '~' }) {
		t.Errorf("a sign beyond ASCII: %q", d.root.View().Content)
	}
	if colour := strings.Contains(d.root.View().Content, "\x1b[3") || strings.Contains(d.root.View().Content, "\x1b[9") || strings.Contains(d.root.View().Content, "[1;3"); colour || kept != (Appearance{Lines: PlainLines, Colours: Off}) {
		t.Errorf("colours are off, and yet: %q, %+v", d.root.View().Content, kept)
	}
	d.root.keeper.write = func(Appearance) error { return model.Errorf(model.CodeFailed, "The choice could not be kept.") }
	d.press("enter")
	d.sees("[error] The choice could not be kept.")
}

// What was chosen the last time is how it begins, and then nothing is asked of
// the terminal.
func TestAppearanceFromBefore(t *testing.T) {
	for _, c := range []struct {
		o    Options
		asks bool
		want background
	}{
		{Options{}, true, unknownBackground},
		{Options{Appearance: Appearance{Background: Dark}}, false, darkBackground},
		{Options{Appearance: Appearance{Background: AnyShade}}, false, unknownBackground},
		{Options{Appearance: Appearance{Colours: Off}}, false, unknownBackground},
		{Options{NoColor: true}, false, unknownBackground},
		{Options{Environ: []string{"NO_COLOR=0"}}, false, unknownBackground},
		{Options{Environ: []string{"NO_COLOR="}}, true, unknownBackground},
	} {
		l := newLook(c.o)
		if l.asks() != c.asks || l.shade() != c.want {
			t.Errorf("%+v: asks %v, draws for %v", c.o, l.asks(), l.shade())
		}
	}
	for _, c := range []struct {
		env   []string
		lines Lines
		want  border
	}{
		{nil, ByLocale, plainBorder}, {[]string{"LANG=C.UTF-8"}, ByLocale, drawnBorder}, {[]string{"LC_ALL=C", "LANG=en_GB.UTF-8"}, ByLocale, plainBorder},
		{[]string{"LC_CTYPE=en_GB.utf8"}, ByLocale, drawnBorder}, {nil, DrawnLines, drawnBorder}, {[]string{"LANG=C.UTF-8"}, PlainLines, plainBorder},
	} {
		if got := newLook(Options{Environ: c.env, Appearance: Appearance{Lines: c.lines}}).border(); got != c.want {
			t.Errorf("%v with %q: %v", c.env, c.lines, got)
		}
	}
}
