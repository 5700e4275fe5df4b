package model

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Generation numbers the secrets of one key from 1; only the latest is valid.
type Generation int64

// Revision numbers the changes of one key from 1, secrets included.
type Revision int64

// State is what was decided about a key. Expiry is no state of its own: it
// follows from the time, see [Key.StateAt].
type State string

// The states. Expired is never stored.
const (
	Active    State = "active"
	Suspended State = "suspended"
	Revoked   State = "revoked"
	Expired   State = "expired"
)

// Key is one API key of one application. Its secret is not part of it.
type Key struct {
	ID            KeyID
	ApplicationID ApplicationID
	Application   string
	OwnerID       MemberID
	Owner         string // email
	Purpose       string
	Scopes        []string
	Networks      []netip.Prefix
	Rate          Rate
	CreatedAt     time.Time
	SecretAt      time.Time  // when the current secret was made
	ExpiresAt     time.Time  // zero for never
	State         State      // as stored; see StateAt
	Generation    Generation // of the current secret
	Confirmed     Generation // the latest secret whose holder said that it arrived
	Revision      Revision
	Hash          []byte // keyed hash of the current secret
	SealKey       int
	Weak          bool // the current secret was imported, and empress did not draw it
	Due           DueMarks
	Seal          []byte

	Usage    Usage     // filled in by lists and details, zero when never used; see Usage.Hidden
	Findings []Finding // filled in by lists of keys that ask for attention: why
}

// StateAt returns the state that holds at the instant now: revoked, suspended,
// expired, or active.
func (k Key) StateAt(now time.Time) State {
	if k.State == Active && !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) {
		return Expired
	}
	return k.State
}

// Unconfirmed reports that nobody said that the current secret arrived.
func (k Key) Unconfirmed() bool { return k.State != Revoked && k.Confirmed < k.Generation }

// ScopeList is the canonical, stored form of the scopes.
func (k Key) ScopeList() string { return strings.Join(k.Scopes, " ") }

// NetworkList is the canonical, stored form of the networks.
func (k Key) NetworkList() string { return joinNetworks(k.Networks, " ") }

func joinNetworks(ps []netip.Prefix, sep string) string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = p.String()
	}
	return strings.Join(words, sep)
}

// SearchText is what the filter of a list looks through, in small letters. Two
// line feeds, which nothing of it holds, stand before what is found by its
// beginning, too: the application, the owner, and the key without its prefix.
func (k Key) SearchText() string {
	id := "\n\n" + string(k.ID)
	if rest, ours := strings.CutPrefix(string(k.ID), keyPrefix); ours {
		id = "\t" + keyPrefix + "\n\n" + rest
	}
	return strings.ToLower("\n\n" + k.Application + "\n\n" + k.Owner + id + "\t" + k.Purpose)
}

// SearchPhrase is what of [Key.SearchText] a filter looks for: three letters and
// more are found anywhere, fewer at a beginning. It is "" for every key.
func SearchPhrase(filter string) string {
	filter = strings.ToLower(strings.TrimSpace(filter))
	if n := utf8.RuneCountInString(filter); n > 0 && n < 3 {
		return strings.Repeat("\n", 3-n) + filter
	}
	if rest, ours := strings.CutPrefix(filter, keyPrefix); ours {
		return keyPrefix[len(keyPrefix)-1:] + "\n\n" + rest // every key begins with the letters before
	}
	return filter
}

// credential is the part of the key that a decision or a permission depends
// on.
func (k Key) credential() Credential {
	return Credential{
		ID: k.ID, Generation: k.Generation, Hash: k.Hash, State: k.State,
		Application: k.Application, ApplicationID: k.ApplicationID, Owner: k.Owner, OwnerID: k.OwnerID,
		Scopes: k.ScopeList(), Networks: k.NetworkList(), Rate: k.Rate.String(),
		ExpiresAt: Millis(k.ExpiresAt), SealKey: k.SealKey, Weak: k.Weak, Seal: k.Seal,
	}
}

// KeySpec is what somebody asks for when creating a key. Only Application must
// be given.
type KeySpec struct {
	Application    string
	NewApplication bool   // create the application although one with almost the same name exists
	Owner          string // email or login; "" for the member who creates it
	Purpose        string
	Scopes         []string
	Networks       []string
	Rate           string
	Expires        string // as for ParseExpiry; "" for the default of the policy
}

// KeyEdit is a change to a key: nil leaves a field as it is.
type KeyEdit struct {
	Owner    *string
	Purpose  *string
	Scopes   *[]string
	Networks *[]string
	Rate     *string
	Expires  *string
}

// KeySort is the column that a list of keys is ordered by. Ties are ordered by
// api_key.
type KeySort string

// The columns that a list can be ordered by.
const (
	ByApplication KeySort = "application"
	ByOwner       KeySort = "owner"
	ByCreated     KeySort = "created"
	ByExpiry      KeySort = "expires" // never comes last
)

// KeySorts lists the columns in the order in which a screen offers them.
func KeySorts() []KeySort { return []KeySort{ByApplication, ByOwner, ByCreated, ByExpiry} }

// KeyQuery asks for one window of the list of keys.
type KeyQuery struct {
	Text        string // see SearchPhrase
	Application string // exact name
	Owner       string // email or login
	State       State  // as of now, Expired included
	Unconfirmed bool   // only those of which nobody said that the secret arrived
	Attention   Attention
	ExpiresBy   time.Time // only those that work and expire by then; zero for all
	Sort        KeySort
	Descending  bool
	Sorted      bool // however many keys match the text; see KeyPage.AsMade
	From        *Key // the window begins after this row, or ends before it when Backward
	Backward    bool // without From: the last window
	Limit       int  // rows, 1 to MaxWindow; 0 is MaxWindow

	Visible        Visible   // filled in by the session
	OwnerID        MemberID  // filled in by the session
	Now            time.Time // filled in by the session
	SecretDueUntil time.Time // filled in by the session: secrets made by then are due; zero for none by their age
	LongestExpiry  time.Time // filled in by the session: what expires later is outside the policy; zero for nothing
	NeverOutside   bool      // filled in by the session: what never expires is outside the policy
	IDs            []KeyID   // filled in by the session: for OldSecretUsed only these, at most MaxCount
}

// Visible says which keys a member may see: all, or those owned and those of
// the applications named by grants.
type Visible struct {
	All          bool
	Owner        MemberID
	Applications []ApplicationID
}

// MaxWindow bounds how many rows one query returns, MaxCount how far matches are
// counted, and MaxSorted how many are sorted.
const (
	MaxWindow = 500
	MaxCount  = 10_000
	MaxSorted = 5_000 // of the keys that match a text; more are not sorted
)

// KeyPage is one window of the list, in order.
type KeyPage struct {
	Keys  []Key
	Count int  // how many match in all, counted up to MaxCount
	Over  bool // more than MaxCount match
	More  bool // further rows follow in the direction asked for
	Next  *Key // where the next window begins, as its From; nil without More

	// AsMade says that so many keys match the text that they come in the order in
	// which they were made, whatever they were to be sorted by. A query that wants
	// them Sorted can take seconds for that.
	AsMade bool
}

// KeyCounts counts keys by their state at one instant.
type KeyCounts struct {
	Active, Suspended, Expired, Revoked int
	Expiring                            int // active, but not for 30 days more
	Unconfirmed                         int // nobody said that the secret arrived
	Undelivered                         int // active, and so by a rotation: see [NotDelivered]
	Applications                        int // that have a key which is not revoked
}

// Millis is the stored form of an instant: Unix milliseconds, 0 for the zero
// time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMillis is the inverse of Millis, in UTC.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// hasScopes reports whether all of want are among the scopes.
func hasScopes(scopes, want []string) bool {
	for _, w := range want {
		if !slices.Contains(scopes, w) {
			return false
		}
	}
	return true
}
