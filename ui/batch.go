package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// keysChangedMsg says what became of a change to many keys.
type keysChangedMsg struct {
	id    int
	batch model.Batch
	said  string
}

// batchWords are the words for bringing keys to a state: for one, and for many.
var batchWords = map[model.State]struct{ do, done, one, many string }{
	model.Suspended: {"Suspend", "suspended", "Every request with this key is denied at once, until somebody resumes it.",
		"Every request with these %s is denied at once, until somebody resumes them."},
	model.Active: {"Resume", "resumed", "Requests with this key pass again at once, with the same secret.",
		"Requests with these %s pass again at once, with the same secrets."},
	model.Revoked: {"Revoke", "revoked", "This key stops working at once and can never be used again.",
		"These %s stop working at once and can never be used again."},
}

// newBatchQuestion asks whether many keys are to change at once. Revoking wants
// the number of keys typed, or the name of the only one.
func newBatchQuestion(s *surroundings, change, left []model.Key, to model.State, hidden bool) *question {
	w, n := batchWords[to], count(len(change), "key")
	means := w.one
	if len(change) > 1 {
		means = fmt.Sprintf(w.many, n)
	}
	means = joined(means, expiredWords(s, to, change...))
	q := newQuestion(s, w.do+" "+count(len(change), "marked key"), strings.ToLower(w.do)).telling(func(used string) []string {
		text := []string{means, "", someNames(change) + "."}
		if hidden {
			text = append(text, "", hiddenMarks)
		}
		if used != "" {
			text = append(text, "", used)
		}
		if len(left) > 0 {
			text = append(text, "", "Left as they are: "+someNames(left)+".")
		}
		return text
	})
	if to == model.Revoked {
		q.must = countOrName(change)
		q.input.Focus()
	}
	ids := make([]model.KeyID, len(change))
	for i, k := range change {
		ids[i] = k.ID
	}
	if to != model.Active {
		q.meanwhile = func(ctx context.Context) (news, error) {
			now, err := s.session.KeysNamed(ctx, ids)
			return news{used: latestUse(s, now)}, err
		}
	}
	q.run = func(id int) tea.Cmd {
		return s.change(id, func(ctx context.Context) (tea.Msg, error) {
			b, err := s.session.ChangeStates(ctx, ids, to)
			return keysChangedMsg{id, b, batchSaid(b, w.done)}, err
		})
	}
	q.done = batchDone
	return q
}

// expiredWords say which of some keys have expired, as requests with them are
// denied whether their state changes or not; "" for none.
func expiredWords(s *surroundings, to model.State, keys ...model.Key) string {
	n, now := 0, s.session.Now()
	for _, k := range keys {
		if !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) {
			n++
		}
	}
	denied := "denied already"
	if to == model.Active {
		denied = "still denied"
	}
	switch {
	case n == 0:
		return ""
	case len(keys) == 1:
		return "It has expired, and is " + denied + "."
	case n == len(keys):
		return "All of them have expired, and are " + denied + "."
	case n == 1:
		return "1 of them has expired, and is " + denied + "."
	}
	return thousands(n) + " of them have expired, and are " + denied + "."
}

const hiddenMarks = "Marked keys count also where the filter hides them."

// countOrName is what has to be typed for a change that cannot be taken back: the
// number of keys, or the name of the only one.
func countOrName(keys []model.Key) string {
	if len(keys) == 1 {
		return keys[0].Application
	}
	return fmt.Sprint(len(keys))
}

// batchDone says what became of a change to many keys.
func batchDone(msg tea.Msg) (transition, bool) {
	m, ok := msg.(keysChangedMsg)
	return pop().say(good, m.said), ok
}

func batchSaid(b model.Batch, done string) string {
	said := count(len(b.Changed), "key") + " " + done + "."
	if len(b.Left) > 0 {
		said += " " + areKeys(len(b.Left)) + " as before: nothing was to be done."
	}
	return said
}

// mostNames is how many keys a question names.
const mostNames = 6

func someNames(keys []model.Key) string {
	var names []string
	for _, k := range keys[:min(len(keys), mostNames+1)] {
		names = append(names, named(k))
	}
	return listSome(names, len(keys))
}

// listSome lists the first names of so many, and counts the rest: one alone is
// rather named.
func listSome(names []string, all int) string {
	if all > mostNames+1 {
		names = append(names[:mostNames:mostNames], thousands(all-mostNames)+" more")
	}
	return listWords(names)
}

// latestUse says which of some keys was used last, and when, "" where none was.
func latestUse(s *surroundings, keys []model.Key) string {
	var last model.Key
	for _, k := range keys {
		if k.Usage.Hidden {
			return "When they were last used is not shown to you, at least of some."
		}
		if k.Usage.At.After(last.Usage.At) {
			last = k
		}
	}
	if last.Usage.At.IsZero() {
		return ""
	}
	return "The latest to be used: " + named(last) + ". " + lastUse(s, last)
}
