package storage

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"empress/model"
)

// merging adds up tallies by key, so that each key is written once.
type merging map[model.KeyID]*model.Tally

// add takes in a copy of a tally, but for its moments. Adding the sum to the
// tables is the same as adding the tallies in order.
func (m merging) add(t model.Tally) {
	to := m[t.Key]
	if to == nil {
		to = &model.Tally{Usage: t.Usage}
		m[t.Key] = to
	} else {
		to.Usage = laterUsage(to.Usage, t.Usage)
	}
	to.Hours = summed(to.Hours, t.Hours, compareHours, addHour)
	to.Callers = summed(to.Callers, t.Callers, compareCallers, addCaller)
	to.Sightings = summed(to.Sightings, t.Sightings, compareSightings, addSighting)
}

// merged adds up tallies by key.
func merged(batch []model.Tally) []model.Tally {
	sums := merging{}
	for _, t := range batch {
		sums.add(t)
	}
	return sums.sorted()
}

// sorted lists the sums by key, as the tables do.
func (m merging) sorted() []model.Tally {
	ts := make([]model.Tally, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		ts = append(ts, *m[id])
	}
	return ts
}

// summed appends more to xs, and adds up those that are equal.
func summed[T any](xs, more []T, compare func(a, b T) int, add func(to *T, x T)) []T {
	if len(more) == 0 {
		return xs
	}
	xs = append(xs, more...)
	slices.SortFunc(xs, compare)
	n := 0
	for _, x := range xs[1:] {
		if compare(xs[n], x) == 0 {
			add(&xs[n], x)
		} else {
			n++
			xs[n] = x
		}
	}
	return xs[:n+1]
}

func laterUsage(u, v model.Usage) model.Usage {
	if v.Allowed > 0 && !v.At.Before(u.At) {
		u.Address, u.UserAgent = v.Address, v.UserAgent
	}
	u.At = latest(u.At, v.At)
	u.Allowed, u.Denied, u.Unlisted = u.Allowed+v.Allowed, u.Denied+v.Denied, u.Unlisted+v.Unlisted
	return u
}

func compareHours(a, b model.HourCount) int {
	return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Reason, b.Reason))
}

func addHour(to *model.HourCount, h model.HourCount) { to.Count += h.Count }

func compareCallers(a, b model.Caller) int {
	return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.UserAgent, b.UserAgent))
}

func addCaller(to *model.Caller, c model.Caller) {
	to.First, to.Last = earliest(to.First, c.First), latest(to.Last, c.Last)
	to.Allowed, to.Denied = to.Allowed+c.Allowed, to.Denied+c.Denied
}

func compareSightings(a, b model.Sighting) int {
	return cmp.Or(cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.Address, b.Address))
}

func addSighting(to *model.Sighting, x model.Sighting) {
	to.First, to.Last, to.Count = earliest(to.First, x.First), latest(to.Last, x.Last), to.Count+x.Count
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
