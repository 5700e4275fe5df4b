package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// usageFile keeps what is known of requests and of sign-ins, in a database of
// its own beside the keys': counting them takes no lock that a change to a key
// waits for. It is made when there is first something to keep, and again when
// somebody moved or deleted it: what is counted from then on is found at its path.
type usageFile struct {
	path   string
	mu     sync.Mutex
	db     *sql.DB
	here   *foothold // of db
	lapses atomic.Int64
}

// UsagePath returns where requests are counted. There need be no file yet.
func (s *Store) UsagePath() string { return s.usage.path }

// UsageLapses returns how often the file that requests are counted in was found
// moved, replaced or deleted since the database was opened.
func (s *Store) UsageLapses() int64 { return s.usage.lapses.Load() }

// open returns the database, nil when there is none and it is not to be made.
func (u *usageFile) open(ctx context.Context, create bool) (*sql.DB, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	within := lookEvery
	if create {
		within = 0 // what is written is to be found again
	}
	if u.db != nil && !u.here.lost(within) {
		return u.db, nil
	}
	if u.db != nil {
		u.leave(ctx)
	}
	if err := u.find(create); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// Requests wait while pages are moved from the log to the file, so that is done
	// often, for a few.
	db, err := pool(u.path, 2, url.Values{"_txlock": {"immediate"}}, "synchronous(NORMAL)", "wal_autocheckpoint(250)")
	if err != nil {
		return nil, err
	}
	here := &foothold{path: u.path}
	// Whoever made the file may not have come this far.
	if err = useLog(ctx, db); err == nil {
		err = u.migrate(ctx, db)
	}
	if err == nil {
		here.file, err = os.Stat(u.path)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	u.db, u.here = db, here
	return db, nil
}

// find looks for the file, and makes it where there is none and create says so.
// Otherwise a missing one is fs.ErrNotExist.
func (u *usageFile) find(create bool) error {
	if _, err := os.Lstat(u.path); errors.Is(err, fs.ErrNotExist) {
		if !create {
			return fs.ErrNotExist
		}
		if err := u.begin(); err != nil {
			return err
		}
	}
	return checkPath(u.path)
}

// begin makes an empty file. What SQLite left beside one that is gone would be
// taken for the new one's, so it is removed first, by one process at a time.
func (u *usageFile) begin() error {
	dir, err := os.Open(filepath.Dir(u.path))
	if err != nil {
		return fileError(err, u.path)
	}
	defer dir.Close() // lets go of the lock
	waitAlone(dir)
	if _, err := os.Lstat(u.path); err == nil {
		return nil // another process was faster
	}
	for _, suffix := range sidecars[1:] {
		if err := os.Remove(u.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(err, u.path+suffix)
		}
	}
	f, err := createFile(u.path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// leave closes a file that is at its path no longer. What it counted goes with
// it, as far as it exists: the log that stays behind is folded into it first.
func (u *usageFile) leave(ctx context.Context) {
	u.lapses.Add(1)
	if c, err := u.db.Conn(ctx); err == nil {
		_, _ = c.ExecContext(ctx, "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)") // or it stays as it is
		_ = c.Close()
	}
	_ = u.db.Close() // nobody finds it here again
	u.db, u.here = nil, nil
}

func (u *usageFile) close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.db == nil {
		return nil
	}
	return u.db.Close()
}
