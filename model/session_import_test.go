package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"empress/model"
)

// lines hands over keys as a file would.
func lines(ks ...model.ImportKey) func(func(model.ImportKey) error) error {
	return func(yield func(model.ImportKey) error) error {
		for i, k := range ks {
			k.Line = i + 1
			if err := yield(k); err != nil {
				return err
			}
		}
		return nil
	}
}

// pair is a line with a credential that clients use already.
func (x *team) pair(application, id, secret string) model.ImportKey {
	x.Helper()
	k, err := model.ParseKeyID(id)
	s, err2 := model.ParseSecret(secret)
	if err := errors.Join(err, err2); err != nil {
		x.Fatal(err)
	}
	return model.ImportKey{Spec: model.KeySpec{Application: application}, ID: k, Secret: s}
}

// An import makes keys of every kind of line, each with its own event.
func TestImportKeys(t *testing.T) {
	x := newTeam(t)
	x.join("kim", model.PlainMember, model.MemberActive)
	given := map[model.KeyID]string{}
	settled := false
	before := x.head().Seq
	fresh := model.ImportKey{Spec: model.KeySpec{Application: "shop", Owner: "kim", Scopes: []string{"a:read"}, Networks: []string{"10.0.0.0/8"}, Rate: "5/s", Purpose: "Sells", Expires: "90d"}, State: model.Suspended}
	dead := model.ImportKey{Spec: model.KeySpec{Application: "gone", Expires: "2001-01-01"}, State: model.Expired}
	done, err := x.ada.ImportKeys(ctx, model.Import{
		Each: lines(x.pair("billing", "0123456789abcde", "fedcba987654321"), fresh, dead, x.pair("billing", "empk_0123456789abcdefghjk", "emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y")),
		Deliver: func(k model.Key, s model.Secret) error {
			given[k.ID] = s.Reveal()
			return nil
		},
		Settle: func() error { settled = true; return nil },
	})
	if err != nil || done != (model.Imported{Keys: 3, Weak: 1, Left: 1}) || len(given) != 1 || !settled {
		t.Fatalf("%+v, %v; %d secrets, settled %v", done, err, len(given), settled)
	}
	var es []model.Event
	for _, e := range x.events(before) {
		if e.Action == model.KeyCreated {
			es = append(es, e)
		}
	}
	if len(es) != 3 || es[0].Key != "0123456789abcde" || es[2].Key != "empk_0123456789abcdefghjk" || es[1].State != model.Suspended {
		t.Fatalf("events %+v", es)
	}
	for _, e := range es {
		if e.Note != "imported" || e.ActorEmail != "ada@example.com" || e.Generation != 1 {
			t.Errorf("event %+v", e)
		}
	}
	k, err := x.ada.Key(ctx, es[1].Key)
	if err != nil || k.Owner != "kim@example.com" || k.ScopeList() != "a:read" || k.NetworkList() != "10.0.0.0/8" || k.Rate.String() != "5/s" ||
		k.Purpose != "Sells" || k.State != model.Suspended || k.Weak || k.Unconfirmed() || k.ExpiresAt.IsZero() {
		t.Errorf("%+v, %v", k, err)
	}
	for text, want := range map[string]int{"sells": 1, "billing": 2, "kim": 1, "012345": 2, "01": 2} {
		if page, err := x.ada.Keys(ctx, model.KeyQuery{Text: text}); err != nil || page.Count != want {
			t.Errorf("%q is found in %d keys, want %d, %v", text, page.Count, want, err)
		}
	}
	x.wantReason("new and suspended", model.Request{Key: k.ID, Secret: x.parsed(given[k.ID])}, model.ReasonSuspended)
	x.wantReason("ours", model.Request{Key: "empk_0123456789abcdefghjk", Secret: x.parsed("emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y")}, model.ReasonOK)
	x.wantSound()
}

func (x *team) parsed(secret string) model.Secret {
	x.Helper()
	s, err := model.ParseSecret(secret)
	if err != nil {
		x.Fatal(err)
	}
	return s
}

// A weak pair is decided on like any other, is marked, and stops being weak when
// its secret is regenerated.
func TestImportedPair(t *testing.T) {
	x := newTeam(t)
	const id, old = "0123456789abcde", "fedcba987654321"
	if _, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(x.pair("billing", id, old))}); err != nil {
		t.Fatal(err)
	}
	x.wantReason("right", model.Request{Key: id, Secret: x.parsed(old)}, model.ReasonOK)
	x.wantReason("wrong", model.Request{Key: id, Secret: x.parsed("fedcba987654320")}, model.ReasonUnauthenticated)
	x.wantReason("unknown", model.Request{Key: "0123456789abcdf", Secret: x.parsed(old)}, model.ReasonUnauthenticated)
	found, err := x.ada.OutsidePolicy(ctx)
	if err != nil || len(found) != 1 || found[0].Key.ID != id || found[0].Reasons[0].Rule != model.RuleSecretDue || found[0].Key.Weakness() == "" {
		t.Errorf("outside the policy: %+v, %v", found, err)
	}
	for _, name := range []string{id, "nightly-jobs"} {
		if _, err := x.ada.WhoMay(ctx, model.KeysEdit, name); name == id && err != nil || name != id && !errors.Is(err, model.ErrNoApplication) {
			t.Errorf("who may edit %s: %v", name, err)
		}
	}
	x.create(model.KeySpec{Application: "nightly-jobs"})
	if _, err := x.ada.WhoMay(ctx, model.KeysEdit, "nightly-jobs"); err != nil {
		t.Errorf("an application with the form of a key: %v", err)
	}
	x.tamper("UPDATE keys SET weak = 0 WHERE id = '0123456789abcde'")
	x.wantReason("no longer called weak", model.Request{Key: id, Secret: x.parsed(old)}, model.ReasonRecordDamaged)
	x.tamper("UPDATE keys SET weak = 1 WHERE id = '0123456789abcde'")
	k, secret, err := x.ada.RegenerateSecret(ctx, id, 1)
	if err != nil || k.Weak || k.Weakness() != "" {
		t.Fatalf("%+v, %v", k, err)
	}
	x.wantReason("new", model.Request{Key: id, Secret: secret}, model.ReasonOK)
	x.wantReason("old", model.Request{Key: id, Secret: x.parsed(old)}, model.ReasonUnauthenticated)
	if found, err := x.ada.OutsidePolicy(ctx); err != nil || len(found) != 0 {
		t.Errorf("outside the policy: %+v, %v", found, err)
	}
	x.wantSound()
}

// One line that is wrong, or a dry run, and nothing is there afterwards.
func TestImportIsAllOrNothing(t *testing.T) {
	x := newTeam(t)
	if _, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(x.pair("billing", "0123456789abcde", "fedcba987654321"))}); err != nil {
		t.Fatal(err)
	}
	it := x.join("ivy", model.ITManager, model.MemberActive)
	plain := x.join("kim", model.PlainMember, model.MemberActive)
	good := x.pair("shop", "aaaaaaaaaaaaaaa", "fedcba987654321")
	never := good
	never.ID, never.Spec.Expires = "bbbbbbbbbbbbbbb", "never"
	stranger := good
	stranger.ID, stranger.Spec.Application, stranger.Spec.Owner = "ccccccccccccccc", "store", "nobody@example.com"
	failed := errors.New("the disk is full")
	full := func(model.Key, model.Secret) error { return failed }
	for _, c := range []struct {
		name  string
		by    *model.Session
		in    model.Import
		want  model.Code
		lines []string
	}{
		{"exists", x.ada, model.Import{Each: lines(good, x.pair("shop", "0123456789abcde", "fedcba987654321"))}, model.CodeConflict, []string{"Line 2: The API key 0123456789abcde exists already."}},
		{"twice", x.ada, model.Import{Each: lines(good, good)}, model.CodeConflict, []string{"Line 2: "}},
		{"mixed", x.ada, model.Import{Each: lines(good, x.pair("shop", "empk_0123456789abcdefghjk", "fedcba987654321"))}, model.CodeInvalid, []string{"Line 2: The API key empk_0123456789abcdefghjk is one of empress, and takes none but a secret of empress"}},
		{"owner", x.ada, model.Import{Each: lines(good, stranger, good)}, model.CodeInvalid, []string{"Line 2: ", "Line 3: "}},
		{"member", plain, model.Import{Each: func(func(model.ImportKey) error) error { t.Error("it is read"); return nil }}, model.CodeDenied, nil},
		{"never", it, model.Import{Each: lines(good, stranger, never, stranger)}, model.CodeDenied, []string{"Line 2: ", "Line 3: ", "Line 4: "}},
		{"nowhere", x.ada, model.Import{Each: lines(good, model.ImportKey{Spec: model.KeySpec{Application: "shop"}})}, model.CodeInvalid, []string{"Line 2: The line has no api_secret"}},
		{"written wrongly", x.ada, model.Import{Each: lines(good, model.ImportKey{Wrong: model.Errorf(model.CodeInvalid, "No.")})}, model.CodeInvalid, []string{"Line 2: No."}},
		{"nothing", x.ada, model.Import{Each: lines()}, model.CodeInvalid, nil},
		{"not delivered", x.ada, model.Import{Each: lines(good, model.ImportKey{Spec: model.KeySpec{Application: "shop"}}), Deliver: full}, model.CodeFailed, nil},
		{"not settled", x.ada, model.Import{Each: lines(good), Settle: func() error { return failed }}, model.CodeFailed, nil},
		{"dry run", x.ada, model.Import{Each: lines(good), DryRun: true, Settle: func() error { return failed }}, "", nil},
	} {
		before := x.head().Seq
		_, err := c.by.ImportKeys(ctx, c.in)
		wantCode(t, c.name, err, c.want)
		e, _ := errors.AsType[*model.Error](err)
		if len(c.lines) > 0 && (e == nil || len(e.Also) != len(c.lines)) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for i, line := range c.lines {
			if !strings.HasPrefix(e.Also[i].Message, line) {
				t.Errorf("%s: %q, want %q", c.name, e.Also[i].Message, line)
			}
		}
		if page, err := x.ada.Keys(ctx, model.KeyQuery{}); err != nil || page.Count != 1 {
			t.Fatalf("%s: there are %d keys, %v", c.name, page.Count, err)
		}
		es := x.events(before)
		if c.want != model.CodeDenied && len(es) != 0 || c.want == model.CodeDenied && (len(es) != 1 || es[0].Outcome != model.Denied || c.by != plain && es[0].Application != "shop") {
			t.Errorf("%s: events %+v", c.name, es)
		}
	}
	x.wantSound()
}

// Of many mistakes the first are named and the rest are counted.
func TestImportMistakesAreCounted(t *testing.T) {
	x := newTeam(t)
	ks := make([]model.ImportKey, model.MaxMistakes+5)
	_, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(ks...)})
	e, ok := errors.AsType[*model.Error](err)
	if !ok || len(e.Also) != model.MaxMistakes || !strings.Contains(e.Message, fmt.Sprintf("%d lines are wrong, the first %d", len(ks), model.MaxMistakes)) {
		t.Errorf("%v", err)
	}
}

// Without room for the event of one key no key is there.
func TestImportWithoutItsEvents(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "shop"})
	x.tamper(fmt.Sprintf("CREATE TRIGGER stop BEFORE INSERT ON events WHEN new.seq = %d BEGIN SELECT raise(ABORT, 'no'); END", x.head().Seq+2))
	if _, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(x.pair("shop", "aaaaaaaaaaaaaaa", "fedcba987654321"), x.pair("shop", "bbbbbbbbbbbbbbb", "fedcba987654321"))}); err == nil {
		t.Error("an event could not be written, and yet it was imported")
	}
	x.tamper("DROP TRIGGER stop")
	if page, err := x.ada.Keys(ctx, model.KeyQuery{}); err != nil || page.Count != 1 {
		t.Errorf("there are %d keys, %v", page.Count, err)
	}
	x.wantSound()
}

// Nobody waits for an import that is wrong throughout.
func TestImportEndsEarly(t *testing.T) {
	x := newTeam(t)
	read := 0
	_, err := x.ada.ImportKeys(ctx, model.Import{Each: func(yield func(model.ImportKey) error) error {
		for range 5000 {
			read++
			if err := yield(model.ImportKey{Line: read, Wrong: model.Errorf(model.CodeInvalid, "No.")}); err != nil {
				return err
			}
		}
		return nil
	}})
	wantWords(t, "wrong throughout", err, model.CodeInvalid, "At least 1000 lines are wrong, the first 20 of which are named here")
	if read != 1000 {
		t.Errorf("%d lines are read", read)
	}
}

// Whoever tries the name of a key that they may not see is in the trail.
func TestImportOfAHiddenName(t *testing.T) {
	x := newTeam(t)
	if _, err := x.ada.ImportKeys(ctx, model.Import{Each: lines(x.pair("billing", "0123456789abcde", "fedcba987654321"))}); err != nil {
		t.Fatal(err)
	}
	x.create(model.KeySpec{Application: "shop"})
	kim := x.join("kim", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate, ApplicationID: 2})
	before := x.head().Seq
	_, err := kim.ImportKeys(ctx, model.Import{DryRun: true, Each: lines(x.pair("shop", "0123456789abcde", "fedcba987654321"))})
	wantCode(t, "a name that is hidden", err, model.CodeConflict)
	x.wantLeft("a name that is hidden", before, "kim was not allowed: created a key for shop")
	if e := x.events(before)[0]; e.Key != "0123456789abcde" {
		t.Errorf("the event is about the key %q", e.Key)
	}
	x.wantSound()
}
