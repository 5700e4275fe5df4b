package model

import "context"

// ChangeOwners gives many keys another owner, named by email or login, in one
// transaction. Each key that changes leaves its own event, which says that it was
// one of several. A key that is the new owner's already, or revoked, is left as it
// is. A key that the member may not give away, or that cannot be trusted, undoes
// all of it.
func (s *Session) ChangeOwners(ctx context.Context, ids []KeyID, owner string) (Batch, error) {
	b, err := s.changeEach(ctx, KeyEdited, ids, func(c *change, id KeyID, b *Batch) error { return c.changeOwner(id, owner, b) })
	if err != nil {
		return Batch{}, err
	}
	if len(b.Changed) == 0 {
		return Batch{}, nothingToDo(b.Left, "that owner's", func(k Key) bool { return k.State != Revoked })
	}
	s.addUsage(ctx, b.Changed)
	return b, nil
}

// changeOwner gives one key another owner, or leaves it.
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
	return c.replaceOne(k, after, b)
}
