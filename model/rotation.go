package model

import (
	"context"
	"errors"
	"time"
)

// MaxRotation is how many keys one rotation may name.
const MaxRotation = 100_000

// Turn is one key of a rotation.
type Turn struct {
	Key  KeyID
	From Generation // the secret that is to be replaced, as the plan saw it; 0 for whichever is current
}

// RotationPlan says what a rotation of many keys would do.
type RotationPlan struct {
	Keys []Key     // that get new secrets, in the order in which they were named
	Left []LeftKey // that do not

	Until map[KeyID]time.Time // with a renewal: when those of the keys expire that go on
}

// Turns are the turns of the keys that a plan holds.
func (p RotationPlan) Turns() []Turn {
	turns := make([]Turn, len(p.Keys))
	for i, k := range p.Keys {
		turns[i] = Turn{k.ID, k.Generation}
	}
	return turns
}

// LeftKey is a key that is left as it is, and why, in a few words: "it is
// revoked".
type LeftKey struct {
	Key  Key // with nothing but its ID where there is none that the member may see, or it is damaged
	Why  string
	Code Code // of the error that rotating this one alone would be
}

// Renewal is whether keys that expire soon go on working after a rotation.
type Renewal bool

// PlanRotation says which of the named keys would get new secrets, and which
// not. A key that expired or was revoked is left out, and so is one whose secret
// the member may not regenerate; with a renewal also one that would need it and
// whose expiry the member may not change.
func (s *Session) PlanRotation(ctx context.Context, ids []KeyID, renew Renewal) (RotationPlan, error) {
	ids = distinct(ids)
	if len(ids) > MaxRotation {
		return RotationPlan{}, invalid("keys", "That is %d keys, and at most %d are rotated at once. Choose fewer.", len(ids), MaxRotation)
	}
	var plan RotationPlan
	now := s.Now()
	err := s.read(ctx, func(r Reader, me actor) error {
		plan = RotationPlan{Until: map[KeyID]time.Time{}}
		p, err := s.service.policy(r)
		if err != nil {
			return err
		}
		for _, id := range ids {
			k, err := s.service.visibleKey(r, me, id)
			if why, code := leftOut(k, err, me, renew, now); why != "" {
				if err != nil {
					k = Key{ID: id}
				}
				plan.Left = append(plan.Left, LeftKey{k, why, code})
				continue
			}
			if err != nil {
				return err
			}
			k.Findings = p.Due(k, now)
			plan.Keys = append(plan.Keys, k)
			if to := p.extended(k, now); bool(renew) && k.endsSoon(now) && !p.outlasts(to, now) {
				plan.Until[k.ID] = to
			}
		}
		return nil
	})
	if err != nil {
		return RotationPlan{}, err
	}
	s.addUsage(ctx, plan.Keys)
	return plan, nil
}

// leftOut says why a key that was read gets no new secret, "" for nothing.
func leftOut(k Key, err error, me actor, renew Renewal, now time.Time) (string, Code) {
	switch state := k.StateAt(now); {
	case errors.Is(err, ErrNotFound):
		return "there is no such key that you may see", CodeNotFound
	case errors.Is(err, ErrDamaged):
		return "its record was changed outside empress", CodeDamaged
	case err != nil:
		return "", ""
	case state == Revoked:
		return "it is revoked", CodeConflict
	case state == Expired:
		return "it expired, so a new secret would not help", CodeConflict
	case me.may(KeysRegenerate, k.On()) != nil:
		return "you may not regenerate its secret", CodeDenied
	case bool(renew) && k.endsSoon(now) && me.may(KeysEdit, k.On()) != nil:
		return "it expires soon, and you may not extend it", CodeDenied
	}
	return "", ""
}

// endsSoon reports whether a key expires within the time in which it asks for
// attention.
func (k Key) endsSoon(now time.Time) bool { return !lastNotice(k.ExpiresAt, now).IsZero() }

// Rotated is what became of one key of a rotation.
type Rotated struct {
	Key Key   // as it is now; as it was where Err is not nil
	Err error // why it has no new secret
}
