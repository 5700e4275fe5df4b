package storage_test

import (
	"errors"
	"testing"
	"time"

	"empress/model"
)

// addEvent adds the next event, and returns its number.
func addEvent(s model.Store) (seq int64, err error) {
	err = s.Write(ctx, func(w model.Writer) error {
		h, err := w.Head()
		if err != nil {
			return err
		}
		seq = h.Seq + 1
		e := event(seq)
		return w.AppendEvent(e, model.Head{Seq: e.Seq, MAC: e.MAC, Mark: e.At})
	})
	return seq, err
}

func lastEvent(t *testing.T, s model.Store) (seq int64) {
	t.Helper()
	read(t, s, func(r model.Reader) error {
		h, err := r.Head()
		seq = h.Seq
		return err
	})
	return seq
}

// When no answer to a commit comes, it is found out what became of it. Where that
// cannot be, the outcome is said to be unknown.
func TestPostgresCommitUnanswered(t *testing.T) {
	t.Parallel()
	direct, address := openPostgres(t)
	w := newWire(t, postgres.Server(t))
	s := anotherPostgres(t, w.through(address))
	for _, c := range []struct {
		what          string
		reaches, gone bool
		want          error
	}{
		{"a commit that never came", false, false, model.ErrUnavailable},
		{"a commit whose answer was lost", true, false, nil},
		{"a commit that never came, and the server is gone", false, true, model.ErrUnknown},
		{"a commit whose answer was lost, and the server is gone", true, true, model.ErrUnknown},
	} {
		before := lastEvent(t, direct)
		s.FindOutWithin(20 * time.Second)
		if c.gone {
			s.FindOutWithin(300 * time.Millisecond)
		}
		w.atCommit(c.reaches, c.gone)
		_, err := addEvent(s)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
		after := before
		if c.reaches {
			after++
		}
		if got := lastEvent(t, direct); got != after {
			t.Errorf("%s: the trail ends at %d, want %d", c.what, got, after)
		}
		w.mend()
	}
	w.atCommit(true, false)
	err := s.Write(ctx, func(w model.Writer) error { return w.InsertMember(person(1, "ada")) })
	if !errors.Is(err, model.ErrUnknown) {
		t.Errorf("a change without an event, by which it would be known: %v", err)
	}
}
