package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"empress/model"
)

// RecordUsage implements [model.UsageStore]. A large batch is noted in the journal
// as it is, for [Store.FoldUsage]: adding each of its keys to the tables would take
// most of a processor.
func (u *usageTables) RecordUsage(ctx context.Context, batch []model.Tally) error {
	return u.usageWrite(ctx, func(w *usageWriter) {
		w.moments(momentsOf(batch))
		if len(batch) <= directKeys || w.number(journalBytes) >= maxJournal {
			w.add(batch)
		} else {
			w.note(batch)
		}
	})
}

// usageWrite writes in one transaction.
func (u *usageTables) usageWrite(ctx context.Context, write func(*usageWriter)) error {
	db, err := u.open(ctx, true)
	if err != nil {
		return u.mapError(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return u.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	w := u.newUsageWriter(ctx, tx)
	write(w)
	w.prune()
	return u.mapError(errors.Join(w.err, w.commit()))
}

// usageWriter adds tallies within one transaction, until the first error.
type usageWriter struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared map[string]*sql.Stmt // closed with the transaction
	latest   time.Time            // hour and moment that the batch tells of
	swept    *atomic.Pointer[string]
	once     bool
	err      error
}

func (u *usageTables) newUsageWriter(ctx context.Context, tx *sql.Tx) *usageWriter {
	return &usageWriter{ctx: ctx, tx: tx, prepared: map[string]*sql.Stmt{}, swept: &u.swept, once: u.once}
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
	w.scan(&n, query, args...)
	return n
}

// scan reads the one value that a query yields.
func (w *usageWriter) scan(to any, query string, args ...any) {
	if st := w.statement(query); w.err == nil {
		w.err = st.QueryRowContext(w.ctx, args...).Scan(to)
	}
}

func (w *usageWriter) seen(at time.Time) {
	if at.After(w.latest) {
		w.latest = at
	}
}

// add adds a batch to the tables, one table after another. Its moments come
// before it: by them it is known what the clock said last.
func (w *usageWriter) add(batch []model.Tally) {
	if w.once {
		batch = merged(batch)
	}
	w.hours(batch)
	unlisted := w.callers(batch)
	w.totals(batch, unlisted)
	w.sightings(batch)
}

func (w *usageWriter) hours(batch []model.Tally) {
	type hourOfTeam struct {
		hour   int64
		reason model.Reason
	}
	team := map[hourOfTeam]int64{}
	rows := w.rows("INSERT INTO hours (key_id, hour, reason, count)", 4, "ON CONFLICT (key_id, hour, reason) DO UPDATE SET count = hours.count + excluded.count")
	for _, t := range batch {
		for _, h := range t.Hours {
			w.seen(h.Hour)
			hour := model.Millis(h.Hour)
			rows.add(string(t.Key), hour, string(h.Reason), h.Count)
			if t.Key != "" {
				team[hourOfTeam{hour, h.Reason}] += h.Count
			}
		}
	}
	rows.end()
	for h, n := range team {
		w.exec("INSERT INTO team_hours (hour, reason, count) VALUES (?, ?, ?) ON CONFLICT (hour, reason) DO UPDATE SET count = team_hours.count + excluded.count", h.hour, string(h.reason), n)
	}
}

// callers returns how many requests were made by callers that are listed no
// longer, by key.
func (w *usageWriter) callers(batch []model.Tally) (unlisted map[model.KeyID]int64) {
	rows := w.rows("INSERT INTO callers (key_id, address, user_agent, first, last, allowed, denied)", 7,
		`ON CONFLICT (key_id, address, user_agent) DO UPDATE SET first = `+lesser("callers.first", "excluded.first")+`, last = `+w.later("callers.last", "excluded.last")+`,
		allowed = callers.allowed + excluded.allowed, denied = callers.denied + excluded.denied`)
	for _, t := range batch {
		for _, c := range t.Callers {
			if t.Key != "" {
				rows.add(string(t.Key), c.Address, c.UserAgent, model.Millis(c.First), model.Millis(c.Last), c.Allowed, c.Denied)
			}
		}
	}
	rows.end()
	unlisted = map[model.KeyID]int64{}
	var called []any
	for _, t := range batch {
		if len(t.Callers) > 0 && t.Key != "" {
			called = append(called, string(t.Key))
		}
	}
	for ids := range slices.Chunk(called, rowsAtOnce) {
		for _, id := range w.crowded(ids) {
			unlisted[model.KeyID(id)] = w.forgetCallers(id)
		}
	}
	return unlisted
}

func (w *usageWriter) totals(batch []model.Tally, unlisted map[model.KeyID]int64) {
	at := w.later("usage.at", "excluded.at")
	rows := w.rows("INSERT INTO usage (key_id, at, address, user_agent, allowed, denied, unlisted)", 7,
		`ON CONFLICT (key_id) DO UPDATE SET allowed = usage.allowed + excluded.allowed, denied = usage.denied + excluded.denied,
		unlisted = usage.unlisted + excluded.unlisted, at = `+at+`,
		address = CASE WHEN excluded.allowed > 0 AND excluded.at = `+at+` THEN excluded.address ELSE usage.address END,
		user_agent = CASE WHEN excluded.allowed > 0 AND excluded.at = `+at+` THEN excluded.user_agent ELSE usage.user_agent END`)
	for _, t := range batch {
		if t.Key == "" {
			continue
		}
		rows.add(string(t.Key), model.Millis(t.At), t.Address, t.UserAgent, t.Allowed, t.Denied, t.Unlisted+unlisted[t.Key])
		delete(unlisted, t.Key)
	}
	rows.end()
}

func (w *usageWriter) sightings(batch []model.Tally) {
	last := w.later("sightings.last", "excluded.last")
	for _, t := range batch {
		id := string(t.Key)
		if id == "" || len(t.Sightings) == 0 {
			continue
		}
		for _, x := range t.Sightings {
			w.exec(`INSERT INTO sightings (key_id, generation, address, first, last, count) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (key_id, generation, address) DO UPDATE SET first = `+lesser("sightings.first", "excluded.first")+`, last = `+last+`, count = sightings.count + excluded.count`,
				id, int64(x.Generation), x.Address, model.Millis(x.First), model.Millis(x.Last), x.Count)
		}
		w.exec(`DELETE FROM sightings WHERE key_id = ? AND (generation, address) IN
			(SELECT generation, address FROM sightings WHERE key_id = ? ORDER BY last DESC, generation DESC, address LIMIT -1 OFFSET ?)`, id, id, model.MaxCallers)
	}
}

// moments adds as many moments as are kept, the last ones.
func (w *usageWriter) moments(ms []model.Moment) {
	rows := w.rows("INSERT INTO moments (at, key_id, address, reason, count, user_agent, agents)", 7, "")
	for _, m := range ms[max(len(ms)-model.MaxMoments, 0):] {
		w.seen(m.At)
		rows.add(model.Millis(m.At), string(m.Key), m.Address, string(m.Reason), m.Count, m.UserAgent, m.Agents)
	}
	rows.end()
}

// momentsOf lists the moments of keys that exist.
func momentsOf(batch []model.Tally) (ms []model.Moment) {
	for _, t := range batch {
		if t.Key != "" {
			for _, m := range t.Moments {
				m.Key = t.Key
				ms = append(ms, m)
			}
		}
	}
	return ms
}

// crowded lists which of the given keys have too many callers.
func (w *usageWriter) crowded(ids []any) (crowded []string) {
	st := w.statement("SELECT key_id FROM callers WHERE key_id IN (?" + strings.Repeat(", ?", len(ids)-1) + ") GROUP BY key_id HAVING count(*) > " + strconv.Itoa(model.MaxCallers))
	if w.err != nil {
		return nil
	}
	rs, err := st.QueryContext(w.ctx, ids...)
	if w.err = err; err != nil {
		return nil
	}
	defer rs.Close()
	for rs.Next() && w.err == nil {
		var id string
		w.err = rs.Scan(&id)
		crowded = append(crowded, id)
	}
	w.err = errors.Join(w.err, rs.Err())
	return crowded
}

// forgetCallers drops the callers of a key that are too many, and returns how
// many requests they made.
func (w *usageWriter) forgetCallers(id string) (requests int64) {
	const surplus = "SELECT address, user_agent FROM callers WHERE key_id = ? ORDER BY allowed > 0 DESC, last DESC, address, user_agent LIMIT -1 OFFSET ?"
	requests = w.number("SELECT coalesce(sum(allowed + denied), 0) FROM callers WHERE key_id = ? AND (address, user_agent) IN ("+surplus+")", id, id, model.MaxCallers)
	w.exec("DELETE FROM callers WHERE key_id = ? AND (address, user_agent) IN ("+surplus+")", id, id, model.MaxCallers)
	return requests
}
