package cli

import (
	"strconv"

	"empress/model"
)

// eventJSON is an event as scripts see it.
type eventJSON struct {
	Sequence    int64            `json:"sequence"`
	At          *string          `json:"at"`
	Actor       *string          `json:"actor"` // email, null for the program itself
	Via         *string          `json:"via"`
	From        *string          `json:"from"`
	Action      *string          `json:"action"`
	Outcome     *string          `json:"outcome"`
	APIKey      *string          `json:"api_key"`
	Application *string          `json:"application"`
	Member      *string          `json:"member"`
	Generation  model.Generation `json:"generation"`
	State       *string          `json:"state"`
	Changes     []model.Change   `json:"changes"`
	Note        *string          `json:"note"`
	Sentence    *string          `json:"sentence"`
}

func newEventJSON(e model.Event) eventJSON {
	changes := make([]model.Change, len(e.Changes))
	for i, c := range e.Changes {
		changes[i] = model.Change{Field: model.Printable(c.Field), Before: model.Printable(c.Before), After: model.Printable(c.After)}
	}
	return eventJSON{
		Sequence:    e.Seq,
		At:          stamp(e.At),
		Actor:       text(e.ActorEmail),
		Via:         text(string(e.Via)),
		From:        text(e.From),
		Action:      text(string(e.Action)),
		Outcome:     text(string(e.Outcome)),
		APIKey:      text(string(e.Key)),
		Application: text(e.Application),
		Member:      text(e.Member),
		Generation:  e.Generation,
		State:       text(string(e.State)),
		Changes:     changes,
		Note:        text(e.Note),
		Sentence:    text(e.Sentence()),
	}
}

// eventRows writes a list of events, as a table or as JSON.
type eventRows struct {
	t     *tree
	table *table
	array *array
	any   bool
}

func (t *tree) newEventRows() *eventRows {
	if t.json {
		return &eventRows{t: t, array: &array{w: t.out}}
	}
	return &eventRows{t: t, table: newTable(t.out, "EVENT", "WHEN", "ACTION", "API KEY", "WHAT HAPPENED")}
}

func (r *eventRows) add(events []model.Event) error {
	for _, e := range events {
		r.any = true
		if r.array == nil {
			r.table.add(strconv.FormatInt(e.Seq, 10), shown(e.At, ""), string(e.Action), orWord(string(e.Key), "-"), e.Sentence())
		} else if err := r.array.add(newEventJSON(e)); err != nil {
			return err
		}
	}
	if r.array != nil || !r.any {
		return nil
	}
	return r.table.flush()
}

func (r *eventRows) end() error {
	switch {
	case r.array != nil:
		return r.array.end()
	case !r.any:
		r.t.note("There are no such events.")
	}
	return nil
}
