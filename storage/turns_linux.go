package storage

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// turns lets processes write one after the other. SQLite by itself lets in
// whoever comes by when its lock happens to be free, and asks for it every
// tenth of a second at most, so that a process that writes all the time would
// keep the others out. It is no protection: SQLite's own lock is.
type turns struct{ file *os.File }

// The locks are on bytes of the database that hold no data, beside those that
// SQLite locks itself (https://www.sqlite.org/fileformat2.html, 1.7).
const (
	writing = 1<<30 + 1024 + iota // whose turn it is
	waiting                       // held together by all who wait for theirs
)

const (
	turnPoll  = time.Millisecond
	standBack = 20    // polls, for those who wait already
	turnWait  = 10000 // polls; whoever stands still holds nobody up for ever
)

// newTurns needs locks that belong to the open file: with others, closing the
// file here would drop those of SQLite.
func newTurns(path string) *turns {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil // SQLite will say so
	}
	return &turns{f}
}

// take waits for a turn. It is given back by leave. A nil turns has no order.
func (q *turns) take(ctx context.Context) (leave func()) {
	if q == nil {
		return func() {}
	}
	for range standBack {
		if !q.awaited() || !pause(ctx) {
			break
		}
	}
	asked := false
	for range turnWait {
		err := q.lock(unix.F_WRLCK, writing)
		if !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EACCES) {
			break
		}
		if !asked {
			asked = q.lock(unix.F_RDLCK, waiting) == nil
		}
		if !pause(ctx) {
			break
		}
	}
	if asked {
		_ = q.lock(unix.F_UNLCK, waiting)
	}
	return func() { _ = q.lock(unix.F_UNLCK, writing) }
}

// pause waits for a moment, and reports whether it was not cut short.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(turnPoll):
		return true
	}
}

func (q *turns) lock(kind int16, at int64) error {
	return unix.FcntlFlock(q.file.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: at, Len: 1})
}

// awaited reports whether somebody else waits for a turn.
func (q *turns) awaited() bool {
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: waiting, Len: 1}
	return unix.FcntlFlock(q.file.Fd(), unix.F_OFD_GETLK, &l) == nil && l.Type != unix.F_UNLCK
}

func (q *turns) close() error {
	if q == nil {
		return nil
	}
	if err := q.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
