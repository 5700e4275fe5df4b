package model

import (
	"context"
	"errors"
	"strings"
)

// SetRole gives a member, named by email or login, another role; a step down
// ends grants, see [Grant.EndsWith]. It needs roles.assign; nobody changes their
// own role, and whoever has roles.assign by a grant gives no role that carries
// more than they may do themselves.
func (s *Session) SetRole(ctx context.Context, member string, to Role) (Member, error) {
	return s.changeMember(ctx, MemberRoleChanged, RolesAssign, member, func(c *change, m *Member) error {
		to, err := cleanRole(to)
		if err != nil {
			return err
		}
		c.event.Note = string(to)
		if m.Role == to {
			return Errorf(CodeConflict, "%s is %s already, so nothing changed.", m.Email, article(to))
		}
		if err := c.mayTake(*m); err != nil {
			return err
		}
		if err := c.mayAssign(to); err != nil {
			return err
		}
		if err := c.service.keepsAdministrator(c, *m); err != nil {
			return err
		}
		if !to.OwnsKeys() {
			if err := c.ownsNothing(*m, to); err != nil {
				return err
			}
		}
		if err := c.stepDown(*m, to); err != nil {
			return err
		}
		m.Role = to
		return nil
	})
}

// SuspendMember keeps a member from doing anything until they are resumed; keys
// that they own go on working. It needs members.manage, and roles.assign too
// when the member holds more than the plain role. Nobody suspends themselves.
func (s *Session) SuspendMember(ctx context.Context, member string) (Member, error) {
	return s.setStatus(ctx, MemberWasSuspended, member, MemberSuspended)
}

// ResumeMember lets a suspended member act again, with the role and the grants
// of before. It needs the same permissions as SuspendMember.
func (s *Session) ResumeMember(ctx context.Context, member string) (Member, error) {
	return s.setStatus(ctx, MemberResumed, member, MemberActive)
}

func (s *Session) setStatus(ctx context.Context, action Action, member string, to Status) (Member, error) {
	return s.changeMember(ctx, action, MembersManage, member, func(c *change, m *Member) error {
		if err := c.mayManage(*m); err != nil {
			return err
		}
		if m.Status == to {
			return Errorf(CodeConflict, "%s is %s already, so nothing changed.", m.Email, to)
		}
		if err := c.service.keepsAdministrator(c, *m); err != nil {
			return err
		}
		m.Status = to
		return nil
	})
}

// changeMember is the shape of every change to one member by another: it checks
// the permission before anything is looked up, reads the member, lets fn alter
// them, and puts them back.
func (s *Session) changeMember(ctx context.Context, action Action, p Permission, name string, fn func(c *change, m *Member) error) (Member, error) {
	var m Member
	err := s.write(ctx, action, func(c *change) (err error) {
		if m, err = c.otherMember(p, name); err != nil {
			return err
		}
		before := m
		if err := fn(c, &m); err != nil {
			return err
		}
		if err := c.replaceMember(before, &m); err != nil {
			return err
		}
		return c.tell()
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// otherMember finds whom a change is about, for somebody who may do p and is
// not that member.
func (c *change) otherMember(p Permission, name string) (Member, error) {
	c.event.Member = Printable(strings.TrimSpace(name))
	if err := c.me.may(p, Target{}); err != nil {
		return Member{}, err
	}
	m, err := c.member("member", name)
	if err != nil {
		return Member{}, err
	}
	c.event.Member = m.Email
	if m.ID == c.me.ID {
		return Member{}, oneself()
	}
	return m, nil
}

func oneself() error {
	return Errorf(CodeDenied, "Nobody changes their own membership. Ask another administrator to do it.")
}

// replaceMember seals a member, fills in the event, puts the row back, and
// makes sure that the database kept it.
func (c *change) replaceMember(before Member, m *Member) error {
	m.Seal = c.service.seals().sealMember(*m)
	c.event.Changes = diff(memberFields, before, *m)
	if err := c.UpdateMember(*m); err != nil {
		return err
	}
	kept, err := c.Member(m.ID)
	if err != nil || !sealed(kept.Seal, m.Seal) || !sealed(kept.Seal, c.service.seals().sealMember(kept)) {
		return unkept("member " + m.Email).Because(err)
	}
	return nil
}

// unkept says that the database holds something else than what was written.
func unkept(what string) *Error {
	return Errorf(CodeDamaged, "The database did not keep the record of %s as it was meant, so nothing was changed. Run `empress doctor`.", what)
}

// member reads the member of an email or a login, and trusts the row only with
// its seal.
func (c *change) member(field, name string) (Member, error) {
	return c.service.memberNamed(c, field, name)
}

// memberNamed is change.member for whoever only reads.
func (s *Service) memberNamed(r Reader, field, name string) (Member, error) {
	m, err := memberNamed(r, field, name)
	if err == nil && !sealed(m.Seal, s.seals().sealMember(m)) {
		err = damagedRow("member " + m.Email)
	}
	return m, err
}

// memberSeenBy reads a member for somebody who may see the team's members, or
// is that member. As everywhere an email goes before a login: teams of earlier
// versions may have a login that is the email of somebody else.
func (s *Service) memberSeenBy(r Reader, me actor, name string) (Member, error) {
	name = strings.TrimSpace(name)
	if strings.EqualFold(name, me.Email) {
		return me.Member, nil
	}
	err := me.may(MembersView, Target{})
	if err == nil {
		return s.memberNamed(r, "member", name)
	}
	if name != "" && name == me.Login {
		return me.Member, nil
	}
	return Member{}, err
}

// mayAssign returns nil when the member may give the role: with roles.assign,
// and by a grant of it only what they hold themselves, for everything and for
// good.
func (c *change) mayAssign(to Role) error {
	by, err := c.me.why(RolesAssign, Target{})
	if err != nil || by.Role != "" {
		return err
	}
	if p, held := c.holdsAllOf(to); !held {
		return Errorf(CodeDenied, "You may not make anybody %s: the role may %s, and you may not, for everything and for good. Ask an administrator to do it.", article(to), p.Words())
	}
	return nil
}

// holdsAllOf reports whether the member may do, for everything and for good,
// all that a role may do to anything; if not, what is missing.
func (c *change) holdsAllOf(r Role) (missing Permission, held bool) {
	for _, p := range Permissions() {
		if r.reach(p) == none {
			continue
		}
		if by, err := c.me.why(p, Target{}); err != nil || (Grant{}).outlasts(by.Grant.Grant) {
			return p, false
		}
	}
	return "", true
}

// mayManage returns nil when the member may suspend, resume or remove m:
// whoever may only manage members does not switch off those who hold more than
// the plain role.
func (c *change) mayManage(m Member) error {
	if err := c.me.may(MembersManage, Target{}); err != nil {
		return err
	}
	more := m.Role != PlainMember
	gs, err := c.Grants(m.ID)
	for _, g := range gs {
		more = more || g.holds(c.now)
	}
	if err == nil && more {
		err = c.me.may(RolesAssign, Target{})
	}
	if err == nil && m.Role == Administrator {
		err = c.mayTake(m)
	}
	return err
}

// mayTake returns nil when the member may take from m the role that they have:
// whoever could not give it works against nobody who has it.
func (c *change) mayTake(m Member) error {
	if m.Role == PlainMember || c.mayAssign(m.Role) == nil {
		return nil
	}
	return Errorf(CodeDenied, "%s is %s, who may more than you. An administrator can do it.", m.Email, article(m.Role))
}

// keepsAdministrator refuses to take from the team its last active
// administrator who can be trusted and can sign in.
func (s *Service) keepsAdministrator(r Reader, without Member) error {
	if without.Role != Administrator || without.Status != MemberActive {
		return nil
	}
	ms, err := r.Members()
	if err != nil {
		return err
	}
	for _, m := range ms {
		if m.ID != without.ID && m.Role == Administrator && m.Status == MemberActive && m.Login != "" && sealed(m.Seal, s.seals().sealMember(m)) {
			return nil
		}
	}
	return Errorf(CodeConflict, "%s is the team's last active administrator. Make somebody else an administrator first.", without.Email)
}

// ownsNothing refuses a role that owns no keys to somebody who owns some.
func (c *change) ownsNothing(m Member, to Role) error {
	counts, err := c.KeyCounts(Visible{Owner: m.ID}, Millis(c.now), Millis(c.now))
	if err != nil {
		return err
	}
	switch n := counts.Active + counts.Suspended + counts.Expired; n {
	case 0:
		return nil
	case 1:
		return Errorf(CodeConflict, "%s owns 1 key, and as %s would own none. Give the key another owner first, or revoke it.", m.Email, article(to))
	default:
		return Errorf(CodeConflict, "%s owns %d keys, and as %s would own none. Give the keys other owners first, or revoke them.", m.Email, n, article(to))
	}
}

// memberNamed finds a member who was not removed by email or login; field is
// the input that named them.
func memberNamed(r Reader, field, name string) (Member, error) {
	name = strings.TrimSpace(name)
	m, err := r.MemberByEmail(strings.ToLower(name))
	if errors.Is(err, ErrNotFound) {
		m, err = r.MemberByLogin(name)
	}
	if errors.Is(err, ErrNotFound) || err == nil && m.Status == MemberRemoved {
		e := Errorf(CodeNotFound, "The team has no member %q. Give an email or a login of the team.", Printable(name))
		e.Field = field
		return Member{}, e
	}
	return m, err
}
