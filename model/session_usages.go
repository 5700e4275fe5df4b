package model

import (
	"context"
	"slices"
)

// KeyTraffic is one key in a list of what is used.
type KeyTraffic struct {
	Key        Key   // with its totals
	Count            // within the span; zero when Key.Usage.Hidden
	Superseded int64 // requests with superseded secrets by callers who still present one
	Outside    int   // callers from outside of the networks that the application declared
}

// UsagePage is one window of the list of keys, with what happened to each.
type UsagePage struct {
	KeyPage
	Rows []KeyTraffic // one for each of Keys
}

// Usages returns one window of the keys that the member may see, as
// [Session.Keys] does, with what happened to each in a span. Where the member may
// not see the usage of a key it is hidden.
func (s *Session) Usages(ctx context.Context, q KeyQuery, span UsageSpan) (UsagePage, error) {
	bs, err := span.buckets(s.Now())
	if err != nil {
		return UsagePage{}, err
	}
	page, err := s.Keys(ctx, q)
	if err != nil {
		return UsagePage{}, err
	}
	shown := slices.DeleteFunc(slices.Clone(page.Keys), func(k Key) bool { return k.Usage.Hidden })
	counts, err := s.service.store.CountsByKey(ctx, idsOf(shown), bs[0].From)
	if err != nil {
		return UsagePage{}, err
	}
	out := UsagePage{page, make([]KeyTraffic, len(page.Keys))}
	for i, k := range page.Keys {
		out.Rows[i] = KeyTraffic{Key: k, Count: counts[k.ID]}
	}
	return out, s.warn(ctx, shown, out.Rows)
}

// warn fills in what needs attention.
func (s *Session) warn(ctx context.Context, shown []Key, rows []KeyTraffic) error {
	xs, err := s.sightings(ctx, shown)
	if err != nil {
		return err
	}
	cs, err := s.outsideCallers(ctx, shown)
	if err != nil {
		return err
	}
	for i := range rows {
		for _, x := range xs {
			if x.Key == rows[i].Key.ID {
				rows[i].Superseded += x.Count
			}
		}
		for _, c := range cs {
			if c.Key == rows[i].Key.ID {
				rows[i].Outside++
			}
		}
	}
	return nil
}
