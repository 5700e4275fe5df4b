package model

import (
	"context"
	"slices"
)

// SealedKeys counts keys whose secrets are hashed by one sealing key.
type SealedKeys struct {
	Number int // of the sealing key
	Keys   int // all of them
	Usable int // those that are neither revoked nor expired
}

// SealingKeyUse is what there is to know of one sealing key.
type SealingKeyUse struct {
	SealedKeys
	InFile  bool // the key file holds it
	Current bool // the team's records are sealed by it
}

// SealingKeyNumber is the number of the sealing key that is in use, as far as s knows.
func (s *Service) SealingKeyNumber() int { return s.seals().number }

// NextSealingKey is the number of the sealing key in the file that waits to be
// used, 0 for none.
func (s *Service) NextSealingKey() int {
	seal := s.seals()
	if next := seal.numbered(seal.number + 1); next != nil {
		return next.number
	}
	return 0
}

// SealingKeys tells of all keys that are in the key file or that a secret is hashed
// by, rising by number, for whoever runs the program beside its files, member or
// not: it reveals numbers alone. One after the current key waits to be used.
func (s *Service) SealingKeys(ctx context.Context) ([]SealingKeyUse, error) {
	var counts []SealedKeys
	err := s.store.Read(ctx, func(r Reader) (err error) {
		counts, err = r.SealedKeys(Millis(s.instant()))
		return err
	})
	if err != nil {
		return nil, err
	}
	seal := s.seals()
	for _, n := range seal.Numbers() {
		if !slices.ContainsFunc(counts, func(c SealedKeys) bool { return c.Number == n }) {
			counts = append(counts, SealedKeys{Number: n})
		}
	}
	slices.SortFunc(counts, func(a, b SealedKeys) int { return a.Number - b.Number })
	uses := make([]SealingKeyUse, len(counts))
	for i, c := range counts {
		uses[i] = SealingKeyUse{c, seal.numbered(c.Number) != nil, c.Number == seal.number}
	}
	return uses, nil
}
