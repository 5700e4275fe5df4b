package model

import (
	"context"
	"unicode/utf8"
)

// maxNotedCommand is how much of a command is noted in the trail, in bytes.
const maxNotedCommand = 200

// Arrive notes in the trail that the member came in from another computer: with
// a command, or with "" for the interface. Whoever cannot be noted does not come
// in.
func (s *Session) Arrive(ctx context.Context, command string) error {
	return s.write(ctx, SessionBegan, func(c *change) error {
		c.event.Note = noted(command)
		return nil
	})
}

// noted is a command as the trail has it: without what looks like a secret, and
// what is too long.
func noted(command string) string {
	text := Printable(Redact(command))
	if len(text) <= maxNotedCommand {
		return text
	}
	end := maxNotedCommand
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
