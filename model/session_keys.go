package model

import (
	"context"
	"errors"

	"golang.org/x/text/unicode/norm"
)

// Keys returns one window of the keys that the member may see. A window of
// Unused has fewer keys than there are where it takes long to find them, and
// counts only these. Keys that are looked for by their attention or by when they
// expire come with Findings.
func (s *Session) Keys(ctx context.Context, q KeyQuery) (KeyPage, error) {
	if q.Attention != "" || !q.ExpiresBy.IsZero() {
		return s.keysToAttend(ctx, q)
	}
	page, err := s.keys(ctx, &q)
	if err != nil {
		return KeyPage{}, err
	}
	s.addUsage(ctx, page.Keys)
	return page, nil
}

// keys reads one window, without what is known of requests, and fills in the
// query.
func (s *Session) keys(ctx context.Context, q *KeyQuery) (KeyPage, error) {
	var page KeyPage
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		q.Now, q.Visible = s.Now(), me.visible()
		if err := noSecret("filter", q.Text); err != nil {
			return err
		}
		q.Text = norm.NFC.String(q.Text)
		if q.Owner != "" {
			m, err := memberNamed(r, "owner", q.Owner)
			if errors.Is(err, ErrNotFound) && me.may(MembersView, Target{}) != nil {
				m.ID, err = nobody, nil // whoever may not see the members learns of none
			}
			if err != nil {
				return err
			}
			q.OwnerID = m.ID
		}
		page, err = r.Keys(*q)
		return err
	})
	if page.More && len(page.Keys) > 0 {
		next := page.Keys[len(page.Keys)-1]
		if q.Backward {
			next = page.Keys[0]
		}
		page.Next = &next
	}
	return page, err
}

// nobody owns no keys.
const nobody MemberID = -1

// Key returns one key. One that the member may not see is ErrNotFound, as is
// one that does not exist.
func (s *Session) Key(ctx context.Context, id KeyID) (Key, error) {
	var k Key
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		k, err = s.service.visibleKey(r, me, id)
		return err
	})
	if err != nil {
		return Key{}, err
	}
	one := []Key{k}
	s.addUsage(ctx, one)
	return one[0], nil
}

// KeysNamed returns those of some keys that the member may see, at most MaxBatch
// of them, with what is known of requests.
func (s *Session) KeysNamed(ctx context.Context, ids []KeyID) ([]Key, error) {
	if err := atOnce(len(ids)); err != nil {
		return nil, err
	}
	var ks []Key
	err := s.read(ctx, func(r Reader, me actor) error {
		ks = nil
		for _, id := range ids {
			k, err := s.service.visibleKey(r, me, id)
			switch {
			case err == nil:
				ks = append(ks, k)
			case !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged):
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.addUsage(ctx, ks)
	}
	return ks, err
}

// addUsage fills in what is known of requests. Where that cannot be read the
// keys themselves still can: they come without it, and say so.
func (s *Session) addUsage(ctx context.Context, ks []Key) {
	if s.withUsage(ctx, ks) == nil {
		return
	}
	for i := range ks {
		ks[i].Usage = Usage{Key: ks[i].ID, Hidden: true}
	}
}

// visibleKey reads a key that me may see, and trusts it only with its seal. A
// key that is there but hidden is returned along with ErrNotFound.
func (s *Service) visibleKey(r Reader, me actor, id KeyID) (Key, error) {
	k, err := r.Key(id)
	if errors.Is(err, ErrNotFound) || err == nil && me.may(KeysView, k.On()) != nil {
		return k, Errorf(CodeNotFound, "There is no key %s that you may see.", Printable(string(id))).Because(ErrNoKey)
	}
	if err != nil {
		return Key{}, err
	}
	if !sealed(k.Seal, s.seals().sealCredential(k.credential())) {
		return Key{}, damagedRow("key " + string(k.ID))
	}
	return k, nil
}
