package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"empress/model"
)

// RecordUsage implements [model.UsageStore].
func (s *Store) RecordUsage(ctx context.Context, batch []model.Tally) error {
	db, err := s.usage.open(ctx, true)
	if err != nil {
		return s.mapError(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	w := &usageWriter{ctx: ctx, tx: tx, prepared: map[string]*sql.Stmt{}}
	for _, t := range batch {
		w.record(t)
	}
	w.prune()
	return s.mapError(errors.Join(w.err, w.commit()))
}

// usageWriter adds tallies within one transaction, until the first error.
type usageWriter struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared map[string]*sql.Stmt // closed with the transaction
	latest   time.Time            // hour and moment that the batch tells of, by which the old is judged
	err      error
}

func (w *usageWriter) commit() error {
	if w.err != nil {
		return nil
	}
	return w.tx.Commit()
}

// statement prepares a query once for the batch.
func (w *usageWriter) statement(query string) *sql.Stmt {
	if st := w.prepared[query]; st != nil || w.err != nil {
		return st
	}
	st, err := w.tx.PrepareContext(w.ctx, query)
	w.prepared[query], w.err = st, err
	return st
}

func (w *usageWriter) exec(query string, args ...any) {
	if st := w.statement(query); w.err == nil {
		_, w.err = st.ExecContext(w.ctx, args...)
	}
}

// number reads the one number that a query yields.
func (w *usageWriter) number(query string, args ...any) (n int64) {
	if st := w.statement(query); w.err == nil {
		w.err = st.QueryRowContext(w.ctx, args...).Scan(&n)
	}
	return n
}

func (w *usageWriter) seen(at time.Time) {
	if at.After(w.latest) {
		w.latest = at
	}
}

func (w *usageWriter) record(t model.Tally) {
	id := string(t.Key)
	for _, h := range t.Hours {
		w.hour(id, h)
	}
	if id == "" {
		return
	}
	for _, c := range t.Callers {
		w.exec(`INSERT INTO callers (key_id, address, user_agent, first, last, allowed, denied) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),
			allowed = allowed + excluded.allowed, denied = denied + excluded.denied`,
			id, c.Address, c.UserAgent, model.Millis(c.First), model.Millis(c.Last), c.Allowed, c.Denied)
	}
	if len(t.Callers) > 0 {
		t.Unlisted += w.forgetCallers(id)
	}
	w.totals(t.Usage)
	for _, x := range t.Sightings {
		w.exec(`INSERT INTO sightings (key_id, generation, address, first, last, count) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last), count = count + excluded.count`,
			id, int64(x.Generation), x.Address, model.Millis(x.First), model.Millis(x.Last), x.Count)
	}
	if len(t.Sightings) > 0 {
		w.exec(`DELETE FROM sightings WHERE key_id = ? AND (generation, address) IN
			(SELECT generation, address FROM sightings WHERE key_id = ? ORDER BY last DESC, generation DESC, address LIMIT -1 OFFSET ?)`, id, id, model.MaxCallers)
	}
	for _, m := range t.Moments {
		w.seen(m.At)
		w.exec("INSERT INTO moments (at, key_id, address, reason, count) VALUES (?, ?, ?, ?, ?)", model.Millis(m.At), id, m.Address, string(m.Reason), m.Count)
	}
}

func (w *usageWriter) hour(id string, h model.HourCount) {
	w.seen(h.Hour)
	w.exec("INSERT INTO hours (key_id, hour, reason, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
		id, model.Millis(h.Hour), string(h.Reason), h.Count)
	if id != "" {
		w.exec("INSERT INTO team_hours (hour, reason, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
			model.Millis(h.Hour), string(h.Reason), h.Count)
	}
}

func (w *usageWriter) totals(u model.Usage) {
	w.exec(`INSERT INTO usage (key_id, at, address, user_agent, allowed, denied, unlisted) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET allowed = usage.allowed + excluded.allowed, denied = usage.denied + excluded.denied,
		unlisted = usage.unlisted + excluded.unlisted, at = max(usage.at, excluded.at),
		address = CASE WHEN excluded.at >= usage.at AND excluded.allowed > 0 THEN excluded.address ELSE usage.address END,
		user_agent = CASE WHEN excluded.at >= usage.at AND excluded.allowed > 0 THEN excluded.user_agent ELSE usage.user_agent END`,
		string(u.Key), model.Millis(u.At), u.Address, u.UserAgent, u.Allowed, u.Denied, u.Unlisted)
}

// forgetCallers drops the callers of a key that are too many, and returns how
// many requests they made.
func (w *usageWriter) forgetCallers(id string) (requests int64) {
	if w.number("SELECT count(*) FROM callers WHERE key_id = ?", id) <= model.MaxCallers {
		return 0
	}
	const surplus = "SELECT address, user_agent FROM callers WHERE key_id = ? ORDER BY allowed > 0 DESC, last DESC, address, user_agent LIMIT -1 OFFSET ?"
	requests = w.number("SELECT coalesce(sum(allowed + denied), 0) FROM callers WHERE key_id = ? AND (address, user_agent) IN ("+surplus+")", id, id, model.MaxCallers)
	w.exec("DELETE FROM callers WHERE key_id = ? AND (address, user_agent) IN ("+surplus+")", id, id, model.MaxCallers)
	return requests
}

// maxPruned is how many hours one batch removes: keeping house holds nothing up.
const maxPruned = 500

// prune removes what is kept no longer, judged by what was just recorded.
func (w *usageWriter) prune() {
	if w.latest.IsZero() {
		return
	}
	old := model.Millis(w.latest.Add(-model.KeepHours))
	w.exec("DELETE FROM hours WHERE (key_id, hour, reason) IN (SELECT key_id, hour, reason FROM hours WHERE hour < ? LIMIT ?)", old, maxPruned)
	w.exec("DELETE FROM team_hours WHERE hour < ?", old)
	w.exec("DELETE FROM moments WHERE at < ? OR mark <= (SELECT max(mark) FROM moments) - ?", model.Millis(w.latest.Add(-model.KeepMoments)), model.MaxMoments)
}
