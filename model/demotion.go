package model

import (
	"context"
	"slices"
)

// Standing is what somebody has from grants and what others have from theirs:
// what is to be looked at when a role or a membership ends.
type Standing struct {
	Member Member
	Held   []GivenGrant // that they hold now
	Given  []GivenGrant // that they gave to others, who hold them now
}

// Standing says where a member stands. It needs members.view; everybody sees
// their own.
func (s *Session) Standing(ctx context.Context, member string) (Standing, error) {
	var at Standing
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if at.Member, err = s.service.memberSeenBy(r, me, member); err != nil {
			return err
		}
		if at.Held, err = s.service.given(r, at.Member, s.holds); err != nil {
			return err
		}
		at.Given, err = s.givenBy(r, at.Member)
		return err
	})
	return at, err
}

func (s *Session) holds(g Grant) bool { return g.holds(s.Now()) }

// givenBy lists what a member granted to others, as far as it holds now: a grant
// that was altered gives nothing, and is in the way of nothing.
func (s *Session) givenBy(r Reader, m Member) ([]GivenGrant, error) {
	ms, err := r.Members()
	if err != nil {
		return nil, err
	}
	var all []GivenGrant
	for _, other := range ms {
		gs, err := s.service.given(r, other, func(g Grant) bool {
			return g.By == m.ID && s.holds(g) && sealed(g.Seal, s.service.seals().sealGrant(g))
		})
		if err != nil {
			return nil, err
		}
		all = append(all, gs...)
	}
	return all, nil
}

// given lists those grants of a member that count, with the names that they
// stand for, and trusts none without its seal.
func (s *Service) given(r Reader, to Member, counts func(Grant) bool) ([]GivenGrant, error) {
	gs, err := r.Grants(to.ID)
	if err != nil {
		return nil, err
	}
	var all []GivenGrant
	for _, g := range gs {
		if !counts(g) {
			continue
		}
		if !sealed(g.Seal, s.seals().sealGrant(g)) {
			return nil, damagedRow("a grant of " + to.Email)
		}
		n, err := s.named(r, g, s.instant())
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// EndsWith reports whether a step from one role down to another ends the grant:
// whoever is made less than they were keeps nothing by a grant that only an
// administrator's role carries. What else was granted stays.
func (g Grant) EndsWith(from, to Role) bool {
	down := slices.Index(Roles(), to) > slices.Index(Roles(), from)
	return down && !slices.ContainsFunc(Roles(), func(r Role) bool { return r != Administrator && r.reach(g.Permission) != none })
}

// stepDown ends the grants that do not outlast a change of role.
func (c *change) stepDown(m Member, to Role) error {
	role := c.event
	err := c.endGrants(m, role, func(g Grant) bool { return g.EndsWith(m.Role, to) })
	c.event = role
	return err
}
