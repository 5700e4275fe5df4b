package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"modernc.org/sqlite"

	"empress/model"
)

// Store is a SQLite database. It is safe for concurrent use, and any number of
// processes may have the same file open.
type Store struct {
	path    string
	readers *sql.DB
	writer  *sql.DB
	turns   *turns
	usage   *usageFile
	usageTables
	here  foothold
	draft bool // nobody needs a copy of it before it is migrated

	credential *sql.Stmt // the verifier's one read
	held       heldOpen  // what answers it where it is asked again and again
}

var _ model.Store = (*Store)(nil)

const (
	applicationID = 0x456d7072 // "Empr", at a fixed place in the file's header
	maxReaders    = 4
)

// ErrNoDatabase is returned by Open when there is no file at the path.
var ErrNoDatabase = errors.New("no database")

// Open opens the database at path and brings its schema up to date. When there
// is none it returns an error that matches ErrNoDatabase; a schema newer than
// the program, and a file that is no empress database, are refused.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fileError(err, path)
	}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, model.Errorf(model.CodeNotInitialized, "There is no database at %s yet. Run `empress`, or `empress init` with --team, --name and --email.", path).Because(ErrNoDatabase)
	}
	if err != nil {
		return nil, fileError(err, path)
	}
	if err := checkPath(path); err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		// Left by a Create that was cut off before it wrote anything.
		return nil, model.Errorf(model.CodeNotInitialized, "The database %s is empty. Run `empress`, or `empress init` with --team, --name and --email.", path).Because(ErrNoDatabase)
	}
	s, err := open(path)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) ready(ctx context.Context) error {
	if err := s.trustworthy(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.prepare(ctx)
}

// Create makes a new database at path, of mode 0600, in a directory that it
// makes when there is none. An existing database is opened instead. Nothing
// ever removes what it made, not even its own failure: another process may have
// opened it by then. A database that holds nothing counts as none.
func Create(ctx context.Context, path string) (*Store, error) {
	s, err := Open(ctx, path)
	if !errors.Is(err, ErrNoDatabase) {
		return s, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fileError(err, path)
	}
	f, err := createFile(path)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) { // another process is making it too
		return nil, err
	}
	if s, err = open(path); err != nil {
		return nil, err
	}
	if err = s.ready(ctx); err == nil {
		err = syncDir(path)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func open(path string) (*Store, error) {
	// Without locks that belong to the open file, closing any handle of the
	// database in this process would drop the locks of all of them.
	_, err := sqlite.OFDLocking(true)
	if err != nil && !errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return nil, model.Errorf(model.CodeFailed, "The database's locks cannot be set up.").Because(err)
	}
	s := &Store{path: path, usage: &usageFile{path: path + ".usage"}, here: foothold{path: path}}
	s.usageTables.open, s.usageTables.mapError = s.usage.open, s.mapError
	if err == nil {
		s.turns = newTurns(path)
	}
	if s.writer, err = pool(path, 1, url.Values{"_txlock": {"immediate"}}, "synchronous(FULL)", "foreign_keys(1)"); err != nil {
		return nil, s.mapError(err)
	}
	if s.readers, err = pool(path, maxReaders, nil, "query_only(1)"); err != nil {
		return nil, s.mapError(err)
	}
	if s.here.file, err = os.Stat(path); err != nil {
		return nil, errors.Join(fileError(err, path), s.Close())
	}
	return s, nil
}

// pool opens up to size connections to a database that exists, each when it is
// first needed.
func pool(path string, size int, params url.Values, pragmas ...string) (*sql.DB, error) {
	c, err := connector(path, params, pragmas...)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// connector opens connections of one kind to a database that exists.
func connector(path string, params url.Values, pragmas ...string) (driver.Connector, error) {
	q := url.Values{"mode": {"rw"}, "_dqs": {"0"}, "_defensive": {"1"}}
	maps.Copy(q, params)
	q["_pragma"] = append([]string{"busy_timeout(10000)", "trusted_schema(0)", "cache_size(-" + strconv.Itoa(cacheKiB) + ")"}, pragmas...)
	return sqlite.NewConnector("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode())
}

// cacheKiB is the page cache of each connection.
const cacheKiB = 1024

// Path returns where the database is.
func (s *Store) Path() string { return s.path }

// Close closes all connections; the last process to do so folds the
// write-ahead log into the database.
func (s *Store) Close() error {
	var errs []error
	if s.credential != nil {
		errs = append(errs, s.credential.Close())
	}
	errs = append(errs, s.held.close(), s.readers.Close(), s.writer.Close(), s.turns.close(), s.usage.close())
	return errors.Join(errs...)
}

// Read implements [model.Store].
func (s *Store) Read(ctx context.Context, fn func(model.Reader) error) error {
	if err := s.here.check(lookEvery); err != nil {
		return err
	}
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // a transaction that only read has nothing to lose
	return s.mapError(fn(&transaction{ctx: ctx, tx: tx, lite: true}))
}

// Write implements [model.Store]. The transaction holds the database's write
// lock from its first statement, across processes, which write in turn.
func (s *Store) Write(ctx context.Context, fn func(model.Writer) error) error {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return s.mapError(err)
	}
	defer conn.Close() // back to its pool
	defer s.turns.take(ctx)()
	if err := s.here.check(0); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	t := &transaction{ctx: ctx, tx: tx, lite: true}
	defer func() {
		_ = tx.Rollback() // no effect after a commit
		if t.many {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), pageCache(cacheKiB)+"; PRAGMA shrink_memory")
		}
	}()
	if err = s.stays(ctx, tx); err == nil {
		err = fn(t)
	}
	if err == nil {
		err = t.indexRest()
	}
	if err != nil {
		return s.mapError(err)
	}
	return s.mapCommit(tx.Commit())
}

// manyKiB is the page cache of a transaction that writes very many rows, whose
// places in the indexes are all over them.
const manyKiB = 32 * 1024

func pageCache(kib int) string { return "PRAGMA cache_size = -" + strconv.Itoa(kib) }
