package storage

import (
	"fmt"

	"empress/model"
)

// due keeps to the keys whose secret is due at the instant now, as
// [model.Policy.Due] says: each of the first conditions has an index. Where few
// keys are due, these lead to them.
func (f *filter) due(now, secretUntil int64, few bool) {
	const day = 24 * 60 * 60 * 1000
	candidate := "%s"
	if few {
		candidate = "likelihood(%s, 0.0001)"
	}
	f.add("("+fmt.Sprintf(candidate+" OR "+candidate+" OR "+candidate, "due > 0", "secret_at <= ?", "expires_at <= ?")+")", secretUntil, now+30*day)
	f.add(`(state = 'suspended' AND due & ? <> 0 OR
		state = 'active' AND expires_at > ? AND (due > 0 OR secret_at <= ? OR
		expires_at <= ? AND (generation = 1 OR secret_at < expires_at - CASE
			WHEN expires_at <= ? THEN 1 WHEN expires_at <= ? THEN 7 WHEN expires_at <= ? THEN 14 ELSE 30 END * 86400000)))`,
		int64(model.KnownToLeaver), now, secretUntil, now+30*day, now+1*day, now+7*day, now+14*day)
}

// named keeps to some keys.
func (f *filter) named(ids []model.KeyID) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	f.among("id", names)
}
