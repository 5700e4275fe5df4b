package model

import (
	"context"
	"errors"
	"strings"
	"time"
)

// GiveGrant gives a member one permission beyond the role, by its name or its
// words, for one application or, with "", for all, until an instant or, with the
// zero time, for good. It needs grants.give, and nobody gives what they may not
// do themselves, or for longer than they may.
func (s *Session) GiveGrant(ctx context.Context, member string, p Permission, application string, until time.Time) (Grant, error) {
	var g Grant
	err := s.write(ctx, GrantGiven, func(c *change) error {
		p, err := permissionGiven(p)
		if err != nil {
			return err
		}
		c.event.Member, c.event.Application, c.event.Note = Printable(strings.TrimSpace(member)), Printable(strings.TrimSpace(application)), string(p)
		if err := c.me.may(GrantsGive, Target{}); err != nil { // before anything is looked up for somebody who may not know it
			return err
		}
		if !until.IsZero() && !until.After(c.now) {
			return invalid("until", "%s has passed already. Give a time to come.", until.UTC().Format(MinuteForm))
		}
		g = Grant{Permission: p, Until: until.UTC().Truncate(time.Millisecond), By: c.me.ID, CreatedAt: c.now}
		m, err := c.grantable(member, application, &g)
		if err != nil {
			return err
		}
		if g.ID, err = c.NextGrant(); err != nil {
			return err
		}
		g.Seal = c.service.seals().sealGrant(g)
		c.event.Changes = diff(grantFields, GivenGrant{}, GivenGrant{Grant: g, Email: m.Email, Application: c.event.Application})
		return c.InsertGrant(g)
	})
	return g, err
}

// grantable finds whom and what a grant is for, and returns nil when it may be
// given.
func (c *change) grantable(member, application string, g *Grant) (Member, error) {
	m, err := c.member("member", member)
	if err != nil {
		return m, err
	}
	c.event.Member, g.Member = m.Email, m.ID
	if m.ID == c.me.ID {
		return m, Errorf(CodeDenied, "Nobody grants anything to themselves. Ask another administrator to do it.")
	}
	if m.Status != MemberActive {
		return m, invalid("member", "%s is %s, so nothing can be granted to them. Resume them first.", m.Email, m.Status)
	}
	if application != "" {
		app, err := c.service.applicationNamed(c, application)
		if err != nil {
			return m, err
		}
		g.ApplicationID, c.event.Application = app.ID, app.Name
	}
	by, err := c.me.why(g.Permission, Target{Application: g.ApplicationID})
	if err != nil {
		return m, err
	}
	if g.outlasts(by.Grant.Grant) {
		return m, Errorf(CodeDenied, "You may %s until %s, and a grant of yours cannot last longer. Give an end no later than that.",
			g.Permission.Words(), by.Grant.Until.Format(MinuteForm))
	}
	return m, c.newToMember(m, *g)
}

// newToMember refuses a grant that adds nothing to one that holds for good.
func (c *change) newToMember(m Member, g Grant) error {
	gs, err := c.Grants(m.ID)
	for _, old := range gs {
		if old.Permission == g.Permission && old.EndedAt.IsZero() && old.Until.IsZero() && (old.ApplicationID == 0 || old.ApplicationID == g.ApplicationID) {
			return Errorf(CodeConflict, "%s may %s for good already, by grant %d. Take that one first to give another.", m.Email, g.Permission.Words(), old.ID)
		}
	}
	return err
}

// TakeGrant ends a grant at once. It needs grants.give; whoever holds the grant
// may give it back.
func (s *Session) TakeGrant(ctx context.Context, id int64) error {
	return s.write(ctx, GrantTaken, func(c *change) error {
		g, err := c.Grant(id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if g.Member != c.me.ID {
			if err := c.me.may(GrantsGive, Target{}); err != nil { // in the same words whether there is such a grant or not
				return err
			}
		}
		if err != nil {
			return Errorf(CodeNotFound, "There is no grant %d. Look at the grants of the member again.", id)
		}
		return c.end(g)
	})
}

// end takes a grant and fills in the event.
func (c *change) end(g Grant) error {
	if !sealed(g.Seal, c.service.seals().sealGrant(g)) {
		return damagedRow("a grant")
	}
	before, err := c.named(g)
	if err != nil {
		return err
	}
	c.event.Member, c.event.Application, c.event.Note = before.Email, before.Application, string(g.Permission)
	if !g.EndedAt.IsZero() {
		return Errorf(CodeConflict, "That grant of %s was taken already, so nothing changed.", before.Email)
	}
	after := before
	after.EndedAt = c.now
	after.Seal = c.service.seals().sealGrant(after.Grant)
	c.event.Changes = append([]Change{{grantNumber, grantFields[0].of(before), ""}}, diff(grantFields, before, after)...)
	if err := c.EndGrant(after.Grant); err != nil {
		return err
	}
	if kept, err := c.Grant(g.ID); err != nil || !sealed(kept.Seal, after.Seal) || !kept.EndedAt.Equal(after.EndedAt) {
		return unkept("the grant of " + before.Email).Because(err)
	}
	return nil
}

// named adds the names that a grant's numbers stand for.
func (c *change) named(g Grant) (GivenGrant, error) {
	return c.service.named(c, g, c.now)
}

func (s *Service) named(r Reader, g Grant, now time.Time) (GivenGrant, error) {
	given := GivenGrant{Grant: g, Holds: g.holds(now)}
	m, err := r.Member(g.Member)
	if err != nil {
		return given, err
	}
	giver, err := r.Member(g.By)
	if err != nil {
		return given, err
	}
	given.Email, given.Giver = m.Email, giver.Email
	if g.ApplicationID == 0 {
		return given, nil
	}
	app, err := r.Application(g.ApplicationID)
	given.Application = app.Name
	return given, err
}

// Grants lists what was ever granted to a member, those grants that ended too,
// in the order in which they were given. It needs members.view; everybody sees
// their own.
func (s *Session) Grants(ctx context.Context, member string) ([]GivenGrant, error) {
	var given []GivenGrant
	err := s.read(ctx, func(r Reader, me actor) error {
		m, err := s.service.memberSeenBy(r, me, member)
		if err != nil {
			return err
		}
		given, err = s.service.given(r, m, func(Grant) bool { return true })
		return err
	})
	return given, err
}
