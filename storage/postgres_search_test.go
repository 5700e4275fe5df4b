package storage_test

import (
	"fmt"
	"strings"
	"testing"

	"empress/model"
	"empress/storage/postgrestest"
)

// What is searched has an index, which finds the same as reading all keys does.
func TestPostgresSearch(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, emptySchema(t))
	name := postgrestest.DatabaseOf(address)
	server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+name+" SET enable_seqscan = off") // few keys would all be read
	s := anotherPostgres(t, address)
	conformFilters(t, s)
	plan := server.Query(t, name, "EXPLAIN SELECT id FROM keys WHERE search LIKE '%invoices%'")
	if !strings.Contains(strings.Join(plan, "\n"), "keys_searched") {
		t.Errorf("a search goes by %q", plan)
	}
}

// Where the server does not let the index be made, a search reads all keys.
func TestPostgresSearchWithoutIndex(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, "")
	name := postgrestest.DatabaseOf(address)
	server.Execute(t, name, "CREATE ROLE modest LOGIN; GRANT CREATE ON SCHEMA public TO modest")
	s := anotherPostgres(t, strings.Replace(address, postgrestest.Superuser+"@", "modest@", 1))
	fill(t, s, 20)
	if got := found(t, s, model.KeyQuery{Text: "überw"}, false); len(got) != 1 {
		t.Errorf("a search finds %q", got)
	}
	if made := server.Query(t, name, "SELECT count(*) FROM pg_indexes WHERE indexname = 'keys_searched'"); fmt.Sprint(made) != "[0]" {
		t.Errorf("there are %s indexes", made)
	}
}
