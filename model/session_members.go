package model

import (
	"context"
	"errors"
	"slices"
	"strings"
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
			if err := c.mayAssign(m.Role); err != nil {
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
	var wrong [4]error
	m.Name, wrong[0] = cleanName("name", spec.Name)
	m.Email, wrong[1] = cleanEmail(spec.Email)
	if spec.Login != "" {
		m.Login, wrong[2] = cleanLogin(spec.Login)
	}
	m.Role, wrong[3] = cleanRole(spec.Role)
	m.Status = MemberActive
	return m, together(wrong[:]...)
}

func cleanRole(r Role) (Role, error) {
	if !slices.Contains(Roles(), r) {
		return "", invalid("role", "There is no role %q. Choose Administrator, IT Manager, Auditor or Member.", Printable(string(r)))
	}
	return r, nil
}

// unknown refuses a member whose email or login somebody has already.
func (c *change) unknown(m Member) error {
	known, err := c.MemberByEmail(m.Email)
	switch {
	case err == nil && known.Status == MemberRemoved:
		return taken("email", "%s belongs to somebody who was removed from the team, and stays theirs. Give another email.", m.Email)
	case err == nil:
		return taken("email", "The team has a member with the email %s already. Give another email, or look at that member.", m.Email)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if err := c.emailIsNoLogin(m.Email); err != nil {
		return err
	}
	return c.loginIsFree(m, m.Login)
}

// emailIsNoLogin refuses an email by which somebody signs in: a command that
// names it would not say whom it means.
func (c *change) emailIsNoLogin(email string) error {
	ms, err := c.Members()
	if err != nil {
		return err
	}
	for _, m := range ms {
		if strings.EqualFold(m.Login, email) {
			return taken("email", "%s is the login of %s, so it would name two people. Give another email, or change that login first.", email, m.Email)
		}
	}
	return nil
}

// loginIsFree refuses a login by which somebody signs in already, or that is
// the email of anybody but m, even of somebody who was removed: a command that
// names it would not say whom it means.
func (c *change) loginIsFree(m Member, login string) error {
	if login == "" {
		return nil
	}
	known, err := c.MemberByLogin(login)
	if err == nil {
		return taken("login", "The login %s is that of %s already. Give another login.", login, known.Email)
	}
	if err := notFoundIsFine(err); err != nil {
		return err
	}
	known, err = c.MemberByEmail(strings.ToLower(login))
	if err == nil && known.ID != m.ID {
		return taken("login", "%s is the email of another member, so as a login it would name two people. Give another login.", login)
	}
	return notFoundIsFine(err)
}

// taken reports an input that somebody else has.
func taken(field, format string, args ...any) *Error {
	e := Errorf(CodeConflict, format, args...)
	e.Field = field
	return e
}

func notFoundIsFine(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
