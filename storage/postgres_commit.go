package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"empress/model"
)

// remembering is a writing transaction that knows the last event it added, by
// which it is recognised when no answer to its commit came.
type remembering struct {
	*transaction
	last model.Event // without a number where there is none
}

// AppendEvent implements [model.Writer].
func (r *remembering) AppendEvent(e model.Event, head model.Head) error {
	err := r.transaction.AppendEvent(e, head)
	if err == nil {
		r.last = e
	}
	return err
}

const (
	// findOutPatience is how long is tried to find out what became of a commit, and
	// findOutPause how long to wait between tries.
	findOutPatience = 20 * time.Second
	findOutPause    = 250 * time.Millisecond
)

// settled turns the outcome of a commit into what Write returns. When no answer
// came, the trail tells: once this process holds its end, the other transaction is
// over, and its event is there or will never be.
func (s *Postgres) settled(ctx context.Context, w *remembering, outcome error) error {
	lost, unanswered := errors.AsType[*uncertain](outcome)
	if !unanswered {
		return s.mapError(outcome)
	}
	unknown := model.Errorf(model.CodeUnknown, "The connection to the database broke while the change was being written: it may or may not have happened. Look before you try again.").Because(lost)
	if w.last.Seq == 0 {
		return unknown
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.findOut)
	defer cancel()
	for {
		there, err := s.holds(ctx, w.last)
		switch {
		case err == nil && there:
			return nil
		case err == nil:
			return model.Errorf(model.CodeUnavailable, "The connection to the database broke before the change was made, so nothing was changed. Try again.").Because(lost)
		}
		select {
		case <-ctx.Done():
			return unknown
		case <-time.After(findOutPause):
		}
	}
}

// holds reports whether an event is in the trail, once nobody else writes to it,
// and is there for good: its own commit comes after the one that added the event,
// and waits for every standby that the server has to wait for. A commit whose wait
// was given up may be on the server alone.
func (s *Postgres) holds(ctx context.Context, e model.Event) (bool, error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	var mac []byte
	err = tx.QueryRowContext(ctx, "SELECT mac FROM events WHERE seq = ?", e.Seq).Scan(&mac)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || !bytes.Equal(mac, e.MAC) {
		return false, err
	}
	return true, tx.Commit()
}
