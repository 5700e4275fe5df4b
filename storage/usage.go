package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"sync"
)

// usageFile keeps what is known of requests and of sign-ins, in a database of
// its own beside the keys': counting them takes no lock that a change to a key
// waits for. It is made when there is first something to keep.
type usageFile struct {
	path string
	mu   sync.Mutex
	db   *sql.DB
}

// open returns the database, nil when there is none and it is not to be made.
func (u *usageFile) open(ctx context.Context, create bool) (*sql.DB, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.db != nil {
		return u.db, nil
	}
	_, err := os.Lstat(u.path)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && !create {
		return nil, nil
	}
	if err := checkPath(u.path); err != nil {
		return nil, err
	}
	if missing {
		f, err := createFile(u.path)
		if err == nil {
			_ = f.Close()
		} else if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	// Requests wait while pages are moved from the log to the file, so that is done
	// often, for a few.
	db, err := pool(u.path, 2, url.Values{"_txlock": {"immediate"}}, "synchronous(NORMAL)", "wal_autocheckpoint(250)")
	if err != nil {
		return nil, err
	}
	// Whoever made the file may not have come this far.
	if err = useLog(ctx, db); err == nil {
		err = u.migrate(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	u.db = db
	return db, nil
}

func (u *usageFile) close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.db == nil {
		return nil
	}
	return u.db.Close()
}
