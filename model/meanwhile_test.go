package model_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"empress/model"
)

// meddler is a store in which somebody else changes a key in the middle of a
// change: before its transaction, or right after a key was read.
type meddler struct {
	model.Store
	before func()
	within func(w model.Writer, id model.KeyID) error
}

func (m *meddler) Write(ctx context.Context, fn func(model.Writer) error) error {
	if meddle := m.before; meddle != nil {
		m.before = nil
		meddle()
	}
	return m.Store.Write(ctx, func(w model.Writer) error { return fn(meddledWriter{w, m}) })
}

type meddledWriter struct {
	model.Writer
	by *meddler
}

func (w meddledWriter) Key(id model.KeyID) (model.Key, error) {
	k, err := w.Writer.Key(id)
	return k, errors.Join(err, w.meddle(id))
}

func (w meddledWriter) KeysOfApplication(id model.ApplicationID) ([]model.Key, error) {
	ks, err := w.Writer.KeysOfApplication(id)
	for _, k := range ks {
		err = errors.Join(err, w.meddle(k.ID))
	}
	return ks, err
}

// meddle changes a key once, after it was read.
func (w meddledWriter) meddle(id model.KeyID) error {
	meddle := w.by.within
	if meddle == nil {
		return nil
	}
	w.by.within = nil
	return meddle(w.Writer, id)
}

// meddled signs Ada in to the same team through a meddler.
func (x *team) meddled() (*model.Session, *meddler) {
	x.Helper()
	m := &meddler{Store: x.store}
	s := model.NewService(m, x.seal, x.clock.now)
	ada, err := s.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		x.Fatal(err)
	}
	return ada, m
}

// A key is put back only in the place of what was read: of no other revision,
// and of no other secret.
func TestKeyIsReplacedAsItWasRead(t *testing.T) {
	for what, alter := range map[string]func(k *model.Key){
		"revision": func(k *model.Key) { k.Revision++ },
		"secret":   func(k *model.Key) { k.Generation++ },
	} {
		x := newTeam(t)
		k, secret := x.create(model.KeySpec{Application: "billing"})
		ada, m := x.meddled()
		meddle := func(w model.Writer, id model.KeyID) error {
			now, err := w.Key(id)
			if err != nil {
				return err
			}
			from, fromGen := now.Revision, now.Generation
			alter(&now)
			return w.UpdateKey(now, from, fromGen)
		}
		before := x.head().Seq
		m.within = meddle
		_, err := ada.RevokeKey(ctx, k.ID)
		wantCode(t, "a revocation beside another "+what, err, model.CodeConflict)
		m.within = meddle
		_, err = ada.EditApplication(ctx, "billing", model.ApplicationEdit{Name: new("invoices")})
		wantCode(t, "another name beside another "+what, err, model.CodeConflict)
		x.wantLeft("beside another "+what, before)
		x.wantReason("after all", model.Request{Key: k.ID, Secret: secret}, model.ReasonOK)
		x.wantSound()
	}
}

// A secret is confirmed once, and not in the place of the one that replaced it.
func TestConfirmSecretMeanwhile(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	ada, m := x.meddled()
	m.before = func() {
		if err := x.ada.ConfirmSecret(ctx, k.ID, 1); err != nil {
			t.Error(err)
		}
	}
	wantCode(t, "confirmed meanwhile", ada.ConfirmSecret(ctx, k.ID, 1), model.CodeConflict)
	k, _ = x.create(model.KeySpec{Application: "billing"})
	m.before = func() {
		if _, _, err := x.ada.RegenerateSecret(ctx, k.ID, 1); err != nil {
			t.Error(err)
		}
	}
	wantCode(t, "regenerated meanwhile", ada.ConfirmSecret(ctx, k.ID, 1), model.CodeConflict)
	x.wantSound()
}

// Two people who change the policy do not undo what the other wrote unseen.
func TestEditPolicyMeanwhile(t *testing.T) {
	x := newTeam(t)
	seen, err := x.ada.Policy(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.ada.EditPolicy(ctx, model.PolicyEdit{Seen: &seen, LongestLifetime: new(90)}); err != nil {
		t.Fatal("nobody else changed it", err)
	}
	_, err = x.ada.EditPolicy(ctx, model.PolicyEdit{Seen: &seen, SecretDueAfter: new(30)})
	wantCode(t, "changed meanwhile", err, model.CodeConflict)
	if p, err := x.ada.Policy(ctx); err != nil || p.LongestLifetime != 90 || p.SecretDueAfter != 0 {
		t.Error(p, err)
	}
}

// Events that were read to the end of one trail settle no other.
func TestRestoreMeanwhile(t *testing.T) {
	x := newTeam(t)
	d := x.draft(x.backup())
	later, err := d.ReadLater(ctx, strings.NewReader(strings.Join(x.lines(), "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Recover(ctx, model.Identity{Login: "kim", Via: model.ViaCommand}, "ada", "kim"); err != nil {
		t.Fatal(err)
	}
	_, err = d.Restore(ctx, "kim", later)
	wantCode(t, "another trail", err, model.CodeConflict)
}

// A restore suspends nobody twice, and leaves the last administrator.
func TestRestoreKeepsOutWhomItCan(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberSuspended)
	backup := x.backup()
	for _, member := range []string{"max@example.com", "ada@example.com"} {
		if err := x.service.AppendOther(ctx, model.Event{Action: model.MemberRoleChanged, Outcome: model.Done, Member: member}); err != nil {
			t.Fatal(err)
		}
	}
	d := x.draft(backup)
	later, err := d.ReadLater(ctx, strings.NewReader(strings.Join(x.lines(), "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if done, err := d.Restore(ctx, "kim", later); err != nil || done.Members != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := d.SignIn(ctx, model.Identity{Login: "ada"}); err != nil {
		t.Error(err)
	}
}
