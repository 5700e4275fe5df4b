package model

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLimiter(t *testing.T) {
	var l limiter
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 5 {
		if wait := l.take("a", "5/min", at(now)); wait != 0 {
			t.Fatalf("request %d of 5 must wait %s", i+1, wait)
		}
	}
	if wait := l.take("a", "5/min", at(now)); wait != 12*time.Second {
		t.Errorf("the sixth request waits %s, want 12s", wait)
	}
	if wait := l.take("b", "5/min", at(now)); wait != 0 {
		t.Errorf("another key waits %s", wait)
	}
	if wait := l.take("a", "5/min", at(now.Add(12*time.Second-1))); wait != 1 {
		t.Errorf("a nanosecond before its time a request waits %s", wait)
	}
	if wait := l.take("a", "5/min", at(now.Add(12*time.Second))); wait != 0 {
		t.Errorf("after 12s a request waits %s", wait)
	}
	if wait := l.take("a", "", at(now)); wait != 0 {
		t.Errorf("without a rate a request waits %s", wait)
	}
	for _, unreadable := range []string{"x", "0/min", "-1/s", "5/week", "none"} {
		if wait := l.take("c", unreadable, at(now)); wait <= 0 {
			t.Errorf("with the rate %q a request passes", unreadable)
		}
		if readable(unreadable) {
			t.Errorf("the rate %q is readable", unreadable)
		}
	}
	if wait := l.take("a", "1000/min", at(now.Add(13*time.Second))); wait != 0 {
		t.Errorf("a raised rate still waits %s", wait)
	}
}

// A key that was given another rate has all of that, and no more, whatever it
// used of the one before.
func TestLimiterChangedRate(t *testing.T) {
	var l limiter
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		rate string
		all  int
		then time.Duration // to wait when all is used up
	}{{"2/day", 2, 12 * time.Hour}, {"1000/s", 1000, time.Millisecond}, {"100/day", 100, 864 * time.Second}, {"2/day", 2, 12 * time.Hour}, {"3/day", 3, 8 * time.Hour}, {"3/min", 3, 20 * time.Second}} {
		for i := range c.all {
			if wait := l.take("a", c.rate, at(now)); wait != 0 {
				t.Errorf("request %d at %s must wait %s", i+1, c.rate, wait)
				break
			}
		}
		if wait := l.take("a", c.rate, at(now)); wait != c.then {
			t.Errorf("over %s a request waits %s, want %s", c.rate, wait, c.then)
		}
	}
}

// In no span of time does a key pass more than its rate allows: its count at
// once, and one more for each step of time.
func TestLimiterNeverExceedsItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{rapid.IntRange(1, 20).Draw(t, "count"), rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour}).Draw(t, "per")}
		var l limiter
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		now, allowed := start, []time.Time{}
		for range rapid.IntRange(1, 100).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(rate.Per)/int64(rate.Count)*2).Draw(t, "pause")))
			wait := l.take("k", rate.String(), at(now))
			if wait < 0 || wait > rate.Per {
				t.Fatalf("a request waits %s at %s", wait, rate)
			}
			if wait == 0 {
				allowed = append(allowed, now)
			} else if again := l.take("k", rate.String(), at(now.Add(wait))); again != 0 {
				t.Fatalf("after the %s that it was told to wait a request waits %s more", wait, again)
			} else {
				now = now.Add(wait)
				allowed = append(allowed, now)
			}
		}
		step := rate.Per / time.Duration(rate.Count)
		for i := range allowed {
			for j := i; j < len(allowed); j++ {
				if most := rate.Count + int(allowed[j].Sub(allowed[i])/step) + 1; j-i+1 > most {
					t.Fatalf("%d requests in %s at %s", j-i+1, allowed[j].Sub(allowed[i]), rate)
				}
			}
		}
	})
}

func TestLimiterForgetsWhoIsFree(t *testing.T) {
	var l limiter
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range limiterSize {
		l.take(KeyID(fmt.Sprint(i)), "1/s", at(now))
	}
	if wait := l.take("0", "1/s", at(now)); wait == 0 {
		t.Error("a key that used up its rate was forgotten")
	}
	l.take("one more", "1/s", at(now.Add(2*time.Second)))
	if len(l.arrival) != 1 {
		t.Errorf("%d keys are remembered, want the last alone", len(l.arrival))
	}
}

// at is a clock that stands still.
func at(t time.Time) func() time.Time { return func() time.Time { return t } }
