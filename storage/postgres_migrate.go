package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// postgresMigrations are those of PostgreSQL, numbered as those of SQLite. They
// hold the usage of keys, too.
//
//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

// migrate brings the schema to the latest version, in one transaction that one
// process makes at a time.
func (s *Postgres) migrate(ctx context.Context, create bool) error {
	steps, err := fs.Glob(postgresMigrations, "migrations/postgres/*.sql") // in order of their names
	if err != nil {
		return s.mapError(err)
	}
	version, err := s.version(ctx, s.readers)
	switch {
	case err != nil:
		return s.mapError(err)
	case version > len(steps):
		return model.Errorf(model.CodeFailed, "The database %s was written by a newer empress (schema %d; this one knows %d). Install the newer version.", s.Place(), version, len(steps))
	case version == len(steps):
		return nil
	case version == 0 && !create:
		return model.Errorf(model.CodeNotInitialized, "There is no team in the database %s yet. Run `empress`, or `empress init` with --team, --name and --email.", s.Place()).Because(ErrNoDatabase)
	}
	db := s.address.pool(forMigrating, 1)
	err = s.apply(ctx, db, steps)
	return s.mapError(errors.Join(err, db.Close()))
}

// apply makes the migrations that another process has not made meanwhile.
func (s *Postgres) apply(ctx context.Context, db *sql.DB, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	version, err := s.version(ctx, tx)
	if err != nil || version >= len(steps) {
		return err
	}
	if err := makeSteps(ctx, tx, steps[version:]); err != nil {
		return err
	}
	if version == 0 {
		if err := s.indexSearch(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE empress_schema SET version = ? WHERE id = 1", len(steps)); err != nil {
		return err
	}
	return tx.Commit()
}

// makeSteps carries out migrations, one statement after the other.
func makeSteps(ctx context.Context, tx *sql.Tx, steps []string) error {
	for _, name := range steps {
		text, err := postgresMigrations.ReadFile(name)
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexSearch makes an index of what is searched of keys, where the server lets it
// be made: pg_trgm belongs to PostgreSQL, but need not be installed. Without it a
// search reads all keys.
func (s *Postgres) indexSearch(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT searched"); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
	if err == nil {
		_, err = tx.ExecContext(ctx, "CREATE INDEX keys_searched ON keys USING gin (search gin_trgm_ops)")
	}
	if _, refused := errors.AsType[*pgconn.PgError](err); refused {
		_, err = tx.ExecContext(ctx, "ROLLBACK TO searched")
	}
	return err
}

// version reads the schema's version, 0 where there is none.
func (s *Postgres) version(ctx context.Context, db querier) (version int, err error) {
	var there bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass('empress_schema') IS NOT NULL").Scan(&there); err != nil || !there {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT version FROM empress_schema WHERE id = 1").Scan(&version)
	if err == nil && (version < 1 || version > maxVersion) {
		err = model.Errorf(model.CodeDamaged, "The database %s claims schema %d, which no empress has written. Restore a backup.", s.Place(), version)
	}
	return version, err
}

// trustworthy refuses a server that could not keep every text, and tables that
// run statements of their own: empress makes neither triggers nor rules, and
// either could make a change look done that is not.
func (s *Postgres) trustworthy(ctx context.Context) error {
	var encoding string
	if err := s.readers.QueryRowContext(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding); err != nil {
		return s.mapError(err)
	}
	if encoding != "UTF8" {
		return model.Errorf(model.CodeFailed, "The database %s is encoded as %s, in which not every name can be kept. Make another one: createdb --encoding UTF8 --template template0 NAME", s.Place(), model.Printable(encoding))
	}
	tables, err := ownTables()
	if err != nil {
		return s.mapError(err)
	}
	var active sql.NullString
	err = s.readers.QueryRowContext(ctx, `SELECT string_agg(found, ', ' ORDER BY found) FROM (
		SELECT 'the trigger ' || tgname AS found, tgrelid AS on_table FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'the rule ' || rulename, ev_class FROM pg_rewrite
		UNION ALL SELECT 'what is no table, ' || relname, oid FROM pg_class WHERE relkind NOT IN ('r', 'i')
	) AS active JOIN pg_class t ON t.oid = on_table JOIN pg_class ours ON ours.relnamespace = t.relnamespace
	WHERE ours.oid = to_regclass('empress_schema') AND t.relname = ANY (string_to_array(?, ' '))`, strings.Join(tables, " ")).Scan(&active)
	if err != nil {
		return s.mapError(err)
	}
	if active.String != "" {
		return model.Errorf(model.CodeDamaged, "Somebody added to the database %s what empress never makes: %s. Restore a backup.", s.Place(), model.Printable(active.String))
	}
	return nil
}

// ownTables lists the tables that the migrations make.
func ownTables() (names []string, err error) {
	steps, err := fs.Glob(postgresMigrations, "migrations/postgres/*.sql")
	made := regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	for _, name := range steps {
		text, failed := postgresMigrations.ReadFile(name)
		err = errors.Join(err, failed)
		for _, m := range made.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names, err
}
