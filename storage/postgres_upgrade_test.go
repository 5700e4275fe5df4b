package storage_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// A PostgreSQL database of every schema opens, with all that is in it, and is then
// of the latest schema. The fixtures are as those of SQLite, made by pg_dump. The
// one of a schema that is not released yet is made again by: go test ./storage
// -run TestPostgresMigrations -update
func TestPostgresMigrations(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	steps, err := filepath.Glob("migrations/postgres/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		dumpPostgres(t, len(steps))
	}
	for version := 1; version <= len(steps); version++ {
		fixture := fmt.Sprintf("testdata/postgres-schema-%d", version)
		text, err := os.ReadFile(fixture + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		address := postgres.Database(t, "")
		name := postgrestest.DatabaseOf(address)
		server.Execute(t, name, string(text))
		goesOn(t, openAt(t, address), fixture)
		if now := server.Query(t, name, "SELECT version FROM empress_schema"); now[0] != fmt.Sprint(len(steps)) {
			t.Errorf("from schema %d: the schema is %s", version, now[0])
		}
	}
}

// dumpPostgres makes the fixture of a schema, without what pg_dump says to psql and
// to readers.
func dumpPostgres(t *testing.T, version int) {
	t.Helper()
	s, address := openPostgres(t)
	path := filepath.Join(t.TempDir(), "key")
	seal, err := storage.CreateKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	service := model.NewService(s, seal, time.Now)
	if _, err := service.Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, ada); err != nil {
		t.Fatal(err)
	}
	_, session := signedIn(t, s, path)
	credential := history(t, session)
	dumped, failed := exec.Command("pg_dump", "--inserts", "--no-owner", "--no-privileges", address).Output()
	key, err := os.ReadFile(path)
	if err := errors.Join(failed, err); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?m)^(\\.*|--.*)\n`).ReplaceAllString(string(dumped), "")
	writeFixture(t, fmt.Sprintf("testdata/postgres-schema-%d", version), bare, credential, string(key))
}
