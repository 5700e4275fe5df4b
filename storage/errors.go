package storage

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"empress/model"
)

// mapError turns a driver's error into a domain error, by its code; a person
// never sees the driver's text.
func (s *Store) mapError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*model.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return model.ErrNotFound.Because(err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, sql.ErrTxDone):
		// The context ended first; a transaction that database/sql has ended for it
		// says ErrTxDone.
		return model.Errorf(model.CodeUnavailable, "The database did not answer in time, so nothing was changed. Try again.").Because(err)
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return s.sentence(se.Code()).Because(err)
	}
	return model.Errorf(model.CodeFailed, "The database %s gave an answer that makes no sense. Run `empress doctor`.", s.path).Because(err)
}

func (s *Store) sentence(code int) *model.Error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return model.Errorf(model.CodeConflict, "That exists already, so nothing was changed.")
	}
	switch code & 0xff { // the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return model.Errorf(model.CodeUnavailable, "Another program is holding the database %s, so nothing was changed. Try again in a moment.", s.path)
	case sqlite3.SQLITE_FULL:
		return model.Errorf(model.CodeUnavailable, "The disk that holds %s is full, so nothing was changed. Make room, then try again.", s.path)
	case sqlite3.SQLITE_READONLY:
		return model.Errorf(model.CodeUnavailable, "The database %s cannot be written, so nothing was changed. You need write permission on the file and on its directory.", s.path)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return model.Errorf(model.CodeUnavailable, "The database %s cannot be opened. You need permission to read and write the file and its directory.", s.path)
	case sqlite3.SQLITE_CORRUPT:
		return model.Errorf(model.CodeDamaged, "The database %s is damaged. Stop using it and restore a backup; `empress doctor` tells more.", s.path)
	case sqlite3.SQLITE_NOTADB:
		return model.Errorf(model.CodeDamaged, "%s is not an empress database. Give another path with --db or EMPRESS_DB, or restore a backup.", s.path)
	case sqlite3.SQLITE_IOERR:
		return model.Errorf(model.CodeUnavailable, "The disk that holds %s reported an error, so nothing was changed. Check the disk and its free space.", s.path)
	}
	return model.Errorf(model.CodeFailed, "The database %s refused. Run `empress doctor`.", s.path)
}

// mapCommit is mapError for a commit. When the disk failed while the commit
// was being written, the change may surface after a restart.
func (s *Store) mapCommit(err error) error {
	if se, ok := errors.AsType[*sqlite.Error](err); ok && se.Code()&0xff == sqlite3.SQLITE_IOERR {
		return model.Errorf(model.CodeUnknown, "The disk failed while the change was being written to %s: it may or may not have happened. Check the disk, then look before you try again.", s.path).Because(err)
	}
	return s.mapError(err)
}
