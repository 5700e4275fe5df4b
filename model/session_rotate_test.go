package model_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// A secret that a rotation made is valid at once, and due again until somebody
// says that it arrived.
func TestRotateSecret(t *testing.T) {
	x := newTeam(t)
	k, old := x.create(model.KeySpec{Application: "billing", Expires: "20d"})
	before := x.head().Seq
	now, secret, err := x.ada.RotateSecret(ctx, model.Turn{Key: k.ID, From: 1}, false)
	if err != nil || now.Generation != 2 || now.Due != model.NotDelivered || !now.Unconfirmed() || !now.ExpiresAt.Equal(k.ExpiresAt) {
		t.Fatalf("%+v, %v", now, err)
	}
	x.wantReason("the old secret", model.Request{Key: k.ID, Secret: old}, "unauthenticated")
	x.wantReason("the new secret", model.Request{Key: k.ID, Secret: secret}, model.ReasonOK)
	wantCode(t, "undelivered, of another secret", x.ada.NoteUndelivered(ctx, k.ID, 1, "late"), model.CodeConflict)
	if err := x.ada.NoteUndelivered(ctx, k.ID, 2, "exit status 3"); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("the rotation", before, "ada regenerated the secret of billing (rotation)", "ada could not deliver the new secret of billing (exit status 3)")
	if err := x.ada.NoteUndelivered(ctx, k.ID, 2, "it said "+secret.Reveal()); err == nil {
		t.Error("a secret came into the trail")
	}
	_, none, err := x.ada.RotateSecret(ctx, model.Turn{Key: k.ID, From: 1}, false)
	if wantCode(t, "a turn that was taken", err, model.CodeConflict); !none.Empty() {
		t.Error("it made a secret")
	}
	if err := x.ada.ConfirmSecret(ctx, k.ID, 2); err != nil {
		t.Fatal(err)
	}
	if k, err := x.ada.Key(ctx, k.ID); err != nil || k.Due != 0 || k.Unconfirmed() {
		t.Errorf("what was confirmed is due: %v, %v", k.Due, err)
	}
	wantCode(t, "undelivered, and confirmed", x.ada.NoteUndelivered(ctx, k.ID, 2, "late"), model.CodeConflict)
	x.clock.move(21 * 24 * time.Hour)
	_, none, err = x.ada.RotateSecret(ctx, model.Turn{Key: k.ID}, false)
	if wantCode(t, "a key that expired", err, model.CodeConflict); !none.Empty() {
		t.Error("it made a secret")
	}
	x.wantSound()
}

// A renewal lets a key that expires soon go on for as long again, within the
// policy, where the member may extend it.
func TestRenewal(t *testing.T) {
	x := newTeam(t)
	soon, _ := x.create(model.KeySpec{Application: "soon", Expires: "90d"})
	late, _ := x.create(model.KeySpec{Application: "late", Expires: "400d"})
	x.clock.move(70 * 24 * time.Hour)
	plan, err := x.ada.PlanRotation(ctx, []model.KeyID{soon.ID, late.ID}, true)
	if until := plan.Until; err != nil || len(until) != 1 || !until[soon.ID].Equal(x.clock.now().Add(90*24*time.Hour)) {
		t.Errorf("the plan extends to %v, %v", until, err)
	}
	if plan, err := x.ada.PlanRotation(ctx, []model.KeyID{soon.ID}, false); err != nil || len(plan.Until) > 0 {
		t.Errorf("without a renewal the plan extends to %v, %v", plan.Until, err)
	}
	k, _, err := x.ada.RotateSecret(ctx, model.Turn{Key: soon.ID}, true)
	if err != nil || !k.ExpiresAt.Equal(x.clock.now().Add(90*24*time.Hour)) {
		t.Errorf("%v, %v", k.ExpiresAt, err)
	}
	if k, _, err := x.ada.RotateSecret(ctx, model.Turn{Key: late.ID}, true); err != nil || !k.ExpiresAt.Equal(late.ExpiresAt) {
		t.Errorf("one that goes on for long: %v, %v", k.ExpiresAt, err)
	}
	max := x.join("max", model.PlainMember, model.MemberActive)
	own, _ := x.create(model.KeySpec{Application: "own", Owner: "max", Expires: "10d"})
	_, _, err = max.RotateSecret(ctx, model.Turn{Key: own.ID}, true)
	wantCode(t, "extended by an owner", err, model.CodeDenied)
	if _, _, err := max.RotateSecret(ctx, model.Turn{Key: own.ID}, false); err != nil {
		t.Errorf("not extended by an owner: %v", err)
	}
	x.decide(model.PolicyEdit{LongestLifetime: ptr(5)})
	_, _, err = x.ada.RotateSecret(ctx, model.Turn{Key: own.ID}, true)
	wantCode(t, "longer than the policy allows", err, model.CodeInvalid)
	x.wantSound()
}

// A plan names what gets a new secret, and why the rest does not.
func TestPlanRotation(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	good, _ := x.create(model.KeySpec{Application: "good", Owner: "max", Expires: "400d"})
	ends, _ := x.create(model.KeySpec{Application: "ends", Owner: "max", Expires: "10d"})
	dead, _ := x.create(model.KeySpec{Application: "dead", Owner: "max"})
	over, _ := x.create(model.KeySpec{Application: "over", Owner: "max", Expires: "1d"})
	other, _ := x.create(model.KeySpec{Application: "other"})
	broken, _ := x.create(model.KeySpec{Application: "broken", Owner: "max"})
	if _, err := x.ada.RevokeKey(ctx, dead.ID); err != nil {
		t.Fatal(err)
	}
	x.tamper("UPDATE keys SET rate = '9/min' WHERE id = ?", string(broken.ID))
	x.clock.move(25 * time.Hour)
	plan, err := max.PlanRotation(ctx, []model.KeyID{ends.ID, good.ID, dead.ID, over.ID, other.ID, broken.ID, good.ID}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Keys) != 2 || plan.Keys[0].ID != ends.ID || plan.Turns()[1] != (model.Turn{Key: good.ID, From: 1}) || plan.Keys[0].Findings[0].Rule != model.RuleExpiring {
		t.Errorf("%+v", plan.Keys)
	}
	codes := []model.Code{model.CodeConflict, model.CodeConflict, model.CodeNotFound, model.CodeDamaged}
	for i, want := range []string{"revoked", "expired", "no such key", "changed outside"} {
		if left := plan.Left[i]; !strings.Contains(left.Why, want) || left.Code != codes[i] {
			t.Errorf("left out as %q, %s, want %q", left.Why, left.Code, want)
		}
	}
	if plan.Left[2].Key.ID != other.ID || plan.Left[3].Key.ID != broken.ID {
		t.Errorf("what was left out has no name: %+v", plan.Left)
	}
	if plan.Left[2].Key.Application != "" {
		t.Error("a hidden key is told of")
	}
	plan, err = max.PlanRotation(ctx, []model.KeyID{ends.ID, good.ID}, true)
	if err != nil || len(plan.Keys) != 1 || len(plan.Left) != 1 || !strings.Contains(plan.Left[0].Why, "may not extend") {
		t.Errorf("%+v, %v", plan, err)
	}
	many := make([]model.KeyID, model.MaxRotation+1)
	for i := range many {
		many[i] = model.KeyID(strconv.Itoa(i))
	}
	_, err = max.PlanRotation(ctx, many, false)
	wantCode(t, "too many", err, model.CodeInvalid)
	auditor := x.join("kim", model.Auditor, model.MemberActive)
	plan, err = auditor.PlanRotation(ctx, []model.KeyID{good.ID}, false)
	if err != nil || len(plan.Keys) != 0 || !strings.Contains(plan.Left[0].Why, "may not regenerate") || plan.Left[0].Code != model.CodeDenied {
		t.Errorf("%+v, %v", plan, err)
	}
}

// Secrets that go to a file are handed over before they count, and all of them
// or none do.
func TestRotateInto(t *testing.T) {
	x := newTeam(t)
	a, oldA := x.create(model.KeySpec{Application: "a", Expires: "400d"})
	b, oldB := x.create(model.KeySpec{Application: "b", Expires: "400d"})
	gone, _ := x.create(model.KeySpec{Application: "gone"})
	if _, err := x.ada.RevokeKey(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	turns := []model.Turn{{Key: a.ID, From: 1}, {Key: gone.ID, From: 1}, {Key: b.ID, From: 1}, {Key: "empk_00000000000000000000"}}
	given := map[model.KeyID]string{}
	deliver := func(k model.Key, s model.Secret) error { given[k.ID] = s.Reveal(); return nil }
	full := errors.New("the disk is full")
	if _, err := x.ada.RotateInto(ctx, turns, false, deliver, func() error { return full }); !errors.Is(err, full) {
		t.Fatalf("it does not settle: %v", err)
	}
	x.wantReason("the old secret, as nothing was settled", model.Request{Key: a.ID, Secret: oldA}, model.ReasonOK)
	before := x.head().Seq
	settled := false
	done, err := x.ada.RotateInto(ctx, turns, false, deliver, func() error { settled = true; return nil })
	if err != nil || !settled || len(done) != 4 || len(given) != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	wantCode(t, "a revoked key", done[1].Err, model.CodeConflict)
	wantCode(t, "no key", done[3].Err, model.CodeNotFound)
	x.wantLeft("the rotation", before, "ada regenerated the secret of a (rotation, one of 4 keys, delivered to a file)", "ada regenerated the secret of b (rotation, one of 4 keys, delivered to a file)")
	for id, old := range map[model.KeyID]model.Secret{a.ID: oldA, b.ID: oldB} {
		x.wantReason("an old secret", model.Request{Key: id, Secret: old}, "unauthenticated")
		x.wantReason("a new secret", model.Request{Key: id, Secret: x.parsed(given[id])}, model.ReasonOK)
	}
	if done[0].Key.Unconfirmed() || done[0].Key.Due != 0 {
		t.Errorf("what is in the file is not confirmed: %+v", done[0].Key)
	}
	x.wantSound()
}

// A key of a rotation that the member may not rotate, or not even see, is left as
// it was, and the trail tells of that key and of no other that it was denied.
func TestRotateIntoDenied(t *testing.T) {
	x := newTeam(t)
	secret, _ := x.create(model.KeySpec{Application: "secret", Expires: "400d"})
	x.join("max", model.PlainMember, model.MemberActive)
	own, _ := x.create(model.KeySpec{Application: "own", Owner: "max", Expires: "400d"})
	nothing := func() error { return nil }
	deliver := func(model.Key, model.Secret) error { return nil }
	for _, c := range []struct {
		by   *model.Session
		code model.Code
		want []string
	}{
		{x.join("kim", model.Auditor, model.MemberActive), model.CodeDenied, []string{"kim was not allowed: regenerated the secret of secret (rotation, one of 1 key)"}},
		{x.signedIn("max"), model.CodeNotFound, []string{"max regenerated the secret of own (rotation, one of 2 keys, delivered to a file)", "max was not allowed: regenerated the secret of secret (rotation, one of 2 keys)"}},
	} {
		turns := []model.Turn{{Key: secret.ID, From: 1}}
		if c.code == model.CodeNotFound {
			turns = append(turns, model.Turn{Key: own.ID, From: 1})
		}
		before := x.head().Seq
		done, err := c.by.RotateInto(ctx, turns, false, deliver, nothing)
		if err != nil || len(done) != len(turns) {
			t.Fatalf("%+v, %v", done, err)
		}
		wantCode(t, "what is not theirs", done[0].Err, c.code)
		if k, err := x.ada.Key(ctx, secret.ID); err != nil || k.Generation != 1 {
			t.Errorf("its secret is number %d, %v", k.Generation, err)
		}
		x.wantLeft(c.by.Me().Login+"'s rotation", before, c.want...)
	}
	if k, err := x.ada.Key(ctx, own.ID); err != nil || k.Generation != 2 {
		t.Errorf("the secret of their own is number %d, %v", k.Generation, err)
	}
	x.wantSound()
}

// A key whose end was given as a date, up to the end of its day, can be extended
// at a later hour of another day, as far as the policy reaches.
func TestRenewWhatWasADate(t *testing.T) {
	x := newTeam(t)
	x.decide(model.PolicyEdit{LongestLifetime: new(90), DefaultLifetime: new(30)})
	last := x.clock.now().UTC().AddDate(0, 0, 90)
	k, _ := x.create(model.KeySpec{Application: "billing", Expires: last.Format(time.DateOnly)})
	x.clock.move(k.ExpiresAt.Sub(x.clock.now()) - 5*time.Hour)
	renewed, _, err := x.ada.RotateSecret(ctx, model.Turn{Key: k.ID}, true)
	if err != nil {
		t.Fatal(err)
	}
	if left := renewed.ExpiresAt.Sub(x.clock.now()); left < 90*24*time.Hour || left >= 91*24*time.Hour {
		t.Errorf("it goes on for %v", left)
	}
	x.wantSound()
}

// Whoever looks first, and gives up by what is to be seen, has tried.
func TestNoteRefused(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	hidden, _ := x.create(model.KeySpec{Application: "hidden"})
	own, _ := x.create(model.KeySpec{Application: "own", Owner: "max"})
	before := x.head().Seq
	err := max.NoteRefused(ctx, model.KeyRegenerated, model.KeysRegenerate, []model.KeyID{own.ID, "empk_00000000000000000000", hidden.ID})
	if err != nil {
		t.Fatal(err)
	}
	x.wantLeft("a look", before, "max was not allowed: regenerated the secret of hidden")
	before = x.head().Seq
	_, err = max.Offboarding(ctx, " ada")
	wantCode(t, "a look at what to settle", err, model.CodeDenied)
	x.wantLeft("a look", before, "max was not allowed: removed ada from the team")
	before = x.head().Seq
	if _, err := x.ada.Offboarding(ctx, "max"); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("whoever may", before)
	x.wantSound()
}

// Marks outlast whoever made them, and end with the secret or when they are taken
// away.
func TestMarkForRotation(t *testing.T) {
	x := newTeam(t)
	a, _ := x.create(model.KeySpec{Application: "a", Expires: "400d"})
	b, _ := x.create(model.KeySpec{Application: "b", Expires: "400d"})
	both := []model.KeyID{a.ID, b.ID}
	_, err := x.join("kim", model.Auditor, model.MemberActive).MarkForRotation(ctx, both, true)
	wantCode(t, "by an auditor", err, model.CodeDenied)
	before := x.head().Seq
	if _, err := x.ada.MarkForRotation(ctx, both, true); err != nil {
		t.Fatal(err)
	}
	if n := len(x.events(before)); n != 2 {
		t.Errorf("%d events", n)
	}
	if done, err := x.ada.MarkForRotation(ctx, both, true); err != nil || len(done.Left) != 2 {
		t.Errorf("again: %+v, %v", done, err)
	}
	x.regenerate(a)
	if _, err := x.ada.MarkForRotation(ctx, []model.KeyID{b.ID}, false); err != nil {
		t.Fatal(err)
	}
	x.wantRules("after both", model.KeyQuery{Attention: model.Due}, nil)
	x.wantSound()
}

// Many keys change hands at once, or none.
func TestChangeOwners(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	a, _ := x.create(model.KeySpec{Application: "a"})
	b, _ := x.create(model.KeySpec{Application: "b", Owner: "max"})
	c, _ := x.create(model.KeySpec{Application: "c"})
	all := []model.KeyID{a.ID, b.ID, c.ID, a.ID}
	_, err := x.ada.ChangeOwners(ctx, append(all, "empk_00000000000000000000"), "max")
	wantCode(t, "with one that is not there", err, model.CodeNotFound)
	_, err = x.join("kim", model.Auditor, model.MemberActive).ChangeOwners(ctx, all, "max")
	wantCode(t, "by an auditor", err, model.CodeDenied)
	_, err = x.ada.ChangeOwners(ctx, all, "kim")
	wantCode(t, "to an auditor", err, model.CodeInvalid)
	before := x.head().Seq
	done, err := x.ada.ChangeOwners(ctx, all, "max@example.com")
	if err != nil || len(done.Changed) != 2 || len(done.Left) != 1 || done.Changed[0].Owner != "max@example.com" {
		t.Fatalf("%+v, %v", done, err)
	}
	x.wantLeft("the change", before, "ada changed the owner of a (one of 3 keys at once)", "ada changed the owner of c (one of 3 keys at once)")
	_, err = x.ada.ChangeOwners(ctx, all, "max")
	wantCode(t, "again", err, model.CodeConflict)
	x.wantSound()
}

// No use case takes more keys than one transaction changes.
func TestTooManyAtOnce(t *testing.T) {
	x := newTeam(t)
	ids := make([]model.KeyID, model.MaxBatch+1)
	turns := make([]model.Turn, len(ids))
	for i := range ids {
		ids[i] = model.KeyID(strconv.Itoa(i))
		turns[i].Key = ids[i]
	}
	_, err := x.ada.ChangeOwners(ctx, ids, "ada")
	wantCode(t, "another owner", err, model.CodeInvalid)
	_, err = x.ada.MarkForRotation(ctx, ids, true)
	wantCode(t, "marks", err, model.CodeInvalid)
	_, err = x.ada.RotateInto(ctx, turns, false, nil, func() error { return nil })
	wantCode(t, "a rotation", err, model.CodeInvalid)
}
