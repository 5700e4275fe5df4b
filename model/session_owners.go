package model

import (
	"context"
	"fmt"
)

// ChangeOwners gives many keys another owner, named by email or login, in one
// transaction. Each key that changes leaves its own event, which says that it was
// one of several. A key that is the new owner's already, or revoked, is left as it
// is. A key that the member may not give away, or that cannot be trusted, undoes
// all of it.
func (s *Session) ChangeOwners(ctx context.Context, ids []KeyID, owner string) (Batch, error) {
	ids = distinct(ids)
	if len(ids) > MaxBatch {
		return Batch{}, invalid("keys", "That is %d keys, and at most %d change at once. Choose fewer.", len(ids), MaxBatch)
	}
	var b Batch
	err := s.write(ctx, KeyEdited, func(c *change) error {
		event := c.event
		b, c.told = Batch{}, true
		for _, id := range ids {
			c.event = event
			if n := len(ids); n > 1 {
				c.event.Note = fmt.Sprintf("one of %d keys at once", n)
			}
			if err := c.changeOwner(id, owner, &b); err != nil {
				return err
			}
		}
		if len(b.Changed) == 0 {
			return Errorf(CodeConflict, "None of these %d keys would get another owner, so nothing changed.", len(ids))
		}
		return nil
	})
	if err != nil {
		return Batch{}, err
	}
	s.addUsage(ctx, b.Changed)
	return b, nil
}

// changeOwner gives one key another owner, with its event, or leaves it.
func (c *change) changeOwner(id KeyID, owner string, b *Batch) error {
	k, err := c.changeable(KeysEdit, id)
	if err != nil {
		return err
	}
	after := k
	if err := c.setOwner(&after, owner); err != nil {
		return err
	}
	if k.State == Revoked || after.OwnerID == k.OwnerID {
		b.Left = append(b.Left, k)
		return nil
	}
	if after, err = c.replace(k, after); err != nil {
		return err
	}
	b.Changed = append(b.Changed, after)
	return c.tell()
}
