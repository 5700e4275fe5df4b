package ui

import (
	"strings"
	"testing"
)

// A tall window is filled with what happened, and a small one wraps it rather
// than cutting it.
func TestDashboardFillsTheWindow(t *testing.T) {
	d := newDriver(t, events(50))
	d.resize(120, 40)
	if n := strings.Count(d.frame(), "changed the purpose of billing"); n != 24 {
		t.Fatalf("%d events:\n%s", n, d.frame())
	}
	d.missing("more lines below")
	d.resize(40, 12)
	d.press("pgdown", "pgdown", "pgdown")
	d.sees("just now ada changed the purpose of billing")
}

// enter opens nothing that cannot be seen: it shows what is chosen first.
func TestEnterShowsWhatIsChosen(t *testing.T) {
	d := newDriver(t, events(50))
	d.press("pgdown")
	d.missing("> 1  Settings")
	d.sees("enter to the top")
	d.press("enter")
	d.sees("> 1  Settings", "enter open")
	d.press("pgdown", "j")
	d.sees("> 2  API Access")
	d.press("enter")
	d.sees("Dashboard > Settings > Profile & Team > API Access")
}
