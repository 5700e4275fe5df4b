package storage

import (
	"encoding/json"
	"fmt"

	"empress/model"
)

const eventColumns = "SELECT seq, at, actor, actor_email, via, origin, action, outcome, key_id, application, member, generation, state, changes, note, mac FROM events"

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
	var f filter
	if q.Key != "" {
		f.add("key_id = ?", string(q.Key))
	}
	if q.Application != "" {
		f.add("application = ?", q.Application)
	}
	if q.Action != "" {
		f.add("action = ?", string(q.Action))
	}
	if q.Before > 0 {
		f.add("seq < ?", q.Before)
	}
	limit := q.Limit
	if limit < 1 || limit > model.MaxWindow {
		limit = model.MaxWindow
	}
	return all(t, scanEvent, fmt.Sprintf("%s%s ORDER BY seq DESC LIMIT %d", eventColumns, f.where(), limit), f.args...)
}

func (t *transaction) EachEvent(fn func(model.Event) error) error {
	return rows(t, scanEvent, fn, eventColumns+" ORDER BY seq")
}

func (t *transaction) Head() (model.Head, error) {
	return row(t, func(s scanner) (h model.Head, err error) {
		var mark int64
		err = s.Scan(&h.Seq, &h.MAC, &mark)
		h.Mark = model.FromMillis(mark)
		return h, err
	}, "SELECT seq, mac, mark FROM head WHERE id = 1")
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
	return t.exec("UPDATE head SET seq = ?, mac = ?, mark = ? WHERE id = 1", head.Seq, head.MAC, model.Millis(head.Mark))
}
