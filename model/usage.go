package model

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// UsageSpan is how far back usage is looked at.
type UsageSpan string

// The spans: the last 24 hours hour by hour, the last 7 and 30 days day by day,
// in UTC; the hour or day under way is the last of them.
const (
	LastDay   UsageSpan = "24h"
	LastWeek  UsageSpan = "7d"
	LastMonth UsageSpan = "30d"
)

// UsageSpans lists the spans, the shortest first.
func UsageSpans() []UsageSpan { return []UsageSpan{LastDay, LastWeek, LastMonth} }

// Step is how much time one bucket of the span stands for.
func (s UsageSpan) Step() time.Duration {
	if s == LastDay {
		return time.Hour
	}
	return days(1)
}

// buckets are the empty buckets of the span that ends now.
func (s UsageSpan) buckets(now time.Time) ([]Bucket, error) {
	n, known := map[UsageSpan]int{LastDay: 24, LastWeek: 7, LastMonth: 30}[s]
	if !known {
		return nil, invalid("since", "Usage is shown for 24h, 7d or 30d, not for %q.", Printable(string(s)))
	}
	bs := make([]Bucket, n)
	first := now.UTC().Truncate(s.Step()).Add(-time.Duration(n-1) * s.Step())
	for i := range bs {
		bs[i].From = first.Add(time.Duration(i) * s.Step())
	}
	return bs, nil
}

// Bucket counts the requests of an hour or a day from an instant on.
type Bucket struct {
	From time.Time
	Count
}

// Denial is how many requests were denied for one reason.
type Denial struct {
	Reason Reason
	Count  int64
}

// Series is requests over a span of time.
type Series struct {
	Span    UsageSpan
	Buckets []Bucket // the oldest first, without gaps
	Count            // in all of them
	Denials []Denial // the most frequent first
}

// series sorts counts by the hour into the buckets of a span.
func (s UsageSpan) series(now time.Time, counts []HourCount) (Series, error) {
	bs, err := s.buckets(now)
	if err != nil {
		return Series{}, err
	}
	out, denials := Series{Span: s, Buckets: bs}, map[Reason]int64{}
	for _, c := range counts {
		i := int(c.Hour.Sub(bs[0].From) / s.Step())
		if c.Hour.Before(bs[0].From) || i >= len(bs) {
			continue
		}
		bs[i].add(c.Reason, c.Count)
		out.add(c.Reason, c.Count)
		if c.Reason != ReasonOK {
			denials[c.Reason] += c.Count
		}
	}
	for r, n := range denials {
		out.Denials = append(out.Denials, Denial{r, n})
	}
	slices.SortFunc(out.Denials, func(a, b Denial) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason)) })
	return out, nil
}

// UsageReport is what is known of the requests of one key, or of the keys of one
// application.
type UsageReport struct {
	Application Application
	Keys        []Key // that it is about, with their totals
	Series
	Callers    []Caller   // the latest first, at most MaxCallers
	Superseded []Sighting // the latest first, at most MaxCallers
}

// LastUsed returns the totals of whichever key was used last.
func (r UsageReport) LastUsed() (latest Usage) {
	for _, k := range r.Keys {
		if !k.Usage.At.Before(latest.At) {
			latest = k.Usage
		}
	}
	return latest
}

// Unlisted is how many requests were made by callers that are listed no longer.
func (r UsageReport) Unlisted() (n int64) {
	for _, k := range r.Keys {
		n += k.Usage.Unlisted
	}
	return n
}

// outside reports whether an address is known, and in none of the networks that
// an application declared. Without networks nothing is outside.
func (a Application) outside(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && len(a.Networks) > 0 && !slices.ContainsFunc(a.Networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// isOutside reports whether a caller was allowed from outside of the networks that
// a declared. A denied stranger is no sign that the secret is elsewhere.
func (a Application) isOutside(c Caller) bool { return c.Allowed > 0 && a.outside(c.Address) }

// superseded keeps the sightings of secrets that the given keys have replaced, and
// names the application. After a restore generations come again: then the same
// number is not superseded any more.
func superseded(xs []Sighting, of map[KeyID]Key) []Sighting {
	xs = slices.DeleteFunc(xs, func(x Sighting) bool { return x.Generation >= of[x.Key].Generation })
	for i := range xs {
		xs[i].Application = of[xs[i].Key].Application
	}
	return xs
}
