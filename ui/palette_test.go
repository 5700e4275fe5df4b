package ui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// The palette leads to every screen, to actions of the screen beneath, to keys
// and to members.
func TestPalette(t *testing.T) {
	d := newDriver(t, someKeys)
	_, err := d.session.AddMember(context.Background(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.PlainMember})
	d.must(err)
	for _, p := range places() {
		d.press(":")
		d.write(p.name)
		d.press("enter")
		if got := d.root.top().Title(); got != p.name {
			t.Errorf("%s leads to %s:\n%s", p.name, got, d.frame())
		}
		if got := d.root.stack[0].Title(); got != "Dashboard" {
			t.Errorf("the way to %s begins at %s", p.name, got)
		}
		for len(d.root.stack) > 1 {
			d.press("esc")
		}
	}
	d.press(":")
	d.write("mobile-p")
	d.sees("> mobile-push", "key")
	d.press("enter")
	d.sees("API Access > mobile-push", "suspended")

	d.press(":")
	d.write("revoke")
	d.sees("> Revoke for good", "here")
	d.press("enter")
	d.sees("Revoke the key of mobile-push")
	d.press("esc", ":")
	d.write("kim")
	d.sees("keys of kim@example.com", "activity of kim@example.com")
	d.press("enter")
	d.sees("Profile & Team > Members > Kim", "Email kim@example.com")
	d.press("esc")
	d.sees("> Kim")
	d.press(":")
	d.write("kim")
	d.press("down", "enter")
	d.sees("API Access", "filter: kim@example.com", "No key matches")
	d.press(":")
	d.write("kim")
	d.press("down", "down", "enter")
	d.sees("Dashboard > Activity", "only: kim@example.com", "ada added kim as Member")

	d.press(":")
	d.write("zebra")
	d.sees("Nothing has that name")
	d.press("enter")
	d.sees("Nothing has that name. Type a part of")
	d.press("esc", ":")
	d.write("sec")
	d.press("pgdown", "up", "ctrl+u")
	d.sees("Dashboard", "Roles & permissions")
	d.press("esc")
	d.sees("Dashboard > Activity")
}

// enter typed ahead of the answer opens what it finds, and letters typed into
// the palette are never taken for keys.
func TestPaletteTypedAhead(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press(":")
	var late []tea.Cmd
	for _, k := range []string{"e", "d", "g", "e", "enter"} {
		_, cmd := d.root.Update(keyNamed(k))
		late = append(late, cmd)
	}
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	d.sees("API Access > edge-cache")
}

// Over a question, a form or a secret there is no palette: it leads away.
func TestPaletteOpensOverNothingOpen(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "down", "p", ":")
	d.sees("Suspend billing")
	d.missing("Find")
	d.press("esc", "n", ":")
	d.missing("Find")
	d.press("esc", "esc", "esc")
	secretWalk2(d)
	d.press(":")
	d.missing("Find")
	d.sees("emps_")
}

func secretWalk2(d *driver) {
	d.press("g", "enter")
	d.write("nightly")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
}

// Whoever may not see members or the trail finds neither.
func TestPaletteShowsWhatMayBeSeen(t *testing.T) {
	d := newDriver(t, someKeys)
	d.root.session = d.second("kim", model.PlainMember)
	d.press(":")
	d.write("ada")
	d.sees("Nothing has that name")
	d.press("ctrl+u")
	d.write("billing")
	d.sees("Nothing has that name")
}

// What bears the name that was typed comes before what only belongs to it, and
// screens and actions are found by more than their names.
func TestPaletteFindsWhatIsMeant(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		_, err := d.session.AddMember(context.Background(), model.MemberSpec{Name: "Adam", Email: "adam@example.com", Login: "adam", Role: model.PlainMember})
		d.must(err)
	})
	d.press(":")
	d.write("ada")
	d.sees("> Ada")
	for typed, found := range map[string]string{"dark": "Appearance", "support": "Security policy", "refresh": "Read everything again", "trail": "Activity"} {
		d.press("ctrl+u")
		d.write(typed)
		d.sees("> " + found)
	}
	d.press("ctrl+u")
	d.write("quit")
	d.press("enter")
	if !d.quit {
		t.Fatal("quit does not quit")
	}
}

// Back from a key that the palette led to, the list stands on that key.
func TestBackFromTheKeyThatWasFound(t *testing.T) {
	d := newDriver(t, manyKeys(450))
	d.press(":")
	d.write("service-0333")
	d.press("enter", "h")
	d.sees("> service-0333", "service-0332", "service-0334")
	d.press("j")
	d.sees("> service-0334")
}

// What is done with a key is found where one is chosen, or some are marked.
func TestPaletteWithoutAKey(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	find := func(words string, found bool) {
		t.Helper()
		d.press(":")
		d.write(words)
		if found {
			d.sees("here  ")
		} else {
			d.missing("here  ")
		}
		d.press("esc")
	}
	about := []string{"Regenerate API", "Edit the key", "Suspend or", "Revoke for", "Copy the api", "Mark, or"}
	d.press("2")
	for _, words := range about {
		find(words, false)
	}
	find("all that match", true)
	d.press("down")
	for _, words := range about {
		find(words, true)
	}
	d.press("space", "g")
	find("Suspend or", true)
	find("Mark, or", false)
	d.press("esc", "d")
	find("No longer chosen", false)
	find("Regenerate API", true) // of all that are due
}
