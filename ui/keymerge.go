package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rereadMsg brings the key that is being edited as it is now, and the latest
// that happened to it.
type rereadMsg struct {
	id     int
	key    model.Key
	events []model.Event
}

// reread asks how the key is now.
func (f *keyForm) reread() tea.Cmd {
	if f.edited == nil || f.form.sending != 0 {
		return nil
	}
	id, session, key := f.request(), f.session, f.edited.ID
	f.reading = id
	return f.query(id, func(ctx context.Context) (tea.Msg, error) {
		now, err := session.Key(ctx, key)
		if err != nil {
			return nil, err
		}
		es, err := session.Events(ctx, model.EventQuery{Key: key, Limit: mostTold})
		return rereadMsg{id, now, es}, err
	})
}

// mostTold is how many changes of others are told at once.
const mostTold = 20

// merge takes over what others changed meanwhile, field by field. What the
// person typed stays, and a field that both changed says what the other wrote.
func (f *keyForm) merge(msg rereadMsg) transition {
	done := meanwhile(msg.events, int(msg.key.Revision-f.edited.Revision))
	f.edited = &msg.key
	if len(done) == 0 {
		return stay
	}
	now := editable(msg.key)
	for i := range f.form.fields {
		f.form.fields[i].become(now[f.form.fields[i].name])
	}
	text := "Meanwhile " + strings.Join(done, ", and ") + ". What you typed is kept."
	if msg.key.State == model.Revoked {
		text = "Meanwhile " + strings.Join(done, ", and ") + ". A revoked key cannot be changed any more: esc leaves."
	}
	return stay.say(warning, text)
}

// become takes over another value of the field, where nothing was typed.
func (f *field) become(now string) {
	now = typable(now)
	if now == f.given {
		return
	}
	mine := f.input.Value() != f.given
	f.given = now
	switch {
	case !mine:
		f.input.SetValue(now)
		f.input.CursorEnd()
	case f.input.Value() != now:
		f.note = fmt.Sprintf("Somebody else changed this to: %s. Saving puts yours in its place.", orElse(now, "nothing"))
	}
}

// meanwhile says in words what the latest changes of a key were. That its
// holder has the secret changes nothing about it.
func meanwhile(es []model.Event, changes int) []string {
	var done []string
	for _, e := range es {
		if e.Outcome != model.Done || changes <= 0 {
			continue
		}
		changes--
		if e.Action != model.KeyConfirmed {
			done = append([]string{e.Sentence()}, done...)
		}
	}
	return done
}
