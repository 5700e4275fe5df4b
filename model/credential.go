package model

import "strings"

// ParseCredential splits "KEY:SECRET", the form in which a client presents
// both halves of a key. Surrounding white space, as a pipe adds it, is
// ignored.
func ParseCredential(s string) (KeyID, Secret, error) {
	k, sec, ok := strings.Cut(strings.TrimSpace(s), ":")
	if !ok {
		return "", Secret{}, errCredentialForm
	}
	return ParsePair(k, sec)
}

// ParsePair checks the form of both halves of a key. A key that empress made has
// a secret that empress made; one that was imported may have either.
func ParsePair(key, secret string) (KeyID, Secret, error) {
	id, err := ParseKeyID(key)
	if err != nil {
		return "", Secret{}, errCredentialForm
	}
	s, err := ParseSecret(secret)
	if err != nil || !id.takes(s) {
		return "", Secret{}, errCredentialForm
	}
	return id, s, nil
}

// takes reports whether a key of that name can have the secret.
func (id KeyID) takes(s Secret) bool { return !begins(string(id)) || !s.weak() }

var errCredentialForm = invalid("credential", "That is not a credential: give the API key and the API secret with a colon between them, empk_…:emps_…")

// Credential is what the verifier reads of a key in one indexed read: all that
// a decision or a permission depends on, and the seal over it. Lists are kept in the form in
// which they are stored: words joined by one space.
type Credential struct {
	ID            KeyID
	Generation    Generation
	Hash          []byte // keyed hash of the secret, 32 bytes
	State         State
	Application   string
	ApplicationID ApplicationID // grants go by it
	Owner         string        // email
	OwnerID       MemberID
	Scopes        string
	Networks      string
	Rate          string
	ExpiresAt     int64 // Unix milliseconds, 0 for never
	SealKey       int   // number of the sealing key that Hash was made with; Seal is made with the team's current one
	Weak          bool  // the secret was imported; no decision depends on it
	Seal          []byte
}
