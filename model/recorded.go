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

var keyFields = [...]field[Key]{
	{"owner", func(k Key) string { return k.Owner }},
	{"purpose", func(k Key) string { return k.Purpose }},
	{"scopes", Key.ScopeList},
	{"networks", Key.NetworkList},
	{"rate", func(k Key) string { return k.Rate.String() }},
	{"expiry", expiryText},
	{"state", func(k Key) string { return string(k.State) }},
	{"weakness", Key.Weakness},
	{reasonToRotate, func(k Key) string { return k.Due.String() }},
}

// reasonToRotate is the field that tells the due marks of a key.
const reasonToRotate = "reason to rotate"

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
	{"networks", Application.NetworkList},
}

// The fields of an event that tell of another name, and of one that is kept for
// an application.
const (
	applicationName = "name"
	reservedName    = "reserved name"
)

var policyFields = []field[Policy]{
	{"support contact", func(p Policy) string { return p.Support }},
	{"default lifetime", func(p Policy) string { return counted(p.DefaultLifetime, "day") }},
	{"longest lifetime", func(p Policy) string { return counted(p.LongestLifetime, "day") }},
	{"time until a key counts as unused", func(p Policy) string { return counted(p.UnusedAfter, "day") }},
	{"time until a secret is due", func(p Policy) string { return counted(p.SecretDueAfter, "day") }},
	{"rule on keys that never expire", func(p Policy) string {
		if p.NeverAllowed {
			return ""
		}
		return "not allowed"
	}},
	{"time until an idle screen signs out", func(p Policy) string { return counted(p.IdleSignOut, "minute") }},
}

// counted writes a number with its unit, "" for none.
func counted(n int, unit string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

var grantFields = []field[GivenGrant]{
	{grantNumber, func(g GivenGrant) string {
		if g.ID == 0 {
			return ""
		}
		return strconv.FormatInt(g.ID, 10)
	}},
	{"member", func(g GivenGrant) string { return g.Email }},
	{"permission", func(g GivenGrant) string { return string(g.Permission) }},
	{"application", func(g GivenGrant) string { return g.Application }},
	{"until", func(g GivenGrant) string { return instantText(g.Until) }},
	{"end", func(g GivenGrant) string { return instantText(g.EndedAt) }},
}

func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// ownedSSHKey is an SSH key with the email of whom it stands for.
type ownedSSHKey struct {
	SSHKey
	email string
}

var sshKeyFields = []field[ownedSSHKey]{
	{sshKeyNumber, func(k ownedSSHKey) string {
		if k.ID == 0 {
			return ""
		}
		return strconv.FormatInt(k.ID, 10)
	}},
	{"member", func(k ownedSSHKey) string { return k.email }},
	{"name", func(k ownedSSHKey) string { return k.Name }},
	{"fingerprint", func(k ownedSSHKey) string { return k.Fingerprint }},
	{"end", func(k ownedSSHKey) string { return instantText(k.RemovedAt) }},
}

// sshKeyNumber is the field that tells the SSH keys in the trail apart.
const sshKeyNumber = "ssh key"

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

// asWhole lists all facts of a row that replaces one which nobody can trust.
func asWhole[T any](fields []field[T], row T) []Change {
	cs := make([]Change, len(fields))
	for i, f := range fields {
		cs[i] = Change{f.name, "not trusted", f.of(row)}
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

// creation is what the trail knows of a row beside its fields: the instant of the
// event that it began with.
const creation = "creation"

// begun returns what the event of a new row says.
func begun(e Event) facts {
	return facts{creation: instantText(e.At)}.learned(e)
}

// compareCreation compares what is not sealed, as no decision depends on it.
func compareCreation(r *AuditReport, what string, at time.Time, said facts) {
	if now := instantText(at); now != said[creation] {
		r.add("the time of the creation of %s is %s, but the trail says %s: it was changed outside empress", what, now, said[creation])
	}
}

// compare reports the facts of a row that the trail says otherwise. Said is what it
// says of each field, by its place.
func compare[T any](r *AuditReport, what string, fields []field[T], row T, said func(int) string) {
	for i, f := range fields {
		if now := f.of(row); now != said(i) {
			r.add("the %s of %s is %q, but the trail says %q: an old row was put back", f.name, what, now, said(i))
		}
	}
}

// compareFacts is compare by names.
func compareFacts[T any](r *AuditReport, what string, fields []field[T], row T, said facts) {
	compare(r, what, fields, row, func(i int) string { return said[fields[i].name] })
}

// trail is what the chain says of every row, while the audit walks it.
type trail struct {
	keys         keyTrail
	members      map[string]facts  // by email
	grants       map[string]facts  // by number
	sshKeys      map[string]facts  // by number
	applications map[string]facts  // by name
	formerNames  map[string]string // what is called how now
	policy       facts             // nil when it was never changed
	team         facts             // when it was founded
}

func newTrail() trail {
	return trail{keys: newKeyTrail(), members: map[string]facts{}, grants: map[string]facts{}, sshKeys: map[string]facts{},
		applications: map[string]facts{}, formerNames: map[string]string{}}
}

// learn takes in an event of something that was done.
func (t *trail) learn(e Event) {
	switch e.Action {
	case TeamCreated:
		t.team, t.members[e.Member] = begun(e), begun(e)
	case MemberAdded:
		t.members[e.Member] = begun(e)
	case MemberEdited, MemberRoleChanged, MemberWasSuspended, MemberResumed, MemberWasRemoved, MemberRecovered:
		t.members[e.Member] = t.members[e.Member].learned(e)
	case GrantGiven:
		said := begun(e)
		t.grants[said[grantNumber]] = said
	case GrantTaken:
		ended(t.grants, grantNumber, e)
	case SSHKeyAdded:
		said := begun(e)
		t.sshKeys[said[sshKeyNumber]] = said
	case SSHKeyRemoved:
		ended(t.sshKeys, sshKeyNumber, e)
	case ApplicationCreated:
		t.applications[e.Application] = begun(e)
	case ApplicationEdited:
		if name := e.change(applicationName); name.Before != "" {
			t.rename(name.Before, name.After)
		}
		if name := e.change(reservedName).After; name != "" {
			t.formerNames[name] = e.Application
		}
		t.applications[e.Application] = t.applications[e.Application].learned(e)
	case PolicyChanged:
		t.policy = t.policy.learned(e)
	case SealingKeyReplaced:
		t.keys.resealed()
	case KeyDamaged, ClockReset, BackupMade, TeamRestored, TeamMoved, SessionOpened:
	default:
		if e.Key != "" {
			t.keys.learn(e)
		}
	}
}

// ended takes in the end of a row that the event tells by its number.
func ended(rows map[string]facts, field string, e Event) {
	number := e.change(field).Before
	rows[number] = rows[number].learned(e)
	rows[number][field] = number
}

// rename calls an application by another name in all that the trail said.
func (t *trail) rename(before, after string) {
	t.applications[after] = t.applications[before]
	delete(t.applications, before)
	for _, said := range t.grants {
		if said["application"] == before {
			said["application"] = after
		}
	}
	t.keys.rename(before, after)
	for name, now := range t.formerNames {
		if now == before {
			t.formerNames[name] = after
		}
	}
	t.formerNames[before] = after
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
