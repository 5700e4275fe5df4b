package storage

import (
	"time"

	"empress/model"
)

func (t *transaction) Superseded(id model.KeyID) ([]model.Superseded, error) {
	return all(t, func(s scanner) (x model.Superseded, err error) {
		var at int64
		err = s.Scan(&x.Key, &x.Generation, &x.Digest, &at)
		x.At = model.FromMillis(at)
		return x, err
	}, "SELECT key_id, generation, digest, at FROM superseded_secrets WHERE key_id = ? ORDER BY generation DESC", string(id))
}

func (t *transaction) KeepSuperseded(x model.Superseded) error {
	return t.exec("INSERT INTO superseded_secrets (key_id, generation, digest, at) VALUES (?, ?, ?, ?) ON CONFLICT (key_id, generation) DO UPDATE SET digest = excluded.digest, at = excluded.at",
		string(x.Key), int64(x.Generation), x.Digest, model.Millis(x.At))
}

func (t *transaction) ForgetSuperseded(id model.KeyID, upTo model.Generation, before time.Time) error {
	return t.exec("DELETE FROM superseded_secrets WHERE key_id = ? AND generation <= ? OR at < ?", string(id), int64(upTo), model.Millis(before))
}
