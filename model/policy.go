package model

import (
	"context"
	"errors"
	"strings"
)

// Policy is what the team decided for everybody. The zero Policy is that of a
// new team.
type Policy struct {
	Support string // whom to ask, in words: an email, a number, a page; "" for nobody in particular
	Seal    []byte
}

// PolicyEdit is a change to the policy: nil leaves a field as it is.
type PolicyEdit struct {
	Seen    *Policy // the policy that the change is made to; nil for whichever is current
	Support *string
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
		if e.Support != nil {
			if p.Support, err = cleanContact("support_contact", *e.Support); err != nil {
				return err
			}
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
		return Policy{}, nil
	case err != nil:
		return Policy{}, err
	case !sealed(p.Seal, s.seals().sealPolicy(p)):
		return Policy{}, damagedRow("the security policy")
	}
	return p, nil
}

// cleanContact accepts a line that says whom to ask; it may be empty.
func cleanContact(field, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return cleanText(field, s, maxPurpose, "-_.,'’\"&()/+@#:;!?%=*<>[]–—~")
}
