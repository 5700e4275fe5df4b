package ui

import (
	"strings"
	"testing"
)

// A filter may hide what is marked: the question says so, and names what it is
// about. Revoking one key wants its name, marked or not.
func TestMarksBehindFilter(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.press("2", "down", "space", "/")
	d.write("b-two")
	d.press("enter")
	d.sees("esc no filter", "> b-two")
	d.press("X")
	d.sees("Revoke 1 marked key", "a-one (empk_", "Marked keys count also where the filter hides them.", "Type a-one to go on")
	d.missing("b-two (empk_")
	d.write("1")
	d.press("enter")
	d.sees("That is not a-one")
	d.press("esc", "esc", "p")
	d.sees("Suspend 1 marked key")
	d.missing("filter hides")
}

// The footer counts the keys that an action would change, and offers none that
// would change nothing.
func TestMarksCountWhatChanges(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "G", "k", "space", "space") // mobile-push is suspended
	d.sees("esc no marks")
	for _, k := range []struct{ keys, want, not string }{
		{"billing edge-cache mobile-push", "p suspend 2  X revoke 3", ""},
		{"ci-deploy mobile-push", "p resume 1  X revoke 1", ""},
		{"ci-deploy", "space mark", "revoke 1"},
	} {
		d.press("u", "g")
		for _, name := range []string{"billing", "ci-deploy", "edge-cache", "legacy-import", "mobile-push"} {
			d.press("down")
			if strings.Contains(k.keys, name) {
				d.press("space", "up")
			}
		}
		d.sees(k.want)
		if k.not != "" {
			d.missing(k.not)
		}
	}
	d.press("X")
	d.sees("Nothing would change: 1 key is marked, and it is revoked already.")
}

// A question too long for the window says what will happen first, and the rest
// can be read before it is answered.
func TestLongQuestionScrolls(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.resize(40, 12)
	d.press("2", "*", "X")
	d.sees("These 5 keys stop working at once", "more lines below: PgDn", "Type 5 to go on")
	d.missing("e-five")
	d.press("pgdown")
	d.sees("e-five (empk_", "Type 5 to go on")
	d.missing("more lines below")
	d.press("pgup")
	d.sees("These 5 keys stop working at once")
}

// Only the keys that are named answer a question: y copies everywhere else.
func TestQuestionsTakeNoStrayKeys(t *testing.T) {
	d := newDriver(t, fiveKeys)
	d.press("2", "down", "p", "y", "n")
	d.sees("Suspend a-one")
	d.press("esc")
	if got := d.states(); strings.Contains(got, "suspended") {
		t.Fatal(got)
	}
}

// In a window too small for anything q leaves all the same, but asks first
// when something was typed.
func TestTinyWindowLeaves(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write("nightly")
	d.resize(30, 5)
	d.press("q")
	d.sees("Not saved yet. The same key again quits without it.")
	d.resize(80, 24)
	d.sees("nightly", "Not saved yet")
	d.resize(30, 5)
	d.press("q")
	if !d.root.quitting {
		t.Fatal("the second q did not quit")
	}
}

// A window too small for the screens says so in plain signs where the locale has
// no others.
func TestTinyWindowInPlainSigns(t *testing.T) {
	d := newDriver(t, nil)
	d.open(Options{Session: d.session, Environ: []string{"TERM=xterm", "LC_ALL=C", "LANG=en_GB.UTF-8"}})
	d.resize(30, 8)
	d.sees("needs a window of 40x12; this is 30x8.")
}

// Each way of leaving a form asks for itself: agreeing to one is not agreeing to
// the other.
func TestEachWayOutAsks(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write("abc")
	d.press("ctrl+c")
	d.sees("Not saved yet. The same key again quits without it.")
	d.press("esc")
	d.sees("Not saved yet. esc again leaves without it.", "abc")
	d.press("ctrl+c")
	d.sees("Not saved yet. The same key again quits without it.", "abc")
	if d.root.quitting {
		t.Fatal("ctrl+c quit without its own question")
	}
	d.press("esc", "esc")
	d.missing("abc")
	d.sees("API Access")
}

// The first run loses nothing that was typed without asking.
func TestWelcomeAsksBeforeLeaving(t *testing.T) {
	d := emptyDriver(t)
	d.open(Options{})
	d.press("esc")
	if !d.root.quitting {
		t.Fatal("with nothing typed esc leaves")
	}
	d = emptyDriver(t)
	d.open(Options{})
	d.write("Acme")
	d.press("esc")
	d.sees("Not saved yet. esc again leaves without it.", "Acme")
	d.press("tab", "ctrl+c")
	d.sees("Not saved yet. The same key again quits without it.")
	d.press("ctrl+c")
	if !d.root.quitting {
		t.Fatal("the second ctrl+c did not quit")
	}
}

// Help lists the keys that work where it was asked for, and no others.
func TestHelpIsTrueWhereItIsAsked(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "n")
	d.write("nightly")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	d.sees("This is the only time")
	d.press("?")
	d.sees("verify by pasting it back")
	d.missing("find a screen")
	d.press("esc", "esc", "?")
	d.sees("y", "leave", "n", "stay")
	d.missing("verify by pasting it back")
	d.press("esc", "y")

	d.press("g", "down", "down") // ci-deploy is revoked
	d.press("enter", "?")
	d.sees("The key of ci-deploy is revoked, which is final.")
	d.press("esc", "esc", "down", "p", "?")
	d.sees("cancel")
	d.missing("q              quit")
}

// A long result leaves the page whole: what no longer fits is said to be below.
func TestLongResultCoversNothing(t *testing.T) {
	d := newDriver(t, someKeys)
	d.resize(60, 20)
	d.press("2", "g", "down", "down", "enter", "p")
	d.sees("which is final. Create a new one", "more line", "below: PgDn")
}

// A form in lines can be left, help is at every choice, and a value that was
// refused is not what an empty line accepts.
func TestLinesWaysOut(t *testing.T) {
	d := newDriver(t, nil)
	p := d.converse(Options{}, "3", "nightly", ".", "?", "3", "nightly", "nobody", "", "", "", "", "", "", "3", "q")
	p.sees("Application: nightly\n", "Left without saving.", "Choose: ?\n\nHelp\n", "Owner [ada@example.com]: nobody\n", "The team has no member", "Your new API key")
	if strings.Contains(p.text(), "[nobody]") {
		t.Fatal("what was refused is offered again")
	}
}

// All that is wrong with a form is said at once, each beside its field, and the
// first is where the cursor goes.
func TestFormSaysAllThatIsWrong(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	for _, value := range []string{"nightly", "", "", "B!", "300.1.1.1", "abc", "soon"} {
		d.write(value)
		d.press("enter")
	}
	d.sees("is not a scope", "is not a network", "is not a rate", "is not a time", "> Scopes")
	d.press("ctrl+u")
	d.missing("is not a scope")
	d.sees("is not a rate")
}
