package model

import (
	"fmt"
	"io"
	"strings"
)

// KeyID is the public half of a key, the api_key: "empk_" and 20 characters of
// lower-case Crockford base32 (100 random bits). It is permanent, unique and
// safe to log. One that was imported is as its maker wrote it, see [ParseKeyID].
type KeyID string

const (
	keyPrefix   = "empk_"
	keyBodyLen  = 20
	crockford32 = "0123456789abcdefghjkmnpqrstvwxyz"
)

// newKeyID draws an api_key from random. A failing source is an error, never a
// predictable value.
func newKeyID(random io.Reader) (KeyID, error) {
	var raw [keyBodyLen]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", noRandom(fmt.Errorf("draw api_key: %w", err))
	}
	for i, b := range raw {
		raw[i] = crockford32[b&31] // 256 is a multiple of 32: no bias
	}
	return KeyID(keyPrefix + string(raw[:])), nil
}

func noRandom(cause error) *Error {
	return Errorf(CodeUnavailable, "This computer gave no random numbers, so nothing was made and nothing was changed. Try again; if it stays so, restart the computer.").Because(cause)
}

// ParseKeyID checks the form of an api_key. Only the canonical spelling is
// accepted. What does not begin as a key or a secret of empress may be one that
// was imported: 8 to 64 of 0-9A-Za-z_ and -.
func ParseKeyID(s string) (KeyID, error) {
	if !begins(s) {
		return parseImportedKeyID(s)
	}
	body, ok := strings.CutPrefix(s, keyPrefix)
	if !ok || len(body) != keyBodyLen {
		return "", errKeyForm
	}
	for i := range len(body) {
		if strings.IndexByte(crockford32, body[i]) < 0 {
			return "", errKeyForm
		}
	}
	return KeyID(s), nil
}

var errKeyForm = invalid("api_key", "That is not an API key: it starts with empk_ and has 20 characters after it; an imported one has 8 to 64 letters, digits, _ and -.").Because(ErrNoKey)

// Short returns the key shortened in the middle, for lists, where it has more
// than 14 characters: empk_7f3c…9q2d.
func (id KeyID) Short() string {
	if len(id) <= 14 {
		return string(id)
	}
	return string(id[:9]) + "…" + string(id[len(id)-4:])
}
