package model

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
)

// Secret is the private half of a key, the api_secret: "emps_", 43 base62
// characters holding 256 random bits and 6 that hold the CRC-32 (IEEE) of all
// before them, 54 characters in all. The alphabet is 0-9A-Za-z, the most
// significant digit first. One that was imported is whatever its maker gave out,
// see [ParseSecret].
//
// However a Secret is formatted, logged or marshalled, it shows [Mask]; only
// [Secret.Reveal] yields the text. The text sits behind a function, so that
// copies share one buffer, [Secret.Wipe] clears them all, and printing a
// structure that holds a Secret in a private field, where package fmt calls no
// methods but follows pointers, shows an address at most.
type Secret struct{ text func() []byte }

func secretOf(text []byte) Secret {
	return Secret{func() []byte { return text }}
}

// Mask is what every place shows instead of a secret.
const Mask = "emps_••••"

// SecretPrefix and SecretLen are how a secret begins, and how many bytes it
// has.
const (
	SecretPrefix = "emps_"
	SecretLen    = len(SecretPrefix) + secretBodyLen + secretSumLen
)

const (
	secretBodyLen = 43
	secretSumLen  = 6
	base62        = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// newSecret draws a secret from random. A failing source is an error, never a
// predictable value.
func newSecret(random io.Reader) (Secret, error) {
	var raw [32]byte
	defer clear(raw[:])
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return Secret{}, noRandom(fmt.Errorf("draw api_secret: %w", err))
	}
	var text [SecretLen]byte
	copy(text[:], SecretPrefix)
	encodeBase62(text[len(SecretPrefix):len(SecretPrefix)+secretBodyLen], raw)
	putChecksum(&text)
	return secretOf(text[:]), nil
}

// encodeBase62 writes raw as one 256-bit number. 62^43 exceeds 2^256, so every
// value has exactly one spelling and no digit is biased by a modulus.
func encodeBase62(dst []byte, raw [32]byte) {
	for i := len(dst) - 1; i >= 0; i-- {
		rest := 0
		for j := range raw {
			n := rest<<8 | int(raw[j])
			raw[j], rest = byte(n/62), n%62
		}
		dst[i] = base62[rest]
	}
	clear(raw[:])
}

func putChecksum(text *[SecretLen]byte) {
	at := SecretLen - secretSumLen
	sum := crc32.ChecksumIEEE(text[:at])
	for i := SecretLen - 1; i >= at; i-- {
		text[i] = base62[sum%62]
		sum /= 62
	}
}

// ParseSecret checks the form and the checksum of an api_secret, which turns
// typing errors away before anything is read. What does not begin as a secret or
// a key of empress may be one that was imported: 8 to 128 printable characters
// of ASCII, without a blank or a colon.
func ParseSecret(s string) (Secret, error) {
	if !begins(s) {
		return parseImportedSecret(s)
	}
	if len(s) != SecretLen || !strings.HasPrefix(s, SecretPrefix) {
		return Secret{}, errSecretForm
	}
	for i := len(SecretPrefix); i < SecretLen; i++ {
		if strings.IndexByte(base62, s[i]) < 0 {
			return Secret{}, errSecretForm
		}
	}
	text := [SecretLen]byte([]byte(s))
	putChecksum(&text)
	if subtle.ConstantTimeCompare(text[:], []byte(s)) != 1 || !fits256(text[len(SecretPrefix):len(SecretPrefix)+secretBodyLen]) {
		return Secret{}, errSecretForm
	}
	return secretOf(text[:]), nil
}

// fits256 reports whether the base62 digits stand for a number below 2^256, as
// every generated secret does. The digits are in the order of their values, so
// numbers of one length are in the order of their texts.
func fits256(digits []byte) bool { return string(digits) <= greatestBody }

// greatestBody is 2^256-1.
const greatestBody = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"

var errSecretForm = invalid("api_secret", "That is not a complete API secret: it starts with emps_ and has 49 characters after it.")

// Reveal returns the secret in the clear. Its few callers print it, copy it or
// hash it; nobody stores it.
func (s Secret) Reveal() string {
	if s.Empty() {
		return ""
	}
	return string(s.text())
}

// Wipe overwrites the secret and every copy of this value. Afterwards Reveal
// returns "". Text that was revealed before is beyond its reach.
func (s *Secret) Wipe() {
	if s.text != nil {
		clear(s.text())
		s.text = nil
	}
}

// clone returns a secret of its own, which outlives the wiping of s.
func (s Secret) clone() Secret {
	return secretOf(bytes.Clone(s.text()))
}

// Empty reports whether there is no secret here, or no longer.
func (s Secret) Empty() bool { return s.text == nil || s.text()[0] == 0 }

// Matches compares with text in constant time.
func (s Secret) Matches(text string) bool {
	return !s.Empty() && subtle.ConstantTimeCompare(s.text(), []byte(text)) == 1
}

// Format shows the mask, whatever the verb and its flags.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

func (s Secret) String() string               { return Mask }
func (s Secret) GoString() string             { return Mask }
func (s Secret) MarshalText() ([]byte, error) { return []byte(Mask), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(Mask) }
