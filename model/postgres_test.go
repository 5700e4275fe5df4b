package model_test

import (
	"os"
	"testing"

	"empress/storage"
	"empress/storage/postgrestest"
)

// engineEnv names the engine that teams of tests are kept by: postgres, or
// otherwise SQLite. With it the tests of the whole package run on PostgreSQL, but
// for those that need SQLite's file.
const engineEnv = "EMPRESS_TEST_STORE"

// postgres is the server that the tests share.
var postgres postgrestest.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Close()
	os.Exit(code)
}

func postgresStore(t *testing.T) *storage.Postgres {
	t.Helper()
	address, err := storage.ParseAddress(postgres.Database(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.CreatePostgres(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestOnPostgres repeats on the other engine, for less long, what reaches most
// queries. The rules are those of the model: here it is shown that they hold
// there too.
func TestOnPostgres(t *testing.T) {
	if os.Getenv("MUTANT") != "" || os.Getenv("MUTANTS_MET") != "" {
		t.Skip("it would tell of the model what the same tests tell by themselves")
	}
	if racing {
		t.Skip("what the engines share runs on SQLite, and the rest in the tests of storage")
	}
	t.Setenv(engineEnv, "postgres")
	checks(t, 3) // each of which makes a database
	t.Run("team", TestTeamMachine)
	checks(t, 8)
	t.Run("clock", TestClockSteps)
	t.Run("machine", TestMachine)
	t.Run("due", TestDueIsWhatTheRuleSays)
	t.Run("attention", TestAttention)
	t.Run("replaced meanwhile", TestReplacedMeanwhile)
	t.Run("replaced while reading", TestReplacedWhileReading)
}
