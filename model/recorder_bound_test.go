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
	model.Store
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

func (s *summing) NoteUsage(ctx context.Context, notes []model.UsageNote, _ []model.Moment) error {
	counting := model.NewCounting()
	for _, n := range notes {
		if err := counting.Play(n.Tape); err != nil {
			return err
		}
	}
	return s.RecordUsage(ctx, counting.Tallies())
}

// spread returns the i-th of keys that are in all parts alike.
func spread(i int) model.KeyID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	return model.KeyID(fmt.Sprintf("empk_%c%c%018d", digits[i%32], digits[i/32%32], i))
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
			r.Record(model.Request{}, model.Counted(spread(i), "ok"))
		}
		if err := r.Write(ctx); err == nil {
			t.Error("what was refused is called written")
		}
	}
	record()
	once := r.Health().Lost
	if once == 0 || once > keys/2 {
		t.Errorf("%d of %d are lost", once, keys)
	}
	x.clock.move(time.Hour)
	record()
	store.refuses = false
	if err := r.Write(ctx); err != nil {
		t.Fatal(err)
	}
	lost := r.Health().Lost
	if store.total+lost != 2*keys || lost > 2*once || int64(len(store.keys))+once < keys {
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

func sum(hs []model.HourCount) (n int64) {
	for _, h := range hs {
		n += h.Count
	}
	return n
}

// folds is a store that says what folding comes to.
type folds struct {
	model.Store
	lost int64
	err  error
	all  []bool // what was asked for, each time
}

func (f *folds) FoldUsage(_ context.Context, all bool) (int64, error) {
	f.all = append(f.all, all)
	return f.lost, f.err
}

// What the store cannot take in of its notes is told, and nothing is recorded
// twice for that. A recorder that is closed has it take in everything.
func TestRecorderTellsOfFolding(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	f := &folds{Store: x.store, lost: 3, err: errors.New("damaged")}
	r := model.NewRecorder(model.NewService(f, x.seal, x.clock.now))
	q := model.Request{Key: k.ID, Secret: s}
	r.Record(q, x.verify(q))
	if err := r.Close(ctx); !errors.Is(err, f.err) || !errors.Is(r.Health().Failure, f.err) || r.Health().Lost != 3*int64(len(f.all)) {
		t.Errorf("%v, %+v", err, r.Health())
	}
	if err := r.Write(ctx); !errors.Is(err, f.err) {
		t.Errorf("once more: %v", err)
	}
	f.lost, f.err = 0, nil
	before := r.Health().Lost
	if err := r.Close(ctx); err != nil || r.Health() != (model.RecorderHealth{Lost: before}) {
		t.Errorf("%v, %+v", err, r.Health())
	}
	if n := len(f.all); !f.all[n-1] || f.all[n-2] || !f.all[n-3] {
		t.Errorf("everything was asked for: %v", f.all)
	}
	if got, err := x.ada.Key(ctx, k.ID); err != nil || got.Usage.Allowed != 1 {
		t.Errorf("%+v, %v", got.Usage, err)
	}
}

// With very many keys each request is counted once the recorder is closed, and
// until then the live view has as much as there is room for.
func TestRecorderOfManyKeys(t *testing.T) {
	x := newTeam(t)
	r := model.NewRecorder(x.service)
	const keys = model.MaxMoments + 1000
	var ids []model.KeyID
	for i := range keys {
		ids = append(ids, spread(i))
	}
	for round := range 2 {
		x.clock.move(time.Second)
		for i, id := range ids {
			r.Record(model.Request{Address: from("192.0.2.1"), UserAgent: "curl"}, model.Counted(id, []model.Reason{"ok", "expired"}[i%2]))
			if i%100 == 0 {
				r.Record(model.Request{Address: from("192.0.2.2")}, model.Counted(id, "ok"))
			}
		}
		if err := r.Write(ctx); err != nil {
			t.Fatal(err)
		}
		ms, err := x.store.Moments(ctx, 0)
		if wide := 500 * (round + 1); err != nil || len(ms) < wide || len(ms) > model.MaxMoments {
			t.Errorf("round %d: %d moments, %v", round, len(ms), err)
		}
		parts := map[int]bool{}
		for _, m := range ms {
			parts[model.UsagePart(m.Key)] = true
		}
		if len(parts) != model.UsageParts {
			t.Errorf("the moments are of %d parts of the keys", len(parts))
		}
	}
	if hs, err := x.store.TeamCounts(ctx, time.Time{}); err != nil || sum(hs) == 0 || sum(hs) >= keys {
		t.Errorf("%d requests are counted before their notes are taken in, %v", sum(hs), err)
	}
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	us, err := x.store.Usages(ctx, ids[:2])
	want := map[model.KeyID]model.Usage{ids[0]: {Key: ids[0], At: x.clock.now(), Address: "192.0.2.2", Allowed: 4}, ids[1]: {Key: ids[1], Denied: 2}}
	if err != nil || us[ids[0]] != want[ids[0]] || us[ids[1]] != want[ids[1]] {
		t.Errorf("%+v, %v", us, err)
	}
	cs, err := x.store.Callers(ctx, ids[:1], time.Time{})
	if err != nil || len(cs) != 2 || cs[0].Allowed != 2 || cs[1].Allowed != 2 {
		t.Errorf("%+v, %v", cs, err)
	}
	hs, err := x.store.TeamCounts(ctx, time.Time{})
	if err != nil || len(hs) != 2 || hs[0].Count != keys || hs[1].Count != keys+2*keys/100 {
		t.Errorf("%+v, %v", hs, err)
	}
}
