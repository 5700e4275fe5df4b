package model_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"empress/model"
)

// brokenStore answers a write that it carried out with an error of its own.
type brokenStore struct {
	model.Store
	answer error
}

func (s *brokenStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	return errors.Join(s.Store.Write(ctx, fn), s.answer)
}

// Whatever changes is in the log once it is in the trail, and nothing else is.
func TestLog(t *testing.T) {
	x := newTeam(t)
	start := x.head().Seq
	store := &brokenStore{Store: x.store}
	var logged []model.Entry
	service := model.NewService(store, x.seal, x.clock.now).WithLog(func(es []model.Entry) { logged = append(logged, es...) })
	ada, err := service.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		t.Fatal(err)
	}
	want := func(what string) {
		t.Helper()
		all, err := ada.Entries(ctx, model.EventQuery{After: start})
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(logged, all) {
			t.Errorf("%s: %s", what, cmp.Diff(all, logged))
		}
	}
	var ids []model.KeyID
	var last model.Secret
	for _, name := range []string{"billing", "shop", "edge"} { // two events in one transaction
		k, s, err := ada.CreateKey(ctx, model.KeySpec{Application: name})
		if err != nil {
			t.Fatal(err)
		}
		ids, last = append(ids, k.ID), s
	}
	want("keys are created")
	if _, err := ada.ChangeStates(ctx, ids[:2], model.Suspended); err != nil {
		t.Fatal(err)
	}
	want("two keys change at once")
	service.LogsAtOnce(1)
	if _, err := ada.ChangeStates(ctx, ids, model.Active); err != nil {
		t.Fatal(err)
	}
	if _, err := ada.ChangeStates(ctx, ids[:2], model.Suspended); err != nil {
		t.Fatal(err)
	}
	want("more change than are kept")
	if _, err := ada.SuspendKey(ctx, ids[0]); !errors.Is(err, model.ErrConflict) {
		t.Fatal(err)
	}
	want("nothing was to be done")
	x.join("pat", model.PlainMember, model.MemberActive)
	start = x.head().Seq // that was another service's
	logged = nil
	pat, err := service.SignIn(ctx, model.Identity{Login: "pat"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pat.RevokeKey(ctx, ids[0]); err == nil {
		t.Fatal("a stranger revokes")
	}
	want("an attempt is denied")
	x.tamper("UPDATE keys SET scopes = 'admin' WHERE id = ?", string(ids[2]))
	if d, err := service.Verify(ctx, model.Request{Key: ids[2], Secret: last}); err != nil || d.Allowed {
		t.Fatal(d, err)
	}
	service.Flush(ctx)
	want("damage is found")
	if len(logged) != 2 {
		t.Errorf("%d lines for a denial and a damage", len(logged))
	}
	store.answer = model.ErrUnknown
	if _, err := ada.ResumeKey(ctx, ids[0]); !errors.Is(err, model.ErrUnknown) {
		t.Fatal(err)
	}
	if len(logged) != 2 {
		t.Errorf("a change whose outcome is unknown was logged: %+v", logged[2:])
	}
}
