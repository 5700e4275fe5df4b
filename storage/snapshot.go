package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"empress/model"
)

// snapshots answer the verifier's one read without asking for SQLite's locks
// each time, which cost more than the read. Each of them is a connection with
// a read transaction that stays open for as long as nothing was committed, by
// any process; see [commits]. As soon as something was, the next read begins a
// new one, so no read sees less than what was committed when it began.
type snapshots struct {
	path    string
	commits *commits
	index   foothold       // of the file by which commits are seen
	idle    chan *snapshot // the ones that nobody reads from
	made    int
	all     sync.Mutex  // is held by who takes several of them
	closed  bool        // under all
	resting atomic.Bool // whether rest is going to be called
}

// heldOpen makes the snapshots when there is use for them.
type heldOpen struct {
	mu     sync.Mutex
	reads  atomic.Int32
	now    atomic.Pointer[snapshots]
	closed bool
}

// worthHolding is how many reads show that a process goes on reading.
const worthHolding = 16

// snapshots returns nil where a read by itself is better, or the only way.
func (h *heldOpen) snapshots(path string) *snapshots {
	if s := h.now.Load(); s != nil || h.reads.Load() > worthHolding || h.reads.Add(1) != worthHolding {
		return s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	s, err := newSnapshots(path)
	if err != nil {
		return nil // the ordinary read says what is wrong, if anything is
	}
	h.now.Store(s)
	return s
}

func (h *heldOpen) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.now.Load()
	if h.closed || s == nil {
		h.closed = true
		return nil
	}
	h.closed = true
	return s.close()
}

// snapshot is one connection. It serves one reader at a time.
type snapshot struct {
	conn       driver.Conn
	prepared   []driver.Stmt // the three below
	begin, end driver.StmtExecContext
	credential driver.StmtQueryContext
	row        []driver.Value
	at         commit // nothing was committed after it that the transaction does not see
	open       bool
	broken     bool // and to be replaced
}

// The write-ahead log cannot start over while a transaction is open that sees
// frames of it. So none is kept for long, and when the log has grown all the
// same, reads wait until its frames are where they belong.
const (
	snapshotRest = 250 * time.Millisecond
	maxFrames    = 4000
)

// newSnapshots fails where commits cannot be seen from outside of SQLite.
func newSnapshots(path string) (*snapshots, error) {
	s := &snapshots{path: path, idle: make(chan *snapshot, min(runtime.GOMAXPROCS(0), maxReaders))}
	for range cap(s.idle) {
		one, err := newSnapshot(path)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.idle <- one
		s.made++
	}
	var err error
	s.index.path = path + "-shm"
	if s.index.file, err = os.Stat(s.index.path); err == nil {
		s.commits, err = watchCommits(path)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// snapshotKiB is the page cache of each of them: enough for the index of a
// hundred thousand keys.
const snapshotKiB = 6 << 10

func newSnapshot(path string) (*snapshot, error) {
	c, err := connector(path, nil, "query_only(1)", "cache_size(-"+strconv.Itoa(snapshotKiB)+")")
	if err != nil {
		return nil, err
	}
	conn, err := c.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	s := &snapshot{conn: conn}
	for _, p := range []struct {
		text string
		keep func(driver.Stmt)
	}{
		{"BEGIN", func(st driver.Stmt) { s.begin = st.(driver.StmtExecContext) }},
		{"ROLLBACK", func(st driver.Stmt) { s.end = st.(driver.StmtExecContext) }},
		{credentialQuery, func(st driver.Stmt) { s.credential = st.(driver.StmtQueryContext) }},
	} {
		st, err := conn.Prepare(p.text)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.prepared = append(s.prepared, st)
		p.keep(st)
	}
	return s, nil
}

// read reads one credential, from a transaction that sees all that was
// committed when it was called.
func (s *snapshots) read(ctx context.Context, id model.KeyID) (c model.Credential, err error) {
	var one *snapshot
	select {
	case one = <-s.idle:
	case <-ctx.Done():
		return c, ctx.Err()
	}
	if one == nil {
		return c, sql.ErrConnDone
	}
	defer func() { s.idle <- one }()
	if err := errors.Join(s.index.check(lookEvery), one.mend(s.path)); err != nil {
		return c, err
	}
	now, settled := s.commits.last()
	if one.open && (!settled || one.at != now) {
		one.finish()
	}
	if err := one.start(now); err != nil {
		return c, err
	}
	c, err = one.lookUp(id)
	if err != nil && !errors.Is(err, model.ErrNotFound) || !settled {
		one.finish()
	}
	if one.open && s.resting.CompareAndSwap(false, true) {
		time.AfterFunc(snapshotRest, s.rest)
	}
	return c, err
}

// mend replaces a connection that failed.
func (s *snapshot) mend(path string) error {
	if !s.broken {
		return nil
	}
	fresh, err := newSnapshot(path)
	if err != nil {
		return err
	}
	_ = s.close() // it failed before
	*s = *fresh
	return nil
}

// start begins a transaction, which sees what was committed at now, unless one
// is open.
func (s *snapshot) start(now commit) error {
	if s.open {
		return nil
	}
	_, err := s.begin.ExecContext(context.Background(), nil)
	s.open, s.broken, s.at = err == nil, err != nil, now
	return err
}

// finish ends the transaction.
func (s *snapshot) finish() {
	if !s.open {
		return
	}
	_, err := s.end.ExecContext(context.Background(), nil)
	s.open, s.broken = false, err != nil
}

// close closes the connection. With a statement left SQLite would keep it, and
// with it the write-ahead log.
func (s *snapshot) close() error {
	var errs []error
	for _, st := range s.prepared {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

// rest ends the transactions that nobody reads in now.
func (s *snapshots) rest() {
	s.all.Lock()
	defer s.all.Unlock()
	if s.closed {
		return
	}
	if s.commits.frames() > maxFrames {
		s.fold()
	}
	again := false
	for range s.made {
		select {
		case one := <-s.idle:
			one.finish()
			s.idle <- one
		default: // in use
			again = true
		}
	}
	s.resting.Store(false)
	if again && s.resting.CompareAndSwap(false, true) {
		time.AfterFunc(snapshotRest, s.rest)
	}
}

// fold moves the frames of the write-ahead log to where they belong while no
// transaction of this process holds on to them. What is committed next then
// starts the log over.
func (s *snapshots) fold() {
	var held []*snapshot
	for range s.made {
		one := <-s.idle
		one.finish()
		held = append(held, one)
	}
	for _, one := range held {
		if c, ok := one.conn.(driver.ExecerContext); ok && one == held[0] {
			_, _ = c.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", nil) // where that fails the log grows on
		}
		s.idle <- one
	}
}

// close waits for whoever reads. It must be called once.
func (s *snapshots) close() error {
	s.all.Lock()
	defer s.all.Unlock()
	s.closed = true
	var errs []error
	for range s.made {
		one := <-s.idle
		errs = append(errs, one.close())
	}
	close(s.idle)
	return errors.Join(append(errs, s.commits.close())...)
}

// lookUp reads within the open transaction.
func (s *snapshot) lookUp(id model.KeyID) (c model.Credential, err error) {
	rows, err := s.credential.QueryContext(context.Background(), []driver.NamedValue{{Ordinal: 1, Value: string(id)}})
	if err != nil {
		return c, err
	}
	defer rows.Close()
	if s.row == nil {
		s.row = make([]driver.Value, len(rows.Columns()))
	}
	if err := rows.Next(s.row); errors.Is(err, io.EOF) {
		return c, model.ErrNotFound
	} else if err != nil {
		return c, err
	}
	c.ID = id
	r := columns{left: s.row}
	c.Generation, c.Hash, c.State = model.Generation(take[int64](&r)), take[[]byte](&r), model.State(take[string](&r))
	c.Application, c.ApplicationID = take[string](&r), model.ApplicationID(take[int64](&r))
	c.Owner, c.OwnerID = take[string](&r), model.MemberID(take[int64](&r))
	c.Scopes, c.Networks, c.Rate = take[string](&r), take[string](&r), take[string](&r)
	c.ExpiresAt, c.SealKey, c.Seal = fromExpiry(take[int64](&r)), int(take[int64](&r)), take[[]byte](&r)
	return c, r.err
}

// columns are the values of a row that were not taken yet.
type columns struct {
	left []driver.Value
	err  error
}

// take returns the next value of a row, which must be of that type.
func take[T any](r *columns) (v T) {
	v, ok := r.left[0].(T)
	if !ok {
		r.err = errColumn
	}
	r.left = r.left[1:]
	return v
}

var errColumn = errors.New("a column holds a value of another type than empress writes")
