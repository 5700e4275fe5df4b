package storage

import "empress/model"

// SetTeamKey implements [model.Writer].
func (t *transaction) SetTeamKey(m model.Team) error {
	return t.exec("UPDATE team SET key_number = ?, key_check = ?, seal = ? WHERE id = 1", m.KeyNumber, m.Check, m.Seal)
}

// ResealKey implements [model.Writer].
func (t *transaction) ResealKey(k model.Key) error {
	return t.exec("UPDATE keys SET seal = ?, due = ? WHERE id = ?", k.Seal, storedDue(k), string(k.ID))
}

// SealedKeys implements [model.Reader].
func (t *transaction) SealedKeys(now int64) ([]model.SealedKeys, error) {
	return all(t, func(s scanner) (c model.SealedKeys, err error) {
		return c, s.Scan(&c.Number, &c.Keys, &c.Usable)
	}, `SELECT seal_key, count(*), count(CASE WHEN state <> 'revoked' AND expires_at > ? THEN 1 END)
		FROM keys GROUP BY seal_key ORDER BY seal_key`, now)
}
