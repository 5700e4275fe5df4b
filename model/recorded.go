package model

import (
	"slices"
	"strconv"
	"time"
)

// field is one fact of a row that the trail records, as text, and that the
// audit compares with the row.
type field[T any] struct {
	name string
	of   func(T) string
}

var keyFields = []field[Key]{
	{"owner", func(k Key) string { return k.Owner }},
	{"purpose", func(k Key) string { return k.Purpose }},
	{"scopes", Key.ScopeList},
	{"networks", Key.NetworkList},
	{"rate", func(k Key) string { return k.Rate.String() }},
	{"expiry", expiryText},
	{"state", func(k Key) string { return string(k.State) }},
}

func expiryText(k Key) string {
	if k.ID == "" {
		return ""
	}
	if k.ExpiresAt.IsZero() {
		return "never"
	}
	return k.ExpiresAt.UTC().Format("2006-01-02T15:04:05Z")
}

var memberFields = []field[Member]{
	{"name", func(m Member) string { return m.Name }},
	{"login", func(m Member) string { return m.Login }},
	{"role", func(m Member) string { return string(m.Role) }},
	{"status", func(m Member) string { return string(m.Status) }},
}

var applicationFields = []field[Application]{
	{"purpose", func(a Application) string { return a.Purpose }},
	{"contact", func(a Application) string { return a.Contact }},
}

var policyFields = []field[Policy]{
	{"support contact", func(p Policy) string { return p.Support }},
}

// givenGrant is a grant with the names that its numbers stand for.
type givenGrant struct {
	Grant
	member, application string
}

var grantFields = []field[givenGrant]{
	{grantNumber, func(g givenGrant) string {
		if g.ID == 0 {
			return ""
		}
		return strconv.FormatInt(g.ID, 10)
	}},
	{"member", func(g givenGrant) string { return g.member }},
	{"permission", func(g givenGrant) string { return string(g.Permission) }},
	{"application", func(g givenGrant) string { return g.application }},
	{"until", func(g givenGrant) string {
		if g.Until.IsZero() {
			return ""
		}
		return g.Until.UTC().Format("2006-01-02T15:04:05.000Z")
	}},
}

// grantNumber is the field that tells the grants in the trail apart.
const grantNumber = "grant"

// diff lists the facts that differ between two versions of a row.
func diff[T any](fields []field[T], before, after T) []Change {
	var cs []Change
	for _, f := range fields {
		if b, a := f.of(before), f.of(after); a != b {
			cs = append(cs, Change{f.name, b, a})
		}
	}
	return cs
}

// facts are what the trail says of a row, by the names of its fields.
type facts map[string]string

// learned returns f with what an event says.
func (f facts) learned(e Event) facts {
	if f == nil {
		f = facts{}
	}
	for _, c := range e.Changes {
		f[c.Field] = c.After
	}
	return f
}

// compare reports the facts of a row that the trail says otherwise.
func compare[T any](r *AuditReport, what string, fields []field[T], row T, said facts) {
	for _, f := range fields {
		if now := f.of(row); now != said[f.name] {
			r.add("the %s of %s is %q, but the trail says %q: an old row was put back", f.name, what, now, said[f.name])
		}
	}
}

// trail is what the chain says of every row, while the audit walks it.
type trail struct {
	keys         map[KeyID]keyFacts
	members      map[string]facts // by email
	grants       map[string]facts // by number
	applications map[string]facts // by name
	policy       facts            // nil when it was never changed
}

// keyFacts is what the chain says of a key.
type keyFacts struct {
	generation, confirmed Generation
	state                 State
	created, secretAt     time.Time
	fields                facts
}

func newTrail() trail {
	return trail{map[KeyID]keyFacts{}, map[string]facts{}, map[string]facts{}, map[string]facts{}, nil}
}

// learn takes in an event of something that was done.
func (t *trail) learn(e Event) {
	switch e.Action {
	case TeamCreated, MemberAdded:
		t.members[e.Member] = t.members[e.Member].learned(e)
	case GrantGiven:
		said := facts{}.learned(e)
		t.grants[said[grantNumber]] = said
	case ApplicationCreated:
		t.applications[e.Application] = t.applications[e.Application].learned(e)
	case PolicyChanged:
		t.policy = t.policy.learned(e)
	case KeyDamaged, ClockReset, BackupMade, TeamRestored:
	default:
		if e.Key != "" {
			t.keys[e.Key] = t.keys[e.Key].learned(e)
		}
	}
}

func (f keyFacts) learned(e Event) keyFacts {
	f.generation, f.state, f.fields = e.Generation, e.State, f.fields.learned(e)
	switch e.Action {
	case KeyCreated:
		f.created, f.secretAt = e.At, e.At
	case KeyRegenerated:
		f.secretAt = e.At
	case KeyConfirmed:
		f.confirmed = e.Generation
	}
	return f
}

// missing reports the rows that the trail knows and nothing else does any
// more, in order.
func missing[K ~string, V any](r *AuditReport, what string, left map[K]V) {
	ids := make([]K, 0, len(left))
	for id := range left {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		r.add("%s %s is in the trail but not in the database: it was deleted outside empress", what, id)
	}
}
