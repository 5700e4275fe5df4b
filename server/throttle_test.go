package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"empress/model"
)

// watch is a throttle whose clock stands still.
func watch() (*throttle, *time.Duration) {
	th, now := newThrottle(), new(time.Duration)
	th.elapsed = func() time.Duration { return *now }
	return th, now
}

// allowed counts failures until one is throttled, and returns the wait too.
func allowed(th *throttle, from string, key model.KeyID) (n int, wait time.Duration) {
	for a := netip.MustParseAddr(from); ; n++ {
		if wait = th.fail(a, key); wait > 0 {
			return n, wait
		}
	}
}

func TestThrottle(t *testing.T) {
	th, now := watch()
	*now = time.Hour
	const k1, k2 = "empk_00000000000000000001", "empk_00000000000000000002"
	check := func(from string, key model.KeyID, want int, wait time.Duration) {
		t.Helper()
		if n, w := allowed(th, from, key); n != want || w != wait {
			t.Errorf("%s %s: %d failures and then a wait of %v, want %d and %v", from, key, n, w, want, wait)
		}
	}
	check("192.0.2.1", k1, 10, 10*time.Second) // which counted 11 for the source
	check("192.0.2.1", k2, 10, 10*time.Second)
	check("192.0.2.1", "", 60-11-11, time.Second)
	check("192.0.2.2", k1, 10, 10*time.Second) // another source with the same key
	check("192.0.2.1", k1, 0, time.Second)
	*now += 3 * time.Second
	check("192.0.2.1", "", 3, time.Second)
	*now += time.Hour
	check("192.0.2.1", k1, 10, 10*time.Second)

	check("2001:db8::1", "", 60, time.Second)
	check("2001:db8::ffff:2", "", 0, time.Second) // its holder has the whole network
	check("2001:db8:0:1::1", "", 60, time.Second)
	for range 60 {
		th.fail(netip.Addr{}, "")
	}
	if th.fail(netip.Addr{}, "") == 0 {
		t.Error("unknown sources are not throttled")
	}
}

// TestThrottleMemory fails from and with more than there is room for.
func TestThrottleMemory(t *testing.T) {
	th, now := watch()
	before := unsafe.Sizeof(*th)
	for i := range 200_000 {
		*now += time.Millisecond
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if wait := th.fail(a, model.KeyID(fmt.Sprint(i))); wait > 0 {
			t.Fatalf("the first failure of %v has to wait %v", a, wait)
		}
	}
	if before > 1<<20 {
		t.Errorf("the table has %d bytes", before)
	}
	*now += time.Second
	if n, _ := allowed(th, "192.0.2.1", ""); n != 60 {
		t.Errorf("a full table throttles after %d failures", n)
	}
}

// TestOwnerIsNeverLockedOut guesses, also from where the owner is, and the
// owner is let through in between and afterwards.
func TestOwnerIsNeverLockedOut(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	_, other := x.create(model.KeySpec{Application: "edge"})
	_, secret, _ := strings.Cut(other, ":")
	guess := "token " + string(k.ID) + ":" + secret
	var first, last said
	for i := range sized(50_000, 50_000) {
		last = x.ask("/verify", "Authorization", guess)
		if i == 0 {
			first = last
		}
		if i%500 == 0 {
			x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusOK, "ok")
		}
	}
	first.is(t, http.StatusUnauthorized, model.ReasonUnauthenticated)
	last.is(t, http.StatusTooManyRequests, ReasonThrottled)
	if s, err := strconv.Atoi(last.header.Get("Retry-After")); err != nil || s < 1 || s > 10 {
		t.Errorf("Retry-After is %q", last.header.Get("Retry-After"))
	}
	x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusOK, "ok")
	r := newRequest("GET", "/verify")
	r.RemoteAddr = "198.51.100.1:1"
	r.Header.Set("Authorization", guess)
	x.send(r).is(t, http.StatusUnauthorized, model.ReasonUnauthenticated) // another source has its own allowance
}

// TestThrottledAlike compares what is said to throttled guesses: that a key
// exists shows in none.
func TestThrottledAlike(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	_, other := x.create(model.KeySpec{Application: "edge"})
	_, secret, _ := strings.Cut(other, ":")
	guesses := []string{"token " + string(k.ID) + ":" + secret, "token " + partKey + ":" + secret, "token nonsense"}
	for range 30 {
		for _, g := range guesses {
			x.ask("/verify", "Authorization", g)
		}
	}
	for _, g := range guesses {
		a := x.ask("/verify", "Authorization", g)
		a.is(t, http.StatusTooManyRequests, ReasonThrottled)
		if a.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
		}
		x.ask("/verify?limit_status=403", "Authorization", g).is(t, http.StatusForbidden, ReasonThrottled)
	}
	for range 100 { // whoever presents nothing does not guess
		x.ask("/verify").is(t, http.StatusUnauthorized, model.ReasonUnauthenticated)
	}
}

// TestThrottleAtOnce lets many fail at the same time.
func TestThrottleAtOnce(t *testing.T) {
	th, _ := watch()
	var mu sync.Mutex
	passed := 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if th.fail(netip.MustParseAddr("192.0.2.1"), "") == 0 {
					mu.Lock()
					passed++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if passed != 60 {
		t.Errorf("%d failures were not throttled", passed)
	}
}
