package model

import (
	"context"
	"time"
)

// UsageStore keeps what is known of requests, apart from the keys: nothing in it
// delays or disturbs what happens to a key, and nothing is decided by it.
type UsageStore interface {
	// RecordUsage adds a batch, all of it or nothing, and keeps no part of it. The
	// tallies of a large one may be noted alone: then what this store tells lacks
	// them until FoldUsage came by, but for their moments.
	RecordUsage(ctx context.Context, batch []Tally) error
	// NoteUsage keeps tapes of requests as they are, and moments, all of them or
	// nothing, and keeps no part of its arguments: FoldUsage counts the requests.
	NoteUsage(ctx context.Context, notes []UsageNote, moments []Moment) error
	// FoldUsage takes in some of what was only noted, in whatever process:
	// called once a second, each note about a minute after it was made. With all it
	// takes in everything that was noted when it was called. It returns how many
	// requests were noted in vain, as their note is damaged.
	FoldUsage(ctx context.Context, all bool) (lost int64, err error)
	// Usages returns the totals of the given keys; unused ones are missing.
	Usages(ctx context.Context, ids []KeyID) (map[KeyID]Usage, error)
	// HourlyCounts sums the given keys by hour and reason from the hour of since
	// on, in that order.
	HourlyCounts(ctx context.Context, ids []KeyID, since time.Time) ([]HourCount, error)
	// TeamCounts is HourlyCounts for all keys at once.
	TeamCounts(ctx context.Context, since time.Time) ([]HourCount, error)
	// CountsByKey sums each of the given keys from the hour of since on; unused
	// ones are missing.
	CountsByKey(ctx context.Context, ids []KeyID, since time.Time) (map[KeyID]Count, error)
	// Callers returns who used the given keys since then, the latest first, at
	// most MaxCallers of each.
	Callers(ctx context.Context, ids []KeyID, since time.Time) ([]Caller, error)
	// Sightings returns who presented a superseded secret since then, the latest
	// first: of the given keys, or with nil the MaxWindow latest of all.
	Sightings(ctx context.Context, ids []KeyID, since time.Time) ([]Sighting, error)
	// Moments returns what was recorded after the given mark, the oldest first. Only
	// the last minutes are kept.
	Moments(ctx context.Context, after int64) ([]Moment, error)
}

// Usage is what is known of the requests made with a key.
type Usage struct {
	Key       KeyID
	At        time.Time // of the latest allowed request
	Address   string    // it came from here, when known
	UserAgent string
	Allowed   int64
	Denied    int64
	Unlisted  int64 // of all these, requests of callers that are not listed: without room, or not seen for KeepCallers
	Hidden    bool  // whoever asked may not see it, or it could not be read: the rest is zero
}

// Tally is what happened with one key since the tally before. The one without a
// key counts requests with keys that do not exist, and holds Hours alone.
type Tally struct {
	Usage     // to be added; At, Address and UserAgent of the latest allowed request
	Hours     []HourCount
	Callers   []Caller
	Sightings []Sighting
	Moments   []Moment
}

// HourCount counts requests within one hour, in UTC, that had one outcome.
type HourCount struct {
	Hour   time.Time // its beginning
	Reason Reason
	Count  int64
}

// Count is how many requests were allowed and denied.
type Count struct{ Allowed, Denied int64 }

// add counts n requests that had an outcome.
func (c *Count) add(r Reason, n int64) {
	if r == ReasonOK {
		c.Allowed += n
	} else {
		c.Denied += n
	}
}

// MaxCallers bounds how many callers, and how many who present a superseded
// secret, are remembered of one key.
const MaxCallers = 100

// Caller is who was seen using a key, or trying to. Of too many those stay that
// were ever allowed, and of these the ones seen latest: whoever guesses secrets
// pushes nobody out who knows one.
type Caller struct {
	Key         KeyID
	Application string // filled in by sessions
	Address     string // "" when unknown
	UserAgent   string // at most 200 bytes of what the client calls itself
	First       time.Time
	Last        time.Time
	Allowed     int64
	Denied      int64
	Outside     bool // filled in by sessions: allowed from outside the networks that the application declared
}

// Sighting is a caller who presents a secret that was regenerated away: denied,
// and a sign that something was forgotten when the secret was replaced.
type Sighting struct {
	Key         KeyID
	Application string // filled in by sessions
	Generation  Generation
	Address     string // "" when unknown
	First       time.Time
	Last        time.Time
	Count       int64
}

// Moment is what came from one address with one key, and had one outcome, within
// about a second.
type Moment struct {
	Mark        int64 // greater than those before it
	At          time.Time
	Key         KeyID
	Application string // filled in by sessions
	Address     string // "" when unknown, or of several that had no room in the list
	Reason      Reason
	Count       int64
	UserAgent   string // what the latest client there calls itself, at most 200 bytes
	Agents      int64  // how many user agents there were; 0 when Address is that of several
}

// How long what is counted is kept: hours, callers and sightings that are not seen
// again, and moments for a live view, of which there are MaxMoments at most.
const (
	KeepHours     = 400 * 24 * time.Hour
	KeepCallers   = 90 * 24 * time.Hour
	KeepSightings = supersededFor
	KeepMoments   = 5 * time.Minute
	MaxMoments    = 5000
)
