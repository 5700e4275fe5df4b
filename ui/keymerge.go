package ui

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rereadMsg brings a key that somebody is about to change as it is now, and the latest
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
	id, cmd := f.rereadKey(f.edited.ID)
	f.reading = id
	return cmd
}

// rereadKey asks how a key is now; id is the number of the question.
func (s *surroundings) rereadKey(key model.KeyID) (id int, cmd tea.Cmd) {
	id, session := s.request(), s.session
	return id, s.query(id, func(ctx context.Context) (tea.Msg, error) {
		now, es, err := keyNow(ctx, session, key)
		return rereadMsg{id, now, es}, err
	})
}

// keyNow is a key as it is now, and the latest that happened to it.
func keyNow(ctx context.Context, s *model.Session, id model.KeyID) (model.Key, []model.Event, error) {
	now, err := s.Key(ctx, id)
	if err != nil {
		return model.Key{}, nil, err
	}
	es, err := s.Events(ctx, model.EventQuery{Key: id, Limit: mostTold})
	return now, es, err
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

// reread asks whether the secret that is shown still works.
func (o *secretOverlay) reread() tea.Cmd {
	id, cmd := o.rereadKey(o.key.ID)
	o.reading = id
	return cmd
}

// outdate says who made the secret that is shown useless. It can be left, and
// is not taken for one that was stored.
func (o *secretOverlay) outdate(msg rereadMsg) {
	if msg.key.Generation == o.key.Generation && msg.key.State != model.Revoked {
		return
	}
	done := meanwhile(msg.events, int(msg.key.Revision-o.key.Revision))
	for _, b := range []*key.Binding{&o.keys.Copy, &o.keys.Verify, &o.keys.Save, &o.keys.Done} {
		b.SetEnabled(false)
	}
	if o.Typing() {
		o.mode = showing
		o.input.SetValue("")
	}
	o.status, o.advice = &toast{bad, "Meanwhile " + strings.Join(done, ", and ") + "."}, " This secret does not work any more: esc leaves."
}
