package ui

import (
	"context"
	"testing"

	"empress/model"
)

// A name and a login are corrected on the member's page; what is wrong is told
// beside its field, and what somebody else changed meanwhile stays.
func TestMemberEdit(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Max")
	d.press("e")
	d.sees("Members > Max > Correct Max", "The email stays")
	d.write("im")
	d.press("enter", "ctrl+u")
	d.sees("Whoever has it acts as them.")
	d.write("kim")
	d.press("enter")
	d.sees("The login kim is that of kim@example.com already.", "Maxim")
	d.press("ctrl+u")
	d.write("maxim")
	d.press("enter")
	d.sees("[ok] Max was changed.", "Members > Maxim")
	if m := d.memberNow("max@example.com"); m.Name != "Maxim" || m.Login != "maxim" || m.Role != model.PlainMember {
		t.Errorf("%+v", m)
	}
	d.press("e", "enter", "enter")
	d.sees("like that already, so nothing changed")
	_, err := d.session.EditMember(context.Background(), "maxim", model.MemberEdit{Name: new("Maxine")})
	d.must(err)
	d.send(changedMsg{})
	d.press("ctrl+u", "enter")
	d.sees("Somebody changed max@example.com meanwhile.")
	if m := d.memberNow("max@example.com"); m.Name != "Maxine" || m.Login != "maxim" {
		t.Errorf("%+v", m)
	}
	d.press("esc", "esc", "e", "enter", "ctrl+u", "enter")
	d.sees("[ok] Maxine was changed.", "Login none")
	d.openMember("Ada")
	d.press("e", "enter", "ctrl+u")
	d.write("eve")
	d.press("enter")
	d.sees("Nobody changes the login that they sign in with.")
	d.press("esc", "esc")
	d.signIn("li")
	d.openMember("Kim")
	d.press("e")
	d.missing("Correct Kim")
}

func TestLinesMemberEdit(t *testing.T) {
	d := newDriver(t, aTeam)
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Max"),
		chooses("Correct the name or the login"), "Maxim", "kim", "maxim",
		chooses("Correct the name or the login"), "", "-",
		"", "", "", "", "q")
	p.sees("Correct Max", "Name [Max]: ", "Login [max]: ", "The login kim is that of kim@example.com already.", "Max was changed.", "A single - empties it.", "Maxim was changed.")
	if m := d.memberNow("max@example.com"); m.Name != "Maxim" || m.Login != "" {
		t.Errorf("%+v", m)
	}
}
