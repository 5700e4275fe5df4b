package model_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
)

// stuckStore holds up every write until it is let go, and then fails it.
type stuckStore struct {
	model.Store
	writes atomic.Int64
	going  chan struct{}
	broken atomic.Bool
}

func (s *stuckStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	s.writes.Add(1)
	<-s.going
	if s.broken.Load() {
		return model.ErrUnavailable
	}
	return s.Store.Write(ctx, fn)
}

// A damaged row is reported beside the decision: one report at a time, each
// key once a minute until it succeeds, whatever holds the database up.
func TestDamageHoldsNothingUp(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	other, o := x.create(model.KeySpec{Application: "shop"})
	x.tamper("UPDATE keys SET scopes = 'admin'")
	stuck := &stuckStore{Store: x.store, going: make(chan struct{})}
	stuck.broken.Store(true)
	service := model.NewService(stuck, x.seal, x.clock.now)
	if _, err := service.Open(ctx); err != nil {
		t.Fatal(err)
	}
	ask := func() {
		t.Helper()
		for range 5 {
			for id, secret := range map[model.KeyID]model.Secret{k.ID: s, other.ID: o} {
				leaving, leave := context.WithCancel(ctx)
				if d, err := service.Verify(leaving, model.Request{Key: id, Secret: secret}); err != nil || d.Reason != model.ReasonRecordDamaged {
					t.Errorf("%+v, %v", d, err)
				}
				leave() // whoever asked is gone before it is written
			}
		}
	}
	begun := func() int64 { // once the goroutine has come as far as its write
		time.Sleep(20 * time.Millisecond)
		return stuck.writes.Load()
	}
	ask()
	if n := begun(); n != 1 {
		t.Errorf("%d reports at once", n)
	}
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	service.Flush(short) // does not wait for ever
	close(stuck.going)
	service.Flush(ctx)
	for range 3 { // the other key has its turn, and then neither for a minute
		ask()
		service.Flush(ctx)
	}
	if n := begun(); n != 2 {
		t.Errorf("%d attempts within a minute, want one for each key", n)
	}
	stuck.broken.Store(false)
	x.clock.move(time.Minute)
	before := x.head().Seq
	for range 3 {
		ask()
		service.Flush(ctx)
		x.clock.move(time.Minute)
	}
	if es := x.events(before); len(es) != 2 || es[0].Action != model.KeyDamaged || es[1].Action != model.KeyDamaged || es[0].Key == es[1].Key {
		t.Errorf("left %+v", es)
	}
}
