package ui

import "testing"

// An enter that was typed before the terminal was in raw mode comes as a line
// feed, and does what enter does: on pages, and in fields.
func TestLineFeedIsEnter(t *testing.T) {
	d := newDriver(t, nil)
	d.press("ctrl+j", "ctrl+j", "ctrl+j", "ctrl+j")
	d.sees("API Access > Create New API Key", "> Application")
	d.write("billing")
	d.press("ctrl+j")
	d.sees("Application  billing", "> Owner")
}
