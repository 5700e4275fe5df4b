package storage

import "empress/model"

func (t *transaction) Policy() (model.Policy, error) {
	return row(t, func(s scanner) (p model.Policy, err error) {
		return p, s.Scan(&p.Support, &p.DefaultLifetime, &p.LongestLifetime, &p.UnusedAfter, &p.SecretDueAfter, &p.NeverAllowed, &p.IdleSignOut, &p.Seal)
	}, "SELECT support, default_lifetime, longest_lifetime, unused_after, secret_due_after, never_allowed, idle_sign_out, seal FROM policy WHERE id = 1")
}

func (t *transaction) SetPolicy(p model.Policy) error {
	return t.exec(`INSERT INTO policy (id, support, default_lifetime, longest_lifetime, unused_after, secret_due_after, never_allowed, idle_sign_out, seal)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET support = excluded.support, default_lifetime = excluded.default_lifetime, longest_lifetime = excluded.longest_lifetime,
		unused_after = excluded.unused_after, secret_due_after = excluded.secret_due_after, never_allowed = excluded.never_allowed,
		idle_sign_out = excluded.idle_sign_out, seal = excluded.seal`,
		p.Support, p.DefaultLifetime, p.LongestLifetime, p.UnusedAfter, p.SecretDueAfter, p.NeverAllowed, p.IdleSignOut, p.Seal)
}
