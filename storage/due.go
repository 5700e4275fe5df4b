package storage

import (
	"strings"

	"empress/model"
)

// due keeps to the keys whose secret is due at the instant now, as
// [model.Policy.Due] says: each of the first conditions has an index. Where few
// keys are due, these lead to them.
func (f *filter) due(now, secretUntil int64, few bool) {
	const day = 24 * 60 * 60 * 1000
	f.add(anyOf(few, "due > 0", "secret_at <= ?", "expires_at <= ?"), secretUntil, now+30*day)
	f.add(`(state = 'suspended' AND due & ? <> 0 OR
		state = 'active' AND expires_at > ? AND (due > 0 OR secret_at <= ? OR
		expires_at <= ? AND (generation = 1 OR secret_at < expires_at - CASE
			WHEN expires_at <= ? THEN CAST(? AS BIGINT) WHEN expires_at <= ? THEN ? WHEN expires_at <= ? THEN ? ELSE ? END)))`,
		int64(model.KnownToLeaver|model.FormerlySealed), now, secretUntil, now+30*day, now+1*day, 1*day, now+7*day, 7*day, now+14*day, 14*day, 30*day)
}

// outside keeps to the keys that could be used and are outside the policy of a
// query, whether they are used or not.
func (f *filter) outside(q model.KeyQuery, few bool) {
	latest := int64(never)
	switch {
	case !q.LongestExpiry.IsZero():
		latest = model.Millis(q.LongestExpiry)
	case q.NeverOutside:
		latest = never - 1
	}
	until := model.Millis(q.SecretDueUntil)
	f.add(anyOf(few, "due > 0", "secret_at <= ?", "expires_at > ?"), until, latest)
	f.add("(due & ? <> 0 OR secret_at <= ? OR expires_at > ?)", weakDue, until, latest)
	f.add("(state = 'suspended' OR state = 'active' AND expires_at > ?)", model.Millis(q.Now))
}

// anyOf wants one of some conditions, each of which an index leads to.
func anyOf(few bool, conditions ...string) string {
	if few {
		for i, c := range conditions {
			conditions[i] = "likelihood(" + c + ", 0.0001)"
		}
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// named keeps to some keys.
func (f *filter) named(ids []model.KeyID) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	f.among("id", names)
}
