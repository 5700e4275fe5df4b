package storage_test

import (
	"fmt"
	"testing"
	"time"

	"empress/model"
)

// used is one use of a key, as it is recorded: with its hour, its caller, its
// sighting and its moment.
func used(key model.KeyID, at time.Time, address string) model.Tally {
	return model.Tally{Usage: model.Usage{Key: key, At: at, Address: address, UserAgent: "curl", Allowed: 1},
		Hours:     hours(model.HourCount{Hour: at.Truncate(time.Hour), Reason: "ok", Count: 1}),
		Callers:   []model.Caller{{Address: "192.0.2.1", UserAgent: "curl", First: at, Last: at, Allowed: 1}},
		Sightings: []model.Sighting{{Generation: 1, Address: "192.0.2.1", First: at, Last: at, Count: 1}},
		Moments:   []model.Moment{{At: at, Key: key, Address: "192.0.2.1", Reason: "ok", Count: 1}}}
}

// wantUse checks what is known of the latest use of a key.
func wantUse(t *testing.T, s model.Store, key model.KeyID, at time.Time, address string) {
	t.Helper()
	us, err := s.Usages(ctx, []model.KeyID{key})
	if u := us[key]; err != nil || !u.At.Equal(at) || u.Address != address {
		t.Errorf("last used %s from %s, not %s from %s: %v", u.At, u.Address, at, address, err)
	}
	cs, err := s.Callers(ctx, []model.KeyID{key}, time.Time{})
	if err != nil || len(cs) != 1 || !cs[0].Last.Equal(at) {
		t.Errorf("callers: %+v, %v; not %s", cs, err, at)
	}
	xs, err := s.Sightings(ctx, []model.KeyID{key}, time.Time{})
	if err != nil || len(xs) != 1 || !xs[0].Last.Equal(at) {
		t.Errorf("sightings: %+v, %v; not %s", xs, err, at)
	}
}

const decade = 10 * 365 * 24 * time.Hour

// A clock that ran ahead by years for a day, and later by fewer years for another,
// costs none of the hours that were counted before.
func TestClockAheadKeepsHours(t *testing.T) {
	h, _ := newHouse(t)
	for i := range 30 {
		record(t, h.store, used(keyA, noon.Add(time.Duration(i)*time.Hour), "a"))
	}
	at := noon.Add(29 * time.Hour)
	for _, ahead := range []time.Duration{decade, decade / 2} {
		for i := range 24 {
			record(t, h.store, used(keyA, at.Add(ahead+time.Duration(i)*time.Hour), "b"))
		}
		record(t, h.store, used(keyA, at, "a"))
	}
	counts, err := h.store.HourlyCounts(ctx, []model.KeyID{keyA}, time.Time{})
	if err != nil || len(counts) != 30+48 || !counts[0].Hour.Equal(noon.Truncate(time.Hour)) {
		t.Errorf("there are %d hours, %v", len(counts), err)
	}
	counts, err = h.store.TeamCounts(ctx, time.Time{})
	if err != nil || len(counts) != 30+48 {
		t.Errorf("of the team there are %d hours, %v", len(counts), err)
	}
}

// The latest use of a key is again what it is, with the first use after the clock
// was put right.
func TestLastUsedRecovers(t *testing.T) {
	h, _ := newHouse(t)
	for _, c := range []struct {
		at, want      time.Time
		from, address string
	}{
		{noon, noon, "a", "a"},
		{noon.Add(decade), noon.Add(decade), "b", "b"},
		{noon.Add(time.Minute), noon.Add(time.Minute), "c", "c"},
		{noon.Add(time.Second), noon.Add(time.Minute), "d", "c"}, // two processes are seldom in step
		{noon.Add(-59 * time.Minute), noon.Add(time.Minute), "e", "c"},
		{noon.Add(-59*time.Minute - 1e6), noon.Add(-59*time.Minute - 1e6), "f", "f"}, // by more than an hour they never are
	} {
		record(t, h.store, used(keyA, c.at, c.from))
		wantUse(t, h.store, keyA, c.want, c.address)
	}
	record(t, h.store, used(keyA, noon.Add(decade), "b"))
	denied := used(keyA, noon, "")
	denied.Usage = model.Usage{Key: keyA, Denied: 1}
	record(t, h.store, denied)
	if us, err := h.store.Usages(ctx, []model.KeyID{keyA}); err != nil || !us[keyA].At.Equal(noon.Add(decade)) || us[keyA].Address != "b" {
		t.Errorf("a denial makes of the latest use %+v, %v", us[keyA], err)
	}
}

// So it is for a crowd of keys, of which batches are noted first; a note that was
// left lying for long does not hide what was counted since.
func TestLastUsedOfACrowdRecovers(t *testing.T) {
	h, _ := newHouse(t)
	crowd := func(at time.Time, from string) (batch []model.Tally) {
		for i := range busyKeys {
			batch = append(batch, used(busyKey(i), at, from))
		}
		return batch
	}
	for i, at := range []time.Time{noon, noon.Add(decade), noon.Add(time.Minute)} {
		record(t, h.store, crowd(at, fmt.Sprint(i))...)
		fold(t, h.store)
		wantUse(t, h.store, busyKey(7), at, fmt.Sprint(i))
	}
	record(t, h.store, crowd(noon.Add(2*time.Minute), "noted")...)
	record(t, h.store, used(busyKey(7), noon.Add(48*time.Hour), "direct"))
	fold(t, h.store)
	wantUse(t, h.store, busyKey(7), noon.Add(48*time.Hour), "direct")
	wantUse(t, h.store, busyKey(8), noon.Add(2*time.Minute), "noted")
}
