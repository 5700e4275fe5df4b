package cli

import (
	"context"
	"errors"
	"slices"

	"empress/model"
)

// outcome is what became of one key of a rotation.
type outcome string

const (
	delivered    outcome = "delivered"     // it has a new secret, which arrived
	notDelivered outcome = "not_delivered" // it has a new secret, which did not
	leftOut      outcome = "left_out"      // it is as it was, as the plan says
	failed       outcome = "failed"        // it is as it was, as it could not be changed
	unknown      outcome = "unknown"       // the store broke off
	notBegun     outcome = "not_begun"     // it is as it was, as the rotation ended before
	planned      outcome = "planned"       // it would get a new secret
)

// rotatedKey is one key of a rotation and what became of it, as scripts see it.
type rotatedKey struct {
	APIKey      string  `json:"api_key"`
	Application string  `json:"application"`
	Outcome     outcome `json:"outcome"`
	Reason      string  `json:"reason,omitempty"`
}

// rotation is one run through many keys.
type rotation struct {
	t        *tree
	s        *model.Session
	flags    rotateFlags
	progress *progress
	todo     int // keys of which it is not known yet what becomes of them
	keys     []rotatedKey
	tally    map[outcome]int
	first    error // the first that went wrong
}

// secretsOut takes the new secrets of a rotation.
type secretsOut interface {
	// rotate gives keys new secrets and notes what became of each. An error ends
	// the whole rotation. The end of ctx ends it before the next secret is made,
	// that of insisted at once.
	rotate(ctx, insisted context.Context, keys []model.Key) error
	close() error
}

// plannedAtOnce is how many keys are looked at before they are rotated.
const plannedAtOnce = 1000

// through rotates all the keys, as far as it comes, and says how far.
func (r *rotation) through(ctx context.Context, ids []model.KeyID, out secretsOut) error {
	insisted, done := untilInsisted(ctx)
	defer done()
	err := r.each(ctx, ids, func(plan model.RotationPlan) error {
		if err := r.noteRefused(ctx, plan.Left); err != nil {
			return err
		}
		for _, left := range plan.Left {
			r.note(left.Key, leftOut, left.Why, alone(left))
		}
		return out.rotate(ctx, insisted, plan.Keys)
	})
	r.progress.end()
	err = errors.Join(err, out.close())
	if err != nil && !errors.Is(err, context.Canceled) {
		r.wrong(err)
	}
	if !r.flags.due {
		r.listNotBegun(ids)
	}
	return errors.Join(r.print(), r.end(ctx, err))
}

// noteRefused has the trail tell of keys that were named and that the member may
// not rotate. That some of those that are due are not theirs is no attempt.
func (r *rotation) noteRefused(ctx context.Context, left []model.LeftKey) error {
	if r.flags.due {
		return nil
	}
	var rotate, extend []model.KeyID
	for _, l := range left {
		switch {
		case l.Code == model.CodeDenied && r.s.Can(model.KeysRegenerate, l.Key.On()) == nil:
			extend = append(extend, l.Key.ID)
		case l.Code == model.CodeDenied, l.Code == model.CodeNotFound:
			rotate = append(rotate, l.Key.ID)
		}
	}
	err := r.s.NoteRefused(ctx, model.KeyRegenerated, model.KeysRegenerate, rotate)
	if err == nil {
		err = r.s.NoteRefused(ctx, model.KeyEdited, model.KeysEdit, extend)
	}
	return err
}

// listNotBegun names the keys that the rotation did not come to. Of those that
// were found to be due nobody needs the names: they still are.
func (r *rotation) listNotBegun(ids []model.KeyID) {
	seen := make(map[string]bool, len(r.keys))
	for _, k := range r.keys {
		seen[k.APIKey] = true
	}
	for _, id := range ids {
		if !seen[string(id)] {
			r.keys = append(r.keys, rotatedKey{APIKey: string(id), Outcome: notBegun})
		}
	}
}

// each hands over the plan for all the keys, a part at a time.
func (r *rotation) each(ctx context.Context, ids []model.KeyID, fn func(model.RotationPlan) error) error {
	for part := range slices.Chunk(ids, plannedAtOnce) {
		plan, err := r.plan(ctx, part)
		if err != nil {
			return err
		}
		if err := fn(plan); err != nil {
			return err
		}
	}
	return nil
}

// plan is the plan for some of the keys. Those that somebody else rotated since
// they were found to be due are in it no more.
func (r *rotation) plan(ctx context.Context, ids []model.KeyID) (model.RotationPlan, error) {
	plan, err := r.s.PlanRotation(ctx, ids, model.Renewal(r.flags.renew))
	if r.flags.due {
		before := len(plan.Keys)
		plan.Keys = slices.DeleteFunc(plan.Keys, func(k model.Key) bool { return len(k.Findings) == 0 })
		r.todo -= before - len(plan.Keys)
	}
	return plan, err
}

// alone is the error that rotating a key alone, which was left out, would be.
func alone(left model.LeftKey) error {
	if left.Code == model.CodeNotFound {
		return model.Errorf(left.Code, "There is no key %s that you may see.", left.Key.ID).Because(model.ErrNoKey)
	}
	return model.Errorf(left.Code, "Nothing was rotated. The key %s was left out: %s.", left.Key.ID, left.Why)
}

// note keeps what became of a key; err is what went wrong, nil for nothing.
func (r *rotation) note(k model.Key, o outcome, why string, err error) {
	if r.tally == nil {
		r.tally = map[outcome]int{}
	}
	r.tally[o]++
	r.todo--
	r.progress.step()
	r.keys = append(r.keys, rotatedKey{string(k.ID), model.Printable(k.Application), o, model.Printable(model.Redact(why))})
	if err != nil {
		r.wrong(err)
	}
}

func (r *rotation) wrong(err error) {
	if r.first == nil {
		r.first = err
	}
}

// unchanged notes that a key could not be changed. It returns the error where the
// next key would fare no better.
func (r *rotation) unchanged(k model.Key, err error) error {
	switch model.CodeOf(err) {
	case model.CodeUnknown:
		r.note(k, unknown, r.t.sentence(err), err)
		return err
	case model.CodeConflict, model.CodeDenied, model.CodeNotFound, model.CodeDamaged, model.CodeInvalid:
		r.note(k, failed, r.t.sentence(err), err)
		return nil
	}
	return err
}

// rotated is how many keys have new secrets.
func (r *rotation) rotated() int { return r.tally[delivered] + r.tally[notDelivered] }

// end is how the command ends, where stopped is why it did not come to all keys.
func (r *rotation) end(ctx context.Context, stopped error) error {
	switch {
	case r.todo > 0 && ctx.Err() != nil:
		return exitInterrupted
	case r.first == nil && r.todo == 0:
		return nil
	case r.rotated() == 0:
		return r.first
	case stopped != nil:
		r.t.complain(stopped, r.t.json)
	}
	return exitPartly
}
