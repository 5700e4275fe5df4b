package model_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// recorded runs requests through a recorder and closes it.
func (x *team) recorded(requests ...model.Request) {
	x.Helper()
	r := model.NewRecorder(x.service)
	for _, q := range requests {
		r.Record(q, x.verify(q))
	}
	if err := r.Close(ctx); err != nil {
		x.Fatal(err)
	}
}

func from(address string) netip.Addr { return netip.MustParseAddr(address) }

// Everything that the verifier decides is counted for the key, the hour, the
// outcome and the caller; strangers are counted, and not remembered.
func TestRecorder(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Scopes: []string{"read"}})
	right := model.Request{Key: k.ID, Secret: s, Address: from("::ffff:192.0.2.7"), UserAgent: "curl"}
	lacking, wrong, unknown, nameless := right, right, right, right
	lacking.Scopes = []string{"write"}
	wrong.Secret, wrong.Address = otherSecretOf(x), netip.Addr{}
	unknown.Key = "empk_zzzzzzzzzzzzzzzzzzzz"
	nameless.Key = ""
	start := x.clock.now()
	x.recorded(right, right, lacking, wrong, unknown, nameless)
	x.clock.move(time.Hour)
	last := right
	last.Address, last.UserAgent = from("fe80::1%eth0"), "wget"
	x.recorded(last, unknown)

	r, err := x.ada.KeyUsage(ctx, k.ID, model.LastDay)
	if err != nil {
		t.Fatal(err)
	}
	want := model.Usage{Key: k.ID, At: x.clock.now(), Address: "fe80::1", UserAgent: "wget", Allowed: 3, Denied: 2}
	if r.LastUsed() != want || r.Count != (model.Count{Allowed: 3, Denied: 2}) {
		t.Errorf("the totals are %+v and %+v", r.LastUsed(), r.Count)
	}
	if n := len(r.Buckets); n != 24 || r.Buckets[22].Count != (model.Count{Allowed: 2, Denied: 2}) || r.Buckets[23].Count != (model.Count{Allowed: 1}) || !r.Buckets[22].From.Equal(start) {
		t.Errorf("by the hour: %+v", r.Buckets)
	}
	if fmt.Sprint(r.Denials) != "[{missing_scope 1} {unauthenticated 1}]" {
		t.Errorf("denials: %v", r.Denials)
	}
	var callers []string
	for _, c := range r.Callers {
		callers = append(callers, fmt.Sprintf("%s %s %d %d %v", c.Address, c.UserAgent, c.Allowed, c.Denied, c.Last.Sub(start)))
	}
	if got := strings.Join(callers, ", "); got != "fe80::1 wget 1 0 1h0m0s,  curl 0 1 0s, 192.0.2.7 curl 2 1 0s" {
		t.Errorf("callers: %s", got)
	}
	strangers, err := x.store.HourlyCounts(ctx, []model.KeyID{""}, start)
	if err != nil || len(strangers) != 2 || strangers[0].Count != 2 || strangers[1].Count != 1 || strangers[0].Reason != "unauthenticated" {
		t.Errorf("strangers: %+v, %v", strangers, err)
	}
	if us, err := x.store.Usages(ctx, []model.KeyID{"", unknown.Key}); err != nil || len(us) != 0 {
		t.Errorf("of unknown keys it is kept: %+v, %v", us, err)
	}
	if cs, err := x.store.Callers(ctx, []model.KeyID{"", unknown.Key}, time.Time{}); err != nil || len(cs) != 0 {
		t.Errorf("callers of unknown keys are kept: %+v, %v", cs, err)
	}
}

// What a client calls itself is kept as text, in part, and never with a secret.
func TestRecordedUserAgents(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	for agent, want := range map[string]string{
		"":                                  "",
		"curl/8":                            "curl/8",
		"a\xffb":                            "a\uFFFDb",
		strings.Repeat("a", 200):            strings.Repeat("a", 200),
		strings.Repeat("a", 1000):           strings.Repeat("a", 200),
		strings.Repeat("é", 100):            strings.Repeat("é", 100),
		"b" + strings.Repeat("é", 99) + "é": "b" + strings.Repeat("é", 99),
		strings.Repeat("\xff", 400):         "\uFFFD",
		"x " + s.Reveal():                   "x " + model.Mask,
		"c\x1b[31m":                         "c\x1b[31m", // escaped where it is shown
	} {
		x.recorded(model.Request{Key: k.ID, Secret: s, UserAgent: agent})
		got, err := x.ada.Key(ctx, k.ID)
		if err != nil || got.Usage.UserAgent != want {
			t.Errorf("%q is kept as %q, %v; want %q", agent, got.Usage.UserAgent, err, want)
		}
		x.clock.move(time.Millisecond)
	}
}

// balky is a store that can refuse or hold up batches.
type balky struct {
	model.Store
	refuses atomic.Bool
	held    chan struct{} // not nil: batches wait until it is closed
	batches atomic.Int64
}

func (b *balky) RecordUsage(ctx context.Context, batch []model.Tally) error {
	if err := b.balk(); err != nil {
		return err
	}
	return b.Store.RecordUsage(ctx, batch)
}

func (b *balky) NoteUsage(ctx context.Context, notes []model.UsageNote, moments []model.Moment) error {
	if err := b.balk(); err != nil {
		return err
	}
	return b.Store.NoteUsage(ctx, notes, moments)
}

func (b *balky) balk() error {
	b.batches.Add(1)
	if b.held != nil {
		<-b.held
	}
	if b.refuses.Load() {
		return errors.New("refused")
	}
	return nil
}

func (x *team) balky() (*balky, *model.Service) {
	x.Helper()
	b := &balky{Store: x.store}
	s := model.NewService(b, x.seal, x.clock.now)
	if _, err := s.Open(ctx); err != nil {
		x.Fatal(err)
	}
	return b, s
}

// A store that fails for a while loses nothing.
func TestRecorderKeepsWhatFailed(t *testing.T) {
	x := newTeam(t)
	k, old := x.create(model.KeySpec{Application: "billing"})
	other, _ := x.create(model.KeySpec{Application: "shop"})
	_, s, err := x.ada.RegenerateSecret(ctx, k.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, service := x.balky()
	b.refuses.Store(true)
	r := model.NewRecorder(service)
	start := x.clock.now()
	round := func() {
		for _, q := range []model.Request{
			{Key: k.ID, Secret: s, Address: from("192.0.2.1"), UserAgent: "one"}, {Key: k.ID, Secret: old, Address: from("192.0.2.2")},
			{Key: other.ID, Secret: s}, {Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s},
		} {
			d, err := service.Verify(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			r.Record(q, d)
		}
	}
	for range 3 {
		round()
		if err := r.Close(ctx); err == nil || r.Health().Failure == nil {
			t.Errorf("a store that refuses: %v, %+v", err, r.Health())
		}
		x.clock.move(time.Hour)
	}
	b.refuses.Store(false)
	round()
	if err := r.Close(ctx); err != nil || r.Health() != (model.RecorderHealth{}) {
		t.Fatal(err, r.Health())
	}
	u, err := x.ada.KeyUsage(ctx, k.ID, model.LastDay)
	if err != nil || u.Count != (model.Count{Allowed: 4, Denied: 4}) || u.LastUsed().Allowed != 4 || !u.LastUsed().At.Equal(x.clock.now()) {
		t.Errorf("counted are %+v, %+v, %v", u.Count, u.LastUsed(), err)
	}
	for _, bucket := range u.Buckets[20:] {
		if bucket.Count != (model.Count{Allowed: 1, Denied: 1}) {
			t.Errorf("of an hour %+v are counted", bucket)
		}
	}
	if len(u.Callers) != 2 || u.Callers[0].Allowed+u.Callers[1].Allowed != 4 || u.Callers[0].Denied+u.Callers[1].Denied != 4 || !u.Callers[0].First.Equal(start) || !u.Callers[0].Last.Equal(x.clock.now()) {
		t.Errorf("callers: %+v", u.Callers)
	}
	if len(u.Superseded) != 1 || u.Superseded[0].Count != 4 || !u.Superseded[0].First.Equal(start) || !u.Superseded[0].Last.Equal(x.clock.now()) {
		t.Errorf("superseded: %+v", u.Superseded)
	}
	for id, want := range map[model.KeyID]int64{other.ID: 4, "": 4} {
		hs, err := x.store.HourlyCounts(ctx, []model.KeyID{id}, start)
		var n int64
		for _, h := range hs {
			n += h.Count
		}
		if err != nil || n != want {
			t.Errorf("%q: %d are counted, %v", id, n, err)
		}
	}
	ms, err := x.store.Moments(ctx, 0)
	if err != nil || len(ms) != 3 {
		t.Errorf("moments: %+v, %v", ms, err)
	}
}

// Nobody who asks waits for the store to take in what was counted.
func TestRecorderHoldsNothingUp(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	b, service := x.balky()
	b.held = make(chan struct{})
	r := model.NewRecorder(service)
	q := model.Request{Key: k.ID, Secret: s}
	n := int64(0)
	for b.batches.Load() == 0 || n < 1000 { // until a batch waits, and beyond
		d, err := service.Verify(ctx, q)
		if err != nil || !d.Allowed {
			t.Fatal(d, err)
		}
		r.Record(q, d)
		n++
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := r.Close(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("closing without patience: %v", err)
	}
	close(b.held)
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := x.ada.Key(ctx, k.ID); err != nil || got.Usage.Allowed != n {
		t.Errorf("%d of %d are counted, %v", got.Usage.Allowed, n, err)
	}
}

// However many recorders, requests and writes there are at once, each request is
// counted once, and each superseded secret.
func TestRecordersAtOnce(t *testing.T) {
	x := newTeam(t)
	var keys []model.KeyID
	secrets := map[model.KeyID]model.Secret{}
	for range 5 {
		k, old := x.create(model.KeySpec{Application: "billing"})
		keys, secrets[k.ID] = append(keys, k.ID), old
		if _, _, err := x.ada.RegenerateSecret(ctx, k.ID, 0); err != nil {
			t.Fatal(err)
		}
	}
	const each = 2000
	var done sync.WaitGroup
	for range 2 {
		r := model.NewRecorder(x.service)
		var records sync.WaitGroup
		for w := range 4 {
			records.Go(func() {
				for i := range each {
					id := keys[i/2%len(keys)]
					r.Record(model.Request{Address: from("192.0.2.1"), UserAgent: fmt.Sprint(w), Secret: secrets[id]}, model.Counted(id, []model.Reason{"ok", "unauthenticated"}[i%2]))
					if i%100 == 0 {
						if err := r.Write(ctx); err != nil {
							t.Error(err)
						}
						r.Health()
					}
				}
			})
		}
		done.Go(func() {
			records.Wait()
			if err := r.Close(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	us, err := x.store.Usages(ctx, keys)
	var c model.Count
	for _, u := range us {
		c.Allowed, c.Denied = c.Allowed+u.Allowed, c.Denied+u.Denied
	}
	if err != nil || c != (model.Count{Allowed: 4 * each, Denied: 4 * each}) {
		t.Errorf("%+v are counted, %v", c, err)
	}
	xs, err := x.store.Sightings(ctx, keys, time.Time{})
	sighted := int64(0)
	for _, s := range xs {
		sighted += s.Count
	}
	if err != nil || len(xs) != len(keys) || sighted != 4*each {
		t.Errorf("%d superseded secrets of %d keys are seen, %v", sighted, len(xs), err)
	}
}

// BenchmarkRecord measures what recording adds to a decision.
func BenchmarkRecord(b *testing.B) {
	service := model.NewService(nil, nil, time.Now)
	q := model.Request{Address: from("192.0.2.1"), UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"}
	for _, keys := range []int{1, 1000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			r, ds := model.NewUnwritten(service), make([]model.Decision, keys)
			for i := range ds {
				ds[i] = model.Counted(model.KeyID(fmt.Sprintf("empk_%020d", i)), "ok")
			}
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				for i := 0; p.Next(); i++ {
					r.Record(q, ds[i%keys])
				}
			})
		})
	}
}

// BenchmarkFlush measures what writing what was recorded costs for a key, with
// 20,000 of 100,000 in use each second.
func BenchmarkFlush(b *testing.B) {
	const keys, used = 100_000, 20_000
	store, err := storage.Create(ctx, b.TempDir()+"/team.db")
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	c := newClock()
	r, decisions := model.NewUnwritten(model.NewService(store, nil, c.now)), make([]model.Decision, keys)
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	random := rand.New(rand.NewPCG(1, 2))
	for i := range decisions {
		id := []byte("empk_00000000000000000000")
		for j := 5; j < len(id); j++ {
			id[j] = digits[random.IntN(len(digits))]
		}
		decisions[i] = model.Counted(model.KeyID(id), "ok")
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for range used {
			i := random.IntN(keys)
			r.Record(model.Request{Address: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), UserAgent: "curl/8.7.1"}, decisions[i])
		}
		c.move(time.Second)
		b.StartTimer()
		if err := r.Write(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*used), "ns/key")
}
