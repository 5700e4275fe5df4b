package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// rulesOf lists why each key of a list asks for attention, by application.
func (x *team) rulesOf(q model.KeyQuery) map[string]string {
	x.Helper()
	page, err := x.ada.Keys(ctx, q)
	if err != nil {
		x.Fatal(err)
	}
	found := map[string]string{}
	for _, k := range page.Keys {
		var rules []string
		for _, f := range k.Findings {
			rules = append(rules, string(f.Rule))
			if f.Words == "" {
				x.Errorf("%s: no words for %s", k.Application, f.Rule)
			}
		}
		found[k.Application] = strings.Join(rules, " ")
	}
	if page.Count != len(found) || page.Over {
		x.Errorf("%d keys are counted, %d found", page.Count, len(found))
	}
	return found
}

func (x *team) wantRules(what string, q model.KeyQuery, want map[string]string) {
	x.Helper()
	got := x.rulesOf(q)
	for a, rules := range want {
		if got[a] != rules {
			x.Errorf("%s: %s asks for attention by %q, want %q", what, a, got[a], rules)
		}
	}
	if len(got) != len(want) {
		x.Errorf("%s: %v, want %v", what, got, want)
	}
}

// What is due comes from the database as the rule says it, whatever the age, the
// expiry and the state of a key.
func TestDueIsWhatTheRuleSays(t *testing.T) {
	x := newTeam(t)
	x.decide(model.PolicyEdit{SecretDueAfter: ptr(60)})
	var ks []model.Key
	for _, life := range []string{"never", "2d", "20d", "31d", "70d", "100d", "400d"} {
		for range 3 {
			k, _ := x.create(model.KeySpec{Application: "lasts-" + life, Expires: life})
			ks = append(ks, k)
		}
	}
	seen := map[model.Rule]int{}
	for day := range 75 {
		x.clock.move(24 * time.Hour)
		if day%9 == 4 { // so that secrets of all ages are there, and not only first ones
			k := ks[day%len(ks)]
			if _, _, err := x.ada.RotateSecret(ctx, model.Turn{Key: k.ID}, day%2 == 0); err == nil && day%4 == 0 {
				_ = x.ada.ConfirmSecret(ctx, k.ID, 0)
			}
		}
		if day == 30 {
			if _, err := x.ada.SuspendKey(ctx, ks[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		if day == 70 {
			x.replaces()
		}
		x.dueAgrees(seen)
	}
	for _, r := range []model.Rule{model.RuleSecretDue, model.RuleExpiring, model.RuleNotDelivered, model.RuleFormerlySealed} {
		if seen[r] == 0 {
			t.Errorf("no key was due by %s", r)
		}
	}
}

// dueAgrees compares the keys that are read as due with the rule.
func (x *team) dueAgrees(seen map[model.Rule]int) {
	x.Helper()
	policy, err := x.ada.Policy(ctx)
	if err != nil {
		x.Fatal(err)
	}
	all, err := x.ada.Keys(ctx, model.KeyQuery{})
	if err != nil {
		x.Fatal(err)
	}
	due, err := x.ada.Keys(ctx, model.KeyQuery{Attention: model.Due})
	if err != nil {
		x.Fatal(err)
	}
	for _, k := range all.Keys {
		fs := policy.Due(k, x.clock.now())
		for _, f := range fs {
			seen[f.Rule]++
		}
		read := slices.ContainsFunc(due.Keys, func(d model.Key) bool { return d.ID == k.ID && len(d.Findings) > 0 })
		if read != (len(fs) > 0) {
			x.Errorf("%v: %s, made %v, expires %v: read as due %v, by the rule %v", x.clock.now(), k.Application, k.SecretAt, k.ExpiresAt, read, fs)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// Each reason is told of the key that it is about, and of no other.
func TestAttention(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "fresh", Expires: "400d"})
	used, secret := x.create(model.KeySpec{Application: "used", Expires: "400d"})
	x.recorded(model.Request{Key: used.ID, Secret: secret, Address: from("10.0.0.4")})
	x.create(model.KeySpec{Application: "ends", Expires: "10d"})
	chosen, _ := x.create(model.KeySpec{Application: "chosen", Expires: "400d"})
	if b, err := x.ada.MarkForRotation(ctx, []model.KeyID{chosen.ID, chosen.ID}, true); err != nil || len(b.Changed) != 1 {
		t.Fatal(b, err)
	}
	lost, _ := x.create(model.KeySpec{Application: "lost", Expires: "400d"})
	if _, _, err := x.ada.RotateSecret(ctx, model.Turn{Key: lost.ID, From: 1}, false); err != nil {
		t.Fatal(err)
	}
	replaced, old := x.create(model.KeySpec{Application: "replaced", Expires: "400d"})
	x.regenerate(replaced)
	x.recorded(model.Request{Key: replaced.ID, Secret: old, Address: from("10.0.0.4")})

	due := map[string]string{"ends": "expiring unused", "chosen": "planned unused", "lost": "not_delivered unused"}
	x.wantRules("due", model.KeyQuery{Attention: model.Due}, due)
	x.wantRules("an old secret is used", model.KeyQuery{Attention: model.OldSecretUsed}, map[string]string{"replaced": "old_secret_used unused"})
	x.wantRules("unused", model.KeyQuery{Attention: model.Unused}, map[string]string{"fresh": "unused", "ends": "expiring unused", "chosen": "planned unused",
		"lost": "not_delivered unused", "replaced": "old_secret_used unused"})
	x.wantRules("soon", model.KeyQuery{ExpiresBy: x.clock.now().Add(14 * 24 * time.Hour)}, map[string]string{"ends": "expiring unused"})
	x.wantRules("soon and due", model.KeyQuery{Attention: model.Due, ExpiresBy: x.clock.now().Add(14 * 24 * time.Hour)}, map[string]string{"ends": "expiring unused"})
	x.wantRules("within two years", model.KeyQuery{Attention: model.OldSecretUsed, ExpiresBy: x.clock.now().Add(700 * 24 * time.Hour)},
		map[string]string{"replaced": "old_secret_used unused expiring"})
	x.clock.move(91 * 24 * time.Hour)
	if got := x.rulesOf(model.KeyQuery{Attention: model.Unused}); got["used"] != "unused" {
		t.Errorf("what was not used for 91 days: %q", got["used"])
	}
}

// A window of keys that nobody used goes on where the one before it ended.
func TestUnusedWindows(t *testing.T) {
	x := newTeam(t)
	want := 0
	for i := range 12 {
		k, secret := x.create(model.KeySpec{Application: "app", Expires: "400d"})
		if i%3 == 0 {
			x.recorded(model.Request{Key: k.ID, Secret: secret, Address: from("10.0.0.4")})
		} else {
			want++
		}
	}
	for _, backward := range []bool{false, true} {
		found := map[model.KeyID]bool{}
		q := model.KeyQuery{Attention: model.Unused, Limit: 3, Backward: backward}
		for more := true; more; {
			page, err := x.ada.Keys(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range page.Keys {
				found[k.ID] = true
			}
			q.From, more = page.Next, page.More
			if more == (page.Next == nil) {
				t.Fatalf("more: %v, next: %v", more, page.Next)
			}
		}
		if len(found) != want {
			t.Errorf("backward %v: %d keys, want %d", backward, len(found), want)
		}
	}
}
