package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"empress/model"
)

// movedMark is added to the version of the schema of a database whose team has
// moved to another one: what is in it can be read, and not changed any more.
const movedMark = 1 << 20

func hasMoved(ctx context.Context, db querier) (bool, error) {
	var version int
	err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version >= movedMark, err
}

func setVersion(ctx context.Context, db execer, version int, moved bool) error {
	if moved {
		version |= movedMark
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
	return err
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Stays returns ErrConflict where the team has moved to another database, so that
// nothing can be changed here any more.
func (s *Store) Stays(ctx context.Context) error { return s.mapError(s.stays(ctx, s.readers)) }

// stays returns an error where the team has moved to another database.
func (s *Store) stays(ctx context.Context, db querier) error {
	moved, err := hasMoved(ctx, db)
	if err == nil && moved {
		err = model.Errorf(model.CodeConflict, "The team of %s has moved to another database, which the end of the trail here names: `empress audit list`. Give its address with --db or EMPRESS_DB.", s.path)
	}
	return err
}

// MoveTo copies everything, within a transaction of [Store.Write], into a database
// on a PostgreSQL server in which there is no team yet, compares both, and has
// what is here changed no more once that transaction is committed. Step is called
// for each row. Within the other transaction begin is called first, which returns
// whether everything is there already and only the end is missing, and settle when
// all is copied. What is not copied to the last row is not there at all.
func (s *Store) MoveTo(ctx context.Context, here model.Writer, to *Postgres, step func(), begin func(model.Writer) (bool, error), settle func(model.Writer) error) error {
	source := side{here.(*transaction).tx, s.mapError}
	err := to.Write(ctx, func(w model.Writer) error {
		there, err := begin(w)
		if err != nil || there {
			return err
		}
		if err := to.receive(ctx, w, source, step); err != nil {
			return err
		}
		if err := s.moveRequests(ctx, side{w.(*remembering).tx, to.mapError}, step); err != nil {
			return err
		}
		return settle(w)
	})
	if err != nil {
		return err
	}
	version, err := s.version(ctx, source)
	if err == nil {
		err = setVersion(ctx, source, version, true)
	}
	return s.mapError(err)
}

// moveRequests copies what is known of requests, as it is at some moment.
func (s *Store) moveRequests(ctx context.Context, to side, step func()) error {
	db, err := s.usage.open(ctx, false)
	if err != nil || db == nil {
		return s.mapError(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // a transaction that only read has nothing to lose
	from := side{tx, s.mapError}
	if err := (&transfer{ctx: ctx, from: from, to: to, lite: from, step: step}).run(requestTables); err != nil {
		return err
	}
	return numberOn(ctx, to, "moments", "mark", "journal", "id")
}

// receive copies all but the requests from a database that is a file, and takes
// the latest event for the one that this transaction added.
func (s *Postgres) receive(ctx context.Context, w model.Writer, from side, step func()) error {
	r := w.(*remembering)
	to := side{r.tx, s.mapError}
	// An index of what is searched is made in one go much sooner than row by row.
	if _, err := to.ExecContext(ctx, "DROP INDEX IF EXISTS keys_searched"); err != nil {
		return err
	}
	if err := (&transfer{ctx: ctx, from: from, to: to, lite: from, step: step}).run(teamTables); err != nil {
		return err
	}
	source := &transaction{ctx: ctx, tx: from.Tx, lite: true}
	head, err := source.Head()
	if err != nil {
		return from.explain(err)
	}
	r.last = model.Event{Seq: head.Seq, MAC: head.MAC}
	if err := w.SetHead(head); err != nil {
		return err
	}
	if err := numberOn(ctx, to, "keys", "n"); err != nil {
		return err
	}
	if err := s.indexSearch(ctx, r.tx); err != nil {
		return err
	}
	_, err = to.ExecContext(ctx, "ANALYZE "+strings.Join(teamTables, ", "))
	return err
}

// numberOn has the numbers that the server gives to rows go on from the greatest
// one of a table: given are tables, each with its column.
func numberOn(ctx context.Context, to side, columns ...string) error {
	for i := 0; i < len(columns); i += 2 {
		table, column := columns[i], columns[i+1]
		if _, err := to.ExecContext(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'), coalesce(max(%s), 0) + 1, false) FROM %s", table, column, column, table)); err != nil {
			return err
		}
	}
	return nil
}

// CopyTo copies everything but the requests of a draft that is done into a database
// on a server in which there is no team yet, and compares both.
func (d *Draft) CopyTo(ctx context.Context, to *Postgres) error {
	err := d.Read(ctx, func(r model.Reader) error {
		return to.Write(ctx, func(w model.Writer) error {
			if err := vacant(w); err != nil {
				return err
			}
			return to.receive(ctx, w, side{r.(*transaction).tx, d.mapError}, func() {})
		})
	})
	return d.Explain(err)
}

func vacant(r model.Reader) error {
	if _, err := r.Team(); !errors.Is(err, model.ErrNotFound) {
		if err == nil {
			err = model.Errorf(model.CodeConflict, "There is a team there already.")
		}
		return err
	}
	return nil
}

// Backup is [Store.Backup] of a database on a server: the copy is a database of
// SQLite, of one moment.
func (s *Postgres) Backup(ctx context.Context, to *NewFile) error {
	return to.keepAfter(s.copyInto(ctx, to.path))
}

func (s *Postgres) copyInto(ctx context.Context, path string) error {
	file, err := open(path)
	if err != nil {
		return err
	}
	err = s.Read(ctx, func(r model.Reader) error { return file.receive(ctx, side{r.(*transaction).tx, s.mapError}) })
	return errors.Join(err, file.Close())
}

// receive makes the schema and copies all but the requests from a server.
func (s *Store) receive(ctx context.Context, from side) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return s.mapError(err)
	}
	if err := s.apply(ctx, steps, 0); err != nil {
		return err
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return s.mapError(err)
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	to := side{tx, s.mapError}
	if err := (&transfer{ctx: ctx, from: from, to: to, lite: to, step: func() {}}).run(teamTables); err != nil {
		return err
	}
	head, err := (&transaction{ctx: ctx, tx: from.Tx}).Head()
	if err != nil {
		return from.explain(err)
	}
	if err = (&transaction{ctx: ctx, tx: tx, lite: true}).SetHead(head); err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO keys_search (keys_search) VALUES ('rebuild')")
	}
	if err != nil {
		return s.mapError(err)
	}
	return s.mapCommit(tx.Commit())
}
