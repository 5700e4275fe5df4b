package model_test

import (
	"testing"

	"empress/model"
)

// What somebody comes for over SSH is in the trail, with where they come from.
func TestSessionOpened(t *testing.T) {
	x := newTeam(t)
	k, err := x.ada.AddSSHKey(ctx, "ada", newSSHLine(t), "")
	if err != nil {
		t.Fatal(err)
	}
	ada, err := x.service.SignIn(ctx, model.Identity{SSHKey: k.Fingerprint, Via: model.ViaSSH, From: "10.0.0.4"})
	if err != nil {
		t.Fatal(err)
	}
	for command, sentence := range map[string]string{"": "ada came in over SSH", "keys list": "ada asked for keys list over SSH"} {
		before := x.head().Seq
		if err := x.service.RecordOpened(ctx, ada, command); err != nil {
			t.Fatal(err)
		}
		es := x.events(before)
		if len(es) != 1 || es[0].Sentence() != sentence || es[0].Via != model.ViaSSH || es[0].From != "10.0.0.4" || es[0].Action != model.SessionOpened || es[0].Outcome != model.Done {
			t.Errorf("%q: %+v", command, es)
		}
	}
	x.wantSound()
}
