package model_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// A million attackers fill neither memory nor the file, and push nobody out of
// the list of callers who knows the secret.
func TestRecorderIsBounded(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	q := model.Request{Key: k.ID, Secret: s, Address: from("192.0.2.1"), UserAgent: "nightly"}
	b, service := x.balky()
	b.refuses.Store(true)
	r := model.NewRecorder(service)
	attackers := 1_000_000
	if racing {
		attackers = 50_000
	}
	memory := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := memory()
	denied := x.verify(model.Request{Key: k.ID, Secret: otherSecretOf(x)})
	stranger := x.verify(model.Request{Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s})
	wrong := otherSecretOf(x)
	for i := range attackers {
		a := netip.AddrFrom4([4]byte{byte(11 + i>>24), byte(i >> 16), byte(i >> 8), byte(i)})
		r.Record(model.Request{Key: k.ID, Secret: wrong, Address: a, UserAgent: "attack"}, denied)
		r.Record(model.Request{Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: wrong, Address: a}, stranger)
		if i == attackers/2 {
			r.Record(q, x.verify(q))
		}
	}
	if grown := int64(memory()) - int64(before); grown > 8<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	if h := r.Health(); h.Unmatched == 0 || h.Lost != 0 {
		t.Errorf("%+v", h)
	}
	b.refuses.Store(false)
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	u, err := x.ada.KeyUsage(ctx, k.ID, model.LastDay)
	if err != nil || u.Count != (model.Count{Allowed: 1, Denied: int64(attackers)}) || len(u.Callers) > model.MaxCallers {
		t.Errorf("%+v by %d callers, %v", u.Count, len(u.Callers), err)
	}
	listed, kept := int64(0), false
	for _, c := range u.Callers {
		listed += c.Allowed + c.Denied
		kept = kept || c.Address == "192.0.2.1"
	}
	if !kept || listed+u.Unlisted() != int64(attackers)+1 {
		t.Errorf("listed callers made %d requests and others %d; the one who is allowed is among them: %v", listed, u.Unlisted(), kept)
	}
	ms, err := x.store.Moments(ctx, 0)
	if err != nil || len(ms) > 2*model.MaxCallers {
		t.Errorf("%d moments, %v", len(ms), err)
	}
}

// summing adds up what it is given.
type summing struct {
	*storage.Store
	refuses bool
	total   int64
	keys    map[model.KeyID]bool
}

func (s *summing) RecordUsage(_ context.Context, batch []model.Tally) error {
	if s.refuses {
		return errors.New("refused")
	}
	for _, t := range batch {
		s.keys[t.Key] = true
		for _, h := range t.Hours {
			s.total += h.Count
		}
	}
	return nil
}

// With too many keys for its memory a recorder counts on for those that it has,
// and says how many requests it did not count.
func TestRecorderWithoutRoom(t *testing.T) {
	x := newTeam(t)
	store := &summing{Store: x.store, refuses: true, keys: map[model.KeyID]bool{}}
	service := model.NewService(store, x.seal, x.clock.now)
	r := model.NewUnwritten(service)
	const keys = 200_000
	record := func() {
		for i := range keys {
			r.Record(model.Request{}, model.Counted(model.KeyID(fmt.Sprint(i)), "ok"))
		}
	}
	record()
	once := r.Health().Lost
	if once == 0 || once > keys/2 {
		t.Errorf("%d of %d are lost", once, keys)
	}
	x.clock.move(time.Hour)
	record()
	if err := r.Write(ctx); err == nil {
		t.Error("what was refused is called written")
	}
	store.refuses = false
	if err := r.Write(ctx); err != nil {
		t.Fatal(err)
	}
	lost := r.Health().Lost
	if store.total+lost != 2*keys || lost != 2*once || int64(len(store.keys))+once != keys {
		t.Errorf("%d are counted and %d lost, for %d keys", store.total, lost, len(store.keys))
	}
}

// Whoever guesses secrets of some keys hides nobody who presents a superseded
// secret of another.
func TestGuessingHidesNoSuperseded(t *testing.T) {
	x := newTeam(t)
	guessed, _ := x.create(model.KeySpec{Application: "billing"})
	k, old := x.create(model.KeySpec{Application: "billing"})
	x.regenerate(k)
	r := model.NewUnwritten(x.service)
	guess := func(id model.KeyID) {
		s, err := model.Guess()
		if err != nil {
			t.Fatal(err)
		}
		r.Record(model.Request{Key: id, Secret: s}, model.Counted(id, "unauthenticated"))
	}
	for range 100 {
		guess(guessed.ID)
	}
	if n := r.Health().Unmatched; n != 100-64 {
		t.Errorf("%d of 100 guesses are not compared", n)
	}
	for i := range 100 {
		id := model.KeyID(fmt.Sprint(i))
		for range 20 {
			guess(id)
		}
	}
	if n := r.Health().Unmatched; n != 100+2000-1024 {
		t.Errorf("%d of 2100 guesses are not compared", n)
	}
	for range 2 {
		if err := r.Write(ctx); err != nil {
			t.Fatal(err)
		}
		guess(guessed.ID)
		r.Record(model.Request{Key: k.ID, Secret: old}, model.Counted(k.ID, "unauthenticated"))
	}
	if n := r.Health().Unmatched; n != 100+2000-1024 {
		t.Errorf("%d guesses are not compared, after a batch", n)
	}
	xs, err := x.store.Sightings(ctx, nil, time.Time{})
	if err != nil || len(xs) != 1 || xs[0].Key != k.ID || xs[0].Count != 1 {
		t.Errorf("%+v, %v", xs, err)
	}
}
