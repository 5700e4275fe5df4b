package ui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// TestStyledFrames holds the colours of every main screen on a dark and on a
// light background, and those of two on an unknown one and without any.
func TestStyledFrames(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]tea.Msg{"dark": tea.BackgroundColorMsg{Color: ansi.Black}, "light": tea.BackgroundColorMsg{Color: ansi.BrightWhite}} {
		t.Run(name, func(t *testing.T) {
			if name == "light" {
				alone(t)
			}
			var all strings.Builder
			for _, shot := range shots {
				d := newDriver(t, shot.seed)
				d.send(answer)
				d.resize(80, 24)
				shot.walk(d)
				fmt.Fprintf(&all, "%s\n%s\n\n", shot.name, d.root.View().Content)
			}
			golden(t, "styled-"+name, []byte(strings.ReplaceAll(all.String(), "\x1b", "␛")))
		})
	}
	for name, show := range map[string]func(*driver) string{
		"unknown":  func(d *driver) string { return d.root.View().Content },
		"no-color": func(d *driver) string { return withoutColour(t, d.root.View().Content) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, someKeys)
			dashboard := show(d)
			d.press("2", "down", "r")
			golden(t, "styled-"+name, []byte(strings.ReplaceAll(dashboard+"\n\n"+show(d)+"\n", "\x1b", "␛")))
		})
	}
}

// withoutColour is what the terminal gets when NO_COLOR is set.
func withoutColour(t *testing.T, s string) string {
	t.Helper()
	if !newRoot(Options{Environ: []string{"NO_COLOR=yes"}}).look.colourless || newRoot(Options{Environ: []string{"NO_COLOR="}}).look.colourless {
		t.Fatal("NO_COLOR counts when it is not empty")
	}
	var b bytes.Buffer
	w := colorprofile.Writer{Forward: &b, Profile: colorprofile.ASCII}
	if _, err := w.WriteString(s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
