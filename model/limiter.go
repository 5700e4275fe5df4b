package model

import (
	"sync"
	"time"
)

// limiter holds the request rates of keys in this process: for each limited
// key the theoretical arrival time of the generic cell rate algorithm (ITU-T
// I.371), with a burst of the whole rate. The zero value is ready.
type limiter struct {
	mu      sync.Mutex
	arrival map[KeyID]arrival
	rates   map[string]Rate // parsed forms; there are few different ones
}

// arrival is the theoretical arrival time of a key's next request. It means
// nothing at any other rate than that by which it was found.
type arrival struct {
	at   time.Time
	rate Rate
}

// limiterSize bounds the memory of a limiter: beyond it, keys whose allowance
// is full again are forgotten.
const limiterSize = 100_000

// unreadableWait is what whoever uses a key with a rate that cannot be read is
// told to wait.
const unreadableWait = 24 * time.Hour

// take counts one request and returns 0, or how long to wait when the key has
// used up its rate. A key that was given another rate begins with all of it.
func (l *limiter) take(id KeyID, stored string, clock func() time.Time) time.Duration {
	if stored == "" {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	rate, now := l.rate(stored), clock()
	if rate.Count == 0 { // nobody knows how much was allowed, so nothing is
		return unreadableWait
	}
	step := rate.Per / time.Duration(rate.Count)
	last, at := l.arrival[id], now
	if last.rate == rate && last.at.After(now) {
		at = last.at
	}
	if wait := at.Add(step).Sub(now) - rate.Per; wait > 0 {
		return wait
	}
	if len(l.arrival) >= limiterSize {
		l.forget(now)
	}
	l.arrival[id] = arrival{at.Add(step), rate}
	return 0
}

// readable reports whether it can be known what a stored rate allows. No rate
// allows everything.
func readable(stored string) bool {
	r, _ := ParseRate(stored)
	return stored == "" || r.Count > 0
}

func (l *limiter) rate(stored string) Rate {
	if l.arrival == nil {
		l.arrival, l.rates = map[KeyID]arrival{}, map[string]Rate{}
	}
	r, ok := l.rates[stored]
	if !ok {
		if r, _ = ParseRate(stored); len(l.rates) < 1000 {
			l.rates[stored] = r
		}
	}
	return r
}

func (l *limiter) forget(now time.Time) {
	for id, last := range l.arrival {
		if !last.at.After(now) {
			delete(l.arrival, id)
		}
	}
}
