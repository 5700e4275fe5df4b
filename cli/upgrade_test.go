package cli

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"empress/storage"
	"empress/storage/postgrestest"
)

// The program takes over what each released schema left behind, which are the
// fixtures of package storage: a secret of then passes, and doctor finds nothing.
func TestUpgrades(t *testing.T) {
	if racing {
		t.Skip("package storage opens the same databases under the race detector")
	}
	fixtures, err := filepath.Glob("../storage/testdata/schema-*.sql")
	if err != nil || len(fixtures) == 0 {
		t.Fatal(fixtures, err)
	}
	first, err := storage.Create(t.Context(), filepath.Join(t.TempDir(), "first.db")) // which says how this process locks files
	if err == nil {
		err = first.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, fixture := range fixtures {
		path := filepath.Join(t.TempDir(), "empress.db")
		err := os.WriteFile(path, nil, 0o600)
		var db *sql.DB
		if err == nil {
			db, err = sql.Open("sqlite", path)
		}
		if err == nil {
			_, err = db.Exec(readText(t, fixture))
			err = errors.Join(err, db.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		takesOver(t, strings.TrimSuffix(fixture, ".sql"), path)
	}
}

func TestUpgradesOnPostgres(t *testing.T) {
	if racing {
		t.Skip("package storage opens the same databases under the race detector")
	}
	server := Postgres.Server(t)
	server.Execute(t, postgrestest.Superuser, "CREATE ROLE taker LOGIN")
	fixtures, err := filepath.Glob("../storage/testdata/postgres-schema-*.sql")
	if err != nil || len(fixtures) == 0 {
		t.Fatal(fixtures, err)
	}
	for _, fixture := range fixtures {
		address := Postgres.Database(t, "")
		name := postgrestest.DatabaseOf(address)
		server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+name+" OWNER TO taker")
		server.Execute(t, name, "SET ROLE taker;"+readText(t, fixture))
		takesOver(t, strings.TrimSuffix(fixture, ".sql"), strings.Replace(address, "//"+postgrestest.Superuser+"@", "//taker@", 1))
	}
}

// takesOver asks the program about a database that a fixture was made into.
func takesOver(t *testing.T, fixture, database string) {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte(readText(t, fixture+".key")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ command, says string }{{"verify", "allowed: billing"}, {"doctor", "Nothing is wrong."}} {
		var out, said bytes.Buffer
		code := Main(t.Context(), []string{c.command}, Streams{In: strings.NewReader(readText(t, fixture+".txt")), Out: &out, Err: &said,
			Environ: []string{"EMPRESS_DB=" + database, "EMPRESS_KEY_FILE=" + key, "EMPRESS_LOG=" + filepath.Join(dir, "log")}})
		if code != 0 || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: empress %s: exit code %d\n%s%s", fixture, c.command, code, out.String(), said.String())
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
