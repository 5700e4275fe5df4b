package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Where a form does not fit, it says what follows, and what is said of the
// field in use is in the window.
func TestFormInASmallWindow(t *testing.T) {
	d := newDriver(t, nil)
	d.resize(40, 12)
	d.press("2", "n")
	d.sees("> Application", "It may be new.", "2 more below: Rate, Expires")
	for range 6 {
		d.press("tab")
	}
	d.sees("> Expires", "90d, a date like 2027-01-31, or never.")
	d.missing("more below")
}

// What an empty field means is never cut without a sign of it.
func TestFormMeaningOfEmptyField(t *testing.T) {
	d := newDriver(t, nil)
	d.resize(40, 12)
	d.press("1", "3")
	d.sees("> Support contact   nobody in particular")
	f := newForm(newField(d.root.styles, "x", "Label", "", "").or("nobody in particular"))
	f.setSize(20, 5)
	if got := ansi.Strip(f.view(d.root.styles)); !strings.HasPrefix(got, "> Label  nobody in …") {
		t.Fatalf("%q", got)
	}
}
