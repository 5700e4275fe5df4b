package model

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// RotateSecret gives a key a new secret, which is to be delivered: until
// [Session.ConfirmSecret] says that it was, the key is called not delivered, and
// is due again. Other than that it is [Session.RegenerateSecret]. With a renewal
// a key that expires soon goes on for as long as the secret before could have
// worked; it needs keys.edit.
func (s *Session) RotateSecret(ctx context.Context, turn Turn, renew Renewal) (Key, Secret, error) {
	var secret Secret
	k, err := s.update(ctx, KeyRegenerated, KeysRegenerate, turn.Key, func(c *change, k *Key) (err error) {
		c.event.Note = noteRotated
		if secret, err = c.rotate(k, turn, renew); err == nil {
			k.Due = NotDelivered
		}
		return err
	})
	if err != nil {
		secret.Wipe()
		return Key{}, Secret{}, err
	}
	return k, secret, nil
}

// noteRotated marks the event of a secret that a rotation replaced.
const noteRotated = "rotation"

// rotate gives a key its next secret.
func (c *change) rotate(k *Key, turn Turn, renew Renewal) (Secret, error) {
	switch now := k.StateAt(c.now); {
	case now == Revoked:
		return Secret{}, alreadyRevoked(*k)
	case now == Expired:
		return Secret{}, Errorf(CodeConflict, "The key of %s expired, so no secret was made. Extend it first.", k.Application)
	case turn.From != 0 && k.Generation != turn.From:
		return Secret{}, Errorf(CodeConflict, "Somebody regenerated the secret of %s meanwhile, so yours was not made. Look at the key again.", k.Application)
	}
	if bool(renew) && k.endsSoon(c.now) {
		if err := c.me.may(KeysEdit, k.On()); err != nil {
			return Secret{}, err
		}
		if err := c.extend(k); err != nil {
			return Secret{}, err
		}
	}
	secret, err := newSecret(c.service.random)
	if err == nil {
		c.renew(k, secret)
	}
	return secret, err
}

// extend has a key go on for as long as its secret could have worked. What was
// given as a date reached to the end of a day: it may be hours less now.
func (c *change) extend(k *Key) error {
	p, err := c.service.policy(c)
	if err != nil {
		return err
	}
	k.ExpiresAt = p.extended(*k, c.now)
	return c.withinPolicy(k.ExpiresAt)
}

// extended is until when a key works that is extended now.
func (p Policy) extended(k Key, now time.Time) time.Time {
	span := k.ExpiresAt.Sub(k.SecretAt)
	if to := now.Add(span); !p.outlasts(to, now) || span >= days(p.LongestLifetime+1) {
		return to
	}
	return p.latestExpiry(now)
}

// RotateInto gives keys new secrets in one transaction and hands each over before
// it is good for anything: to deliver, which must be quick, and then to settle,
// which makes what was delivered durable. The secrets count as confirmed. A key
// that cannot be rotated is told of in its place and left as it was; any other
// failure undoes all of it. Where the outcome is ErrUnknown, what was delivered
// may be valid.
func (s *Session) RotateInto(ctx context.Context, turns []Turn, renew Renewal, deliver func(Key, Secret) error, settle func() error) ([]Rotated, error) {
	if err := atOnce(len(turns)); err != nil {
		return nil, err
	}
	var done []Rotated
	err := s.write(ctx, KeyRegenerated, func(c *change) error {
		event := c.event
		done, c.told = nil, true
		for _, turn := range turns {
			c.event = event
			c.event.Note = fmt.Sprintf("%s, one of %s", noteRotated, counted(len(turns), "key"))
			k, err := c.rotateInto(turn, renew, deliver)
			if err != nil && (k.ID == "" || !spared(err)) {
				return err
			}
			if c.hidden || errors.Is(err, ErrDenied) {
				c.denied, c.hidden = append(c.denied, c.event), false
			}
			done = append(done, Rotated{k, err})
		}
		return settle()
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

// spared reports whether an error says that one key is left as it was.
func spared(err error) bool {
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrDenied) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrInvalid)
}

// rotateInto rotates one key with its event. Nothing of it happened where it
// returns a key along with an error.
func (c *change) rotateInto(turn Turn, renew Renewal, deliver func(Key, Secret) error) (Key, error) {
	before, err := c.changeable(KeysRegenerate, turn.Key)
	if err != nil {
		return Key{ID: turn.Key}, err
	}
	k := before
	secret, err := c.rotate(&k, turn, renew)
	if err != nil {
		return before, err
	}
	defer secret.Wipe()
	k.Confirmed = k.Generation // whoever reads what is delivered has it
	c.event.Note += noteDelivered
	after, err := c.replace(before, k)
	if err == nil {
		err = deliver(after, secret)
	}
	if err == nil {
		err = c.tell()
	}
	if err != nil {
		return Key{}, err
	}
	return after, nil
}

// noteDelivered ends the note of a secret that counts as confirmed.
const noteDelivered = ", delivered to a file"

// NoteUndelivered notes in the trail that the new secret of a rotation did not
// reach where it was to go, and why, in a few words that hold no secret.
func (s *Session) NoteUndelivered(ctx context.Context, id KeyID, g Generation, why string) error {
	return s.write(ctx, KeyNotDelivered, func(c *change) error {
		k, err := c.changeable(KeysRegenerate, id)
		if err != nil {
			return err
		}
		if k.Generation != g || k.Due&NotDelivered == 0 {
			return Errorf(CodeConflict, "The secret of %s was replaced or confirmed meanwhile.", k.Application)
		}
		c.event.Note = Printable(why)
		return noSecret("reason", why)
	})
}

// MarkForRotation notes that the secrets of many keys are to be replaced, in one
// transaction, so that a rotation which is interrupted can go on: they are due
// until they were. Without on it takes the marks away. Keys that are marked so
// already are left as they are.
func (s *Session) MarkForRotation(ctx context.Context, ids []KeyID, on bool) (Batch, error) {
	return s.changeEach(ctx, KeyEdited, ids, func(c *change, id KeyID, b *Batch) error {
		k, err := c.changeable(KeysRegenerate, id)
		if err != nil {
			return err
		}
		if k.State == Revoked || (k.Due&RotationPlanned != 0) == on {
			b.Left = append(b.Left, k)
			return nil
		}
		after := k
		after.Due ^= RotationPlanned
		return c.replaceOne(k, after, b)
	})
}
