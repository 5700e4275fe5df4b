package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

const day = 24 * time.Hour

func (x *team) decide(e model.PolicyEdit) {
	x.Helper()
	if _, err := x.ada.EditPolicy(ctx, e); err != nil {
		x.Fatal(err)
	}
}

func TestPolicyOfANewTeam(t *testing.T) {
	x := newTeam(t)
	p, err := x.ada.Policy(ctx)
	if err != nil || !p.NeverAllowed || !p.MayNeverExpire() || p.Lifetime() != model.DefaultLifetime {
		t.Errorf("%+v, %v", p, err)
	}
	x.wantSound()
}

func TestEditPolicy(t *testing.T) {
	x := newTeam(t)
	for name, c := range map[string]struct {
		edit  model.PolicyEdit
		field string
	}{
		"negative": {model.PolicyEdit{UnusedAfter: new(-1)}, "unused_after"},
		"too much": {model.PolicyEdit{SecretDueAfter: new(36_501)}, "secret_due_after"},
		"a month":  {model.PolicyEdit{IdleSignOut: new(30 * 24 * 60)}, "idle_sign_out"},
		"crossed":  {model.PolicyEdit{DefaultLifetime: new(91), LongestLifetime: new(90)}, "default_lifetime"},
	} {
		_, err := x.ada.EditPolicy(ctx, c.edit)
		if wantCode(t, name, err, model.CodeInvalid); model.FieldOf(err) != c.field {
			t.Errorf("%s: blamed on %q", name, model.FieldOf(err))
		}
	}
	before := x.head().Seq
	x.decide(model.PolicyEdit{LongestLifetime: new(90), NeverAllowed: new(false), IdleSignOut: new(15)})
	x.wantLeft("a change", before, "ada changed the longest lifetime, rule on keys that never expire and time until an idle screen signs out of the team")
	_, err := x.ada.EditPolicy(ctx, model.PolicyEdit{LongestLifetime: new(90)})
	wantCode(t, "the same again", err, model.CodeConflict)
	p, err := x.ada.Policy(ctx)
	if err != nil || p.LongestLifetime != 90 || p.NeverAllowed || p.IdleSignOut != 15 || p.Lifetime() != 90*day {
		t.Errorf("%+v, %v", p, err)
	}
	x.wantSound()
}

// A policy binds every key that is made or changed, whoever does it, and leaves
// the others as they are.
func TestPolicyBindsKeys(t *testing.T) {
	x := newTeam(t)
	old, _ := x.create(model.KeySpec{Application: "old", Expires: "never"})
	x.decide(model.PolicyEdit{NeverAllowed: new(false), DefaultLifetime: new(30)})
	k, _ := x.create(model.KeySpec{Application: "billing"})
	if want := x.clock.now().Add(30 * day); !k.ExpiresAt.Equal(want) {
		t.Errorf("it expires at %s, want %s", k.ExpiresAt, want)
	}
	_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Expires: "never"})
	if wantCode(t, "never, by an administrator", err, model.CodeInvalid); model.FieldOf(err) != "expires" || !strings.Contains(model.Sentence(err), "30d") {
		t.Error(err)
	}
	never := "never"
	_, err = x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Expires: &never})
	wantCode(t, "never from now on", err, model.CodeInvalid)
	purpose := "Old"
	_, err = x.ada.EditKey(ctx, old.ID, 0, model.KeyEdit{Expires: &never, Purpose: &purpose})
	wantCode(t, "never as before", err, "")

	x.decide(model.PolicyEdit{LongestLifetime: new(90), NeverAllowed: new(true)})
	for expires, want := range map[string]model.Code{
		"90d": "", "2026-05-30": "", "2026-05-31": model.CodeInvalid, "91d": model.CodeInvalid, "13w": model.CodeInvalid, "92d": model.CodeInvalid, "1y": model.CodeInvalid, "never": model.CodeInvalid, "": "",
	} {
		_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Expires: expires})
		wantCode(t, "created until "+expires, err, want)
		if expires == "" {
			continue
		}
		_, err = x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Expires: &expires})
		wantCode(t, "edited to "+expires, err, want)
	}
	x.wantSound()
	x.tamper("UPDATE policy SET longest_lifetime = 0")
	_, _, err = x.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
	wantCode(t, "under an altered policy", err, model.CodeDamaged)
}

// What could not be made under a policy is outside it, and what could be is not,
// at each end of a day.
func TestOutsidePolicyAgrees(t *testing.T) {
	x := newTeam(t)
	x.clock.move(x.clock.now().Truncate(day).Add(day).Sub(x.clock.now())) // to midnight
	for _, later := range []time.Duration{0, time.Millisecond, day - time.Millisecond} {
		x.clock.move(later)
		for _, expires := range []string{"90d", x.clock.now().Add(90 * day).Format(time.DateOnly), "91d", x.clock.now().Add(91 * day).Format(time.DateOnly)} {
			x.decide(model.PolicyEdit{LongestLifetime: new(90)})
			_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Expires: expires})
			x.decide(model.PolicyEdit{LongestLifetime: new(0)})
			k, _ := x.create(model.KeySpec{Application: "edge", Expires: expires})
			x.decide(model.PolicyEdit{LongestLifetime: new(90)})
			fs, failed := x.ada.OutsidePolicy(ctx)
			if found := len(fs) > 0; failed != nil || found != (err != nil) {
				t.Errorf("%s at %s: made with %v, found outside: %v, %v", expires, x.clock.now(), err, found, failed)
			}
			x.decide(model.PolicyEdit{LongestLifetime: new(0)})
			if _, err := x.ada.RevokeKey(ctx, k.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOutsidePolicy(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "a never", Expires: "never"})
	x.create(model.KeySpec{Application: "b long", Expires: "3y"})
	used, _ := x.create(model.KeySpec{Application: "c used", Owner: "ada"})
	gone, _ := x.create(model.KeySpec{Application: "d gone", Expires: "never"})
	x.create(model.KeySpec{Application: "e brief", Expires: "1d"})
	if _, err := x.ada.RevokeKey(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	found := func(s *model.Session) string {
		t.Helper()
		fs, err := s.OutsidePolicy(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, f := range fs {
			lines = append(lines, fmt.Sprint(f.Key.Application, " ", f.Reasons))
		}
		return strings.Join(lines, "\n")
	}
	if got := found(x.ada); got != "" {
		t.Errorf("under no policy: %s", got)
	}
	x.decide(model.PolicyEdit{LongestLifetime: new(400), UnusedAfter: new(30), SecretDueAfter: new(60)})
	x.clock.move(61 * day)
	if err := x.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: used.ID, At: x.clock.now().Add(-time.Hour), Allowed: 1}}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.ada.RegenerateSecret(ctx, used.ID, 0); err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	want := "a never [{never_expires it never expires} {unused it was not used since it was created 61 days ago} {secret_due its secret is 61 days old, and due after 60}]\n" +
		"b long [{long_lifetime it lasts 1035 days more, and 400 are the most} {unused it was not used since it was created 61 days ago} {secret_due its secret is 61 days old, and due after 60}]"
	if got := found(x.ada); got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
	x.wantLeft("looking", before)
	if got := found(x.join("max", model.PlainMember, model.MemberActive)); got != "" {
		t.Errorf("who sees no keys is told %s", got)
	}
	x.clock.move(31 * day)
	if got := found(x.ada); !strings.Contains(got, "c used [{unused it was last used 31 days ago}]") {
		t.Errorf("later: %s", got)
	}
}
