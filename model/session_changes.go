package model

import (
	"context"
	"errors"
	"slices"
)

// RegenerateSecret gives a key a new secret; the old one is dead when it
// returns. From is the generation that the caller saw, 0 for whichever is
// current: another one by now is ErrConflict, and no secret is made.
func (s *Session) RegenerateSecret(ctx context.Context, id KeyID, from Generation) (Key, Secret, error) {
	var secret Secret
	k, err := s.update(ctx, KeyRegenerated, KeysRegenerate, id, func(c *change, k *Key) (err error) {
		if k.State == Revoked {
			return alreadyRevoked(*k)
		}
		if from != 0 && k.Generation != from {
			return Errorf(CodeConflict, "Somebody regenerated the secret of %s meanwhile, so yours was not made. Look at the key again.", k.Application)
		}
		if secret, err = newSecret(c.service.random); err != nil {
			return err
		}
		c.renew(k, secret)
		return nil
	})
	if err != nil {
		secret.Wipe()
		return Key{}, Secret{}, err
	}
	return k, secret, nil
}

// ConfirmSecret notes that the secret of the generation reached whoever asked
// for it. Confirming twice, or a secret that has been replaced, changes
// nothing.
func (s *Session) ConfirmSecret(ctx context.Context, id KeyID, g Generation) error {
	k, err := s.Key(ctx, id)
	if err != nil || k.Generation != g || k.Confirmed >= g {
		return err
	}
	_, err = s.update(ctx, KeyConfirmed, KeysView, id, func(c *change, k *Key) error {
		if err := c.me.may(KeysRegenerate, k.On()); err != nil && c.me.may(KeysCreate, k.On()) != nil {
			return err // whoever may only look was never shown a secret
		}
		if k.Generation != g || k.Confirmed >= g {
			return Errorf(CodeConflict, "The secret of %s was replaced meanwhile.", k.Application)
		}
		k.Confirmed, k.Due = g, k.Due&^NotDelivered
		return nil
	})
	return err
}

// EditKey changes the fields of a key that the edit names. From is the
// revision that the caller saw, 0 for whichever is current.
func (s *Session) EditKey(ctx context.Context, id KeyID, from Revision, e KeyEdit) (Key, error) {
	return s.update(ctx, KeyEdited, KeysEdit, id, func(c *change, k *Key) error {
		if k.State == Revoked {
			return alreadyRevoked(*k)
		}
		if from != 0 && k.Revision != from {
			return Errorf(CodeConflict, "Somebody changed %s meanwhile. Look at it again before you change it.", k.Application)
		}
		return c.apply(k, e)
	})
}

// SuspendKey makes a key deny every request until it is resumed.
func (s *Session) SuspendKey(ctx context.Context, id KeyID) (Key, error) {
	return s.setState(ctx, id, KeySuspended, KeysSuspend, Suspended)
}

// ResumeKey makes a suspended key work again.
func (s *Session) ResumeKey(ctx context.Context, id KeyID) (Key, error) {
	return s.setState(ctx, id, KeyResumed, KeysSuspend, Active)
}

// RevokeKey ends a key for good.
func (s *Session) RevokeKey(ctx context.Context, id KeyID) (Key, error) {
	return s.setState(ctx, id, KeyRevoked, KeysRevoke, Revoked)
}

func (s *Session) setState(ctx context.Context, id KeyID, action Action, p Permission, to State) (Key, error) {
	return s.update(ctx, action, p, id, func(_ *change, k *Key) error { return k.become(to) })
}

// become puts k into a state that it is not in yet.
func (k *Key) become(to State) error {
	if k.State == Revoked {
		return alreadyRevoked(*k)
	}
	if k.State == to {
		return Errorf(CodeConflict, "The key of %s is %s already, so nothing changed.", k.Application, to)
	}
	k.State = to
	return nil
}

func alreadyRevoked(k Key) *Error {
	return Errorf(CodeConflict, "The key of %s is revoked, which is final. Create a new key instead.", k.Application)
}

// stands reads a key back before its change is committed: what the database
// keeps must be what was meant, whatever runs inside it.
func (c *change) stands(k Key) error {
	seal := c.service.seals()
	kept, err := c.Key(k.ID)
	if err == nil && sealed(kept.Seal, k.Seal) && sealed(kept.Seal, seal.sealCredential(kept.credential())) &&
		kept.Revision == k.Revision && kept.Confirmed == k.Confirmed && kept.Due == k.Due && kept.Purpose == k.Purpose &&
		kept.CreatedAt.Equal(k.CreatedAt) && kept.SecretAt.Equal(k.SecretAt) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return Errorf(CodeDamaged, "The database did not keep the key of %s as it was meant, so nothing was changed. Run `empress doctor`.", k.Application)
}

// about notes in the event which key it is of, and what the key is afterwards.
func (c *change) about(k Key) {
	c.event.Key, c.event.Application = k.ID, k.Application
	c.event.Generation, c.event.State = k.Generation, k.State
}

// update is the shape of every change to one key, as a use case of its own.
func (s *Session) update(ctx context.Context, action Action, p Permission, id KeyID, fn func(c *change, k *Key) error) (Key, error) {
	var after Key
	err := s.write(ctx, action, func(c *change) (err error) {
		after, err = c.update(p, id, fn)
		return err
	})
	if err != nil {
		return Key{}, err
	}
	one := []Key{after}
	s.addUsage(ctx, one)
	return one[0], nil
}

// update reads a key, checks the permission, lets fn alter the key, and puts it
// back where nothing else has changed it meanwhile.
func (c *change) update(p Permission, id KeyID, fn func(c *change, k *Key) error) (Key, error) {
	k, err := c.changeable(p, id)
	if err != nil {
		return Key{}, err
	}
	before := k
	k.Scopes, k.Networks = slices.Clone(k.Scopes), slices.Clone(k.Networks)
	if err := fn(c, &k); err != nil {
		return Key{}, err
	}
	return c.replace(before, k)
}

// replace seals a key that was altered, puts it in the place of what it was
// before, and notes in the event what is different.
func (c *change) replace(before, k Key) (Key, error) {
	k.Revision++
	k.Seal = c.service.seals().sealCredential(k.credential())
	c.about(k)
	c.event.Changes = diff(keyFields[:], before, k)
	if err := c.UpdateKey(k, before.Revision, before.Generation); err != nil {
		return Key{}, err
	}
	if k.Generation != before.Generation {
		if err := c.supersede(before); err != nil {
			return Key{}, err
		}
	}
	return k, c.stands(k)
}

// changeable reads a key that the member may do p to.
func (c *change) changeable(p Permission, id KeyID) (Key, error) {
	k, err := c.service.visibleKey(c, c.me, id)
	c.about(k)
	if err != nil {
		c.hidden = k.ID != "" && errors.Is(err, ErrNotFound)
		return Key{}, err
	}
	return k, c.me.may(p, k.On())
}
