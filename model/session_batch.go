package model

import (
	"context"
	"fmt"
	"slices"
)

// MaxBatch is how many keys one batch may name.
const MaxBatch = 5_000

// Batch is what became of a change to many keys.
type Batch struct {
	Changed []Key // as they are now, in the order in which they were named
	Left    []Key // nothing was to be done about these: as they were
}

// batches are the states that many keys can be brought to at once.
var batches = map[State]struct {
	action     Action
	permission Permission
}{
	Suspended: {KeySuspended, KeysSuspend},
	Active:    {KeyResumed, KeysSuspend},
	Revoked:   {KeyRevoked, KeysRevoke},
}

// ChangeStates suspends, resumes or revokes many keys in one transaction. Each
// key that changes leaves its own event, which says that it was one of several.
// A key that is in the state already, or revoked, is left as it is. A key that
// the member may not change, or that cannot be trusted, undoes all of it.
func (s *Session) ChangeStates(ctx context.Context, ids []KeyID, to State) (Batch, error) {
	how, known := batches[to]
	if !known {
		return Batch{}, invalid("state", "A key cannot be made %s.", Printable(string(to)))
	}
	ids = distinct(ids)
	if len(ids) > MaxBatch {
		return Batch{}, invalid("keys", "That is %d keys, and at most %d change at once. Choose fewer.", len(ids), MaxBatch)
	}
	var b Batch
	err := s.write(ctx, how.action, func(c *change) (err error) {
		if b, err = c.plan(how.permission, ids, to); err != nil {
			return err
		}
		return c.carryOut(how.permission, &b, to)
	})
	if err != nil {
		return Batch{}, err
	}
	s.addUsage(ctx, b.Changed)
	return b, nil
}

// distinct returns ids without those that were named before.
func distinct(ids []KeyID) []KeyID {
	seen := make(map[KeyID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id KeyID) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// plan reads the keys and says which of them would change.
func (c *change) plan(p Permission, ids []KeyID, to State) (Batch, error) {
	var b Batch
	for _, id := range ids {
		k, err := c.changeable(p, id)
		if err != nil {
			return Batch{}, err
		}
		if would := k; would.become(to) != nil {
			b.Left = append(b.Left, k)
		} else {
			b.Changed = append(b.Changed, k)
		}
	}
	if len(b.Changed) == 0 {
		return Batch{}, Errorf(CodeConflict, "None of these %d keys can be made %s, so nothing changed.", len(ids), to)
	}
	return b, nil
}

// carryOut changes the keys of a plan and tells the trail of each.
func (c *change) carryOut(p Permission, b *Batch, to State) error {
	event := c.event
	for i, k := range b.Changed {
		c.event = event
		if n := len(b.Changed); n > 1 {
			c.event.Note = fmt.Sprintf("one of %d keys at once", n)
		}
		after, err := c.update(p, k.ID, func(_ *change, k *Key) error { return k.become(to) })
		if err != nil {
			return err
		}
		if err := c.tell(); err != nil {
			return err
		}
		b.Changed[i] = after
	}
	return nil
}
