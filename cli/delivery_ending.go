package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"empress/model"
)

// ending keeps the end of what a command says, in memory that can be wiped.
type ending struct{ kept []byte }

// How much of what a command says is kept, in bytes, and shown, in characters.
const (
	maxKept = 4 << 10
	maxSaid = 200
)

func newEnding() *ending { return &ending{make([]byte, 0, maxKept)} }

func (e *ending) Write(said []byte) (int, error) {
	n := len(said)
	said = said[max(0, n-maxKept):]
	if over := len(e.kept) + len(said) - maxKept; over > 0 {
		e.kept = e.kept[:copy(e.kept, e.kept[over:])]
	}
	e.kept = append(e.kept, said...)
	return n, nil
}

func (e *ending) wipe() { clear(e.kept[:cap(e.kept)]) }

// lastLine is the last line that is not blank, fit for a terminal. One that
// holds any part of the secret is not told.
func (e *ending) lastLine(secret model.Secret) string {
	line := bytes.TrimSpace(e.kept)
	line = bytes.TrimSpace(line[bytes.LastIndexAny(line, "\r\n")+1:])
	if len(line) == 0 {
		return ""
	}
	if betrays(line, secret) {
		return "what it said holds the secret, and is not shown"
	}
	words := []rune(model.Printable(model.Redact(string(line))))
	if len(words) > maxSaid {
		words = append(words[:maxSaid], '…')
	}
	return string(words)
}

// telling is how many characters of a secret, as it is or encoded, betray it.
const telling = 12

// betrays reports whether a text holds a part of a secret: as it is, in base64
// wherever it begins, or in hexadecimal.
func betrays(text []byte, secret model.Secret) bool {
	body := []byte(secret.Reveal()[len(model.SecretPrefix):])
	defer clear(body)
	small := bytes.ToLower(text)
	defer clear(small)
	if shares(text, string(body)) || shares(small, hex.EncodeToString(body)) {
		return true
	}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(body[shift:])
		if shares(text, encoded) || shares(text, strings.NewReplacer("+", "-", "/", "_").Replace(encoded)) {
			return true
		}
	}
	return false
}

// shares reports whether a text holds so much of a form of a secret that it is
// telling.
func shares(text []byte, form string) bool {
	for i := range len(form) - telling + 1 {
		if bytes.Contains(text, []byte(form[i:i+telling])) {
			return true
		}
	}
	return false
}
