package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"empress/model"
)

// Postgres is a database of a PostgreSQL server. It is safe for concurrent use,
// by any number of processes on any number of computers. What happens to the
// server is noticed by the next call: that one fails, and a later one finds the
// server that is there then.
type Postgres struct {
	address  *Address
	verifier lookups // whose connections nothing else can hold up
	readers  *sql.DB
	writer   *sql.DB
	counter  *sql.DB // of requests
	usageTables
	audience audience // of changes

	attending sync.WaitGroup
	stop      context.CancelFunc // ends it
	findOut   time.Duration      // bounds how long it may take to find out what became of a commit
}

var _ model.Store = (*Postgres)(nil)

// How many connections one process has to the server at most, each made when it
// is first needed and closed when it is not for a while. A connection answers
// thousands of the verifier's reads a second; writers of one process wait for one
// another here and not in the server.
const (
	verifierConnections = 8
	readerConnections   = 4
	counterConnections  = 2
	idleConnection      = 5 * time.Minute
)

// answerPatience bounds how long a decision waits for a connection, and then how
// long for its key. Requests that wait for a server that vanished keep all others
// waiting, too, as they have the connections.
const answerPatience = 2 * time.Second

// OpenPostgres opens the database at an address and brings its schema up to
// date. A database in which there is none of empress is an error that matches
// ErrNoDatabase; a schema newer than the program, and what is no schema of
// empress, are refused.
func OpenPostgres(ctx context.Context, a *Address) (*Postgres, error) {
	return openPostgres(ctx, a, false)
}

// CreatePostgres is OpenPostgres that makes the schema where there is none. The
// database itself must be there.
func CreatePostgres(ctx context.Context, a *Address) (*Postgres, error) {
	return openPostgres(ctx, a, true)
}

func openPostgres(ctx context.Context, a *Address, create bool) (*Postgres, error) {
	attended, stop := context.WithCancel(context.Background())
	s := &Postgres{address: a, stop: stop, verifier: lookups{pool: a.pool(forReading, verifierConnections)}, readers: a.pool(forReading, readerConnections),
		writer: a.pool(forWriting, 1), counter: a.pool(forCounting, counterConnections), findOut: findOutPatience}
	s.usageTables.open = func(context.Context, bool) (*sql.DB, error) { return s.counter, nil }
	s.usageTables.mapError, s.usageTables.once = s.mapError, true
	if err := s.ready(ctx, create); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.attending.Go(func() { a.hosts.attend(attended) })
	return s, nil
}

// pool opens up to size connections, each when it is first needed.
func (a *Address) pool(of use, size int) *sql.DB {
	db := sql.OpenDB(&dialer{a.hosts, of})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(idleConnection)
	return db
}

func (s *Postgres) ready(ctx context.Context, create bool) error {
	if err := s.trustworthy(ctx); err != nil {
		return err
	}
	return s.migrate(ctx, create)
}

// Place returns where the database is, without a password.
func (s *Postgres) Place() string { return s.address.String() }

// Close implements [model.Store].
func (s *Postgres) Close() error {
	s.audience.close()
	s.stop()
	s.attending.Wait()
	return errors.Join(s.verifier.pool.Close(), s.readers.Close(), s.writer.Close(), s.counter.Close())
}

// Read implements [model.Store].
func (s *Postgres) Read(ctx context.Context, fn func(model.Reader) error) error {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // a transaction that only read has nothing to lose
	return s.mapError(fn(&transaction{ctx: ctx, tx: tx}))
}

// Write implements [model.Store].
func (s *Postgres) Write(ctx context.Context, fn func(model.Writer) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	w := &remembering{transaction: &transaction{ctx: ctx, tx: tx}}
	if err := fn(w); err != nil {
		return s.mapError(err)
	}
	return s.settled(ctx, w, tx.Commit())
}

// Credential implements [model.Store].
func (s *Postgres) Credential(ctx context.Context, id model.KeyID) (model.Credential, error) {
	c, err := s.verifier.credential(ctx, id)
	if err == nil && c.ID == "" {
		return c, model.ErrNotFound
	}
	return c, s.mapError(err)
}
