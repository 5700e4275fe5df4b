package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"empress/model"
)

// The keys that somebody owns, and the secrets that they were shown.
func conformHeld(t *testing.T, s model.Store) {
	billing, shop := peopled(t, s)
	a, b, c := keyOf(1, billing, 1), keyOf(2, shop, 1), keyOf(3, shop, 2)
	b.State = model.Revoked
	write(t, s, func(w model.Writer) error {
		events := []model.Event{event(1), event(2), event(3), event(4), event(5)}
		for i, e := range events {
			e.Actor, e.ActorEmail, e.Outcome = 1, person(1, "ada").Email, model.Done
			switch i {
			case 0:
				e.Key, e.Action, e.Generation = a.ID, model.KeyCreated, 1
			case 1:
				e.Key, e.Action, e.Generation = a.ID, model.KeyRegenerated, 3
			case 2:
				e.Key, e.Action, e.Generation = a.ID, model.KeySuspended, 9
			case 3:
				e.Key, e.Action, e.Generation, e.Outcome = b.ID, model.KeyRegenerated, 2, model.Denied
			case 4:
				e.Key, e.Action, e.Generation, e.Actor = c.ID, model.KeyCreated, 1, 2
			}
			if err := w.AppendEvent(e, model.Head{Seq: e.Seq, MAC: e.MAC, Mark: e.At}); err != nil {
				return err
			}
		}
		return errors.Join(w.InsertKey(a), w.InsertKey(b), w.InsertKey(c))
	})
	read(t, s, func(r model.Reader) error {
		owned, err := r.KeysOwned(1, 100)
		same(t, "the keys that somebody owns", []model.Key{a}, owned, err)
		shown, err := r.SecretsShown(person(1, "ada"), 100)
		same(t, "the secrets that they were shown", map[model.KeyID]model.Generation{a.ID: 3}, shown, err)
		shown, err = r.SecretsShown(person(3, "nobody"), 100)
		same(t, "the secrets of who was shown none", map[model.KeyID]model.Generation{}, shown, err)
		return nil
	})
}

func conformSSHKeys(t *testing.T, s model.Store) {
	write(t, s, func(w model.Writer) error {
		return errors.Join(w.InsertMember(person(1, "a")), w.InsertMember(person(2, "b")))
	})
	k := model.SSHKey{ID: 1, Member: 2, Name: "läptop", Line: "ssh-ed25519 AAAA", Fingerprint: "SHA256:x", CreatedAt: noon, Seal: []byte{0, 1}}
	again := k
	again.ID = 2
	write(t, s, func(w model.Writer) error {
		if id, err := w.NextSSHKey(); err != nil || id != 1 {
			t.Errorf("next is %d, %v", id, err)
		}
		return w.InsertSSHKey(k)
	})
	wantError(t, "a key that somebody has", s, model.ErrConflict, func(w model.Writer) error { return w.InsertSSHKey(again) })
	k.RemovedAt, k.Seal = noon.Add(time.Hour), []byte{2}
	write(t, s, func(w model.Writer) error { return errors.Join(w.EndSSHKey(k), w.InsertSSHKey(again)) })
	read(t, s, func(r model.Reader) error {
		got, err := r.SSHKey(1)
		same(t, "by number", k, got, err)
		got, err = r.SSHKeyByFingerprint("SHA256:x")
		same(t, "by fingerprint", again, got, err)
		ks, err := r.SSHKeys(2)
		same(t, "of a member", []model.SSHKey{k, again}, ks, err)
		ks, err = r.SSHKeys(1)
		same(t, "of who has none", []model.SSHKey(nil), ks, err)
		_, err = r.SSHKey(9)
		missing(t, "an SSH key", err)
		_, err = r.SSHKeyByFingerprint("SHA256:y")
		missing(t, "a fingerprint", err)
		return nil
	})
}

func conformSignIns(t *testing.T, s model.Store) {
	of := func(id model.MemberID, want ...model.SignIn) {
		t.Helper()
		got, err := s.SignIns(ctx, id)
		same(t, "sign-ins", want, got, err)
	}
	of(1)
	keep := func(in model.SignIn) model.SignIn {
		t.Helper()
		if err := s.RecordSignIn(ctx, in); err != nil {
			t.Fatal(err)
		}
		return in
	}
	keep(model.SignIn{Member: 1, At: noon})
	byKey := keep(model.SignIn{Member: 1, SSHKey: 7, At: noon.Add(time.Minute)})
	other := keep(model.SignIn{Member: 2, SSHKey: 7, At: noon})
	of(1, byKey, model.SignIn{Member: 1, At: noon})
	byLogin := keep(model.SignIn{Member: 1, At: noon.Add(time.Hour)})
	of(1, byLogin, byKey)
	earlier := keep(model.SignIn{Member: 1, At: noon.Add(-time.Hour)}) // by a clock that was put right
	of(1, byKey, earlier)
	of(2, other)
	of(3)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.RecordSignIn(ended, other); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("with a context that ended: %v", err)
	}
	if _, err := s.SignIns(ended, 2); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("read with a context that ended: %v", err)
	}
	write(t, s, func(model.Writer) error { // it waits for no change
		c, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return s.RecordSignIn(c, byLogin)
	})
	of(1, byLogin, byKey)
}
