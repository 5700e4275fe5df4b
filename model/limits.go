package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultLifetime is how long a key works when neither its maker nor the policy
// says otherwise.
const DefaultLifetime = 365 * 24 * time.Hour

const (
	maxScopes   = 64
	maxNetworks = 64
	maxRate     = 1_000_000
)

// parseScopes checks, sorts and deduplicates scopes. A scope is one to 64 of
// a-z, 0-9 and . _ : -, and begins with a letter or a digit.
func parseScopes(in []string) ([]string, error) {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if err := noSecret("scopes", s); err != nil {
			return nil, err
		}
		if err := checkScope(s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) > maxScopes {
		return nil, invalid("scopes", "%d scopes are more than a key can have. Use at most %d.", len(out), maxScopes)
	}
	return out, nil
}

func checkScope(s string) error {
	switch {
	case !spelledAsScope(s):
		return invalid("scopes", "%q is not a scope. Use small letters, digits and . _ : - such as invoices:read.", Printable(s))
	case len(s) > maxScope:
		return invalid("scopes", "The scope %q has %d characters. Use at most %d.", Printable(s), len(s), maxScope)
	}
	return nil
}

func spelledAsScope(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || !strings.ContainsRune("._:-", rune(c))) {
			return false
		}
	}
	return true
}

// parseNetworks checks, normalises, sorts and deduplicates networks in CIDR
// notation (RFC 4632); a bare address stands for itself alone. IPv4 addresses
// mapped into IPv6 become IPv4.
func parseNetworks(in []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range in {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p, err := parseNetwork(s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	if out = slices.Compact(out); len(out) > maxNetworks {
		return nil, invalid("networks", "%d networks are more than a key can have. Use at most %d.", len(out), maxNetworks)
	}
	return out, nil
}

func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, invalid("networks", "%q is not a network. Write it like 10.0.0.0/8, or one address like 192.0.2.7.", Printable(s))
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return netip.Prefix{}, invalid("networks", "%s names an address inside a network. Write %s for the network or %s for the address.", p, p.Masked(), p.Addr())
	}
	return p, nil
}

// Rate is how many requests a key may make in a span of time. The zero value
// is no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

type rateUnit struct {
	name  string
	per   time.Duration
	alias []string
}

var rateUnits = []rateUnit{
	{"s", time.Second, []string{"s", "sec", "second"}},
	{"min", time.Minute, []string{"min", "m", "minute"}},
	{"h", time.Hour, []string{"h", "hour"}},
	{"day", 24 * time.Hour, []string{"day", "d"}},
}

// ParseRate reads "100/min"; the units are s, min, h and day. "" and "none"
// are no limit.
func ParseRate(s string) (Rate, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "none" {
		return Rate{}, nil
	}
	wrong := invalid("rate", "%q is not a rate. Write it like 100/min; the units are s, min, h and day.", Printable(s))
	count, unit, ok := strings.Cut(s, "/")
	count, unit = strings.TrimSpace(count), strings.TrimSpace(unit)
	u := slices.IndexFunc(rateUnits, func(u rateUnit) bool { return slices.Contains(u.alias, unit) })
	if !ok || u < 0 || !isCount(count) {
		return Rate{}, wrong
	}
	n, err := strconv.Atoi(count)
	if err != nil || n > maxRate {
		return Rate{}, invalid("rate", "%q is too much for a rate. Give at most %d, such as %d/%s, or none for no limit.", Printable(s), maxRate, maxRate, rateUnits[u].name)
	}
	return Rate{n, rateUnits[u].per}, nil
}

// isCount reports whether s is a number from 1 up, of any size, in digits alone.
func isCount(s string) bool {
	return s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// String is the form that ParseRate reads, "" for no limit.
func (r Rate) String() string {
	for _, u := range rateUnits {
		if r.Count > 0 && u.per == r.Per {
			return fmt.Sprintf("%d/%s", r.Count, u.name)
		}
	}
	return ""
}

// MinuteForm is how an instant is shown to people, and can be typed.
const MinuteForm = "2006-01-02 15:04 UTC"

// ParseExpiry reads when a key stops working: "never", a number of days,
// weeks or years from now ("90d", "12w", "1y"), a date ("2027-01-31", to the
// end of that day in UTC), a minute as MinuteForm shows it or an RFC 3339
// instant. The zero time is never.
func ParseExpiry(s string, now time.Time) (time.Time, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "never" {
		return time.Time{}, nil
	}
	at, ok := parseInstant(s, now)
	if !ok {
		return time.Time{}, invalid("expires", "%q is not a time. Write 90d, a date like %s, or never.",
			Printable(s), now.AddDate(0, 3, 0).UTC().Format(time.DateOnly))
	}
	at = at.UTC().Truncate(time.Millisecond)
	if !at.After(now) {
		return time.Time{}, invalid("expires", "%s has passed already. Give a time to come.", at.Format(MinuteForm))
	}
	if at.Year() > 9999 {
		return time.Time{}, invalid("expires", "%q is too far away. Write never instead.", Printable(s))
	}
	return at, nil
}

func parseInstant(s string, now time.Time) (time.Time, bool) {
	if len(s) > 1 && strings.ContainsRune("dwy", rune(s[len(s)-1])) {
		n, err := strconv.Atoi(s[:len(s)-1])
		if err != nil || n < 1 || n > 100_000 {
			return time.Time{}, false
		}
		days := map[byte][2]int{'d': {0, n}, 'w': {0, 7 * n}, 'y': {n, 0}}[s[len(s)-1]]
		return now.UTC().AddDate(days[0], 0, days[1]), true
	}
	if d, err := time.Parse(time.DateOnly, s); err == nil {
		return d.AddDate(0, 0, 1).Add(-time.Second), true
	}
	if at, err := time.Parse(MinuteForm, strings.ToUpper(s)); err == nil {
		return at, true
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	return at, err == nil
}

// ParsePast reads an instant in the past: hours, days, weeks or years before
// now ("24h", "7d"), a date ("2026-01-31", from the beginning of that day in
// UTC), a minute as MinuteForm shows it or an RFC 3339 instant.
func ParsePast(field, s string, now time.Time) (time.Time, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, err := strconv.Atoi(strings.TrimSuffix(s, "h")); err == nil && strings.HasSuffix(s, "h") && n > 0 && n < 1_000_000 {
		return now.Add(-time.Duration(n) * time.Hour), nil
	}
	if d, err := time.Parse(time.DateOnly, s); err == nil {
		return d, nil
	}
	at, ok := parseInstant(s, now)
	if !ok {
		return time.Time{}, invalid(field, "%q is not a time. Write 24h, 7d, or a date like %s.", Printable(s), now.UTC().Format(time.DateOnly))
	}
	if ahead := at.Sub(now); ahead > 0 && strings.ContainsAny(s[len(s)-1:], "dwy") {
		return now.Add(-ahead), nil
	}
	return at, nil
}
