package storage

import (
	"encoding/json"
	"fmt"
	"strings"

	"empress/model"
)

const (
	eventFields  = "SELECT seq, at, actor, actor_email, via, origin, action, outcome, key_id, application, member, generation, state, changes, note, mac"
	eventColumns = eventFields + " FROM events"
	entryColumns = eventFields + ", coalesce((SELECT mac FROM events AS before WHERE before.seq = events.seq - 1), x'') FROM events"
)

func scanEvent(s scanner) (e model.Event, err error) {
	var at int64
	var changes string
	if err = s.Scan(&e.Seq, &at, &e.Actor, &e.ActorEmail, &e.Via, &e.From, &e.Action, &e.Outcome, &e.Key, &e.Application, &e.Member,
		&e.Generation, &e.State, &changes, &e.Note, &e.MAC); err != nil {
		return e, err
	}
	e.At = model.FromMillis(at)
	if json.Unmarshal([]byte(changes), &e.Changes) != nil {
		e.Changes = nil // altered from outside: the chain will not fit
	}
	return e, nil
}

func (t *transaction) Events(q model.EventQuery) ([]model.Event, error) {
	f := recorded(q)
	return all(t, scanEvent, fmt.Sprintf("%s%s ORDER BY seq DESC LIMIT %d", eventColumns, f.where(), window(q.Limit)), f.args...)
}

func (t *transaction) Entries(q model.EventQuery) ([]model.Entry, error) {
	f := recorded(q)
	scan := func(s scanner) (e model.Entry, err error) {
		e.Event, err = scanEvent(with{s, []any{&e.Previous}})
		return e, err
	}
	return all(t, scan, fmt.Sprintf("%s%s ORDER BY seq LIMIT %d", entryColumns, f.where(), window(q.Limit)), f.args...)
}

// recorded holds the conditions of a query.
func recorded(q model.EventQuery) *filter {
	f := &filter{}
	for _, c := range []struct{ column, value string }{
		{"key_id", string(q.Key)}, {"action", string(q.Action)},
	} {
		if c.value != "" {
			f.add(c.column+" = ?", c.value)
		}
	}
	if q.Application != "" {
		names := q.Names
		if len(names) == 0 {
			names = []string{q.Application}
		}
		f.among("application", names)
	}
	if q.By != "" {
		f.add("actor_email = ?", q.By)
	}
	if q.Member != "" {
		about, names := among("member", append([]string{q.Member}, q.Called...))
		f.add("(actor_email = ? OR "+about+")", append([]any{q.Member}, names...)...)
	}
	if !q.Since.IsZero() {
		f.add("at >= ?", model.Millis(q.Since))
	}
	if !q.Until.IsZero() {
		f.add("at < ?", model.Millis(q.Until))
	}
	if q.Before > 0 {
		f.add("seq < ?", q.Before)
	}
	if q.After > 0 {
		f.add("seq > ?", q.After)
	}
	for _, w := range q.Words() {
		f.saying(w)
	}
	return f
}

// eventText is what the words of a query are looked for in, apart from the
// sentences, which are made of actions.
const eventText = `actor_email || ' ' || application || ' ' || key_id || ' ' || member || ' ' || action || ' ' || note || ' ' ||
	replace(replace(replace(changes, '"field":', ''), '"before":', ''), '"after":', '') || ' ' || via || ' ' || origin`

// saying looks for a word. The database makes small letters of ASCII alone, so
// other letters are found as they were typed, too.
func (f *filter) saying(w model.EventWord) {
	condition, args := "instr(lower("+eventText+"), ?) > 0 OR instr("+eventText+", ?) > 0", []any{strings.ToLower(w.Word), w.Word}
	for _, a := range w.Actions {
		condition += " OR action = ?"
		args = append(args, string(a))
	}
	if w.Denied {
		condition += " OR outcome = ?"
		args = append(args, string(model.Denied))
	}
	f.add("("+condition+")", args...)
}

func (t *transaction) SecretsShown(m model.Member, limit int) (map[model.KeyID]model.Generation, error) {
	shown := map[model.KeyID]model.Generation{}
	type secret struct {
		key        model.KeyID
		generation model.Generation
	}
	err := rows(t, func(s scanner) (x secret, err error) { return x, s.Scan(&x.key, &x.generation) },
		func(x secret) error { shown[x.key] = x.generation; return nil },
		"SELECT key_id, max(generation) FROM events WHERE actor_email = ? AND actor = ? AND outcome = ? AND action IN (?, ?) GROUP BY key_id LIMIT ?",
		m.Email, int64(m.ID), string(model.Done), string(model.KeyCreated), string(model.KeyRegenerated), limit)
	return shown, err
}

func (t *transaction) EachEvent(fn func(model.Event) error) error {
	return rows(t, scanEvent, fn, eventColumns+" ORDER BY seq")
}

func (t *transaction) Head() (model.Head, error) {
	return row(t, func(s scanner) (h model.Head, err error) {
		var mark int64
		err = s.Scan(&h.Seq, &h.MAC, &mark, &h.Seal)
		h.Mark = model.FromMillis(mark)
		return h, err
	}, "SELECT seq, mac, mark, seal FROM head WHERE id = 1")
}

func (t *transaction) AppendEvent(e model.Event, head model.Head) error {
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO events (seq, at, actor, actor_email, via, origin, action, outcome, key_id, application, member, generation, state, changes, note, mac)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Seq, model.Millis(e.At), int64(e.Actor), e.ActorEmail, string(e.Via), e.From,
		string(e.Action), string(e.Outcome), string(e.Key), e.Application, e.Member, int64(e.Generation), string(e.State), string(changes), e.Note, e.MAC); err != nil {
		return err
	}
	return t.SetHead(head)
}

func (t *transaction) SetHead(head model.Head) error {
	seal := append([]byte{}, head.Seal...) // without one an empty one, and not none
	return t.exec("UPDATE head SET seq = ?, mac = ?, mark = ?, seal = ? WHERE id = 1", head.Seq, head.MAC, model.Millis(head.Mark), seal)
}
