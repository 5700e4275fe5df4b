package ui

import (
	"context"
	"testing"

	"empress/model"
)

// The help can be searched, and says why something is not allowed.
func TestHelp(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "down", "?")
	d.sees("Keys on API Access", "/ searches")
	d.press("/")
	d.write("leak")
	d.sees("It leaked", "give the new one to the application")
	d.missing("Keys on API Access", "Suspend")
	d.press("enter", "q")
	d.sees("API Access")
	d.press("?", "/")
	d.write("zebra")
	d.sees("Nothing here says that")
	d.press("esc", "esc")
	d.press("?", "/")
	d.write("quit")
	d.sees("q              quit", "ctrl+c         quit from anywhere, also while you type")
	d.press("esc", "esc")
	d.asAuditor()
	d.press("?", "/")
	d.write("regenerate")
	d.sees("r              Regenerate API Secret", "As an Auditor you may not regenerate secrets.", "An administrator", "keys.regenerate")
	d.press("q") // a letter of the search, and no key
	d.sees("/ regenerateq")
	if d.quit {
		t.Fatal("a letter of the search quits")
	}
}

// What help says of the keys everywhere is true on its own page: the palette
// opens over the screen beneath, and q goes back.
func TestKeysEverywhereWorkInHelp(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "down", "?")
	d.resize(120, 60)
	d.sees(":              find a screen", "q              quit; on this page it goes back", "ctrl+c         quit from anywhere")
	d.press(":")
	d.write("regenerate api")
	d.press("enter")
	d.sees("Regenerate API Secret", "billing")
	d.press("esc", "?", ":", "esc")
	d.sees("> billing")
	d.missing("Keys on API Access")
	d.press("?", "q")
	d.sees("> billing")
	d.press("p", "?", ":") // no palette opens over a question
	d.missing("Find")
	if d.quit {
		t.Fatal("q quit from help")
	}
}

// Whoever comes through SSH is offered nothing of the computer that serves
// them, on any screen: no file, no path, no pause of the process.
func TestServedSessionIsOfferedNothingOfTheServer(t *testing.T) {
	d := newDriver(t, someKeys)
	d.openServed("xterm")
	d.sees("ssh")
	missing := func() {
		t.Helper()
		d.missing("ctrl+z", "save to a file", "f save", "/srv/empress", ".pub.", "~/.ssh")
	}
	for _, keys := range [][]string{{"1"}, {"2"}, {"3"}, {"4"}, {"1", "1", "5"}, {"1", "1", "5", "n"}, {"2", "j", "enter"}, {"2", "j", "r", "enter"}} {
		d.openServed("xterm")
		d.press(keys...)
		missing()
		d.press("?")
		missing()
		d.press("G")
		missing()
	}
	d.openServed("xterm")
	d.press("2", "j", "r", "enter")
	secret := d.secretOnScreen()
	d.press("ctrl+z", "f")
	d.sees(secret)
	d.missing("File:")
}

// openServed opens the interface for ada as she is served through SSH, on a
// terminal of some kind.
func (d *driver) openServed(kind string) {
	d.t.Helper()
	s, err := d.service.SignIn(context.Background(), model.Identity{Login: "ada", Via: model.ViaSSH, From: "10.0.0.4"})
	d.must(err)
	d.open(Options{Session: s, Environ: []string{"TERM=" + kind, "LANG=C.UTF-8"}, About: []Fact{{"Server", "keys.example.com"}}})
}

// In a narrow window what a key does is told to its end.
func TestHelpCutsNothing(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "?")
	d.resize(40, 200)
	d.sees("Rotation: the keys that are due for a new secret, old secrets still used, unused keys")
	d.missing("…  ", "…\n")
}
