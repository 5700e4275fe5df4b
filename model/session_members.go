package model

import (
	"context"
	"errors"
	"slices"
	"time"
)

// MemberSpec is who somebody adds to the team.
type MemberSpec struct {
	Name, Email, Login string
	Role               Role
}

// AddMember adds an active member. It needs members.manage, and roles.assign
// for any role but the plain one.
func (s *Session) AddMember(ctx context.Context, spec MemberSpec) (Member, error) {
	var m Member
	err := s.write(ctx, MemberAdded, func(c *change) (err error) {
		if m, err = newMember(spec); err != nil {
			return err
		}
		c.event.Member, c.event.Note = m.Email, string(m.Role)
		if err := c.me.may(MembersManage, Target{}); err != nil {
			return err
		}
		if m.Role != PlainMember {
			if err := c.me.may(RolesAssign, Target{}); err != nil {
				return err
			}
		}
		if err := c.unknown(m); err != nil {
			return err
		}
		if m.ID, err = c.NextMember(); err != nil {
			return err
		}
		m.CreatedAt = c.now
		m.Seal = c.service.seals().sealMember(m)
		c.event.Changes = diff(memberFields, Member{}, m)
		return c.InsertMember(m)
	})
	return m, err
}

func newMember(spec MemberSpec) (m Member, err error) {
	if m.Name, err = cleanName("name", spec.Name); err != nil {
		return m, err
	}
	if m.Email, err = cleanEmail(spec.Email); err != nil {
		return m, err
	}
	if spec.Login != "" {
		if m.Login, err = cleanLogin(spec.Login); err != nil {
			return m, err
		}
	}
	if !slices.Contains(Roles(), spec.Role) {
		return m, invalid("role", "There is no role %q. Choose Administrator, IT Manager, Auditor or Member.", Printable(string(spec.Role)))
	}
	m.Role, m.Status = spec.Role, MemberActive
	return m, nil
}

// unknown refuses a member whose email or login somebody has already.
func (c *change) unknown(m Member) error {
	_, err := c.MemberByEmail(m.Email)
	if err == nil {
		return Errorf(CodeConflict, "The team has a member with the email %s already.", m.Email)
	}
	if !errors.Is(err, ErrNotFound) || m.Login == "" {
		return notFoundIsFine(err)
	}
	if _, err = c.MemberByLogin(m.Login); err == nil {
		return Errorf(CodeConflict, "The team has a member with the login %s already.", m.Login)
	}
	return notFoundIsFine(err)
}

func notFoundIsFine(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// GiveGrant gives a member one permission beyond the role, for one application
// or, with "", for all, until an instant or, with the zero time, for good. It
// needs grants.give, and nobody gives what they may not do themselves.
func (s *Session) GiveGrant(ctx context.Context, member string, p Permission, application string, until time.Time) (Grant, error) {
	var g Grant
	err := s.write(ctx, GrantGiven, func(c *change) error {
		if !slices.Contains(Permissions(), p) {
			return invalid("permission", "There is no permission %q.", Printable(string(p)))
		}
		c.event.Member, c.event.Application, c.event.Note = Printable(member), Printable(application), string(p)
		if err := c.me.may(GrantsGive, Target{}); err != nil { // before anything is looked up for somebody who may not know it
			return err
		}
		if !until.IsZero() && !until.After(c.now) {
			return invalid("until", "%s has passed already. Give a time to come.", until.UTC().Format(MinuteForm))
		}
		m, err := memberNamed(c, member)
		if err != nil {
			return err
		}
		if !sealed(m.Seal, c.service.seals().sealMember(m)) {
			return damagedRow("member " + m.Email)
		}
		c.event.Member = m.Email
		g = Grant{Member: m.ID, Permission: p, Until: until.UTC().Truncate(time.Millisecond), By: c.me.ID, CreatedAt: c.now}
		if application != "" {
			app, err := c.ApplicationByName(application)
			if err != nil {
				return Errorf(CodeNotFound, "There is no application %q. `empress applications list` shows them all.", Printable(application)).Because(err)
			}
			if !sealed(app.Seal, c.service.seals().sealApplication(app)) {
				return damagedRow("application " + app.Name)
			}
			g.ApplicationID = app.ID
		}
		if err := c.me.may(p, Target{Application: g.ApplicationID}); err != nil {
			return err
		}
		if g.ID, err = c.NextGrant(); err != nil {
			return err
		}
		g.Seal = c.service.seals().sealGrant(g)
		c.event.Changes = diff(grantFields, givenGrant{}, givenGrant{g, m.Email, application})
		return c.InsertGrant(g)
	})
	return g, err
}
