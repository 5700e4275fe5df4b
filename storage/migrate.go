package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"empress/model"
)

// Migrations are numbered from 1 without gaps and only go forward; a released
// one is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema to the latest version: an empty database in one
// transaction, so that nobody meets it half made, and one that holds something
// in one for each step, after a copy.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql") // in order of their names
	if err != nil {
		return s.mapError(err)
	}
	version, err := s.version(ctx, s.readers)
	if err != nil || version == len(steps) {
		return err
	}
	if version > len(steps) {
		return model.Errorf(model.CodeFailed, "The database %s was written by a newer empress (schema %d; this one knows %d). Install the newer version.", s.path, version, len(steps))
	}
	if version > 0 && !s.draft {
		if err := s.copyBefore(ctx, version); err != nil {
			return err
		}
	}
	if err := useLog(ctx, s.writer); err != nil {
		return s.mapError(err)
	}
	if version == 0 {
		return s.apply(ctx, steps, 0)
	}
	for v := version; v < len(steps); v++ {
		if err := s.apply(ctx, steps[v:v+1], v); err != nil {
			return err
		}
	}
	return nil
}

// useLog turns the write-ahead log on. SQLite does not wait for another process
// that does the same, so this does.
func useLog(ctx context.Context, db *sql.DB) error {
	for wait := time.Millisecond; ; wait *= 2 {
		_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		if se, ok := errors.AsType[*sqlite.Error](err); !ok || se.Code()&0xff != sqlite3.SQLITE_BUSY || wait > 4*time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// version reads the schema's version, 0 for a new file, whether its team has moved
// or not, and refuses files that are not ours.
func (s *Store) version(ctx context.Context, db querier) (int, error) {
	var id, version, tables int
	err := db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").
		Scan(&id, &version, &tables)
	if err != nil {
		return 0, s.mapError(err)
	}
	if id != applicationID && (id != 0 || tables > 0 || version != 0) {
		return 0, model.Errorf(model.CodeFailed, "%s is a database of another program. Give another path with --db or EMPRESS_DB.", s.path)
	}
	if version > 0 {
		version &^= movedMark
	}
	if version < 0 || version > maxVersion || version == 0 && tables > 0 {
		return 0, model.Errorf(model.CodeDamaged, "The database %s claims schema %d, which no empress has written. Restore a backup.", s.path, version)
	}
	return version, nil
}

// maxVersion is more than there will ever be migrations.
const maxVersion = 9999

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// copyBefore keeps a consistent copy of the database as it was at a version,
// beside copies that are there already: another process may migrate at the same
// time, and whoever restored an earlier copy may still need it.
func (s *Store) copyBefore(ctx context.Context, version int) error {
	path := fmt.Sprintf("%s.before-schema-%d", s.path, version+1)
	f, err := createFile(path) // VACUUM INTO accepts an empty file
	for n := 2; errors.Is(err, model.ErrConflict) && n <= maxCopies; n++ {
		path = fmt.Sprintf("%s.before-schema-%d.%d", s.path, version+1, n)
		f, err = createFile(path)
	}
	if err != nil {
		return err
	}
	_ = f.Close()
	if err = s.copyInto(ctx, path); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// maxCopies is how many copies before one schema may pile up until somebody has
// to look.
const maxCopies = 20

// apply makes one transaction of migrations, unless another process has done
// them meanwhile.
func (s *Store) apply(ctx context.Context, names []string, from int) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	version, err := s.version(ctx, tx)
	if err != nil || version > from {
		return err
	}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return s.mapError(err)
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return s.mapError(err)
		}
	}
	moved, err := hasMoved(ctx, tx)
	if err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	}
	if err == nil {
		err = setVersion(ctx, tx, from+len(names), moved)
	}
	if err != nil {
		return s.mapError(err)
	}
	return s.mapCommit(tx.Commit())
}
