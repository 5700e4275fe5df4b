package model

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
)

// Offboarding is what has to be settled before a member can be removed.
type Offboarding struct {
	Member Member
	Keys   []HeldKey    // by application: all that are not revoked and that they own or were ever shown a secret of
	Hidden int          // how many more there are that the caller may not see
	Grants []GivenGrant // that hold now, and end with the removal
	Given  []GivenGrant // that they gave to others, who go on holding them
}

// HeldKey is a key that a member has something to do with.
type HeldKey struct {
	Key         Key
	Owns        bool // they answer for it
	KnowsSecret bool // they were shown the current secret
	Shown       bool // they were shown the current secret or an earlier one
}

// Disposal is what becomes of a key when somebody who owns it or knows its
// secret is removed.
type Disposal string

// The disposals.
const (
	Keep       Disposal = "keep" // the secret stays, though they know it
	Regenerate Disposal = "regenerate"
	Suspend    Disposal = "suspend"
	Revoke     Disposal = "revoke"
)

// Settlement is what is decided about one key.
type Settlement struct {
	Key      KeyID
	NewOwner string     // email or login; "" leaves the owner
	Do       Disposal   // "" for nothing, where they do not know the secret
	From     Generation // the secret that the caller saw, 0 for whichever is current
}

// Removal is what became of a member and of the keys that were settled.
type Removal struct {
	Member  Member
	Changed []Key       // that changed, in the order in which they were settled
	Secrets []NewSecret // of those that were regenerated, shown once
}

// NewSecret is a key with the secret that it was just given.
type NewSecret struct {
	Key    Key
	Secret Secret
}

// Offboarding says what has to be settled before a member, named by email or
// login, can be removed. It needs members.manage, and is about somebody else;
// the last active administrator is ErrConflict, as they cannot be removed. Who
// may remove nobody has tried it by asking, and the trail tells of it.
func (s *Session) Offboarding(ctx context.Context, member string) (Offboarding, error) {
	var o Offboarding
	err := s.read(ctx, func(r Reader, me actor) error {
		o = Offboarding{}
		if err := me.may(MembersManage, Target{}); err != nil {
			return err
		}
		m, err := s.service.memberNamed(r, "member", member)
		if err != nil {
			return err
		}
		if m.ID == me.ID { // said before anything is settled
			return oneself()
		}
		if err := s.service.keepsAdministrator(r, m); err != nil {
			return err
		}
		o.Member = m
		held, err := s.service.held(r, m)
		if err != nil {
			return err
		}
		for _, h := range held {
			if me.may(KeysView, h.Key.On()) != nil {
				o.Hidden++
				continue
			}
			o.Keys = append(o.Keys, h)
		}
		if o.Grants, err = s.service.given(r, m, s.holds); err != nil {
			return err
		}
		o.Given, err = s.givenBy(r, m)
		return err
	})
	if errors.Is(err, ErrDenied) {
		tried := s.attempt(MemberWasRemoved)
		tried.Member = Printable(strings.TrimSpace(member))
		s.recordDenial(ctx, tried)
	}
	if err != nil {
		return Offboarding{}, err
	}
	keys := make([]Key, len(o.Keys))
	for i, h := range o.Keys {
		keys[i] = h.Key
	}
	s.addUsage(ctx, keys)
	for i, k := range keys {
		o.Keys[i].Key = k
	}
	return o, nil
}

// held lists the keys, by application and api_key, that are not revoked and
// that a member owns or was ever shown a secret of. More than can be settled at
// once are ErrConflict.
func (s *Service) held(r Reader, m Member) ([]HeldKey, error) {
	shown, err := r.SecretsShown(m, MaxBatch+1)
	if err != nil {
		return nil, err
	}
	owned, err := r.KeysOwned(m.ID, MaxBatch+1)
	if err != nil {
		return nil, err
	}
	switch {
	case len(owned) > MaxBatch:
		return nil, Errorf(CodeConflict, "%s owns more than %d keys, which is more than can be settled at once. Give some of them other owners first: mark them in API Access and press e.", m.Email, MaxBatch)
	case len(shown) > MaxBatch:
		return nil, Errorf(CodeConflict, "%s was shown the secrets of more than %d keys, which is more than can be settled at once. Suspend the member instead, and rotate the keys.", m.Email, MaxBatch)
	}
	var held []HeldKey
	add := func(k Key) error {
		if !sealed(k.Seal, s.seals().sealCredential(k.credential())) {
			return damagedRow("key " + string(k.ID))
		}
		if k.State != Revoked {
			g, ever := shown[k.ID]
			held = append(held, HeldKey{Key: k, Owns: k.OwnerID == m.ID, KnowsSecret: ever && g == k.Generation, Shown: ever})
		}
		return nil
	}
	for _, k := range owned {
		if err := add(k); err != nil {
			return nil, err
		}
	}
	for id := range shown {
		k, err := r.Key(id)
		if errors.Is(err, ErrNotFound) || err == nil && k.OwnerID == m.ID {
			continue // deleted outside empress, which the audit tells; or added above
		}
		if err == nil {
			err = add(k)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(held, func(a, b HeldKey) int {
		return cmp.Or(cmp.Compare(Fold(a.Key.Application), Fold(b.Key.Application)), cmp.Compare(a.Key.ID, b.Key.ID))
	})
	return held, nil
}

// needs says what a settlement leaves open, "" for nothing.
func (h HeldKey) needs(s Settlement) string {
	switch {
	case h.Owns && s.NewOwner == "" && s.Do != Revoke:
		return "has no new owner. Give it one, or revoke it"
	case h.KnowsSecret && s.Do == "":
		return "has a secret that they know. Regenerate, suspend or revoke it, or say that it is kept"
	}
	return ""
}

// settled pairs the keys of a member with what was decided about each. What was
// left open, and what was decided about a key that is no matter of theirs, is
// ErrConflict.
func (c *change) settled(m Member, held []HeldKey, choices []Settlement) ([]Settlement, error) {
	byKey := make(map[KeyID]Settlement, len(choices))
	for _, s := range choices {
		if _, twice := byKey[s.Key]; twice {
			return nil, invalid("settlement", "The key %s is settled twice. Settle it once.", Printable(string(s.Key)))
		}
		switch s.Do {
		case "", Keep, Regenerate, Suspend, Revoke:
		default:
			return nil, invalid("settlement", "A key cannot be settled by %q. Choose keep, regenerate, suspend or revoke.", Printable(string(s.Do)))
		}
		byKey[s.Key] = s
	}
	var todo []Settlement
	for _, h := range held {
		s, chosen := byKey[h.Key.ID]
		delete(byKey, h.Key.ID)
		if open := h.needs(s); open != "" {
			if c.me.may(KeysView, h.Key.On()) != nil {
				return nil, Errorf(CodeConflict, "%s owns or knows keys that you may not see. Ask somebody who may see every key to remove them.", m.Email)
			}
			return nil, Errorf(CodeConflict, "The key %s of %s %s, so %s was not removed.", h.Key.ID, h.Key.Application, open, m.Email)
		}
		if chosen && s.From != 0 && s.From != h.Key.Generation {
			return nil, Errorf(CodeConflict, "Somebody regenerated the secret of key %s of %s meanwhile, so %s was not removed. Look at what is left to settle again.", h.Key.ID, h.Key.Application, m.Email)
		}
		if chosen {
			todo = append(todo, s)
		}
	}
	return todo, c.strange(m, choices, byKey)
}

// strange refuses what was decided about keys that the member neither owns nor
// was ever shown; one that was revoked meanwhile needs nothing any more.
func (c *change) strange(m Member, choices []Settlement, left map[KeyID]Settlement) error {
	for _, s := range choices {
		if _, is := left[s.Key]; !is {
			continue
		}
		k, err := c.changeable(KeysView, s.Key)
		if err != nil {
			return err
		}
		if k.State != Revoked {
			return Errorf(CodeConflict, "The key %s of %s is none that %s owns or was shown. Look at what is left to settle again.", k.ID, k.Application, m.Email)
		}
	}
	return nil
}
