package storage

import (
	"slices"
	"strings"

	"empress/model"
)

// SetTeamKey implements [model.Writer].
func (t *transaction) SetTeamKey(m model.Team) error {
	return t.exec("UPDATE team SET key_number = ?, key_check = ?, seal = ? WHERE id = 1", m.KeyNumber, m.Check, m.Seal)
}

// resealedAtOnce is how many keys one statement seals anew: more spare little.
const resealedAtOnce = 50

// ResealKeys implements [model.Writer].
func (t *transaction) ResealKeys(ks []model.Key) error {
	for some := range slices.Chunk(ks, resealedAtOnce) {
		var seals, dues, ids []any
		for _, k := range some {
			id := string(k.ID)
			seals, dues, ids = append(seals, id, k.Seal), append(dues, id, storedDue(k)), append(ids, id)
		}
		each := strings.Repeat(" WHEN ? THEN ?", len(some))
		query := "UPDATE keys SET seal = CASE id" + each + " ELSE seal END, due = CASE id" + each + " ELSE due END WHERE id IN (?" + strings.Repeat(", ?", len(some)-1) + ")"
		if err := t.exec(query, slices.Concat(seals, dues, ids)...); err != nil {
			return err
		}
	}
	return nil
}

// SealedKeys implements [model.Reader].
func (t *transaction) SealedKeys(now int64) ([]model.SealedKeys, error) {
	return all(t, func(s scanner) (c model.SealedKeys, err error) {
		return c, s.Scan(&c.Number, &c.Keys, &c.Usable)
	}, `SELECT seal_key, count(*), count(CASE WHEN state <> 'revoked' AND expires_at > ? THEN 1 END)
		FROM keys GROUP BY seal_key ORDER BY seal_key`, now)
}
