package model

import "context"

// RecordOpened notes in the trail that the member of a session came in from
// elsewhere, and for which command of the program, by its name alone; "" is for
// the screens. It asks for no permission: whoever is a member may come in.
func (s *Service) RecordOpened(ctx context.Context, in *Session, command string) error {
	return in.write(ctx, SessionOpened, func(c *change) error {
		c.event.Note = Printable(Redact(command))
		return nil
	})
}
