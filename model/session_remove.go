package model

import (
	"context"
	"slices"
)

// disposals are the events of what is done to a key, and the permission that
// each needs.
var disposals = map[Disposal]struct {
	action     Action
	permission Permission
}{
	"": {KeyEdited, KeysView}, Keep: {KeyKept, KeysView},
	Regenerate: {KeyRegenerated, KeysRegenerate}, Suspend: {KeySuspended, KeysSuspend}, Revoke: {KeyRevoked, KeysRevoke},
}

// RemoveMember ends a membership for good: grants and SSH keys end with it, the
// login is free for somebody else, the email stays theirs. Every key that they
// own must get a new owner or be revoked; what becomes of every key whose
// current secret they know must be said. Anything left open, also because it
// changed meanwhile, is ErrConflict, and nothing happens. It needs
// members.manage, roles.assign too when the member holds more than the plain
// role, and for each key the permission of what is done to it.
func (s *Session) RemoveMember(ctx context.Context, member string, choices []Settlement) (Removal, error) {
	if len(choices) > MaxBatch {
		return Removal{}, invalid("settlement", "That is %d keys, and at most %d change at once. Give some of them other owners first.", len(choices), MaxBatch)
	}
	var out Removal
	err := s.write(ctx, MemberWasRemoved, func(c *change) error {
		out.wipe()
		m, err := c.otherMember(MembersManage, member)
		if err != nil {
			return err
		}
		if err := c.mayManage(m); err != nil {
			return err
		}
		if err := c.service.keepsAdministrator(c, m); err != nil {
			return err
		}
		removed := c.event
		if err := c.settle(m, choices, &out); err != nil {
			return err
		}
		if err := c.endGrants(m, removed, func(Grant) bool { return true }); err != nil {
			return err
		}
		if err := c.endSSHKeys(m, removed); err != nil {
			return err
		}
		c.event = removed
		out.Member = m
		out.Member.Status, out.Member.Login = MemberRemoved, ""
		if err := c.replaceMember(m, &out.Member); err != nil {
			return err
		}
		return c.tell()
	})
	if err != nil {
		out.wipe()
		return Removal{}, err
	}
	return out, nil
}

// wipe forgets what a removal that did not happen would have shown.
func (r *Removal) wipe() {
	for i := range r.Secrets {
		r.Secrets[i].Secret.Wipe()
	}
	*r = Removal{}
}

// settle does to each key what was decided, and tells the trail of each.
func (c *change) settle(m Member, choices []Settlement, out *Removal) error {
	held, err := c.service.held(c, m)
	if err != nil {
		return err
	}
	base := c.event
	todo, err := c.settled(m, held, choices)
	if err != nil {
		return err
	}
	for _, choice := range todo {
		c.event = base
		c.event.Note = "removing " + ShortEmail(m.Email)
		i := slices.IndexFunc(held, func(h HeldKey) bool { return h.Key.ID == choice.Key })
		if err := c.settleKey(m, held[i], choice, out); err != nil {
			return err
		}
	}
	return nil
}

// settleKey does what was decided about one key, with one event.
func (c *change) settleKey(m Member, h HeldKey, choice Settlement, out *Removal) error {
	stays := h.KnowsSecret && choice.Do != Regenerate && choice.Do != Revoke // a secret that they go on knowing
	if choice.Do == Suspend && h.Key.State == Suspended || choice.Do == Keep && !h.KnowsSecret {
		choice.Do = "" // nothing is left to do
	}
	how := disposals[choice.Do]
	c.event.Action = how.action
	if choice.NewOwner == "" && choice.Do == "" && !stays {
		return nil
	}
	var secret Secret
	after, err := c.update(how.permission, choice.Key, func(c *change, k *Key) error {
		if err := c.handOver(m, k, choice.NewOwner); err != nil {
			return err
		}
		if stays {
			k.Due |= KnownToLeaver
		}
		return c.dispose(k, choice.Do, &secret)
	})
	if err != nil {
		secret.Wipe()
		return err
	}
	out.Changed = append(out.Changed, after)
	if choice.Do == Regenerate {
		out.Secrets = append(out.Secrets, NewSecret{after, secret})
	}
	return c.tell()
}

// handOver gives a key of m to somebody else.
func (c *change) handOver(m Member, k *Key, to string) error {
	if to == "" {
		return nil
	}
	if err := c.me.may(KeysEdit, k.On()); err != nil {
		return err
	}
	if err := c.setOwner(k, to); err != nil {
		return err
	}
	if k.OwnerID == m.ID {
		return invalid("owner", "%s is about to be removed and cannot own a key. Choose another member.", m.Email)
	}
	return nil
}

// dispose does to a key what a settlement says; a new secret goes to secret.
func (c *change) dispose(k *Key, do Disposal, secret *Secret) (err error) {
	switch do {
	case Regenerate:
		if *secret, err = newSecret(c.service.random); err == nil {
			c.renew(k, *secret)
		}
	case Suspend:
		err = k.become(Suspended)
	case Revoke:
		err = k.become(Revoked)
	}
	return err
}

// endGrants ends those of the grants of a member that are to end and still
// could hold.
func (c *change) endGrants(m Member, base Event, ends func(Grant) bool) error {
	gs, err := c.Grants(m.ID)
	if err != nil {
		return err
	}
	for _, g := range gs {
		if !g.EndedAt.IsZero() || !ends(g) {
			continue
		}
		c.event = base
		c.event.Action = GrantTaken
		if err := c.end(g); err != nil {
			return err
		}
		if err := c.tell(); err != nil {
			return err
		}
	}
	return nil
}
