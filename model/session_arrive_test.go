package model_test

import (
	"strings"
	"testing"

	"empress/model"
)

// Whoever comes over SSH is in the trail, with what they came for and no secret.
func TestArrive(t *testing.T) {
	x := newTeam(t)
	secret := otherSecretOf(x).Reveal()
	visitor, err := x.service.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaSSH, From: "10.0.0.4"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ command, note, words string }{
		{"", "", "opened the interface over SSH"},
		{"keys list --json", "keys list --json", "came over SSH with the command: keys list --json"},
		{"keys show " + secret + "\x1b[2J", "keys show " + model.Mask + `\u{1b}[2J`, "came over SSH with the command: keys show " + model.Mask + `\u{1b}[2J`},
		{strings.Repeat("é", 300), strings.Repeat("é", 100) + "…", "came over SSH with the command: " + strings.Repeat("é", 100) + "…"},
	} {
		before := x.head().Seq
		if err := visitor.Arrive(ctx, c.command); err != nil {
			t.Fatal(err)
		}
		es := x.events(before)
		if len(es) != 1 || es[0].Action != model.SessionBegan || es[0].Outcome != model.Done || es[0].Via != model.ViaSSH || es[0].From != "10.0.0.4" || es[0].Note != c.note {
			t.Errorf("%q: %+v", c.command, es)
		} else if words := es[0].Sentence(); !strings.Contains(words, c.words) {
			t.Errorf("%q: %s", c.command, words)
		}
	}
}

// Somebody who is no member any more does not come in.
func TestArriveSuspended(t *testing.T) {
	x := newTeam(t)
	kim := x.join("kim", model.Roles()[1], model.MemberActive)
	if _, err := x.ada.SuspendMember(ctx, "kim@example.com"); err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	if err := kim.Arrive(ctx, ""); err == nil {
		t.Error("a suspended member came in")
	}
	for _, e := range x.events(before) {
		if e.Outcome == model.Done {
			t.Errorf("%+v", e)
		}
	}
}
