package model

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// guardedStore stands between the service and its store, so that no transaction
// works with another sealing key than the one that the team's row names: the team
// may have replaced it in another process.
type guardedStore struct {
	Store
	service *Service
}

// Read implements [Store]. A transaction that began before the service took a
// newer key over sees rows of the former one, and fn runs again in another.
func (g guardedStore) Read(ctx context.Context, fn func(Reader) error) error {
	for {
		var used *SealingKey
		before := g.service.seals()
		err := g.Store.Read(ctx, func(r Reader) (err error) {
			if used, err = g.service.follow(r); err != nil {
				return err
			}
			return fn(r)
		})
		if now := g.service.seals(); now == before || now == used {
			return err
		}
	}
}

// Write implements [Store]. Nobody can replace the key while it runs.
func (g guardedStore) Write(ctx context.Context, fn func(Writer) error) error {
	return g.Store.Write(ctx, func(w Writer) error {
		if _, err := g.service.follow(w); err != nil {
			return err
		}
		return fn(w)
	})
}

// follow returns the sealing key that a transaction works with. Where the team
// replaced it since it was read, the newer one is taken over when the key file
// holds it; an older one never is. Before the team is opened there is none to
// follow.
func (s *Service) follow(r Reader) (*SealingKey, error) {
	own := s.seals()
	if s.team.Load() == nil {
		return own, nil
	}
	team, err := r.Team()
	if errors.Is(err, ErrNotFound) {
		return nil, anotherDatabase()
	}
	if err != nil {
		return nil, err
	}
	switch newer := own.numbered(team.KeyNumber); {
	case team.KeyNumber == own.number:
		s.behind.Store(false)
		return own, nil
	case team.KeyNumber < own.number:
		return nil, Errorf(CodeDamaged, "The record of the team names sealing key %d, which was replaced by number %d: an old one was put back outside empress. Run `empress audit verify`; after a restore, start empress again.", team.KeyNumber, own.number)
	case newer == nil || !sealed(team.Check, newer.check()):
		s.behind.Store(true)
		return nil, own.lacks(team.KeyNumber)
	case !sealed(team.Seal, newer.sealTeam(team)):
		return nil, damagedRow("the team")
	default:
		if s.seal.CompareAndSwap(own, newer) {
			s.team.Store(&team)
		}
		return newer, nil
	}
}

// look finds out whether the sealing key is still the team's, and takes a newer
// one over. Decisions wait for it, so it takes no longer than their own read.
func (s *Service) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	return s.store.Read(ctx, func(Reader) error { return nil })
}

const lookPatience = 5 * time.Second

// lacks says that the key file does not hold the key of a number, with the mend.
func (k *SealingKey) lacks(number int) *Error {
	held := k.numbers()
	switch {
	case k.numbered(number) != nil:
		return Errorf(CodeUnavailable, "The sealing key was replaced by number %d, and the key file here holds another key of that number. Put a copy of the new key file in its place, and start empress again.", number)
	case number > k.newest().number:
		return Errorf(CodeUnavailable, "The sealing key was replaced by number %d, and the key file here holds only %s. Put a copy of the new key file in its place, and start empress again.", number, held)
	}
	return Errorf(CodeUnavailable, "Sealing key %d is not in the key file here, which holds only %s. Put its line back from a backup of the key file, and start empress again.", number, held)
}

// numbers are those of the keys in the file, in words.
func (k *SealingKey) numbers() string {
	words := make([]string, len(k.ring))
	for i, n := range k.Numbers() {
		words[i] = fmt.Sprint(n)
	}
	if len(words) == 1 {
		return "number " + words[0]
	}
	return "the numbers " + strings.Join(words, ", ")
}

func anotherDatabase() *Error {
	return Errorf(CodeUnavailable, "The database is another one than was opened. Start the program again.")
}
