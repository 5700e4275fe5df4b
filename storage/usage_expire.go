package storage

import "empress/model"

// sweptCallers is about how many callers one batch looks through, so that all are
// looked through again and again, and none of it holds anything up. An index by
// when they were seen would have to be written with every request.
const sweptCallers = 200

// expire removes who was not seen for too long before an instant, in
// milliseconds. The requests of callers stay in
// the totals, as those of callers that are not listed.
func (w *usageWriter) expire(now int64) {
	w.exec("DELETE FROM sightings WHERE (key_id, generation, address) IN (SELECT key_id, generation, address FROM sightings WHERE last < ? LIMIT ?)",
		now-model.KeepSightings.Milliseconds(), maxPruned)
	const next = "SELECT key_id FROM callers WHERE key_id > ? ORDER BY key_id LIMIT ?"
	var from, upTo string
	if swept := w.swept.Load(); swept != nil {
		from = *swept
	}
	w.scan(&upTo, "SELECT coalesce(max(key_id), '') FROM ("+next+") AS following", from, sweptCallers)
	w.swept.Store(&upTo) // from the beginning after the last one
	const expired = "key_id > ? AND key_id <= ? AND last < ?"
	old := now - model.KeepCallers.Milliseconds()
	w.exec("UPDATE usage SET unlisted = unlisted + (SELECT sum(allowed + denied) FROM callers WHERE callers.key_id = usage.key_id AND last < ?) WHERE key_id IN (SELECT key_id FROM callers WHERE "+expired+")",
		old, from, upTo, old)
	w.exec("DELETE FROM callers WHERE "+expired, from, upTo, old)
}
