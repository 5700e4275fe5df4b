package model

import (
	"context"
	"crypto/subtle"
)

// Ready returns nil when the store answers now, with the team that was opened,
// and the clock is right enough to tell what expired. A store that cannot
// answer, or that holds another team by now, is ErrUnavailable or what the store
// says; a clock in doubt is ErrUnavailable and ErrClockDoubtful.
func (s *Service) Ready(ctx context.Context) error {
	opened := s.team.Load()
	if opened == nil {
		return Errorf(CodeUnavailable, "The team was not read, so nothing can be decided.")
	}
	if err := s.readyStore(ctx, opened); err != nil {
		return err
	}
	s.lookForReset(ctx)
	return s.ClockDoubt()
}

func (s *Service) readyStore(ctx context.Context, opened *Team) error {
	return s.store.Read(ctx, func(r Reader) error {
		team, err := r.Team()
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(team.Database, opened.Database) != 1 {
			return anotherDatabase()
		}
		return nil
	})
}
