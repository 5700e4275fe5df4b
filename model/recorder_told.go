package model

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// teller makes batches of tallies as the store takes them in, one after another,
// in the same memory. All of them together tell of at most MaxMoments moments.
type teller struct {
	at    time.Time // of all moments
	batch []Tally

	hours     []HourCount
	callers   []Caller
	moments   []Moment
	room      int // for further moments
	addresses map[netip.Addr]string
	agents    map[string]string // as they are stored
	sources   []sourceTally     // of one key
	bySource  map[source]int    // where they are in sources
}

func newTeller(at time.Time) *teller {
	return &teller{at: at, room: MaxMoments, addresses: map[netip.Addr]string{}, agents: map[string]string{}, bySource: map[source]int{}}
}

// begin begins another batch, of so many keys, in place of the one before.
func (w *teller) begin(keys int) {
	w.batch, w.hours, w.callers = slices.Grow(w.batch[:0], keys), slices.Grow(w.hours[:0], keys), slices.Grow(w.callers[:0], keys)
	w.moments = slices.Grow(w.moments[:0], min(keys, w.room))
	clear(w.addresses)
	clear(w.agents)
}

// put adds what was recorded of a key to the batch.
func (w *teller) put(id KeyID, t *tally) {
	out := Tally{Usage: Usage{Key: id}}
	if t.used != 0 {
		out.At, out.Address, out.UserAgent = FromMillis(t.used), w.address(t.user.address), w.agent(t.user.agent)
	}
	hours, callers, moments := len(w.hours), len(w.callers), len(w.moments)
	for _, h := range t.hours {
		c := h.by.count()
		out.Allowed, out.Denied = out.Allowed+c.Allowed, out.Denied+c.Denied
		for i, n := range h.by {
			if n > 0 {
				w.hours = append(w.hours, HourCount{FromMillis(h.hour), reasons[i], n})
			}
		}
	}
	for c, x := range t.listed {
		n := x.by.count()
		w.callers = append(w.callers, Caller{Key: id, Address: w.address(c.address), UserAgent: w.agent(c.agent),
			First: FromMillis(x.first), Last: FromMillis(x.last), Allowed: n.Allowed, Denied: n.Denied})
	}
	w.happened(id, t)
	if t.others != nil {
		out.Unlisted = t.others.count
	}
	for k, x := range t.sights {
		out.Sightings = append(out.Sightings, Sighting{Key: id, Generation: k.generation, Address: w.address(k.address),
			First: FromMillis(x.first), Last: FromMillis(x.last), Count: x.count})
	}
	out.Hours, out.Callers, out.Moments = slices.Clip(w.hours[hours:]), slices.Clip(w.callers[callers:]), slices.Clip(w.moments[moments:])
	w.batch = append(w.batch, out)
}

func (w *teller) address(a netip.Addr) string {
	s, known := w.addresses[a]
	if !known {
		s = addressText(a)
		w.addresses[a] = s
	}
	return s
}

func (w *teller) agent(a string) string {
	s, known := w.agents[a]
	if !known {
		s = cleanAgent(a)
		w.agents[a] = s
	}
	return s
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
