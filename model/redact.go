package model

import (
	"regexp"
	"strings"
)

// looksSecret matches what is long enough to be worth something to a thief,
// partSecret what somebody who mistyped a secret leaves of it.
var (
	looksSecret = regexp.MustCompile(SecretPrefix + `[0-9A-Za-z]{20,}`)
	partSecret  = regexp.MustCompile(SecretPrefix + `[0-9A-Za-z]{8,}`)
)

// Redact puts [Mask] in the place of all that looks like a secret or a part of
// one: somebody may have typed it where it does not belong, and errors repeat
// what was typed.
func Redact(s string) string {
	if !strings.Contains(s, SecretPrefix) {
		return s
	}
	return partSecret.ReplaceAllString(s, Mask)
}

// noSecret refuses a text that would be stored or recorded with a secret in
// it.
func noSecret(field, s string) error {
	if strings.Contains(s, SecretPrefix) && looksSecret.MatchString(s) {
		return invalid(field, "The %s holds what looks like an API secret, which must be stored nowhere here. Take it out, and regenerate the secret if it was pasted anywhere else.", fieldWords(field))
	}
	return nil
}

// redacted is the event without what looks like a secret. An attempt that was
// denied is recorded with words that nothing has checked.
func (e Event) redacted() Event {
	e.From, e.Application, e.Member, e.Note = Redact(e.From), Redact(e.Application), Redact(e.Member), Redact(e.Note)
	return e
}
