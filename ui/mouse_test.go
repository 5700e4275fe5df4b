package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// clickOn clicks in the middle of the first place where words stand.
func (d *driver) clickOn(words string) {
	d.t.Helper()
	for y, line := range strings.Split(d.frame(), "\n") {
		if before, _, found := strings.Cut(line, words); found {
			d.send(tea.MouseClickMsg{X: width(before) + width(words)/2, Y: y, Button: tea.MouseLeft})
			return
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", words, d.frame())
}

func (d *driver) wheel(by int) {
	button := tea.MouseWheelDown
	if by < 0 {
		button, by = tea.MouseWheelUp, -by
	}
	for range by {
		d.send(tea.MouseWheelMsg{X: 5, Y: 8, Button: button})
	}
}

// Everything on the way to a key, and back, can be clicked.
func TestMouse(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {46, 16}} {
		d := newDriver(t, someKeys)
		d.resize(size[0], size[1])
		if d.root.View().MouseMode == tea.MouseModeNone {
			t.Fatal("the mouse is not asked for")
		}
		d.clickOn("Settings")
		d.clickOn("Profile & Team")
		d.clickOn("API Access")
		d.sees("> + Create New API Key")
		d.clickOn("ci-deploy")
		d.sees("> ci-deploy")
		d.clickOn("> ci-deploy")
		d.sees("> ci-deploy", "api_secret")
		d.clickOn("esc back")
		d.sees("+ Create New API Key")
		if size[0] >= 80 {
			d.clickOn("OWNER")
			d.sees("sort: owner ^")
			d.clickOn("OWNER")
			d.sees("sort: owner v")
			d.clickOn("APPLICATION")
		}
		d.clickOn("+ Create New API Key")
		if size[0] < 80 { // the rows are two lines high
			d.press("g")
		}
		d.clickOn("+ Create New API Key")
		d.sees("> Application")
		if size[1] >= 24 {
			d.clickOn("Networks")
			d.sees("> Networks")
		}
		d.clickOn("esc leave")
		d.clickOn("Profile & Team")
		d.sees("Email")
		d.press("h", "h", ":")
		d.write("act")
		d.clickOn("> Activity")
		d.sees("Dashboard > Activity")
		d.clickOn("Dashboard")
		d.sees("> 1  Settings", "suspended")
	}
}

// The wheel moves what can be scrolled, and never further than it goes.
func TestWheel(t *testing.T) {
	d := newDriver(t, manyKeys(60))
	d.press("2")
	d.wheel(4)
	d.sees("> service-0011")
	d.wheel(-2)
	d.sees("> service-0005")
	d.wheel(-9)
	d.sees("> + Create New API Key")
	d.press("?")
	top := d.frame()
	d.wheel(2)
	if d.frame() == top {
		t.Fatal("the wheel does not scroll the help")
	}
	d.wheel(100)
	d.wheel(-100)
	if d.frame() != top {
		t.Fatal("the wheel does not scroll back")
	}
}

// While a secret is open the mouse is the terminal's, so that it can select
// text; and whoever switched it off keeps it.
func TestMouseIsTheTerminals(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	if d.root.View().MouseMode != tea.MouseModeNone {
		t.Fatal("a click would not select the secret")
	}
	secret := d.secretOnScreen()
	d.send(tea.MouseClickMsg{X: 3, Y: 1, Button: tea.MouseLeft}) // already on its way
	d.wheel(2)
	d.sees(secret)
	d.press("d", ":")
	d.write("appear")
	d.press("enter", "j", "j", "j", "enter")
	d.sees("Mouse            off")
	if d.root.View().MouseMode != tea.MouseModeNone {
		t.Fatal("the mouse is not switched off")
	}
}

// A click leaves a form as esc does: not without asking.
func TestClickLosesNothing(t *testing.T) {
	d := newDriver(t, nil)
	d.press("2", "n")
	d.write("billing")
	d.clickOn("Dashboard")
	d.sees("Not saved yet", "billing")
	d.clickOn("Dashboard")
	d.sees("Needs attention")
}
