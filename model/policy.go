package model

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Policy is what the team decided for everybody. Lifetimes and ages are days.
type Policy struct {
	Support         string // whom to ask, in words: an email, a number, a page; "" for nobody in particular
	DefaultLifetime int    // of a key when nobody says otherwise; 0 for a year, or LongestLifetime where that is shorter, see Lifetime
	LongestLifetime int    // from the day on which an expiry is set, to the end of the last day; 0 for any
	UnusedAfter     int    // a key that was not used for longer is outside the policy; 0 for none
	SecretDueAfter  int    // a key whose secret is older is outside the policy; 0 for none
	NeverAllowed    bool   // keys may never expire, where LongestLifetime does not rule it out
	IdleSignOut     int    // minutes without a key press after which a screen signs out; 0 for never, and for an hour over SSH
	Seal            []byte
}

// newPolicy is the policy of a new team.
func newPolicy() Policy { return Policy{NeverAllowed: true} }

// Lifetime is how long a key works when nobody says otherwise.
func (p Policy) Lifetime() time.Duration {
	d := DefaultLifetime
	if p.DefaultLifetime > 0 {
		d = days(p.DefaultLifetime)
	}
	if p.LongestLifetime > 0 {
		d = min(d, days(p.LongestLifetime))
	}
	return d
}

// LifetimeWords says in words how long a key works when nobody says otherwise.
func (p Policy) LifetimeWords() string {
	switch {
	case p.DefaultLifetime > 0:
		return counted(p.DefaultLifetime, "day")
	case p.Lifetime() < DefaultLifetime:
		return counted(p.LongestLifetime, "day") + ", the longest"
	}
	return "a year"
}

// MayNeverExpire reports whether the policy allows keys that never expire.
func (p Policy) MayNeverExpire() bool { return p.NeverAllowed && p.LongestLifetime == 0 }

// outlasts reports whether an expiry, not never, is later than the policy
// allows one to be set at the instant now.
func (p Policy) outlasts(expiry, now time.Time) bool {
	return p.LongestLifetime > 0 && expiry.After(p.latestExpiry(now))
}

// latestExpiry is the end, in UTC, of the last day on which a key may expire.
// As a date stands for the end of its day, the last day can be given as one,
// and a number of days beyond the longest cannot.
func (p Policy) latestExpiry(now time.Time) time.Time {
	last := now.UTC().Add(days(p.LongestLifetime)).Truncate(days(1))
	return last.Add(days(1) - time.Millisecond)
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// PolicyEdit is a change to the policy: nil leaves a field as it is.
type PolicyEdit struct {
	Seen            *Policy // the policy that the change is made to; nil for whichever is current
	Support         *string
	DefaultLifetime *int
	LongestLifetime *int
	UnusedAfter     *int
	SecretDueAfter  *int
	NeverAllowed    *bool
	IdleSignOut     *int
}

// The most that a policy can say, in days and in minutes.
const (
	maxPolicyDays    = 36_500
	maxPolicyMinutes = 7 * 24 * 60
)

// apply puts the fields of an edit into p.
func (p *Policy) apply(e PolicyEdit) (err error) {
	if e.Support != nil {
		if p.Support, err = cleanContact("support_contact", *e.Support); err != nil {
			return err
		}
	}
	for _, n := range []struct {
		field string
		from  *int
		to    *int
		most  int
		unit  string
	}{
		{"default_lifetime", e.DefaultLifetime, &p.DefaultLifetime, maxPolicyDays, "days"},
		{"longest_lifetime", e.LongestLifetime, &p.LongestLifetime, maxPolicyDays, "days"},
		{"unused_after", e.UnusedAfter, &p.UnusedAfter, maxPolicyDays, "days"},
		{"secret_due_after", e.SecretDueAfter, &p.SecretDueAfter, maxPolicyDays, "days"},
		{"idle_sign_out", e.IdleSignOut, &p.IdleSignOut, maxPolicyMinutes, "minutes"},
	} {
		if n.from == nil {
			continue
		}
		if *n.from < 0 || *n.from > n.most {
			return invalid(n.field, "The %s is a number of %s from 0 to %d. 0 means none.", fieldWords(n.field), n.unit, n.most)
		}
		*n.to = *n.from
	}
	if e.NeverAllowed != nil {
		p.NeverAllowed = *e.NeverAllowed
	}
	if p.LongestLifetime > 0 && p.DefaultLifetime > p.LongestLifetime {
		return invalid("default_lifetime", "The default lifetime of %d days is longer than the longest of %d. Make it shorter, or the longest longer.", p.DefaultLifetime, p.LongestLifetime)
	}
	return nil
}

// Policy returns the team's policy, which every member may see.
func (s *Session) Policy(ctx context.Context) (Policy, error) {
	var p Policy
	err := s.read(ctx, func(r Reader, _ actor) (err error) {
		p, err = s.service.policy(r)
		return err
	})
	if err != nil {
		return Policy{}, err
	}
	return p, nil
}

// EditPolicy changes the fields of the policy that the edit names. Another
// policy by now than the one that was seen is ErrConflict. One that was changed
// outside empress is replaced, and the event says so. It needs policy.manage.
func (s *Session) EditPolicy(ctx context.Context, e PolicyEdit) (Policy, error) {
	var p Policy
	err := s.write(ctx, PolicyChanged, func(c *change) error {
		if err := c.me.may(PolicyManage, Target{}); err != nil {
			return err
		}
		before, err := c.service.policy(c)
		damaged := errors.Is(err, ErrDamaged)
		if err != nil && !damaged {
			return err
		}
		if e.Seen != nil && !damaged && len(diff(policyFields, *e.Seen, before)) > 0 {
			return Errorf(CodeConflict, "Somebody changed the security policy meanwhile. Look at it again before you change it.")
		}
		p = before
		if err := p.apply(e); err != nil {
			return err
		}
		c.event.Changes = diff(policyFields, before, p)
		if damaged {
			c.event.Changes, c.event.Note = asWhole(policyFields, p), "in place of a record that was changed outside empress"
		}
		if len(c.event.Changes) == 0 {
			return Errorf(CodeConflict, "The security policy says that already, so nothing changed.")
		}
		p.Seal = c.service.seals().sealPolicy(p)
		return c.SetPolicy(p)
	})
	return p, err
}

// policy reads the policy, and trusts it only with its seal.
func (s *Service) policy(r Reader) (Policy, error) {
	p, err := r.Policy()
	switch {
	case errors.Is(err, ErrNotFound):
		return newPolicy(), s.neverDecided(r)
	case err != nil:
		return Policy{}, err
	case !sealed(p.Seal, s.seals().sealPolicy(p)):
		return newPolicy(), damagedRow("the security policy")
	}
	return p, nil
}

// neverDecided returns nil when the trail tells of no policy either: a row that
// was deleted must not give everybody the freedom of a new team.
func (s *Service) neverDecided(r Reader) error {
	es, err := r.Events(EventQuery{Action: PolicyChanged})
	if err == nil && slices.ContainsFunc(es, func(e Event) bool { return e.Outcome == Done }) {
		err = damagedRow("the security policy")
	}
	return err
}

// cleanContact accepts a line that says whom to ask; it may be empty.
func cleanContact(field, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return cleanText(field, s, maxPurpose, "-_.,'’\"&()/+@#:;!?%=*<>[]–—~")
}
