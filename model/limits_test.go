package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseScopes(t *testing.T) {
	for _, c := range []struct {
		in   []string
		want string
	}{
		{nil, ""},
		{[]string{"", "  "}, ""},
		{[]string{"b", "a", "b", " a "}, "a b"},
		{[]string{"invoices:read", "invoices.write", "0-x_y"}, "0-x_y invoices.write invoices:read"},
		{[]string{strings.Repeat("a", 64)}, strings.Repeat("a", 64)},
	} {
		if got, err := parseScopes(c.in); err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("parseScopes(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{"A", "Read", ".a", "_a", ":a", "-a", "a b", "a,b", "a/b", "a*", "*", "ä", "a\n", "a\x00b", strings.Repeat("a", 65)} {
		got, err := parseScopes([]string{"ok", in})
		if err == nil && in != "a\n" { // outer white space is cut
			t.Errorf("parseScopes(%q) = %q, want an error", in, got)
		}
		if err != nil {
			wantAdvice(t, err)
		}
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("s%d", i)
	}
	if _, err := parseScopes(many[:64]); err != nil {
		t.Errorf("64 scopes: %v", err)
	}
	if _, err := parseScopes(many); err == nil {
		t.Error("65 scopes are accepted")
	} else {
		wantAdvice(t, err)
	}
}

// What is written as told, and only too long or too large, is told the limit.
func TestLimitsAreNamed(t *testing.T) {
	_, err := parseScopes([]string{strings.Repeat("a", 65)})
	_, err2 := ParseRate("99999999999/min")
	_, err3 := ParseRate("99999999999999999999999/m")
	for _, c := range []struct {
		err  error
		want string
	}{
		{err, "has 65 characters. Use at most 64."},
		{CheckDemand("", []string{strings.Repeat("a", 65)}), "has 65 characters. Use at most 64."},
		{err2, "Give at most 1000000, such as 1000000/min, or none for no limit."},
		{err3, "Give at most 1000000, such as 1000000/min"},
	} {
		if !strings.Contains(Sentence(c.err), c.want) {
			t.Errorf("%v; want %q", c.err, c.want)
		}
		wantAdvice(t, c.err)
	}
	for _, in := range []string{"01/min", "0/min", "-1/min", "1.5/min", "9999999999/week"} {
		if _, err := ParseRate(in); !strings.Contains(Sentence(err), "is not a rate") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestParseNetworks(t *testing.T) {
	for _, c := range []struct {
		in   []string
		want string
	}{
		{nil, ""},
		{[]string{" "}, ""},
		{[]string{"10.0.0.0/8"}, "10.0.0.0/8"},
		{[]string{"192.0.2.7"}, "192.0.2.7/32"},
		{[]string{"2001:DB8::1"}, "2001:db8::1/128"},
		{[]string{"2001:db8::/32", "10.0.0.0/8", "10.0.0.0/8"}, "10.0.0.0/8 2001:db8::/32"},
		{[]string{"::ffff:192.0.2.7"}, "192.0.2.7/32"}, // mapped IPv4 is IPv4
		{[]string{"::ffff:10.0.0.0/104"}, "10.0.0.0/8"},
		{[]string{"::ffff:0:0/96"}, "0.0.0.0/0"},
		{[]string{"0.0.0.0/0", "::/0"}, "0.0.0.0/0 ::/0"},
	} {
		if got, err := parseNetworks(c.in); err != nil || joinNetworks(got, " ") != c.want {
			t.Errorf("parseNetworks(%q) = %q, %v; want %q", c.in, joinNetworks(got, " "), err, c.want)
		}
	}
	for _, in := range []string{"x", "10.0.0.1/8", "10.0.0.0/33", "10.0.0/8", "010.0.0.1", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "fe80::1%eth0", "fe80::%eth0/64",
		"2001:db8::1/32", "::ffff:10.0.0.1/104", "::ffff:10.0.0.0/64", "1.2.3.4:80", "example.com", "\x1b[31m"} {
		got, err := parseNetworks([]string{in})
		if err == nil {
			t.Errorf("parseNetworks(%q) = %v, want an error", in, got)
			continue
		}
		wantAdvice(t, err)
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("10.0.0.%d", i)
	}
	if _, err := parseNetworks(many); err == nil {
		t.Error("65 networks are accepted")
	}
}

func TestWithinNetworks(t *testing.T) {
	for _, c := range []struct {
		stored, address string
		want            bool
	}{
		{"", "", true},
		{"", "192.0.2.7", true},
		{"192.0.2.0/24", "192.0.2.7", true},
		{"192.0.2.0/24", "::ffff:192.0.2.7", true},
		{"192.0.2.0/24", "192.0.3.7", false},
		{"192.0.2.0/24", "", false}, // unknown is nowhere
		{"10.0.0.0/8 2001:db8::/32", "2001:db8::1", true},
		{"fe80::/10", "fe80::1%eth0", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"::/0", "192.0.2.7", false},
		{"damaged", "192.0.2.7", false},
	} {
		var a netip.Addr
		if c.address != "" {
			a = netip.MustParseAddr(c.address)
		}
		if got := withinNetworks(c.stored, a); got != c.want {
			t.Errorf("%q within %q: %v", c.address, c.stored, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "none": "", "  ": "", "1/s": "1/s", "100/min": "100/min", "100 / min": "100/min", "100/m": "100/min", "5/minute": "5/min",
		"7/sec": "7/s", "7/second": "7/s", "9/hour": "9/h", "9/h": "9/h", "1000000/d": "1000000/day", "3/day": "3/day",
	} {
		got, err := ParseRate(in)
		if err != nil || got.String() != want {
			t.Errorf("ParseRate(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"0/s", "-1/s", "+1/s", "01/s", "1.5/s", "1e3/s", "1000001/s", "99999999999999999999/s", "100", "/min", "100/", "100/week", "100/MIN", "1 0/s", "1//s", "1/s/s", "NONE", "\x1b"} {
		got, err := ParseRate(in)
		if err == nil {
			t.Errorf("ParseRate(%q) = %q, want an error", in, got)
			continue
		}
		wantAdvice(t, err)
	}
}

func TestParseExpiry(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"never":                     "",
		" Never ":                   "",
		"1d":                        "2026-03-02T12:30:00Z",
		"90D":                       "2026-05-30T12:30:00Z",
		"2w":                        "2026-03-15T12:30:00Z",
		"1y":                        "2027-03-01T12:30:00Z",
		"2026-03-01":                "2026-03-01T23:59:59Z", // the end of today
		"2027-01-31":                "2027-01-31T23:59:59Z",
		"2028-02-29":                "2028-02-29T23:59:59Z",
		"2026-03-01T12:30:01Z":      "2026-03-01T12:30:01Z",
		"2027-01-31t10:00:00z":      "2027-01-31T10:00:00Z",
		"2027-01-31T10:00:00+02:00": "2027-01-31T08:00:00Z",
		"9999-12-31":                "9999-12-31T23:59:59Z",
	} {
		got, err := ParseExpiry(in, now)
		text := ""
		if !got.IsZero() {
			text = got.Format(time.RFC3339)
		}
		if err != nil || text != want || got.Location() != time.UTC {
			t.Errorf("ParseExpiry(%q) = %s, %v; want %s", in, text, err, want)
		}
	}
	for _, in := range []string{"", "0d", "-1d", "1.5d", "d", "1", "90", "1 d", "1m", "100001d", "9000y", "99999999999999999999d", "2026-02-30", "2026-13-01", "2026-02-28", "2026-03-01T12:30:00Z",
		"2026-03-01T12:29:59Z", "2025-01-01", "0000-01-01", "10000-01-01", "9999-12-31T23:59:59-10:00", "2027-1-1", "01.02.2027", "tomorrow", "nevermore", "forever", "\x1b[2J"} {
		got, err := ParseExpiry(in, now)
		if err == nil {
			t.Errorf("ParseExpiry(%q) = %s, want an error", in, got)
			continue
		}
		if CodeOf(err) != CodeInvalid || FieldOf(err) != "expires" {
			t.Errorf("ParseExpiry(%q): %v", in, err)
		}
		wantAdvice(t, err)
	}
}

// Expiry and instants are kept to the millisecond; nothing expires at once
// because of that.
func TestParseExpiryWithinTheMillisecond(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	if at, err := ParseExpiry("2026-03-01T12:30:00.0005Z", now); err == nil && !at.After(now) {
		t.Errorf("%s is accepted, and over already", at)
	}
}

func TestHasScopes(t *testing.T) {
	for _, c := range []struct {
		stored string
		want   []string
		has    bool
	}{
		{"", nil, true}, {"a b", nil, true}, {"a b", []string{"a"}, true}, {"a b", []string{"b", "a"}, true}, {"a b", []string{"a", "c"}, false},
		{"", []string{"a"}, false}, {"ab", []string{"a"}, false}, {"a b", []string{"a b"}, false}, {"a b", []string{""}, false}, {"a b", []string{" "}, false},
	} {
		if got := hasScopes(strings.Fields(c.stored), c.want); got != c.has {
			t.Errorf("hasScopes(%q, %q) = %v", c.stored, c.want, got)
		}
	}
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"", "none", "100/min", "1/s", "9/day", "0/s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRate(s)
		if err != nil {
			wantAdvice(t, err)
			return
		}
		if again, err := ParseRate(r.String()); err != nil || again != r || r.Count > 0 && r.String() == "" {
			t.Errorf("%q is %v, written %q, which is %v, %v", s, r, r.String(), again, err)
		}
	})
}

func FuzzParseExpiry(f *testing.F) {
	for _, s := range []string{"never", "90d", "12w", "1y", "2027-01-31", "2027-01-31T10:00:00.123+02:00"} {
		f.Add(s, int64(1_772_368_200_000))
	}
	f.Fuzz(func(t *testing.T, s string, ms int64) {
		now := time.UnixMilli(ms % 200_000_000_000_000).UTC()
		at, err := ParseExpiry(s, now)
		if err != nil {
			if FieldOf(err) != "expires" {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if at.IsZero() {
			return
		}
		if !at.After(now) || at.Year() > 9999 || !FromMillis(Millis(at)).Equal(at) {
			t.Errorf("%q at %s is %s", s, now, at)
		}
		if again, err := ParseExpiry(at.Format(time.RFC3339Nano), now); err != nil || !again.Equal(at) {
			t.Errorf("%q is %s, and that is %s, %v", s, at, again, err)
		}
	})
}

func FuzzParseNetworks(f *testing.F) {
	for _, s := range []string{"10.0.0.0/8", "192.0.2.7", "::ffff:10.0.0.0/104", "2001:db8::/32", "fe80::1%eth0"} {
		f.Add(s, "::1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		ps, err := parseNetworks([]string{a, b})
		if err != nil {
			wantAdvice(t, err)
			return
		}
		text := joinNetworks(ps, " ")
		again, err := parseNetworks(strings.Fields(text))
		if err != nil || joinNetworks(again, " ") != text {
			t.Errorf("%q, %q are %q, and that is %q, %v", a, b, text, joinNetworks(again, " "), err)
		}
		for _, p := range ps {
			if p.Addr().Is4In6() && p.Bits() >= 96 || p != p.Masked() {
				t.Errorf("%q, %q hold %s", a, b, p)
			}
		}
	})
}

func FuzzParseScopes(f *testing.F) {
	f.Add("invoices:read", "a b")
	f.Fuzz(func(t *testing.T, a, b string) {
		out, err := parseScopes([]string{a, b})
		if err != nil {
			wantAdvice(t, err)
			return
		}
		if !slices.IsSorted(out) || !slices.Equal(strings.Fields(strings.Join(out, " ")), out) {
			t.Errorf("%q, %q are %q", a, b, out)
		}
		if again, err := parseScopes(out); err != nil || !slices.Equal(again, out) {
			t.Errorf("%q again are %q, %v", out, again, err)
		}
	})
}
