package model

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
)

const sealingKeyForm = "empress-sealing-key"

// maxKeyNumber is more than there ever are.
const maxKeyNumber = 1_000_000

// NewSealingKey draws sealing key number 1 from random, alone in its file.
func NewSealingKey(random io.Reader) (*SealingKey, error) { return drawKey(nil, 1, random) }

// Next draws the key that may take the place of the newest in the file of k, with
// the number after that one's. The file is to hold it, too.
func (k *SealingKey) Next(random io.Reader) (*SealingKey, error) {
	return drawKey(k.ring, k.newest().number+1, random)
}

// drawKey returns a new key of that number beside those that are there.
func drawKey(ring []*SealingKey, number int, random io.Reader) (*SealingKey, error) {
	var root [32]byte
	if _, err := io.ReadFull(random, root[:]); err != nil {
		return nil, noRandom(fmt.Errorf("draw sealing key: %w", err))
	}
	k, err := deriveKeys(number, root, nil)
	if err != nil {
		return nil, err
	}
	roots := append(slices.Clone(ring), k)
	return ringFor(roots, nil, number)
}

// ParseSealingKey reads the text that [SealingKey.Encode] writes, and returns the
// newest key in it.
func ParseSealingKey(text string) (*SealingKey, error) {
	var ring []*SealingKey
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		k := parseKeyLine(line)
		if k == nil || len(ring) > 0 && ring[len(ring)-1].number >= k.number {
			return nil, Errorf(CodeDamaged, "The sealing key file does not hold a sealing key. Put back the copy that belongs to this database.")
		}
		ring = append(ring, k)
	}
	return ringFor(ring, nil, ring[len(ring)-1].number)
}

// parseKeyLine returns nil for what is no line of a key file.
func parseKeyLine(line string) *SealingKey {
	var number int
	var body string
	if n, err := fmt.Sscanf(line, sealingKeyForm+" %d %s", &number, &body); n != 2 || err != nil || number < 1 || number > maxKeyNumber {
		return nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	defer clear(raw)
	if err != nil || len(raw) != 32 {
		return nil
	}
	k, err := deriveKeys(number, [32]byte(raw), nil)
	if err != nil || string(k.appendLine(nil)) != line+"\n" {
		return nil
	}
	return k
}

// Encode returns what a sealing key file holds: a line for each key in it, rising
// by number. It is as secret as everything that they seal.
func (k *SealingKey) Encode() (text []byte) {
	text = make([]byte, 0, 128*len(k.ring)) // so that no copy is left behind
	for _, one := range k.ring {
		text = one.appendLine(text)
	}
	return text
}

func (k *SealingKey) appendLine(text []byte) []byte {
	root := k.root()
	defer clear(root[:])
	return fmt.Appendf(text, "%s %d %s\n", sealingKeyForm, k.number, base64.RawURLEncoding.EncodeToString(root[:]))
}

// Number tells sealing keys of one database apart.
func (k *SealingKey) Number() int { return k.number }

// Numbers are those of all keys in the file, rising.
func (k *SealingKey) Numbers() []int {
	ns := make([]int, len(k.ring))
	for i, one := range k.ring {
		ns[i] = one.number
	}
	return ns
}

// numbered is the key of the file with that number, nil when it holds none.
func (k *SealingKey) numbered(number int) *SealingKey {
	for _, one := range k.ring {
		if one.number == number {
			return one
		}
	}
	return nil
}

func (k *SealingKey) newest() *SealingKey { return k.ring[len(k.ring)-1] }

// Format shows no key material, whatever the verb.
func (k *SealingKey) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "sealing key %d", k.number) }

// For returns the key as it seals the database of that identity, and with it the
// others of its file.
func (k *SealingKey) For(database []byte) (*SealingKey, error) {
	return ringFor(k.ring, database, k.number)
}

// ringFor derives all keys of a file for a database, and returns the one of that
// number.
func ringFor(roots []*SealingKey, database []byte, number int) (*SealingKey, error) {
	ring := make([]*SealingKey, len(roots))
	for i, one := range roots {
		k, err := deriveKeys(one.number, one.root(), database)
		if err != nil {
			return nil, err
		}
		k.ring, ring[i] = ring, k
	}
	return ring[0].numbered(number), nil
}

// deriveKeys makes a key that is in no file yet.
func deriveKeys(number int, root [32]byte, database []byte) (*SealingKey, error) {
	k := &SealingKey{number: number, root: func() [32]byte { return root }}
	for _, sub := range []struct {
		purpose string
		salt    []byte
		to      **keyedHash
	}{
		{"empress key check v1", nil, &k.checks}, {"empress api secrets v1", database, &k.secrets},
		{"empress row seals v1", database, &k.rows}, {"empress audit chain v1", database, &k.audit},
		{"empress superseded secrets v1", database, &k.past},
	} {
		key, err := hkdf.Key(sha256.New, root[:], sub.salt, sub.purpose, 32)
		if err != nil {
			return nil, fmt.Errorf("derive %s: %w", sub.purpose, err)
		}
		*sub.to = newKeyedHash(key)
	}
	return k, nil
}
