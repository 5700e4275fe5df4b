package ui

import (
	"strings"
	"testing"
)

// In the smallest window both parts of a key are named, so are the keys that
// the footer has no room for, and a paste that is wrong takes neither away.
func TestSecretInASmallWindow(t *testing.T) {
	d := newDriver(t, nil)
	d.root.save = func(string, []byte) error { return nil }
	d.resize(40, 12)
	secretWalk(d)
	d.sees("api_key  empk_", "api_secret", "v verify  f save  s hide")
	d.press("v")
	d.write("wrong")
	d.press("enter")
	d.sees("Paste:", "[error] That is not the secret.", "api_secret")
	d.press("esc")
	d.missing("[error]")
	d.press("f")
	d.sees("File:")
}

// Neither a question under the secret nor what is wrong with its answer moves
// the frame.
func TestSecretFrameStays(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	top := func() int {
		for y, l := range strings.Split(d.frame(), "\n") {
			if strings.Contains(l, "╭─ Your new API key") {
				return y
			}
		}
		t.Fatal("no frame")
		return 0
	}
	first := top()
	for _, k := range []string{"v", "x", "enter", "esc", "s", "esc", "n"} {
		if d.press(k); top() != first {
			t.Fatalf("%s moves the frame:\n%s", k, d.frame())
		}
	}
}

// Whoever is about to end the program with a secret open is told that y ends it.
func TestQuittingWithASecretSaysSo(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "down", "r", "enter", "ctrl+c")
	d.sees("Quit?", "y quits, n stays.", "y quit  n stay")
	d.missing("leave")
	d.resize(39, 11)
	d.sees("Quit, with the secret unseen for ever?")
	d.resize(80, 24)
	d.press("n", "esc")
	d.sees("Leave?", "y leaves, n stays.", "y leave  n stay")
	d.press("n", "ctrl+c", "y")
	if !d.quit {
		t.Fatal("it goes on")
	}
}
