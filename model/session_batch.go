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
	if err := atOnce(len(ids)); err != nil {
		return Batch{}, err
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

// atOnce refuses more keys than one transaction changes.
func atOnce(n int) error {
	if n > MaxBatch {
		return invalid("keys", "That is %d keys, and at most %d change at once. Choose fewer.", n, MaxBatch)
	}
	return nil
}

// changeEach changes many keys in one transaction, one after the other, each with
// an event of its own: fn puts every key where it belongs in the batch, with
// replaceOne where it changes. An error undoes all of it.
func (s *Session) changeEach(ctx context.Context, action Action, ids []KeyID, fn func(c *change, id KeyID, b *Batch) error) (Batch, error) {
	ids = distinct(ids)
	if err := atOnce(len(ids)); err != nil {
		return Batch{}, err
	}
	var b Batch
	err := s.write(ctx, action, func(c *change) error {
		event := c.event
		event.Note = noteSeveral(len(ids))
		b, c.told = Batch{}, true
		for _, id := range ids {
			c.event = event
			if err := fn(c, id, &b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

// replaceOne puts a key of a batch in the place of what it was before, and tells
// the trail of it.
func (c *change) replaceOne(before, after Key, b *Batch) error {
	after, err := c.replace(before, after)
	if err != nil {
		return err
	}
	b.Changed = append(b.Changed, after)
	return c.tell()
}

// noteSeveral says in an event that its key was one of several.
func noteSeveral(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("one of %d keys at once", n)
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
		return Batch{}, nothingToDo(b.Left, string(to), func(k Key) bool { return k.State == to })
	}
	return b, nil
}

// nothingToDo says why no key of a batch changes: each is so already, in words
// what it was to be, or revoked.
func nothingToDo(left []Key, so string, already func(Key) bool) *Error {
	revoked := 0
	for _, k := range left {
		if !already(k) {
			revoked++
		}
	}
	switch revoked {
	case 0:
		return Errorf(CodeConflict, "%s %s already, so nothing changed.", these(len(left)), so)
	case len(left):
		return Errorf(CodeConflict, "%s revoked, which is final, so nothing changed. Create new keys instead.", these(revoked))
	}
	return Errorf(CodeConflict, "%s %s already, or revoked, which is final, so nothing changed.", these(len(left)), so)
}

func these(n int) string {
	if n == 1 {
		return "This key is"
	}
	return fmt.Sprintf("These %d keys are", n)
}

// carryOut changes the keys of a plan and tells the trail of each.
func (c *change) carryOut(p Permission, b *Batch, to State) error {
	event := c.event
	for i, k := range b.Changed {
		c.event = event
		c.event.Note = noteSeveral(len(b.Changed))
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
