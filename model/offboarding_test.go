package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// leaving is a team that Max is about to leave.
type leaving struct {
	*team
	max                                  *model.Session
	owned, known, both, old, dead, other model.Key
}

func newLeaving(t *testing.T) *leaving {
	x := &leaving{team: newTeam(t)}
	x.max = x.join("max", model.ITManager, model.MemberActive, model.Grant{Permission: model.KeysNeverExpire})
	must := func(k model.Key, _ model.Secret, err error) model.Key {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	x.owned, _ = x.create(model.KeySpec{Application: "a owned", Owner: "max"})
	x.known = must(x.max.CreateKey(ctx, model.KeySpec{Application: "b known", Owner: "ada"}))
	x.both = must(x.max.CreateKey(ctx, model.KeySpec{Application: "c both"}))
	x.old = must(x.max.CreateKey(ctx, model.KeySpec{Application: "d old", Owner: "ada"}))
	x.old = must(x.ada.RegenerateSecret(ctx, x.old.ID, 1))
	x.dead = must(x.max.CreateKey(ctx, model.KeySpec{Application: "e dead"}))
	if _, err := x.ada.RevokeKey(ctx, x.dead.ID); err != nil {
		t.Fatal(err)
	}
	x.other, _ = x.create(model.KeySpec{Application: "f other"})
	return x
}

func TestOffboarding(t *testing.T) {
	x := newLeaving(t)
	o, err := x.ada.Offboarding(ctx, "max")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range o.Keys {
		got = append(got, fmt.Sprintf("%s: %v %v %v", h.Key.Application, h.Owns, h.KnowsSecret, h.Shown))
	}
	if want := "a owned: true false false, b known: false true true, c both: true true true, d old: false false true"; strings.Join(got, ", ") != want {
		t.Errorf("held: %q, want %q", got, want)
	}
	if len(o.Grants) != 1 || o.Hidden != 0 || o.Member.Email != "max@example.com" {
		t.Errorf("%+v", o)
	}
	_, err = x.max.Offboarding(ctx, "ada")
	wantCode(t, "by who may not", err, model.CodeDenied)
	if _, err = x.ada.Offboarding(ctx, "ada"); model.CodeOf(err) != model.CodeDenied || !strings.Contains(model.Sentence(err), "another administrator") {
		t.Errorf("oneself: %v", err)
	}
	clerk := x.join("clerk", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage})
	if o, err := clerk.Offboarding(ctx, "max"); err != nil || len(o.Keys) != 0 || o.Hidden != 4 {
		t.Errorf("who may see no keys is told %+v, %v", o, err)
	}
	_, err = clerk.Offboarding(ctx, "ada")
	wantCode(t, "the last administrator", err, model.CodeConflict)
	x.join("gita", model.Administrator, model.MemberActive)
	_, err = clerk.Offboarding(ctx, "ada")
	wantCode(t, "one of two administrators", err, "")
}

func TestRemoveMember(t *testing.T) {
	x := newLeaving(t)
	whole := []model.Settlement{
		{Key: x.owned.ID, NewOwner: "ada"}, {Key: x.known.ID, Do: model.Keep}, {Key: x.both.ID, NewOwner: "ada", Do: model.Regenerate, From: 1}, {Key: x.old.ID, Do: model.Suspend},
	}
	but := func(i int, s ...model.Settlement) []model.Settlement {
		return append(append(append([]model.Settlement{}, whole[:i]...), s...), whole[i+1:]...)
	}
	for _, c := range []struct {
		name    string
		choices []model.Settlement
		want    model.Code
		says    string
	}{
		{"nothing settled", nil, model.CodeConflict, string(x.owned.ID)},
		{"an owned one left out", but(0), model.CodeConflict, string(x.owned.ID)},
		{"an owned one only regenerated", but(0, model.Settlement{Key: x.owned.ID, Do: model.Regenerate}), model.CodeConflict, "no new owner"},
		{"an owned one only suspended", but(0, model.Settlement{Key: x.owned.ID, Do: model.Suspend}), model.CodeConflict, "no new owner"},
		{"a known one left out", but(1), model.CodeConflict, string(x.known.ID)},
		{"a known one only handed over", but(2, model.Settlement{Key: x.both.ID, NewOwner: "ada"}), model.CodeConflict, "that they know"},
		{"one of another secret", but(2, model.Settlement{Key: x.both.ID, NewOwner: "ada", Do: model.Regenerate, From: 2}), model.CodeConflict, "meanwhile"},
		{"given to who leaves", but(0, model.Settlement{Key: x.owned.ID, NewOwner: "max"}), model.CodeInvalid, "about to be removed"},
		{"given to nobody", but(0, model.Settlement{Key: x.owned.ID, NewOwner: "nobody"}), model.CodeNotFound, "nobody"},
		{"twice", but(0, whole[0], whole[0]), model.CodeInvalid, "twice"},
		{"eaten", but(0, model.Settlement{Key: x.owned.ID, Do: "eat"}), model.CodeInvalid, "eat"},
		{"another's key", append(but(0, whole[0]), model.Settlement{Key: x.other.ID, Do: model.Revoke}), model.CodeConflict, string(x.other.ID)},
	} {
		before := x.head()
		out, err := x.ada.RemoveMember(ctx, "max", c.choices)
		if wantCode(t, c.name, err, c.want); !strings.Contains(model.Sentence(err), c.says) || len(out.Secrets) > 0 {
			t.Errorf("%s: %v, %+v", c.name, err, out)
		}
		if x.head().Seq != before.Seq {
			t.Errorf("%s: left events %+v", c.name, x.events(before.Seq))
		}
	}
	late, _ := x.create(model.KeySpec{Application: "late", Owner: "max"})
	_, err := x.ada.RemoveMember(ctx, "max", whole)
	if wantCode(t, "with a key that appeared meanwhile", err, model.CodeConflict); !strings.Contains(model.Sentence(err), string(late.ID)) {
		t.Error(err)
	}
	before := x.head().Seq
	out, err := x.ada.RemoveMember(ctx, "max@example.com", append(but(0, whole[0]), model.Settlement{Key: late.ID, Do: model.Revoke}, model.Settlement{Key: x.dead.ID, Do: model.Revoke}))
	if err != nil {
		t.Fatal(err)
	}
	x.wantLeft("the removal", before, "ada changed the owner of a owned (removing max)", "ada kept the secret of b known (removing max)", "ada regenerated the secret of c both (removing max)",
		"ada suspended d old (removing max)", "ada revoked late (removing max)", "ada took from max the permission to make keys that never expire", "ada removed max from the team")
	if len(out.Secrets) != 1 || len(out.Changed) != 5 || out.Secrets[0].Key.ID != x.both.ID || out.Secrets[0].Key.Owner != "ada@example.com" {
		t.Fatalf("%+v", out)
	}
	if k, err := x.ada.Key(ctx, x.known.ID); err != nil || k.Due != model.KnownToLeaver {
		t.Errorf("a secret that they go on knowing is due: %v, %v", k.Due, err)
	}
	x.wantReason("the new secret", model.Request{Key: x.both.ID, Secret: out.Secrets[0].Secret}, model.ReasonOK)
	if m := out.Member; m.Status != model.MemberRemoved || m.Login != "" {
		t.Errorf("%+v", m)
	}
	_, err = x.max.Keys(ctx, model.KeyQuery{})
	wantCode(t, "who was removed acts", err, model.CodeDenied)
	if _, err := x.service.SignIn(ctx, model.Identity{Login: "max"}); err == nil {
		t.Error("who was removed signs in")
	}
	_, err = x.ada.AddMember(ctx, model.MemberSpec{Name: "Max", Email: "max@example.com", Login: "max2", Role: model.PlainMember})
	wantCode(t, "the email again", err, model.CodeConflict)
	_, err = x.ada.AddMember(ctx, model.MemberSpec{Name: "Max Two", Email: "max2@example.com", Login: "max", Role: model.PlainMember})
	wantCode(t, "the login again", err, "")
	_, err = x.ada.RemoveMember(ctx, "max@example.com", nil)
	wantCode(t, "again", err, model.CodeNotFound)
	x.wantSound()
}

// Who may remove whom, and that each key needs the permission of what is done
// to it.
func TestWhoMayRemove(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("gita", model.PlainMember, model.MemberActive)
	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	keeper := x.join("keeper", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage})
	viewer := x.join("viewer", model.Auditor, model.MemberActive, model.Grant{Permission: model.MembersManage})
	k, _ := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	revoke := []model.Settlement{{Key: k.ID, Do: model.Revoke}}
	for _, c := range []struct {
		name    string
		by      *model.Session
		who     string
		choices []model.Settlement
		want    model.Code
	}{
		{"an IT manager", ivan, "gita", nil, model.CodeDenied},
		{"a keeper, an IT manager", keeper, "ivan", nil, model.CodeDenied},
		{"themselves", keeper, "keeper", nil, model.CodeDenied},
		{"the last administrator, themselves", x.ada, "ada", nil, model.CodeDenied},
		{"a keeper, who owns a key that they cannot see", keeper, "max", revoke, model.CodeNotFound},
		{"who may only see the key", viewer, "max", revoke, model.CodeDenied},
		{"who may only see the key, to another", viewer, "max", []model.Settlement{{Key: k.ID, NewOwner: "gita"}}, model.CodeDenied},
		{"a keeper, with a key that they cannot see", keeper, "gita", revoke, model.CodeNotFound},
		{"a keeper, who owns nothing", keeper, "gita", nil, ""},
		{"an administrator", x.ada, "max", revoke, ""},
	} {
		x.clock.move(time.Minute)
		before := x.head().Seq
		_, err := c.by.RemoveMember(ctx, c.who, c.choices)
		wantCode(t, c.name, err, c.want)
		if es := x.events(before); c.want != "" && (len(es) != 1 || es[0].Outcome != model.Denied) {
			t.Errorf("%s: left %+v", c.name, es)
		}
	}
	x.wantSound()
}

// Whoever has to do with more keys than can be settled at once is not removed, and
// the answer says what to do first.
func TestOffboardingTooMany(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.ITManager, model.MemberActive)
	kim := x.join("kim", model.Administrator, model.MemberActive)
	many := make([]model.ImportKey, model.MaxBatch+1)
	for i := range many {
		many[i] = model.ImportKey{Line: i + 1, Spec: model.KeySpec{Application: "billing", Owner: "max"}, ID: model.KeyID(fmt.Sprintf("customer-%06d", i)), Secret: x.parsed("fedcba987654321")}
	}
	if _, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(many...)}); err != nil {
		t.Fatal(err)
	}
	for who, says := range map[string]string{"max": "other owners first", "ada": "Suspend the member instead"} {
		_, err := kim.Offboarding(ctx, who)
		if wantCode(t, who, err, model.CodeConflict); !strings.Contains(model.Sentence(err), says) {
			t.Errorf("%s: %v", who, err)
		}
		_, err = kim.RemoveMember(ctx, who, nil)
		wantCode(t, "removing "+who, err, model.CodeConflict)
	}
}
