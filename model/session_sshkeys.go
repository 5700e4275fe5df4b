package model

import (
	"context"
	"errors"
	"strings"
)

// AddSSHKey lets a member, named by email or login, be known by a public key:
// one line of a .pub file. Name tells it from others, "" takes the line's
// comment. Everybody adds their own; for somebody else it needs members.manage,
// and all that they may do, as whoever holds the key acts as that member.
func (s *Session) AddSSHKey(ctx context.Context, member, line, name string) (SSHKey, error) {
	var k SSHKey
	err := s.write(ctx, SSHKeyAdded, func(c *change) error {
		m, err := c.selfOrOther(member)
		if err != nil {
			return err
		}
		if m.ID != c.me.ID {
			if err := c.mayActAs(m, "add an SSH key for"); err != nil {
				return err
			}
		}
		if m.Status != MemberActive {
			return invalid("member", "%s is %s, so no key can be added for them. Resume them first.", m.Email, m.Status)
		}
		if k, err = parseSSHKey(line, name); err != nil {
			return err
		}
		if err := c.newSSHKey(m, k); err != nil {
			return err
		}
		if k.ID, err = c.NextSSHKey(); err != nil {
			return err
		}
		k.Member, k.CreatedAt = m.ID, c.now
		k.Seal = c.service.seals().sealSSHKey(k)
		c.event.Note = k.Fingerprint
		c.event.Changes = diff(sshKeyFields, ownedSSHKey{}, ownedSSHKey{k, m.Email})
		return c.InsertSSHKey(k)
	})
	if err != nil {
		return SSHKey{}, err
	}
	return k, nil
}

// selfOrOther finds whose SSH keys a change is about: the member's own, or
// those of another for who may manage members.
func (c *change) selfOrOther(name string) (Member, error) {
	c.event.Member = Printable(strings.TrimSpace(name))
	if m, err := c.service.memberSeenBy(c, c.me, name); err == nil && m.ID == c.me.ID {
		c.event.Member = m.Email
		return m, nil
	}
	return c.otherMember(MembersManage, name)
}

// mayActAs returns nil when the member may do all that m may: whoever adds an
// SSH key to another, or gives them a login, can act as that member. What says
// in words which of them it is.
func (c *change) mayActAs(m Member, what string) error {
	if by, err := c.me.why(RolesAssign, Target{}); err == nil && by.Role != "" {
		return nil
	}
	if p, held := c.holdsAllOf(m.Role); !held {
		return Errorf(CodeDenied, "You may not %s %s, who may %s: you may not, for everything and for good. Ask an administrator to do it.", what, m.Email, p.Words())
	}
	gs, err := c.Grants(m.ID)
	for _, g := range gs {
		if !g.holds(c.now) {
			continue
		}
		by, err := c.me.why(g.Permission, Target{Application: g.ApplicationID})
		if err != nil || g.outlasts(by.Grant.Grant) {
			return Errorf(CodeDenied, "You may not %s %s, who was granted to %s: you may not for as long. Ask an administrator to do it.", what, m.Email, g.Permission.Words())
		}
	}
	return err
}

// newSSHKey refuses a key that anybody has already.
func (c *change) newSSHKey(m Member, k SSHKey) error {
	known, err := c.SSHKeyByFingerprint(k.Fingerprint)
	switch {
	case err == nil && known.Member == m.ID:
		return taken("ssh_key", "%s has this SSH key already, as %s.", m.Email, known.Name)
	case err == nil:
		return taken("ssh_key", "Another member has this SSH key already, and a key stands for one person. %s", anotherSSHKey)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	ks, err := c.SSHKeys(m.ID)
	if err == nil && len(present(ks)) >= maxSSHKeys {
		err = Errorf(CodeConflict, "%s has %d SSH keys, which is the most. Remove one first.", m.Email, maxSSHKeys)
	}
	return err
}

// present leaves out the keys that were removed.
func present(ks []SSHKey) (left []SSHKey) {
	for _, k := range ks {
		if k.RemovedAt.IsZero() {
			left = append(left, k)
		}
	}
	return left
}

// SSHKeys lists the SSH keys of a member that were not removed, in the order in
// which they were added. It needs members.view; everybody sees their own.
func (s *Session) SSHKeys(ctx context.Context, member string) ([]SSHKey, error) {
	var ks []SSHKey
	var m Member
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if m, err = s.service.memberSeenBy(r, me, member); err != nil {
			return err
		}
		every, err := r.SSHKeys(m.ID)
		for _, k := range every {
			if !sealed(k.Seal, s.service.seals().sealSSHKey(k)) {
				return damagedRow("an SSH key of " + m.Email)
			}
		}
		ks = present(every)
		return err
	})
	if err == nil {
		s.addUses(ctx, m, ks)
	}
	return ks, err
}

// RemoveSSHKey ends that a member is known by a key, by its number. Everybody
// removes their own; for somebody else it needs what SuspendMember needs.
func (s *Session) RemoveSSHKey(ctx context.Context, id int64) error {
	return s.write(ctx, SSHKeyRemoved, func(c *change) error {
		k, missing := c.SSHKey(id)
		if missing != nil && !errors.Is(missing, ErrNotFound) {
			return missing
		}
		if missing != nil || k.Member != c.me.ID {
			if err := c.me.may(MembersManage, Target{}); err != nil { // in the same words whether there is such a key or not
				return err
			}
		}
		if missing != nil {
			return Errorf(CodeNotFound, "There is no SSH key %d. Look at the SSH keys of the member again.", id)
		}
		m, err := c.Member(k.Member)
		if err != nil {
			return err
		}
		c.event.Member, c.event.Note = m.Email, k.Fingerprint
		if m.ID != c.me.ID {
			if err := c.mayManage(m); err != nil {
				return err
			}
		}
		return c.endSSHKey(m, k)
	})
}

// endSSHKey removes a key and fills in the event.
func (c *change) endSSHKey(m Member, k SSHKey) error {
	if !sealed(k.Seal, c.service.seals().sealSSHKey(k)) {
		return damagedRow("an SSH key of " + m.Email)
	}
	if !k.RemovedAt.IsZero() {
		return Errorf(CodeConflict, "That SSH key of %s was removed already, so nothing changed.", m.Email)
	}
	before := ownedSSHKey{k, m.Email}
	k.RemovedAt = c.now
	k.Seal = c.service.seals().sealSSHKey(k)
	c.event.Note = k.Fingerprint
	c.event.Changes = append([]Change{{sshKeyNumber, sshKeyFields[0].of(before), ""}}, diff(sshKeyFields, before, ownedSSHKey{k, m.Email})...)
	if err := c.EndSSHKey(k); err != nil {
		return err
	}
	if kept, err := c.SSHKey(k.ID); err != nil || !sealed(kept.Seal, k.Seal) || !kept.RemovedAt.Equal(k.RemovedAt) {
		return unkept("the SSH key of " + m.Email).Because(err)
	}
	return nil
}

// endSSHKeys removes every key of a member, with an event each.
func (c *change) endSSHKeys(m Member, base Event) error {
	ks, err := c.SSHKeys(m.ID)
	if err != nil {
		return err
	}
	for _, k := range present(ks) {
		c.event = base
		c.event.Action = SSHKeyRemoved
		if err := c.endSSHKey(m, k); err != nil {
			return err
		}
		if err := c.tell(); err != nil {
			return err
		}
	}
	return nil
}
