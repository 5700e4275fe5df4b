package storage

import "empress/model"

func (t *transaction) KeyCounts(v model.Visible, now, soon int64) (model.KeyCounts, error) {
	if v.All {
		return t.allKeyCounts(now, soon)
	}
	f := visible(v)
	return row(t, func(s scanner) (c model.KeyCounts, err error) {
		return c, s.Scan(&c.Active, &c.Suspended, &c.Expired, &c.Revoked, &c.Expiring, &c.Unconfirmed, &c.Undelivered, &c.Applications)
	}, `SELECT count(CASE WHEN state = 'active' AND expires_at > ? THEN 1 END),
		count(CASE WHEN state = 'suspended' THEN 1 END),
		count(CASE WHEN state = 'active' AND expires_at <= ? THEN 1 END),
		count(CASE WHEN state = 'revoked' THEN 1 END),
		count(CASE WHEN state = 'active' AND expires_at > ? AND expires_at <= ? THEN 1 END),
		count(CASE WHEN state <> 'revoked' AND confirmed < generation THEN 1 END),
		count(CASE WHEN state = 'active' AND expires_at > ? AND due & ? <> 0 THEN 1 END),
		count(DISTINCT CASE WHEN state <> 'revoked' THEN application_id END) FROM keys`+f.where(), append([]any{now, now, now, soon, now, int64(model.NotDelivered)}, f.args...)...)
}

// allKeyCounts counts all keys without reading their rows: an index holds what
// each of the numbers is of, and leads to the few that were not delivered.
func (t *transaction) allKeyCounts(now, soon int64) (model.KeyCounts, error) {
	return row(t, func(s scanner) (c model.KeyCounts, err error) {
		err = s.Scan(&c.Active, &c.Suspended, &c.Expired, &c.Revoked, &c.Expiring, &c.Unconfirmed, &c.Undelivered, &c.Applications)
		c.Active -= c.Suspended + c.Expired + c.Revoked
		return c, err
	}, `SELECT (SELECT count(*) FROM keys),
		(SELECT count(*) FROM keys WHERE state = 'suspended' AND state <> 'active'),
		(SELECT count(*) FROM keys WHERE expires_at <= ? AND state = 'active'),
		(SELECT count(*) FROM keys WHERE state = 'revoked' AND state <> 'active'),
		(SELECT count(*) FROM keys WHERE expires_at > ? AND expires_at <= ? AND state = 'active'),
		(SELECT count(*) FROM keys WHERE confirmed < generation AND state <> 'revoked'),
		(SELECT count(CASE WHEN state = 'active' AND expires_at > ? THEN 1 END) FROM keys WHERE due > 0 AND due & ? <> 0),
		(SELECT count(*) FROM applications a WHERE EXISTS (SELECT 1 FROM keys k WHERE k.application_id = a.id AND k.state <> 'revoked'))`, now, now, soon, now, int64(model.NotDelivered))
}
