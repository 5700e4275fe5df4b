package model

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// told is the tally as the store takes it in, at an instant.
func (t *tally) told(id KeyID, at time.Time) Tally {
	out := Tally{Usage: Usage{Key: id}}
	if t.used != 0 {
		out.At, out.Address, out.UserAgent = FromMillis(t.used), addressText(t.user.address), cleanAgent(t.user.agent)
	}
	for _, h := range t.hours {
		c := h.by.count()
		out.Allowed, out.Denied = out.Allowed+c.Allowed, out.Denied+c.Denied
		for i, n := range h.by {
			if n > 0 {
				out.Hours = append(out.Hours, HourCount{FromMillis(h.hour), reasons[i], n})
			}
		}
	}
	for c, x := range t.callers {
		n := x.by.count()
		out.Callers = append(out.Callers, Caller{Key: id, Address: addressText(c.address), UserAgent: cleanAgent(c.agent),
			First: FromMillis(x.first), Last: FromMillis(x.last), Allowed: n.Allowed, Denied: n.Denied})
		out.Moments = append(out.Moments, x.by.moments(id, c.address, at)...)
	}
	out.Unlisted = t.others.count
	out.Moments = append(out.Moments, t.others.by.moments(id, netip.Addr{}, at)...)
	for k, x := range t.sights {
		out.Sightings = append(out.Sightings, Sighting{Key: id, Generation: k.generation, Address: addressText(k.address),
			First: FromMillis(x.first), Last: FromMillis(x.last), Count: x.count})
	}
	return out
}

func (b byReason) moments(id KeyID, a netip.Addr, at time.Time) (ms []Moment) {
	for i, n := range b {
		if n > 0 {
			ms = append(ms, Moment{At: at, Key: id, Address: addressText(a), Reason: reasons[i], Count: n})
		}
	}
	return ms
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// maxUserAgent is how much is kept of what a client calls itself, in bytes.
const maxUserAgent = 200

// cutAgent cuts a user agent between two runes.
func cutAgent(s string) string {
	if len(s) <= maxUserAgent {
		return s
	}
	end := maxUserAgent
	for end > maxUserAgent-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// cleanAgent is what is stored of a user agent: text, without what looks like a
// secret.
func cleanAgent(s string) string {
	return cutAgent(Redact(strings.ToValidUTF8(s, "\uFFFD")))
}
