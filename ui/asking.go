package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

const (
	// patience is how long a question to the store may take.
	patience = 15 * time.Second
	// slow is after how long a wait is put into words.
	slow = 300 * time.Millisecond
)

// asked is a question to the session whose answer is awaited.
type asked struct {
	cancel context.CancelCauseFunc // nil for a change, which is never given up half way
	slow   bool                    // the person was told that it takes a while
}

// request numbers a question, so that its late answer can be told from the
// answer to a later one.
func (s *surroundings) request() int {
	s.requests++
	return s.requests
}

// query runs one reading call of the session off the event loop. Its answer is
// fn's message, or failedMsg. When it takes long the person may give it up.
func (s *surroundings) query(id int, fn func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	ctx, cancel := context.WithCancelCause(context.Background())
	return s.ask(id, asked{cancel: cancel}, run(ctx, id, patience, fn))
}

// quietly is query for what nobody waits for: nothing is said however long it
// takes.
func (s *surroundings) quietly(id int, limit time.Duration, fn func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	s.open[id] = &asked{}
	return run(context.Background(), id, limit, fn)
}

// change runs one changing call off the event loop. Number 0 is for what no
// screen waits for.
func (s *surroundings) change(id int, fn func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	return s.ask(id, asked{}, run(context.Background(), id, patience, fn))
}

func (s *surroundings) ask(id int, a asked, cmd tea.Cmd) tea.Cmd {
	if id == 0 {
		return cmd
	}
	s.open[id] = &a
	if !s.says {
		return cmd
	}
	return tea.Batch(cmd, s.after(slow, slowMsg{id}))
}

func run(ctx context.Context, id int, limit time.Duration, fn func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if recover() != nil { // the value may hold what must not be shown
				msg = crashedMsg{}
			}
		}()
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		answer, err := fn(ctx)
		if err != nil {
			answer = failedMsg{id, err}
		}
		return answeredMsg{id, answer}
	}
}

// answeredMsg brings the answer to a question; slowMsg says that a question was
// asked a while ago.
type (
	answeredMsg struct {
		id  int
		msg tea.Msg
	}
	slowMsg struct{ id int }
)

// answered notes that a question is answered. One that was given up is not
// awaited any more.
func (s *surroundings) answered(id int) (awaited bool) {
	_, awaited = s.open[id]
	delete(s.open, id)
	return awaited || id == 0
}

// waitWords says what takes a while, "" when nothing does.
func (s *surroundings) waitWords() string {
	words := ""
	for _, a := range s.open {
		switch {
		case !a.slow:
		case a.cancel == nil:
			return "Working: the answer is on its way."
		default:
			words = "Reading. esc keeps what is shown."
		}
	}
	return words
}

// giveUp ends the reading that takes a while and returns its numbers, in order.
func (s *surroundings) giveUp() []int {
	var ids []int
	for id, a := range s.open {
		if a.slow && a.cancel != nil {
			a.cancel(errGivenUp)
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		delete(s.open, id)
	}
	return ids
}

var errGivenUp = model.Errorf(model.CodeFailed, "Not read, so this may be out of date: F5 reads it again.")

// failure is what the person is told when something failed.
func (s *surroundings) failure(err error) transition {
	switch {
	case errors.Is(err, errGivenUp):
		return stay.say(plain, model.Sentence(err))
	case errors.Is(err, model.ErrDenied):
		return stay.say(warning, s.explain(err))
	}
	return stay.say(bad, s.explain(err))
}

// explain says what went wrong, and, where the person cannot mend it alone,
// whom to ask and by what word others know the fault.
func (s *surroundings) explain(err error) string {
	text := onScreen(err)
	switch code := model.CodeOf(err); code {
	case model.CodeDenied, model.CodeFailed: // no word says more
	case model.CodeUnavailable, model.CodeDamaged, model.CodeUnknown:
		text += " (" + string(code) + ")"
	default:
		return text
	}
	if s.support != "" {
		text += " Support contact: " + s.support + "."
	}
	return text
}

// onScreen is the sentence of an error, and which screen shows the names where
// one was not found.
func onScreen(err error) string {
	switch text := model.Sentence(err); {
	case errors.Is(err, model.ErrNoApplication):
		return text + " Applications lists them all."
	case errors.Is(err, model.ErrNoKey):
		return text + " API Access lists yours."
	default:
		return text
	}
}

// later sends messages after a while, until ctx ends: what waited for an hour
// after the interface is gone would keep all of it in memory.
func later(ctx context.Context) func(time.Duration, tea.Msg) tea.Cmd {
	return func(d time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg {
			t := time.NewTimer(d)
			defer t.Stop()
			select {
			case <-t.C:
				return msg
			case <-ctx.Done():
				return nil
			}
		}
	}
}
