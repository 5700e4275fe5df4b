package model

import (
	"bytes"
	"strings"
)

// The forms of what was imported: other programs made it, Frappe for one pairs
// of 15 hexadecimal characters.
const (
	minImportedLen       = 8
	maxImportedKeyLen    = 64
	maxImportedSecretLen = 128
)

// begins reports whether s looks as if empress had made it, in whatever letters:
// then it has the form of that, or none.
func begins(s string) bool {
	if len(s) < len(keyPrefix) {
		return false
	}
	start := s[:len(keyPrefix)]
	return strings.EqualFold(start, keyPrefix) || strings.EqualFold(start, SecretPrefix)
}

// parseImportedKeyID accepts 8 to 64 of 0-9A-Za-z_ and -.
func parseImportedKeyID(s string) (KeyID, error) {
	if len(s) < minImportedLen || len(s) > maxImportedKeyLen {
		return "", errKeyForm
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && c != '-' && strings.IndexByte(base62, c) < 0 {
			return "", errKeyForm
		}
	}
	return KeyID(s), nil
}

// parseImportedSecret accepts what [ParseSecret] says of imported secrets.
func parseImportedSecret(s string) (Secret, error) {
	if len(s) < minImportedLen || len(s) > maxImportedSecretLen {
		return Secret{}, errSecretForm
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == ':' {
			return Secret{}, errSecretForm
		}
	}
	return secretOf([]byte(s)), nil
}

// Imported reports whether empress did not make the key.
func (id KeyID) Imported() bool { return !strings.HasPrefix(string(id), keyPrefix) }

// weak reports whether the secret was not drawn by empress, so that nobody knows
// how hard it is to guess.
func (s Secret) weak() bool { return !s.Empty() && !bytes.HasPrefix(s.text(), []byte(SecretPrefix)) }

// Weakness says in words what is wrong with the secret of a key, "" for nothing.
func (k Key) Weakness() string {
	if !k.Weak {
		return ""
	}
	return "weak secret, imported"
}

// noteImported marks the event of a key that came with an import.
const noteImported = "imported"
