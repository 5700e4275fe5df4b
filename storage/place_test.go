package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// place is where a team's database, a file or an address of PostgreSQL, and its
// sealing key are.
type place struct{ db, key string }

// newPlace founds a team in a file, with Ada as its administrator, and leaves it
// closed.
func newPlace(tb testing.TB) place {
	tb.Helper()
	db := tb.TempDir() + "/team.db"
	return founded(tb, place{db, db + ".key"})
}

func founded(tb testing.TB, p place) place {
	tb.Helper()
	seal, err := storage.CreateKeyFile(p.key)
	if err != nil {
		tb.Fatal(err)
	}
	store, err := p.create()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := model.NewService(store, seal, time.Now).Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, ada); err != nil {
		tb.Fatal(err)
	}
	if err := store.Close(); err != nil {
		tb.Fatal(err)
	}
	return p
}

// raw opens the database behind the program's back, for the length of the
// test.
func (p place) raw(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// inPostgres says to PostgreSQL what tests say to SQLite: a number that would be
// given to a row is one that no row has.
var inPostgres = strings.NewReplacer("PRAGMA foreign_keys = 0; ", "", "zeroblob(32)", "decode(repeat('00', 32), 'hex')", "x''", "''",
	"INSERT INTO keys ", "INSERT INTO keys OVERRIDING SYSTEM VALUE ", "SELECT NULL, ", "SELECT 99, ")

// alter changes the database behind the program's back, and lets go of it.
func (p place) alter(tb testing.TB, statements string) {
	tb.Helper()
	if p.onServer() { // references are not looked after, as SQLite does by itself
		postgres.Server(tb).Execute(tb, postgrestest.DatabaseOf(p.db), "SET session_replication_role = replica; "+inPostgres.Replace(statements))
		return
	}
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = db.Exec(statements)
	if err := errors.Join(err, db.Close()); err != nil {
		tb.Fatal(err)
	}
}

// copied copies a place that nobody has open.
func (p place) copied(tb testing.TB) place {
	tb.Helper()
	if p.onServer() {
		return place{postgres.Database(tb, postgrestest.DatabaseOf(p.db)), p.key}
	}
	to := place{db: tb.TempDir() + "/team.db"}
	to.key = to.db + ".key"
	for from, path := range map[string]string{p.db: to.db, p.key: to.key} {
		content, err := os.ReadFile(from)
		if err != nil {
			tb.Fatal(err)
		}
		if err := storage.WriteNewFile(path, content); err != nil {
			tb.Fatal(err)
		}
	}
	return to
}

// engine is a store of either kind that can be looked through and copied.
type engine interface {
	model.Store
	Inspect(context.Context) ([]string, error)
	InspectSchema(context.Context) ([]string, error)
	Backup(context.Context, *storage.NewFile) error
}

// onEngines runs a test with a team in a file, and with one on the PostgreSQL
// server.
func onEngines(t *testing.T, test func(*testing.T, place)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newPlace(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		if racing {
			t.Skip("processes are not what the race detector looks at, and the engines share the rest")
		}
		test(t, founded(t, place{schemaAlone(t), t.TempDir() + "/team.key"}))
	})
}

// onServer reports whether the place is on the PostgreSQL server.
func (p place) onServer() bool { return storage.IsAddress(p.db) }

func (p place) openStore() (engine, error) {
	if !p.onServer() {
		return opened(storage.Open(ctx, p.db))
	}
	a, err := storage.ParseAddress(p.db)
	if err != nil {
		return nil, err
	}
	return opened(storage.OpenPostgres(ctx, a))
}

func (p place) create() (engine, error) {
	if !p.onServer() {
		return opened(storage.Create(ctx, p.db))
	}
	a, err := storage.ParseAddress(p.db)
	if err != nil {
		return nil, err
	}
	return opened(storage.CreatePostgres(ctx, a))
}

// opened is no engine at all where there is an error.
func opened[S engine](store S, err error) (engine, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}
