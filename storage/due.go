package storage

import "empress/model"

// due keeps to the keys whose secret is due at the instant now, as
// [model.Policy.Due] says: each of the first conditions has an index.
func (f *filter) due(now, secretUntil int64) {
	const day = 24 * 60 * 60 * 1000
	f.add("(due <> 0 OR secret_at <= ? OR expires_at <= ?)", secretUntil, now+30*day)
	f.add(`(state = 'suspended' AND due & ? <> 0 OR
		state = 'active' AND expires_at > ? AND (due <> 0 OR secret_at <= ? OR
		expires_at <= ? AND (generation = 1 OR secret_at < expires_at - CASE
			WHEN expires_at <= ? THEN CAST(? AS BIGINT) WHEN expires_at <= ? THEN ? WHEN expires_at <= ? THEN ? ELSE ? END)))`,
		int64(model.KnownToLeaver), now, secretUntil, now+30*day, now+1*day, 1*day, now+7*day, 7*day, now+14*day, 14*day, 30*day)
}

// named keeps to some keys.
func (f *filter) named(ids []model.KeyID) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	f.among("id", names)
}
