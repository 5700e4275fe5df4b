package storage_test

import (
	"sync"
	"testing"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// postgres is the server that the tests share.
var postgres postgrestest.Shared

// empty is a database that holds the schema, and nothing else: copying it is
// quicker than making it.
var empty struct {
	sync.Once
	name string
}

func emptySchema(tb testing.TB) string {
	tb.Helper()
	server := postgres.Server(tb)
	empty.Do(func() {
		empty.name = "schema"
		server.Execute(tb, postgrestest.Superuser, "CREATE DATABASE "+empty.name+" TEMPLATE template0")
		s := createPostgres(tb, server.Address(empty.name))
		if err := s.Close(); err != nil {
			tb.Fatal(err)
		}
	})
	return empty.name
}

func createPostgres(tb testing.TB, address string) *storage.Postgres {
	tb.Helper()
	a, err := storage.ParseAddress(address)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := storage.CreatePostgres(ctx, a)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestPostgresConforms(t *testing.T) {
	template := emptySchema(t)
	var addresses sync.Map // by store
	open := func(t *testing.T, address string) model.Store {
		t.Helper()
		s := createPostgres(t, address)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		addresses.Store(s, address)
		return s
	}
	conformance(t,
		func(t *testing.T) model.Store { return open(t, postgres.Database(t, template)) },
		func(t *testing.T, s model.Store) model.Store {
			address, _ := addresses.Load(s)
			return open(t, address.(string))
		})
}
