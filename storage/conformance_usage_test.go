package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"empress/model"
)

const keyA, keyB model.KeyID = "empk_0000000000000000000a", "empk_0000000000000000000b"

func record(t testing.TB, s model.Store, batch ...model.Tally) {
	t.Helper()
	if err := s.RecordUsage(ctx, batch); err != nil {
		t.Fatal(err)
	}
}

// fold takes in all that was noted, none of it in vain.
func fold(t testing.TB, s model.Store) {
	t.Helper()
	if lost, err := s.FoldUsage(ctx, true); lost != 0 || err != nil {
		t.Fatalf("folding: %d requests are lost, %v", lost, err)
	}
}

func hours(counts ...model.HourCount) []model.HourCount { return counts }

func conformHours(t *testing.T, s model.Store) {
	hour := noon.Truncate(time.Hour)
	at := func(n int, r model.Reason, count int64) model.HourCount {
		return model.HourCount{Hour: hour.Add(time.Duration(n) * time.Hour), Reason: r, Count: count}
	}
	got, err := s.HourlyCounts(ctx, []model.KeyID{keyA}, noon)
	same(t, "before anything is counted", hours(), got, err)
	got, err = s.TeamCounts(ctx, noon)
	same(t, "of the team, before anything is counted", hours(), got, err)
	record(t, s,
		model.Tally{Usage: model.Usage{Key: keyA}, Hours: hours(at(0, "ok", 2), at(0, "expired", 1), at(1, "ok", 4))},
		model.Tally{Usage: model.Usage{Key: keyB}, Hours: hours(at(0, "ok", 8), at(2, "revoked", 16))},
		model.Tally{Hours: hours(at(1, "unauthenticated", 32))})
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Hours: hours(at(1, "ok", 64))})

	got, err = s.HourlyCounts(ctx, []model.KeyID{keyA}, hour)
	same(t, "of one key", hours(at(0, "expired", 1), at(0, "ok", 2), at(1, "ok", 68)), got, err)
	got, err = s.HourlyCounts(ctx, []model.KeyID{keyA, keyB}, noon) // the hour of noon counts as a whole
	same(t, "of two", hours(at(0, "expired", 1), at(0, "ok", 10), at(1, "ok", 68), at(2, "revoked", 16)), got, err)
	got, err = s.HourlyCounts(ctx, []model.KeyID{keyA, keyB}, hour.Add(time.Hour))
	same(t, "since an hour later", hours(at(1, "ok", 68), at(2, "revoked", 16)), got, err)
	got, err = s.HourlyCounts(ctx, nil, time.Time{})
	same(t, "of none", hours(), got, err)
	got, err = s.HourlyCounts(ctx, []model.KeyID{""}, hour)
	same(t, "of keys that do not exist", hours(at(1, "unauthenticated", 32)), got, err)
	got, err = s.TeamCounts(ctx, hour)
	same(t, "of the team", hours(at(0, "expired", 1), at(0, "ok", 10), at(1, "ok", 68), at(2, "revoked", 16)), got, err)
	got, err = s.TeamCounts(ctx, hour.Add(2*time.Hour))
	same(t, "of the team since later", hours(at(2, "revoked", 16)), got, err)

	counts, err := s.CountsByKey(ctx, []model.KeyID{keyA, keyB, "empk_x"}, hour)
	same(t, "by key", map[model.KeyID]model.Count{keyA: {Allowed: 70, Denied: 1}, keyB: {Allowed: 8, Denied: 16}}, counts, err)
	counts, err = s.CountsByKey(ctx, []model.KeyID{keyA, keyB}, hour.Add(2*time.Hour))
	same(t, "by key since later", map[model.KeyID]model.Count{keyB: {Denied: 16}}, counts, err)
	counts, err = s.CountsByKey(ctx, nil, hour)
	same(t, "by no key", map[model.KeyID]model.Count(nil), counts, err)
	totals, err := s.Usages(ctx, []model.KeyID{""})
	same(t, "totals of keys that do not exist", map[model.KeyID]model.Usage{}, totals, err)
}

func conformCallers(t *testing.T, s model.Store) {
	caller := func(id model.KeyID, n int, minute int, allowed, denied int64) model.Caller {
		at := noon.Add(time.Duration(minute) * time.Minute)
		return model.Caller{Key: id, Address: fmt.Sprintf("192.0.2.%d", n), UserAgent: "curl", First: at, Last: at, Allowed: allowed, Denied: denied}
	}
	list := func(since time.Time, ids ...model.KeyID) []model.Caller {
		t.Helper()
		cs, err := s.Callers(ctx, ids, since)
		if err != nil {
			t.Fatal(err)
		}
		return cs
	}
	same(t, "before anything is counted", []model.Caller(nil), list(time.Time{}, keyA), nil)
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Callers: []model.Caller{caller(keyA, 1, 5, 1, 2), caller(keyA, 2, 7, 4, 0)}},
		model.Tally{Usage: model.Usage{Key: keyB}, Callers: []model.Caller{caller(keyB, 1, 6, 0, 1)}})
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Callers: []model.Caller{caller(keyA, 1, 9, 8, 0)}})
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Callers: []model.Caller{caller(keyA, 1, 1, 0, 16)}}) // arrives late
	first := caller(keyA, 1, 1, 9, 18)
	first.Last = noon.Add(9 * time.Minute)
	same(t, "of one key", []model.Caller{first, caller(keyA, 2, 7, 4, 0)}, list(time.Time{}, keyA), nil)
	same(t, "of both", []model.Caller{first, caller(keyA, 2, 7, 4, 0), caller(keyB, 1, 6, 0, 1)}, list(time.Time{}, keyA, keyB), nil)
	same(t, "since then", []model.Caller{first, caller(keyA, 2, 7, 4, 0)}, list(noon.Add(7*time.Minute), keyA, keyB), nil)
	same(t, "of none", []model.Caller(nil), list(time.Time{}), nil)

	other := caller(keyA, 2, 8, 1, 0)
	other.UserAgent = "wget"
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Callers: []model.Caller{other}})
	same(t, "another program at the same address", []model.Caller{first, other, caller(keyA, 2, 7, 4, 0)}, list(time.Time{}, keyA), nil)

	var crowd []model.Caller
	for i := range model.MaxCallers {
		crowd = append(crowd, caller(keyA, 100+i, 20+i, 0, 2))
	}
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA, Denied: 200, Unlisted: 1}, Callers: crowd})
	cs := list(time.Time{}, keyA)
	same(t, "who was allowed stays, and of the others the latest", []model.Caller{crowd[99], crowd[3], first, other, caller(keyA, 2, 7, 4, 0)}, append(append(cs[:1:1], cs[96]), cs[97:]...), nil)
	us, err := s.Usages(ctx, []model.KeyID{keyA})
	if err != nil || len(cs) != model.MaxCallers || us[keyA].Unlisted != 1+3*2 {
		t.Errorf("%d callers are listed, and %d requests are by others, %v", len(cs), us[keyA].Unlisted, err)
	}
	for i := range crowd {
		crowd[i].Allowed, crowd[i].Denied = 1, 0
		crowd[i].Address, crowd[i].First, crowd[i].Last = fmt.Sprintf("198.51.100.%d", i), noon.Add(time.Hour), noon.Add(time.Hour)
	}
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Callers: crowd})
	same(t, "of those who were allowed the latest stay", crowd[0], list(time.Time{}, keyA)[0], nil)
	if cs := list(time.Time{}, keyA); len(cs) != model.MaxCallers || len(list(time.Time{}, keyB)) != 1 {
		t.Errorf("%d callers", len(cs))
	}
}

func conformSightings(t *testing.T, s model.Store) {
	sight := func(id model.KeyID, g model.Generation, n, minute int, count int64) model.Sighting {
		at := noon.Add(time.Duration(minute) * time.Minute)
		return model.Sighting{Key: id, Generation: g, Address: fmt.Sprintf("192.0.2.%d", n), First: at, Last: at, Count: count}
	}
	list := func(since time.Time, ids ...model.KeyID) []model.Sighting {
		t.Helper()
		xs, err := s.Sightings(ctx, ids, since)
		if err != nil {
			t.Fatal(err)
		}
		return xs
	}
	same(t, "before anything is counted", []model.Sighting(nil), list(time.Time{}), nil)
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Sightings: []model.Sighting{sight(keyA, 1, 1, 5, 1), sight(keyA, 2, 1, 6, 2)}},
		model.Tally{Usage: model.Usage{Key: keyB}, Sightings: []model.Sighting{sight(keyB, 1, 1, 7, 4)}})
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Sightings: []model.Sighting{sight(keyA, 1, 1, 9, 8)}})
	first := sight(keyA, 1, 1, 5, 9)
	first.Last = noon.Add(9 * time.Minute)
	same(t, "of all", []model.Sighting{first, sight(keyB, 1, 1, 7, 4), sight(keyA, 2, 1, 6, 2)}, list(time.Time{}), nil)
	same(t, "of one key", []model.Sighting{first, sight(keyA, 2, 1, 6, 2)}, list(time.Time{}, keyA), nil)
	same(t, "since then", []model.Sighting{first, sight(keyB, 1, 1, 7, 4)}, list(noon.Add(7*time.Minute)), nil)
	xs, err := s.Sightings(ctx, []model.KeyID{}, time.Time{})
	same(t, "of no key", []model.Sighting(nil), xs, err)

	var crowd []model.Sighting
	for i := range model.MaxCallers {
		crowd = append(crowd, sight(keyA, 3, i, 20, 1))
	}
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Sightings: crowd})
	if xs := list(time.Time{}, keyA); len(xs) != model.MaxCallers || xs[len(xs)-1].Generation != 3 || len(list(time.Time{}, keyB)) != 1 {
		t.Errorf("%d are kept, the last %+v", len(xs), xs[len(xs)-1])
	}
	var batch []model.Tally
	for i := range model.MaxWindow {
		id := model.KeyID(fmt.Sprint(i))
		batch = append(batch, model.Tally{Usage: model.Usage{Key: id}, Sightings: []model.Sighting{sight(id, 1, 1, 30, 1)}})
	}
	record(t, s, batch...)
	fold(t, s)
	if n := len(list(time.Time{})); n != model.MaxWindow {
		t.Errorf("%d of all are listed", n)
	}
}

func conformMoments(t *testing.T, s model.Store) {
	moment := func(second int, reason model.Reason) model.Moment {
		return model.Moment{At: noon.Add(time.Duration(second) * time.Second), Key: keyA, Address: "192.0.2.1", Reason: reason, Count: 3, UserAgent: "curl/8", Agents: 2}
	}
	list := func(after int64) []model.Moment {
		t.Helper()
		ms, err := s.Moments(ctx, after)
		if err != nil {
			t.Fatal(err)
		}
		return ms
	}
	same(t, "before anything is counted", []model.Moment(nil), list(0), nil)
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Moments: []model.Moment{moment(0, "ok"), moment(0, "expired")}})
	ms := list(0)
	want := moment(0, "ok")
	want.Mark = ms[0].Mark
	if same(t, "the first", want, ms[0], nil); len(ms) != 2 || ms[1].Mark <= ms[0].Mark || ms[1].Reason != "expired" {
		t.Errorf("moments: %+v", ms)
	}
	same(t, "after the first", ms[1:], list(ms[0].Mark), nil)
	later := int(model.KeepMoments / time.Second)
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Moments: []model.Moment{moment(later, "ok")}})
	if n := len(list(0)); n != 3 {
		t.Errorf("%d moments are left while none is too old", n)
	}
	record(t, s, model.Tally{Usage: model.Usage{Key: keyA}, Moments: []model.Moment{moment(later+1, "ok")}})
	last := list(0)
	if len(last) != 2 || last[0].Mark <= ms[1].Mark {
		t.Errorf("moments that are too old: %+v", last)
	}
	many := model.Tally{Usage: model.Usage{Key: keyA}}
	for range model.MaxMoments + 10 {
		many.Moments = append(many.Moments, moment(later+2, "ok"))
	}
	record(t, s, many)
	if ms := list(0); len(ms) != model.MaxMoments || ms[0].Mark <= last[1].Mark {
		t.Errorf("%d moments are left of too many", len(ms))
	}
}

// Hours are kept for long, and not for ever.
func conformUsageKept(t *testing.T, s model.Store) {
	hour := noon.Truncate(time.Hour)
	at := func(h time.Time) model.Tally {
		return model.Tally{Usage: model.Usage{Key: keyA, Allowed: 1}, Hours: hours(model.HourCount{Hour: h, Reason: "ok", Count: 1})}
	}
	record(t, s, at(hour), at(hour.Add(time.Hour)))
	later := hour.Add(model.KeepHours + time.Hour)
	for h := range 25 { // of a day, as a clock may run ahead for a while
		record(t, s, at(later.Add(time.Duration(h)*time.Hour)))
	}
	for _, read := range []func() ([]model.HourCount, error){
		func() ([]model.HourCount, error) { return s.HourlyCounts(ctx, []model.KeyID{keyA}, time.Time{}) },
		func() ([]model.HourCount, error) { return s.TeamCounts(ctx, time.Time{}) },
	} {
		got, err := read()
		if err != nil || len(got) != 26 || !got[0].Hour.Equal(hour.Add(time.Hour)) {
			t.Errorf("after 400 days there are %+v, %v", got, err)
		}
	}
	us, err := s.Usages(ctx, []model.KeyID{keyA})
	if err != nil || us[keyA].Allowed != 27 {
		t.Errorf("the totals are %+v, %v", us, err)
	}
}

// Callers and sightings are kept until they were not seen for long, of however
// many keys. Their requests are counted in any case.
func conformSeenKept(t *testing.T, s model.Store) {
	at := func(id model.KeyID, first, last time.Time, n int64) model.Tally {
		return model.Tally{Usage: model.Usage{Key: id, Allowed: n, Denied: n}, Callers: []model.Caller{{Key: id, Address: "192.0.2.1", First: first, Last: last, Allowed: n, Denied: n}},
			Sightings: []model.Sighting{{Key: id, Generation: 1, Address: "192.0.2.1", First: first, Last: last, Count: n}}}
	}
	var idle []model.KeyID
	for i := range 3 * busyKeys {
		idle = append(idle, busyKey(i))
	}
	for part := range slices.Chunk(idle, 200) {
		var batch []model.Tally
		for _, id := range part {
			batch = append(batch, at(id, noon, noon, 2))
		}
		record(t, s, batch...)
	}
	var busy []model.Tally
	for i := range 250 { // which come before the others, and stay
		busy = append(busy, at(model.KeyID(fmt.Sprintf("empj_%020d", i)), noon, noon.Add(2*model.KeepCallers), 1))
	}
	record(t, s, busy...)
	record(t, s, at(keyA, noon, noon.Add(time.Hour), 3))
	days := func(d time.Duration) (callers, sightings int) {
		t.Helper()
		day := model.Tally{Usage: model.Usage{Key: keyB}, Moments: []model.Moment{{At: noon.Add(d + 24*time.Hour), Reason: "ok", Count: 1}}}
		for i := range 25 { // a clock that runs ahead for less removes nobody
			day.Hours = append(day.Hours, model.HourCount{Hour: noon.Add(d + time.Duration(i)*time.Hour), Reason: "ok", Count: 1})
		}
		for range 10 { // as many are looked at with each batch
			record(t, s, day)
		}
		cs, err := s.Callers(ctx, append(idle, keyA), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		xs, err := s.Sightings(ctx, append(idle, keyA), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return len(cs), len(xs)
	}
	for _, step := range []struct {
		after              time.Duration
		callers, sightings int
	}{{model.KeepSightings, 901, 901}, {model.KeepSightings + time.Hour, 901, 1}, {model.KeepSightings + 2*time.Hour, 901, 0},
		{model.KeepCallers, 901, 0}, {model.KeepCallers + time.Hour, 1, 0}, {model.KeepCallers + 2*time.Hour, 0, 0}} {
		if cs, xs := days(step.after); cs != step.callers || xs != step.sightings {
			t.Errorf("after %v there are %d callers and %d sightings, want %d and %d", step.after, cs, xs, step.callers, step.sightings)
		}
	}
	us, err := s.Usages(ctx, []model.KeyID{keyA, idle[0], idle[899]})
	for id, n := range map[model.KeyID]int64{keyA: 3, idle[0]: 2, idle[899]: 2} {
		if u := us[id]; err != nil || u.Allowed != n || u.Denied != n || u.Unlisted != 2*n {
			t.Errorf("the totals are %+v, %v", u, err)
		}
	}
}

func conformSuperseded(t *testing.T, s model.Store) {
	billing, _ := peopled(t, s)
	a, b := keyOf(1, billing, 1), keyOf(2, billing, 1)
	kept := func(k model.Key, g model.Generation, day int) model.Superseded {
		return model.Superseded{Key: k.ID, Generation: g, Digest: fmt.Append(nil, k.ID, g), At: noon.AddDate(0, 0, day)}
	}
	write(t, s, func(w model.Writer) error {
		for _, k := range []model.Key{a, b} {
			if err := w.InsertKey(k); err != nil {
				return err
			}
		}
		for _, x := range []model.Superseded{kept(a, 1, 0), kept(a, 2, 1), kept(a, 3, 2), kept(b, 1, 0), kept(b, 2, 2)} {
			if err := w.KeepSuperseded(x); err != nil {
				return err
			}
		}
		return nil
	})
	of := func(k model.Key) (xs []model.Superseded) {
		t.Helper()
		read(t, s, func(r model.Reader) (err error) {
			xs, err = r.Superseded(k.ID)
			return err
		})
		return xs
	}
	forget := func(id model.KeyID, upTo model.Generation, before time.Time) {
		t.Helper()
		write(t, s, func(w model.Writer) error { return w.ForgetSuperseded(id, upTo, before) })
	}
	same(t, "the latest first", []model.Superseded{kept(a, 3, 2), kept(a, 2, 1), kept(a, 1, 0)}, of(a), nil)
	forget(a.ID, 1, time.Time{})
	same(t, "up to a generation", []model.Superseded{kept(a, 3, 2), kept(a, 2, 1)}, of(a), nil)
	same(t, "another key's", []model.Superseded{kept(b, 2, 2), kept(b, 1, 0)}, of(b), nil)
	forget("", 0, noon.AddDate(0, 0, 2))
	same(t, "from before an instant", []model.Superseded{kept(a, 3, 2)}, of(a), nil)
	same(t, "another key's from before an instant", []model.Superseded{kept(b, 2, 2)}, of(b), nil)
	again := kept(a, 3, 5)
	again.Digest = []byte("again")
	write(t, s, func(w model.Writer) error { return w.KeepSuperseded(again) })
	same(t, "in place of what was there", []model.Superseded{again}, of(a), nil)
	wantFailure(t, "of a key that does not exist", s, func(w model.Writer) error {
		return w.KeepSuperseded(model.Superseded{Key: "empk_x", Digest: []byte{1}})
	})
}
