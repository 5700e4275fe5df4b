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

// idle are databases with the schema and nothing else, which tests have left.
var idle struct {
	sync.Mutex
	addresses []string
}

// schemaAlone is the address of a database with the schema and nothing else. It
// is emptied after the test, for another: making one takes far longer.
func schemaAlone(t *testing.T) (address string) {
	t.Helper()
	template := emptySchema(t)
	idle.Lock()
	if n := len(idle.addresses); n > 0 {
		address, idle.addresses = idle.addresses[n-1], idle.addresses[:n-1]
	}
	idle.Unlock()
	if address == "" {
		address = postgres.Database(t, template)
	}
	t.Cleanup(func() {
		server, name := postgres.Server(t), postgrestest.DatabaseOf(address)
		tables := server.Query(t, name, "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'empress_schema'")
		server.Execute(t, name, "TRUNCATE "+tables[0]+" RESTART IDENTITY; INSERT INTO head (id, seq, mac, mark, seal) VALUES (1, 0, '', 0, ''); INSERT INTO usage_turn (id) VALUES (1)")
		idle.Lock()
		defer idle.Unlock()
		idle.addresses = append(idle.addresses, address)
	})
	return address
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
	postgres.Server(t)     // or skip
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
	conformance(t, racing,
		func(t *testing.T) model.Store { return open(t, schemaAlone(t)) },
		func(t *testing.T, s model.Store) model.Store {
			address, _ := addresses.Load(s)
			return open(t, address.(string))
		})
}
