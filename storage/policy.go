package storage

import "empress/model"

func (t *transaction) Policy() (model.Policy, error) {
	return row(t, func(s scanner) (p model.Policy, err error) {
		return p, s.Scan(&p.Support, &p.Seal)
	}, "SELECT support, seal FROM policy WHERE id = 1")
}

func (t *transaction) SetPolicy(p model.Policy) error {
	return t.exec(`INSERT INTO policy (id, support, seal) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET support = excluded.support, seal = excluded.seal`, p.Support, p.Seal)
}
