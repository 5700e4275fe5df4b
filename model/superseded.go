package model

import (
	"cmp"
	"context"
	"crypto/hmac"
	"slices"
	"time"
)

// Superseded is what is kept of a secret that was regenerated away, for telling
// who still presents it and for nothing else: no request passes by it.
type Superseded struct {
	Key        KeyID
	Generation Generation
	Digest     []byte // keyed hash of the hash that the key's row held, 32 bytes
	At         time.Time
}

// Of each key the last supersededSecrets are kept, for supersededFor.
const (
	supersededSecrets = 5
	supersededFor     = 30 * 24 * time.Hour
)

// digestSuperseded is what is kept of the hash of a superseded secret. Its key
// is another than that of the hashes in rows, so that a digest put there fits no
// secret.
func (k *SealingKey) digestSuperseded(id KeyID, g Generation, hash []byte) []byte {
	return k.past.sum(fields{}.text("superseded v1").text(string(id)).number(int64(g)).bytes(hash))
}

// supersede keeps what tells the secret of a key as it was before, by the sealing
// key that it was hashed with, and drops what is too old or too much.
func (c *change) supersede(before Key) error {
	seal := c.service.seals()
	digest := cmp.Or(seal.numbered(before.SealKey), seal).digestSuperseded(before.ID, before.Generation, before.Hash)
	if err := c.KeepSuperseded(Superseded{before.ID, before.Generation, digest, c.now}); err != nil {
		return err
	}
	return c.ForgetSuperseded(before.ID, before.Generation-supersededSecrets, c.now.Add(-supersededFor))
}

// forgetSuperseded drops what has been kept of superseded secrets for long
// enough.
func (s *Service) forgetSuperseded(ctx context.Context) error {
	return s.store.Write(ctx, func(w Writer) error {
		return w.ForgetSuperseded("", 0, s.instant().Add(-supersededFor))
	})
}

// supersededOf reads what still counts of the superseded secrets of a key.
func (s *Service) supersededOf(r Reader, id KeyID) ([]Superseded, error) {
	kept, err := r.Superseded(id)
	now, _ := s.clock()
	kept = slices.DeleteFunc(kept, func(x Superseded) bool { return now.Sub(x.At) >= supersededFor })
	return kept[:min(len(kept), supersededSecrets)], err
}

// generationOf returns which of the superseded secrets somebody presented, 0
// for none. Each may be of any key of the file.
func (k *SealingKey) generationOf(presented Secret, kept []Superseded) Generation {
	for _, x := range kept {
		for _, by := range k.ring {
			if hmac.Equal(x.Digest, by.digestSuperseded(x.Key, x.Generation, by.hashSecret(x.Key, x.Generation, presented))) {
				return x.Generation
			}
		}
	}
	return 0
}
