package model_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// prepared adds the next sealing key to the file of the team.
func (x *team) prepared() {
	x.Helper()
	seal, err := x.seal.Next(rand.Reader)
	if err != nil {
		x.Fatal(err)
	}
	x.seal = seal
	x.restarts(seal)
}

// restarts makes the service anew, with a key file.
func (x *team) restarts(seal *model.SealingKey) {
	x.Helper()
	x.service = model.NewService(x.store, seal, x.clock.now)
	var err error
	if x.ada, err = x.service.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand}); err != nil {
		x.Fatal(err)
	}
}

// replaces puts the next sealing key in the place of the current one.
func (x *team) replaces() model.Resealed {
	x.Helper()
	x.prepared()
	done, err := x.ada.ReplaceSealingKey(ctx)
	if err != nil {
		x.Fatal(err)
	}
	return done
}

// wantProblems compares what the audit finds with the beginnings of some
// sentences.
func (x *team) wantProblems(what string, s *model.Service, want ...string) {
	x.Helper()
	report, err := s.CheckAudit(ctx)
	if err != nil || len(report.Problems) != len(want) {
		x.Errorf("%s: the audit says %q, %v; want %q", what, report.Problems, err, want)
		return
	}
	for i, p := range report.Problems {
		if !strings.HasPrefix(p, want[i]) {
			x.Errorf("%s: the audit says %q, want %q", what, p, want[i])
		}
	}
}

// withEverything gives the team rows of every kind, also such as ended, and
// returns keys that are active, suspended and revoked.
func (x *team) withEverything() (ks [3]model.Key, ss [3]model.Secret) {
	x.Helper()
	kim := x.join("kim", model.ITManager, model.MemberActive, model.Grant{Permission: model.PolicyManage, Until: x.clock.now().Add(time.Hour)})
	must := func(err error) {
		x.Helper()
		if err != nil {
			x.Fatal(err)
		}
	}
	for i, name := range []string{"billing", "shop", "edge"} {
		ks[i], ss[i] = x.create(model.KeySpec{Application: name, Networks: []string{"10.0.0.0/8"}})
	}
	_, err := x.ada.EditApplication(ctx, "shop", model.ApplicationEdit{Name: new("store"), Networks: new([]string{"10.0.0.0/8"})})
	must(err)
	_, err = x.ada.SuspendKey(ctx, ks[1].ID)
	must(err)
	_, err = x.ada.RevokeKey(ctx, ks[2].ID)
	must(err)
	_, err = x.ada.EditPolicy(ctx, model.PolicyEdit{Support: new("IT desk")})
	must(err)
	g, err := x.ada.GiveGrant(ctx, kim.Me().Email, model.PolicyManage, "", time.Time{})
	must(err)
	must(x.ada.TakeGrant(ctx, g.ID))
	for i := range 2 {
		k, err := x.ada.AddSSHKey(ctx, "ada", newSSHLine(x.T), fmt.Sprint("laptop ", i))
		must(err)
		if i == 1 {
			must(x.ada.RemoveSSHKey(ctx, k.ID))
		}
	}
	return ks, ss
}

// Everything is sealed by the next key, secrets work on and become due, and the
// former key alone opens nothing.
func TestReplaceSealingKey(t *testing.T) {
	x := newTeam(t)
	ks, ss := x.withEverything()
	before := x.head().Seq
	if done := x.replaces(); done != (model.Resealed{From: 1, To: 2, Keys: 2}) {
		t.Errorf("it says %+v", done)
	}
	x.wantLeft("the replacement", before, "ada replaced sealing key 1 by number 2")
	x.wantSound()
	for _, s := range []*model.Service{x.service, x.reopened()} {
		for i, want := range []model.Reason{model.ReasonOK, model.ReasonSuspended, model.ReasonRevoked} {
			x.decides(s, model.Request{Key: ks[i].ID, Secret: ss[i], Address: from("10.0.0.4")}, want)
			x.decides(s, model.Request{Key: ks[i].ID, Secret: otherSecretOf(x)}, model.ReasonUnauthenticated)
		}
	}
	x.wantRules("due", model.KeyQuery{Attention: model.Due}, map[string]string{"billing": "formerly_sealed unused", "store": "formerly_sealed"})
	secret := x.regenerate(ks[0])
	k, err := x.ada.Key(ctx, ks[0].ID)
	if err != nil || k.SealKey != 2 || k.Due != 0 {
		t.Errorf("a new secret is of sealing key %d, due %s, %v", k.SealKey, k.Due, err)
	}
	uses, err := x.service.SealingKeys(ctx)
	if want := "[{{1 2 1} true false} {{2 1 1} true true}]"; err != nil || fmt.Sprint(uses) != want {
		t.Errorf("the sealing keys are %v, %v; want %s", uses, err, want)
	}
	x.wantReason("the new secret", model.Request{Key: ks[0].ID, Secret: secret, Address: from("10.0.0.4")}, model.ReasonOK)
	x.wantSound()
	_, err = x.ada.ReplaceSealingKey(ctx)
	wantWords(t, "without a next key", err, model.CodeConflict, "no sealing key after number 2")
	_, err = model.NewService(x.store, x.seal.Without(2), x.clock.now).Open(ctx)
	wantWords(t, "with the former key alone", err, model.CodeUnavailable, "was replaced by number 2, and the key file here holds only number 1")
}

// It is for who may manage the policy, and nothing changes without its event.
func TestReplaceSealingKeyIsRefused(t *testing.T) {
	x := newTeam(t)
	x.join("ivan", model.ITManager, model.MemberActive)
	x.create(model.KeySpec{Application: "billing"})
	x.prepared()
	ivan, err := x.service.SignIn(ctx, model.Identity{Login: "ivan"})
	if err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	_, err = ivan.ReplaceSealingKey(ctx)
	wantCode(t, "an IT manager", err, model.CodeDenied)
	x.wantLeft("the attempt", before, "ivan was not allowed: replaced the sealing key")
	x.tamper("CREATE TRIGGER stop BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'no'); END")
	if _, err = x.ada.ReplaceSealingKey(ctx); err == nil {
		t.Error("it is replaced without an event")
	}
	x.tamper("DROP TRIGGER stop")
	if n := x.service.SealingKeyNumber(); n != 1 {
		t.Errorf("sealing key %d is in use", n)
	}
	x.wantSound()
	x.restarts(x.seal.Without(2))
	x.wantSound()
}

// Where the file lacks a former key, what depends on it is unsure, and the rest
// is not.
func TestFormerSealingKeyIsMissing(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	x.replaces()
	later, l := x.create(model.KeySpec{Application: "shop"})
	last := x.head().Seq
	x.restarts(x.seal.Without(1))
	for _, secret := range []model.Secret{s, otherSecretOf(x)} {
		d, err := x.service.Verify(ctx, model.Request{Key: k.ID, Secret: secret})
		wantWords(t, "a key of the former", err, model.CodeUnavailable, "Sealing key 1 is not in the key file here, which holds only number 2.")
		if d.Allowed || d.Reason != model.ReasonUnavailable || d.Key != "" {
			t.Errorf("decided %+v", d)
		}
	}
	x.wantReason("a key of the current", model.Request{Key: later.ID, Secret: l}, model.ReasonOK)
	x.wantReason("an unknown key", model.Request{Key: "empk_00000000000000000000", Secret: l}, model.ReasonUnauthenticated)
	x.wantProblems("without it", x.service, "events 1 to 3 cannot be checked without sealing key 1, which")
	if x.head().Seq != last {
		t.Error("it left events")
	}
	if uses, err := x.service.SealingKeys(ctx); err != nil || len(uses) != 2 || uses[0].InFile || uses[0].Usable != 1 {
		t.Errorf("the sealing keys are %v, %v", uses, err)
	}
	x.wantReason("a new secret", model.Request{Key: k.ID, Secret: x.regenerate(k)}, model.ReasonOK)
}

// A secret that was replaced is recognised under whichever key it was hashed.
func TestSupersededAcrossSealingKeys(t *testing.T) {
	x := newTeam(t)
	k, first := x.create(model.KeySpec{Application: "billing"})
	second := x.regenerate(k)
	x.replaces()
	third := x.regenerate(k)
	x.regenerate(k)
	want := ""
	for i, s := range []model.Secret{first, second, third} {
		want = fmt.Sprintf("%d:1 %s", i+1, want)
		x.clock.move(time.Second)
		if got := x.presents(k, s); got != want {
			t.Errorf("secret %d: %q, want %q", i+1, got, want)
		}
	}
	if got := x.presents(k, otherSecretOf(x)); got != want {
		t.Errorf("one that never was: %q", got)
	}
}

// What did not carry its seal is not trusted afterwards either.
func TestReplacementLaundersNothing(t *testing.T) {
	x := newTeam(t)
	x.join("kim", model.PlainMember, model.MemberActive)
	k, s := x.create(model.KeySpec{Application: "billing"})
	x.tamper("UPDATE members SET role = 'Administrator' WHERE login = 'kim'")
	x.tamper("UPDATE keys SET scopes = 'all'")
	if done := x.replaces(); done.Left != 2 || done.Keys != 0 {
		t.Errorf("it says %+v", done)
	}
	if _, err := x.service.SignIn(ctx, model.Identity{Login: "kim"}); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("kim comes in: %v", err)
	}
	x.wantReason("the key", model.Request{Key: k.ID, Secret: s}, model.ReasonRecordDamaged)
	x.wantProblems("of both", x.service, "key "+string(k.ID)+" was changed", "member kim@example.com was changed")
	x.tamper("UPDATE team SET name = 'Evil'")
	seal, err := x.seal.Next(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.NewService(x.store, seal, x.clock.now).Open(ctx); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("the team opens: %v", err)
	}
}

// Whoever has the former key and the database puts nothing back, and nothing in.
func TestFormerSealingKeyForgesNothing(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	kim := x.join("kim", model.PlainMember, model.MemberActive)
	x.prepared()
	former := x.service.Seals()
	x.tamper("CREATE TABLE safe AS SELECT * FROM keys; CREATE TABLE safe_team AS SELECT * FROM team")
	if _, err := x.ada.ReplaceSealingKey(ctx); err != nil {
		t.Fatal(err)
	}
	m := kim.Me()
	m.Role = model.Administrator
	x.tamper("UPDATE members SET role = ?, seal = ? WHERE id = ?", string(m.Role), former.Sealed(m).Seal, int64(m.ID))
	if _, err := x.service.SignIn(ctx, model.Identity{Login: "kim"}); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("a forged member comes in: %v", err)
	}
	x.tamper("UPDATE keys SET seal = (SELECT seal FROM safe)")
	x.wantReason("a key that was put back", model.Request{Key: k.ID, Secret: s}, model.ReasonRecordDamaged)
	x.wantProblems("of both", x.service, "key "+string(k.ID)+" was changed", "member kim@example.com was changed")
	x.tamper("UPDATE team SET (key_number, key_check, seal) = (SELECT key_number, key_check, seal FROM safe_team)")
	_, err := x.ada.Keys(ctx, model.KeyQuery{})
	wantWords(t, "the record of the team", err, model.CodeDamaged, "names sealing key 1, which was replaced by number 2")
	wantCode(t, "a change after it", x.service.KeepMark(ctx), model.CodeDamaged)
	report, err := x.reopened().CheckAudit(ctx)
	if err != nil || !strings.HasPrefix(report.Problems[0], "the trail ends with sealing key 2, but the record of the team names number 1") {
		t.Errorf("the audit says %q, %v", report.Problems, err)
	}
}

// An event that says that the key was replaced is the first of the next one.
func TestReplacingEvents(t *testing.T) {
	x := newTeam(t)
	x.prepared()
	x.prepared()
	for _, c := range []struct {
		by       int
		from, to string
		outcome  model.Outcome
		says     string
	}{
		{2, "1", "2", model.Done, "the trail ends with sealing key 2"},
		{1, "1", "2", model.Done, "event 2 "},
		{3, "1", "3", model.Done, "event 2 "},
		{3, "2", "3", model.Done, "event 2 "},
		{1, "1", "1", model.Done, "event 2 "},
		{2, "x", "2", model.Done, "event 2 "},
		{1, "", "", model.Done, "event 2 "},
		{1, "1", "4", model.Done, "event 2 "},
		{2, "1", "2", model.Denied, "event 2 "},
		{1, "1", "2", model.Denied, ""}, // which replaced nothing
	} {
		report, err := x.service.AuditWith(ctx, c.by, model.Event{Action: model.SealingKeyReplaced, Outcome: c.outcome,
			Changes: []model.Change{{Field: "sealing key", Before: c.from, After: c.to}}})
		if c.says == "" && err == nil && report.Found == 0 {
			continue
		}
		if err != nil || c.says == "" || report.Found == 0 || !strings.HasPrefix(report.Problems[0], c.says) {
			t.Errorf("%v: the audit says %q, %v", c, report.Problems, err)
		}
	}
	x.restarts(x.seal.Without(2, 3))
	report, err := x.service.AuditWith(ctx, 1, model.Event{Action: model.SealingKeyReplaced, Outcome: model.Done, Changes: []model.Change{{Field: "sealing key", Before: "1", After: "2"}}})
	if err != nil || report.Found != 2 || !strings.HasPrefix(report.Problems[0], "event 2 cannot be checked without sealing key 2") {
		t.Errorf("by a key that the file lacks: the audit says %q, %v", report.Problems, err)
	}
}
