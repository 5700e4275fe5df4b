package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"

	"empress/model"
)

// usageFile keeps what is known of requests and of sign-ins, in a database of
// its own beside the keys': counting them takes no lock that a change to a key
// waits for. It is made when there is first something to keep.
type usageFile struct {
	path string
	mu   sync.Mutex
	db   *sql.DB
}

const usageSchema = `CREATE TABLE IF NOT EXISTS usage (
	key_id     TEXT PRIMARY KEY NOT NULL,
	at         INTEGER NOT NULL,
	address    TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	allowed    INTEGER NOT NULL,
	denied     INTEGER NOT NULL
) STRICT`

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
	db, err := pool(u.path, 2, url.Values{"_txlock": {"immediate"}}, "synchronous(NORMAL)")
	if err != nil {
		return nil, err
	}
	// Whoever made the file may not have come this far.
	if err = useLog(ctx, db); err == nil {
		_, err = db.ExecContext(ctx, usageSchema+";"+signInSchema)
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

// RecordUsage implements [model.Store].
func (s *Store) RecordUsage(ctx context.Context, batch []model.Usage) error {
	db, err := s.usage.open(ctx, true)
	if err != nil {
		return s.mapError(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	for _, u := range batch {
		_, err := tx.ExecContext(ctx, `INSERT INTO usage (key_id, at, address, user_agent, allowed, denied) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (key_id) DO UPDATE SET allowed = usage.allowed + excluded.allowed, denied = usage.denied + excluded.denied,
			at = max(usage.at, excluded.at),
			address = CASE WHEN excluded.at >= usage.at AND excluded.allowed > 0 THEN excluded.address ELSE usage.address END,
			user_agent = CASE WHEN excluded.at >= usage.at AND excluded.allowed > 0 THEN excluded.user_agent ELSE usage.user_agent END`,
			string(u.Key), model.Millis(u.At), u.Address, u.UserAgent, u.Allowed, u.Denied)
		if err != nil {
			return s.mapError(err)
		}
	}
	return s.mapError(tx.Commit())
}

// Usages implements [model.Store].
func (s *Store) Usages(ctx context.Context, ids []model.KeyID) (map[model.KeyID]model.Usage, error) {
	db, err := s.usage.open(ctx, false)
	if err != nil || db == nil || len(ids) == 0 {
		return nil, s.mapError(err)
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	rs, err := db.QueryContext(ctx, "SELECT key_id, at, address, user_agent, allowed, denied FROM usage WHERE key_id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", args...)
	if err != nil {
		return nil, s.mapError(err)
	}
	defer rs.Close()
	found := map[model.KeyID]model.Usage{}
	for rs.Next() {
		var u model.Usage
		var at int64
		if err := rs.Scan(&u.Key, &at, &u.Address, &u.UserAgent, &u.Allowed, &u.Denied); err != nil {
			return nil, s.mapError(err)
		}
		u.At = model.FromMillis(at)
		found[u.Key] = u
	}
	return found, s.mapError(rs.Err())
}
