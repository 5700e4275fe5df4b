package model_test

import (
	"fmt"
	"testing"
	"time"

	"empress/model"
)

// presents lets somebody use a secret of a key, and returns how it was seen:
// the generations that the key's usage tells of afterwards.
func (x *team) presents(k model.Key, s model.Secret) string {
	x.Helper()
	x.wantReason("a replaced secret", model.Request{Key: k.ID, Secret: s}, "unauthenticated")
	x.recorded(model.Request{Key: k.ID, Secret: s, Address: from("10.0.0.4")})
	if s.Empty() {
		x.Error("the recorder wiped a secret that is not its own")
	}
	xs, err := x.store.Sightings(ctx, []model.KeyID{k.ID}, time.Time{})
	if err != nil {
		x.Fatal(err)
	}
	told := ""
	for _, s := range xs {
		told += fmt.Sprintf("%d:%d ", s.Generation, s.Count)
	}
	return told
}

func (x *team) regenerate(k model.Key) model.Secret {
	x.Helper()
	_, s, err := x.ada.RegenerateSecret(ctx, k.ID, 0)
	if err != nil {
		x.Fatal(err)
	}
	return s
}

func (x *team) superseded(id model.KeyID) (xs []model.Superseded) {
	x.Helper()
	err := x.store.Read(ctx, func(r model.Reader) (err error) {
		xs, err = r.Superseded(id)
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
	return xs
}

// A secret that was regenerated away is denied, and seen for what it is, for five
// generations.
func TestSupersededSecrets(t *testing.T) {
	x := newTeam(t)
	k, first := x.create(model.KeySpec{Application: "billing"})
	other, others := x.create(model.KeySpec{Application: "billing"})
	if got := x.presents(k, otherSecretOf(x)); got != "" {
		t.Errorf("before any secret was replaced: %q", got)
	}
	secrets := []model.Secret{first}
	for range 6 {
		x.clock.move(time.Second)
		secrets = append(secrets, x.regenerate(k))
	}
	x.regenerate(other)
	for _, c := range []struct {
		what string
		s    model.Secret
		want string
	}{
		{"one that never was", otherSecretOf(x), ""},
		{"another key's", others, ""},
		{"the first", secrets[0], ""},
		{"the second", secrets[1], "2:1 "},
		{"the sixth", secrets[5], "6:1 2:1 "},
		{"the sixth again", secrets[5], "6:2 2:1 "},
	} {
		x.clock.move(time.Second)
		if got := x.presents(k, c.s); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	kept := x.superseded(k.ID)
	if len(kept) != 5 || kept[0].Generation != 6 || kept[4].Generation != 2 || len(x.superseded(other.ID)) != 1 {
		t.Errorf("kept are %+v", kept)
	}
	x.recorded(model.Request{Key: k.ID, Secret: secrets[6]})
	r, err := x.ada.KeyUsage(ctx, k.ID, model.LastDay)
	if err != nil || r.Allowed != 1 || len(r.Superseded) != 2 || r.Superseded[0].Address != "10.0.0.4" || r.Superseded[0].Application != "billing" || !r.Superseded[0].First.Equal(x.clock.now().Add(-time.Second)) {
		t.Errorf("%+v, %v", r, err)
	}
	x.wantSound()
}

// After 30 days what was kept tells nothing any more, and is dropped.
func TestSupersededSecretsAreForgotten(t *testing.T) {
	x := newTeam(t)
	k, first := x.create(model.KeySpec{Application: "billing"})
	second := x.regenerate(k)
	x.clock.move(day)
	x.regenerate(k)
	x.clock.move(29*day - time.Millisecond)
	if got := x.presents(k, first); got != "1:1 " {
		t.Errorf("after almost 30 days: %q", got)
	}
	x.clock.move(time.Millisecond)
	if got := x.presents(k, first); got != "1:1 " {
		t.Errorf("after 30 days: %q", got)
	}
	if got := x.presents(k, second); got != "2:1 1:1 " {
		t.Errorf("the later one: %q", got)
	}
	if n := len(x.superseded(k.ID)); n != 2 {
		t.Errorf("%d are kept", n)
	}
	x.clock.move(time.Millisecond)
	if err := x.service.ForgetSuperseded(ctx); err != nil {
		t.Fatal(err)
	}
	if kept := x.superseded(k.ID); len(kept) != 1 || kept[0].Generation != 2 {
		t.Errorf("after housekeeping: %+v", kept)
	}
	other, _ := x.create(model.KeySpec{Application: "shop"})
	x.clock.move(day)
	x.regenerate(other)
	if kept := x.superseded(k.ID); len(kept) != 0 {
		t.Errorf("after any key was regenerated: %+v", kept)
	}
}

// A recorder drops what was kept for long enough, though nothing is regenerated.
func TestRecorderForgetsSuperseded(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	x.regenerate(k)
	x.clock.move(30*day + time.Millisecond)
	r := model.NewRecorder(x.service)
	for end := time.Now().Add(time.Minute); len(x.superseded(k.ID)) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is still kept")
		}
	}
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// Only what makes a new secret supersedes one, and only when it succeeds.
func TestWhatSupersedes(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	k, s := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	_, _, err := x.ada.RegenerateSecret(ctx, k.ID, 7)
	wantCode(t, "another generation", err, model.CodeConflict)
	_, _, err = x.join("kim", model.Auditor, model.MemberActive).RegenerateSecret(ctx, k.ID, 0)
	wantCode(t, "by an auditor", err, model.CodeDenied)
	purpose := "Invoices"
	if _, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose}); err != nil {
		t.Fatal(err)
	}
	if err := max.ConfirmSecret(ctx, k.ID, 1); err != nil {
		t.Fatal(err)
	}
	if kept := x.superseded(k.ID); len(kept) != 0 {
		t.Errorf("nothing made a new secret: %+v", kept)
	}
	owner := "ada"
	if _, err := x.ada.RemoveMember(ctx, "max", []model.Settlement{{Key: k.ID, NewOwner: owner, Do: model.Regenerate}}); err != nil {
		t.Fatal(err)
	}
	if got := x.presents(k, s); got != "1:1 " {
		t.Errorf("after its owner was removed: %q", got)
	}
}

// What is kept of a superseded secret lets nobody pass, wherever it is put.
func TestSupersededDigestIsNoHash(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	x.regenerate(k)
	kept := x.superseded(k.ID)[0]
	if fmt.Sprintf("%x", kept.Digest) == fmt.Sprintf("%x", k.Hash) {
		t.Error("the hash itself is kept")
	}
	for _, generation := range []int{1, 2} {
		x.tamper(fmt.Sprintf("UPDATE keys SET hash = (SELECT digest FROM superseded_secrets), generation = %d", generation))
		x.wantReason("with the digest as a hash", model.Request{Key: k.ID, Secret: s}, "unauthenticated")
	}
}

// A digest of one key says nothing of another, nor of another generation.
func TestSupersededDigestIsBound(t *testing.T) {
	x := newTeam(t)
	k, first := x.create(model.KeySpec{Application: "billing"})
	other, _ := x.create(model.KeySpec{Application: "billing"})
	x.regenerate(k)
	x.regenerate(other)
	x.tamper(fmt.Sprintf("UPDATE superseded_secrets SET digest = (SELECT digest FROM superseded_secrets WHERE key_id = '%s')", k.ID))
	if got := x.presents(other, first); got != "" {
		t.Errorf("of another key: %q", got)
	}
	x.tamper("UPDATE superseded_secrets SET generation = 5")
	if got := x.presents(k, first); got != "" {
		t.Errorf("as another generation: %q", got)
	}
}
