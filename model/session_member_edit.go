package model

import "context"

// MemberEdit is a change to who a member is: nil leaves a field as it is. The
// email stays, as the trail names them by it.
type MemberEdit struct {
	Seen  *Member // the member that the change is made to, as they were read; nil for however they are now
	Name  *string
	Login *string // "" for none
}

// EditMember changes the name or the login of a member, named by email or
// login. It needs what SuspendMember needs, and for the login all that they may
// do, as whoever has it acts as that member. Of themselves people change the
// name alone, with members.manage.
func (s *Session) EditMember(ctx context.Context, member string, e MemberEdit) (Member, error) {
	var m Member
	err := s.write(ctx, MemberEdited, func(c *change) error {
		before, err := c.editable(member, e.Seen)
		if err != nil {
			return err
		}
		m = before
		if err := m.apply(e); err != nil {
			return err
		}
		if m.Login != before.Login {
			if err := c.mayBind(before, m.Login); err != nil {
				return err
			}
		}
		if len(diff(memberFields, before, m)) == 0 {
			return Errorf(CodeConflict, "%s is called and signs in like that already, so nothing changed.", m.Email)
		}
		return c.replaceMember(before, &m)
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// editable reads the member that an edit is about, as they were seen, for
// somebody who may change them.
func (c *change) editable(name string, seen *Member) (Member, error) {
	m, err := c.selfOrOther(name)
	if err != nil {
		return m, err
	}
	if m.ID != c.me.ID {
		err = c.mayManage(m)
	} else {
		err = c.me.may(MembersManage, Target{})
	}
	if err == nil && seen != nil && (m.ID != seen.ID || len(diff(memberFields, *seen, m)) > 0) {
		err = Errorf(CodeConflict, "Somebody changed %s meanwhile. Look at them again before you change them.", m.Email)
	}
	return m, err
}

// apply puts the fields of an edit into m, and says all that is wrong with them.
func (m *Member) apply(e MemberEdit) error {
	return together(
		put(e.Name, func(v string) (err error) { m.Name, err = cleanName("name", v); return err }),
		put(e.Login, func(v string) (err error) {
			if m.Login = v; v != "" {
				m.Login, err = cleanLogin(v)
			}
			return err
		}),
	)
}

// mayBind returns nil when the member may let another sign in by that login, or
// by none, and it is nobody's.
func (c *change) mayBind(m Member, login string) error {
	if m.ID == c.me.ID {
		return Errorf(CodeDenied, "Nobody changes the login that they sign in with. Ask another administrator to do it.")
	}
	if err := c.mayActAs(m, "change the login of"); err != nil {
		return err
	}
	if login == "" {
		return c.service.keepsAdministrator(c, m)
	}
	return c.loginIsFree(m, login)
}
