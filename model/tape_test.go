package model_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"empress/model"
)

// A tape tells of every request that was put on it, in order, and refuses one
// that it has no room for without losing any.
func TestTape(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tape, want := model.NewTape(), []model.Heard(nil)
		for range rapid.IntRange(0, 300).Draw(rt, "requests") {
			h := model.Heard{
				Key:     spread(rapid.IntRange(0, 5).Draw(rt, "key")),
				At:      rapid.Int64Range(-1<<50, 1<<50).Draw(rt, "at"),
				Reason:  rapid.SampledFrom([]model.Reason{"ok", "expired", "rate_limited"}).Draw(rt, "reason"),
				Address: rapid.SampledFrom([]netip.Addr{{}, from("192.0.2.1"), from("2001:db8::1")}).Draw(rt, "address"),
				Agent:   rapid.SampledFrom([]string{"", "curl/8", strings.Repeat("a", 200)}).Draw(rt, "agent"),
			}
			if !tape.Add(h) {
				rt.Fatal("there is no room")
			}
			want = append(want, h)
		}
		if got, err := model.PlayTape(tape.Bytes()); err != nil || !slices.Equal(got, want) {
			rt.Errorf("%+v, %v; want %+v", got, err, want)
		}
	})
}

// A tape is full when it is long, or when too many call.
func TestTapeIsBounded(t *testing.T) {
	for name, next := range map[string]func(i int) model.Heard{
		"keys": func(i int) model.Heard { return model.Heard{Key: spread(i), Reason: "ok"} },
		"callers": func(i int) model.Heard {
			return model.Heard{Reason: "ok", Address: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})}
		},
		"agents": func(i int) model.Heard { return model.Heard{Reason: "ok", Agent: strings.Repeat("a", i)} },
	} {
		tape, n := model.NewTape(), 0
		for n < 100_000 && tape.Add(next(n)) {
			n++
		}
		got, err := model.PlayTape(tape.Bytes())
		if n < 100 || n == 100_000 || len(tape.Bytes()) > 256<<10 || err != nil || len(got) != n {
			t.Errorf("%s: %d requests, %d bytes, %d told, %v", name, n, len(tape.Bytes()), len(got), err)
		}
	}
}

// No secret comes onto a tape in what a client calls itself.
func TestTapeHoldsNoSecret(t *testing.T) {
	x := newTeam(t)
	secret := otherSecretOf(x).Reveal()
	tape := model.NewTape()
	tape.Add(model.Heard{Key: spread(1), Reason: "ok", Agent: "x " + secret})
	if b := string(tape.Bytes()); strings.Contains(b, secret) || !strings.Contains(b, model.Mask) {
		t.Errorf("%q", b)
	}
}

// Whatever the bytes are, they are told or called damaged.
func FuzzPlayTape(f *testing.F) {
	tape := model.NewTape()
	for i := range 5 {
		tape.Add(model.Heard{Key: spread(i), At: int64(i), Reason: "ok", Address: from("192.0.2.1"), Agent: "curl"})
	}
	f.Add(tape.Bytes())
	f.Add([]byte{})
	f.Add([]byte{0, 3, 1, 2, 3, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := model.PlayTape(b)
		if len(got) > len(b) || len(b) > 0 && len(got) == 0 && err == nil {
			t.Errorf("%d requests in %d bytes, %v", len(got), len(b), err)
		}
		if counted := model.NewCounting().Play(b); (counted == nil) != (err == nil) {
			t.Errorf("told: %v, counted: %v", err, counted)
		}
	})
}

// Keys are spread over all parts, and neighbours are in one.
func TestUsageParts(t *testing.T) {
	last, seen := -1, map[int]bool{}
	for _, a := range "0123456789abcdefghjkmnpqrstvwxyz" {
		for _, b := range "0123456789abcdefghjkmnpqrstvwxyz" {
			p := model.UsagePart(model.KeyID("empk_" + string(a) + string(b) + strings.Repeat("0", 18)))
			if p < last || p >= model.UsageParts {
				t.Errorf("part %d after %d", p, last)
			}
			last, seen[p] = p, true
		}
	}
	if len(seen) != model.UsageParts {
		t.Errorf("%d parts", len(seen))
	}
	for _, odd := range []model.KeyID{"", "empk_", "x", "é", "empk_é0"} {
		if p := model.UsagePart(odd); p < 0 || p >= model.UsageParts {
			t.Errorf("%q is in part %d", odd, p)
		}
	}
}
