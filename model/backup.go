package model

import (
	"context"
	"errors"
)

// BeginBackup notes in the trail that a copy of the database is about to be
// made at the path to, so that the copy itself tells of it. A copy holds all
// that the team has: it takes policy.manage.
func (s *Session) BeginBackup(ctx context.Context, to string) error {
	err := s.write(ctx, BackupMade, func(c *change) error {
		c.event.Note = Redact(Printable(to))
		return c.me.may(PolicyManage, Target{})
	})
	if errors.Is(err, ErrDenied) {
		return Errorf(CodeDenied, "A backup holds all that the team has, so it takes the permission %s. %s", PolicyManage, Sentence(err)).Because(err)
	}
	return err
}
