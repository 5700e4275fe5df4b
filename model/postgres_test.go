package model_test

import (
	"os"
	"testing"

	"empress/storage"
	"empress/storage/postgrestest"
)

// postgres is the server that the tests share.
var postgres postgrestest.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Close()
	os.Exit(code)
}

// TestMachineOnPostgres is TestMachine on the other engine, for less long: the
// rules are those of the model, and here it is shown that they hold there too.
func TestMachineOnPostgres(t *testing.T) {
	if os.Getenv("MUTANT") != "" || os.Getenv("MUTANTS_MET") != "" {
		t.Skip("it would tell of the model what TestMachine tells")
	}
	address, err := storage.ParseAddress(postgres.Database(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.CreatePostgres(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	x := closed(onStore(t, t.TempDir(), store))
	x.found()
	checks(t, 8)
	changeKeys(t, x)
}
