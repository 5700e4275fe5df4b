package model

import "context"

// RecordOpened notes in the trail that the member came in from elsewhere, and
// for which command of the program, by its name alone; "" is for the screens.
func (s *Session) RecordOpened(ctx context.Context, command string) error {
	return s.write(ctx, SessionOpened, func(c *change) error {
		c.event.Note = Printable(Redact(command))
		return nil
	})
}
