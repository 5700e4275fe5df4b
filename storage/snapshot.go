package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

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
	on                  *direct
	begin, end          query
	credential, nobodys query
	at                  commit // nothing was committed after it that the transaction does not see
	open                bool
	broken              bool // and to be replaced
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

func newSnapshot(path string) (s *snapshot, err error) {
	s = new(snapshot)
	if s.on, err = openDirect(path, snapshotKiB); err != nil {
		return nil, err
	}
	for text, q := range map[string]*query{"BEGIN": &s.begin, "ROLLBACK": &s.end, credentialQuery: &s.credential, nobodysQuery: &s.nobodys} {
		if *q, err = s.on.prepare(text); err != nil {
			s.on.close()
			return nil, err
		}
	}
	return s, nil
}

// read reads one credential, from a transaction that sees all that was
// committed when it was called.
func (s *snapshots) read(ctx context.Context, id model.KeyID) (c model.Credential, err error) {
	one, err := s.take(ctx)
	if err != nil {
		return c, err
	}
	defer func() { s.idle <- one }()
	if err := s.index.check(lookEvery); err != nil {
		return c, err
	}
	if err := one.mend(s.path); err != nil {
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

// take returns one that nobody else reads from, and waits for it a while.
func (s *snapshots) take(ctx context.Context) (one *snapshot, err error) {
	select {
	case one = <-s.idle:
	default: // a context that is waited for costs something
		ctx, cancel := context.WithTimeout(ctx, lookUpPatience)
		defer cancel()
		select {
		case one = <-s.idle:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if one == nil {
		return nil, sql.ErrConnDone
	}
	return one, nil
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
	s.on.close()
	*s = *fresh
	return nil
}

// start begins a transaction, which sees what was committed at now, unless one
// is open.
func (s *snapshot) start(now commit) error {
	if s.open {
		return nil
	}
	err := s.begin.run()
	s.open, s.broken, s.at = err == nil, err != nil, now
	return err
}

// finish ends the transaction.
func (s *snapshot) finish() {
	if !s.open {
		return
	}
	s.open, s.broken = false, s.end.run() != nil
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
	var found []*snapshot
	for one := s.unused(); one != nil; one = s.unused() {
		one.finish()
		found = append(found, one)
	}
	s.resting.Store(false)
	for _, one := range found {
		s.idle <- one
	}
	if len(found) < s.made && s.resting.CompareAndSwap(false, true) { // the others are in use
		time.AfterFunc(snapshotRest, s.rest)
	}
}

// unused takes one that nobody reads from now, nil where there is none left.
func (s *snapshots) unused() *snapshot {
	select {
	case one := <-s.idle:
		return one
	default:
		return nil
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
		if one == held[0] {
			one.on.checkpoint() // where that fails the log grows on
		}
		s.idle <- one
	}
}

// close waits for whoever reads. It must be called once.
func (s *snapshots) close() error {
	s.all.Lock()
	defer s.all.Unlock()
	s.closed = true
	for range s.made {
		(<-s.idle).on.close()
	}
	close(s.idle)
	return s.commits.close()
}

// lookUp reads within the open transaction.
func (s *snapshot) lookUp(id model.KeyID) (c model.Credential, err error) {
	q := s.credential
	defer q.reset()
	if err := q.bind(string(id)); err != nil {
		return c, err
	}
	row, err := q.step()
	switch {
	case err != nil:
		return c, err
	case !row:
		return c, s.lookUpNobody()
	}
	return q.credential(id)
}

// nobodysQuery has a row as a key has, of nobody.
const nobodysQuery = "SELECT 1, zeroblob(32), 'active', 'application', 1, 'owner@example.com', 1, 'invoices:read', '', '', 1, 1, zeroblob(32), 0"

// lookUpNobody takes a row apart that is none, so that an unknown key is answered
// no sooner than others.
func (s *snapshot) lookUpNobody() error {
	defer s.nobodys.reset()
	if _, err := s.nobodys.step(); err != nil {
		return err
	}
	if _, err := s.nobodys.credential(""); err != nil {
		return err
	}
	return model.ErrNotFound
}

// credential reads the row that the query is at.
func (q query) credential(id model.KeyID) (model.Credential, error) {
	r := directRow{of: q}
	c := credentialFrom(&r, id)
	return c, r.err
}

// directRow is a row of a query.
type directRow struct {
	of   query
	next int32
	err  error // a column holds a value of another type than empress writes
}

// take returns the number of the next column, which must be of that type.
func (r *directRow) take(kind int32) int32 {
	n := r.next
	if !r.of.holds(n, kind) {
		r.err = failure(sqlite3.SQLITE_MISMATCH)
	}
	r.next++
	return n
}

func (r *directRow) integer() int64 { return r.of.integer(r.take(sqlite3.SQLITE_INTEGER)) }
func (r *directRow) text() string   { return string(r.of.bytes(r.take(sqlite3.SQLITE_TEXT))) }
func (r *directRow) blob() []byte   { return bytes.Clone(r.of.bytes(r.take(sqlite3.SQLITE_BLOB))) }
