package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// SealingKey is the key that lives outside the database and makes what is in
// it worth trusting: 32 random bytes, from which HKDF (RFC 5869, SHA-256)
// derives one sub-key for secrets, one for those that were superseded, one for
// row seals and one for the audit chain, others for every database: rows and
// events of one fit no other that shares the key. Like a Secret it never prints
// itself.
//
// A key file holds one key or several: those that were replaced, by which older
// secrets and events are still checked, and one that may take the place of the
// current one. Each SealingKey knows the others of its file.
type SealingKey struct {
	number  int
	root    func() [32]byte // see Secret for why a function
	checks  *keyedHash      // the same for every database
	secrets *keyedHash
	rows    *keyedHash
	audit   *keyedHash
	past    *keyedHash // for secrets that were superseded

	ring []*SealingKey // all keys of the file, rising by number, this one too
}

// keyedHash computes HMAC-SHA-256 (RFC 2104) and keeps keyed states for reuse:
// the verifier computes two of them for every request.
type keyedHash struct{ pool sync.Pool }

func newKeyedHash(key []byte) *keyedHash {
	return &keyedHash{sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func (h *keyedHash) sum(message []byte) []byte {
	mac := h.pool.Get().(hash.Hash)
	mac.Reset()
	mac.Write(message)
	sum := mac.Sum(make([]byte, 0, sha256.Size))
	h.pool.Put(mac)
	return sum
}

// fields encodes values so that no two lists of values share an encoding: each
// is preceded by its length.
type fields []byte

func (f fields) text(s string) fields {
	return append(binary.AppendUvarint(f, uint64(len(s))), s...)
}

func (f fields) bytes(b []byte) fields {
	return append(binary.AppendUvarint(f, uint64(len(b))), b...)
}

func (f fields) number(n int64) fields {
	return binary.BigEndian.AppendUint64(append(f, 8), uint64(n))
}

// hashSecret is what is stored of a secret: bound to its key and generation,
// so that a stored hash is worth nothing in another row. 256 random bits need
// no slow hash.
func (k *SealingKey) hashSecret(id KeyID, g Generation, s Secret) []byte {
	f := make(fields, 0, 256).text("v1").text(string(id)).number(int64(g))
	if s.text != nil {
		f = f.bytes(s.text())
	}
	defer clear(f)
	return k.secrets.sum(f)
}

func (k *SealingKey) sealCredential(c Credential) []byte {
	form := "key v1"
	if c.Weak {
		form = "key v2 weak"
	}
	f := make(fields, 0, 320).text(form).text(string(c.ID)).number(int64(c.Generation)).bytes(c.Hash).
		text(string(c.State)).text(c.Application).number(int64(c.ApplicationID)).text(c.Owner).number(int64(c.OwnerID)).
		text(c.Scopes).text(c.Networks).text(c.Rate).number(c.ExpiresAt).number(int64(c.SealKey))
	return k.rows.sum(f)
}

func (k *SealingKey) sealMember(m Member) []byte {
	return k.rows.sum(fields{}.text("member v1").number(int64(m.ID)).text(m.Name).text(m.Email).text(m.Login).
		text(string(m.Role)).text(string(m.Status)))
}

func (k *SealingKey) sealGrant(g Grant) []byte {
	facts := func(form string) fields {
		return fields{}.text(form).number(g.ID).number(int64(g.Member)).text(string(g.Permission)).
			number(int64(g.ApplicationID)).number(Millis(g.Until)).number(int64(g.By))
	}
	if g.EndedAt.IsZero() {
		return k.rows.sum(facts("grant v1"))
	}
	return k.rows.sum(facts("grant v2").number(Millis(g.EndedAt)))
}

func (k *SealingKey) sealSSHKey(s SSHKey) []byte {
	return k.rows.sum(fields{}.text("ssh key v1").number(s.ID).number(int64(s.Member)).text(s.Name).text(s.Line).text(s.Fingerprint).number(Millis(s.RemovedAt)))
}

func (k *SealingKey) sealApplication(a Application) []byte {
	if len(a.Networks) == 0 {
		return k.rows.sum(fields{}.text("application v1").number(int64(a.ID)).text(a.Name).text(a.Contact))
	}
	return k.rows.sum(fields{}.text("application v2").number(int64(a.ID)).text(a.Name).text(a.Contact).text(a.NetworkList()))
}

func (k *SealingKey) sealFormerName(f FormerName) []byte {
	return k.rows.sum(fields{}.text("former name v1").text(f.Name).number(int64(f.Application)))
}

func (k *SealingKey) sealPolicy(p Policy) []byte {
	if only := (Policy{Support: p.Support, NeverAllowed: true}); len(diff(policyFields, p, only)) == 0 {
		return k.rows.sum(fields{}.text("policy v1").text(p.Support))
	}
	never := int64(0)
	if p.NeverAllowed {
		never = 1
	}
	return k.rows.sum(fields{}.text("policy v2").text(p.Support).number(int64(p.DefaultLifetime)).number(int64(p.LongestLifetime)).
		number(int64(p.UnusedAfter)).number(int64(p.SecretDueAfter)).number(never).number(int64(p.IdleSignOut)))
}

func (k *SealingKey) sealTeam(t Team) []byte {
	return k.rows.sum(fields{}.text("team v1").bytes(t.Database).text(t.Name).number(int64(t.KeyNumber)).bytes(t.Check))
}

// check proves that this is the key that a database was made with, so that a
// wrong key is told from a damaged row.
func (k *SealingKey) check() []byte {
	return k.checks.sum(fields{}.text("check v1").number(int64(k.number)))
}

// sealHead covers the clock mark, bound to the event that the trail ends with: a
// mark of before an event, put back after it, does not fit. What remains is to
// put back a mark that was stored since the latest event, or that mark together
// with the trail and every row as they all were then. Nothing within the database
// tells the first, which loses no more than the time since that event; a process
// that runs keeps to its own mark all the same. A checkpoint that is kept
// elsewhere tells the second.
func (k *SealingKey) sealHead(h Head) []byte {
	return k.rows.sum(fields{}.text("head v1").number(h.Seq).bytes(h.MAC).number(Millis(h.Mark)))
}

func (k *SealingKey) withSeal(h Head) Head {
	h.Seal = k.sealHead(h)
	return h
}

func (k *SealingKey) fits(h Head) bool { return sealed(h.Seal, k.sealHead(h)) }

// Forms of events. The first is of an empress that sealed no head. After an event
// of the second form a head without a seal is never trusted.
const (
	unsealedHeadForm = "event v1"
	sealedHeadForm   = "event v2"
)

// link is the MAC of an event: it covers the MAC before it, so that an event
// cannot be changed, dropped or moved without breaking every later one.
func (k *SealingKey) link(previous []byte, e Event) []byte {
	return k.linkAs(sealedHeadForm, previous, e)
}

// chained reports whether e, of either form, follows the event with that MAC.
func (k *SealingKey) chained(previous []byte, e Event) bool {
	return sealed(e.MAC, k.link(previous, e)) || k.leftUnsealed(previous, e)
}

// leftUnsealed reports whether e follows the event with that MAC, and was written
// by an empress that sealed no head.
func (k *SealingKey) leftUnsealed(previous []byte, e Event) bool {
	return sealed(e.MAC, k.linkAs(unsealedHeadForm, previous, e))
}

func (k *SealingKey) linkAs(form string, previous []byte, e Event) []byte {
	f := make(fields, 0, 512).text(form).bytes(previous).number(e.Seq).number(Millis(e.At)).
		number(int64(e.Actor)).text(e.ActorEmail).text(string(e.Via)).text(e.From).
		text(string(e.Action)).text(string(e.Outcome)).text(string(e.Key)).text(e.Application).text(e.Member).
		number(int64(e.Generation)).text(string(e.State)).number(int64(len(e.Changes)))
	for _, c := range e.Changes {
		f = f.text(c.Field).text(c.Before).text(c.After)
	}
	return k.audit.sum(f.text(e.Note))
}

// sealed compares a stored seal with the one that belongs there.
func sealed(stored, want []byte) bool { return hmac.Equal(stored, want) }

func damagedRow(what string) *Error {
	return Errorf(CodeDamaged, "The record of %s was changed outside empress, so it is not trusted. Run `empress audit verify`, and restore a backup if nobody can explain it.", what)
}
