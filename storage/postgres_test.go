package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// openPostgres opens a database with the schema, and nothing in it, for the
// length of a test.
func openPostgres(t *testing.T) (s *storage.Postgres, address string) {
	t.Helper()
	address = schemaAlone(t)
	return anotherPostgres(t, address), address
}

// anotherPostgres opens a database as another process would.
func anotherPostgres(t *testing.T, address string) *storage.Postgres {
	t.Helper()
	s := createPostgres(t, address)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ownServer is a server that one test may do anything to.
func ownServer(t *testing.T) *postgrestest.Server {
	t.Helper()
	postgres.Server(t) // or skip
	server, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func TestPostgresRefuses(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	template := emptySchema(t)
	for _, c := range []struct {
		what, template, statement, want string
		is                              error
	}{
		{"a newer schema", template, "UPDATE empress_schema SET version = 99", "newer empress (schema 99", nil},
		{"a schema of nobody", template, "UPDATE empress_schema SET version = -1", "which no empress has written", model.ErrDamaged},
		{"a trigger", template, "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER quiet BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION f()",
			"the trigger quiet", model.ErrDamaged},
		{"a view", template, "ALTER TABLE policy RENAME TO policies; CREATE VIEW policy AS SELECT * FROM policies", "no table, policy", model.ErrDamaged},
		{"a rule", template, "CREATE RULE quiet AS ON UPDATE TO keys DO INSTEAD NOTHING", "the rule quiet", model.ErrDamaged},
		{"no schema", "", "", "There is no team", storage.ErrNoDatabase},
	} {
		address := postgres.Database(t, c.template)
		server.Execute(t, postgrestest.DatabaseOf(address), c.statement)
		a, err := storage.ParseAddress(address)
		if err != nil {
			t.Fatal(err)
		}
		s, err := storage.OpenPostgres(ctx, a)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(model.Sentence(err), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	shared := postgres.Database(t, template)
	server.Execute(t, postgrestest.DatabaseOf(shared), "CREATE TABLE others (id BIGINT); CREATE VIEW of_others AS SELECT * FROM others; CREATE RULE r AS ON UPDATE TO others DO INSTEAD NOTHING")
	anotherPostgres(t, shared) // what is not empress's is not its concern
	server.Execute(t, postgrestest.Superuser, "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
	a, _ := storage.ParseAddress(server.Address("narrow"))
	if _, err := storage.CreatePostgres(ctx, a); err == nil || !strings.Contains(model.Sentence(err), "SQL_ASCII") {
		t.Errorf("an encoding that lacks letters: %v", err)
	}
}

// PostgreSQL keeps no text with a NUL or with what is not UTF-8: nobody finds
// anything by one, and what would be kept is refused.
func TestPostgresTexts(t *testing.T) {
	t.Parallel()
	s, _ := openPostgres(t)
	billing, _ := peopled(t, s)
	k := keyOf(1, billing, 1)
	write(t, s, func(w model.Writer) error { return w.InsertKey(k) })
	for _, text := range []string{"\x00", "a\x00b", "\xff", "ab\xc3", "bil\x00"} {
		if _, err := s.Credential(ctx, model.KeyID(string(k.ID)+text)); !errors.Is(err, model.ErrNotFound) {
			t.Errorf("the credential of %q: %v", text, err)
		}
		read(t, s, func(r model.Reader) error {
			_, err := r.ApplicationByName("billing" + text)
			missing(t, fmt.Sprintf("the application %q", text), err)
			page, err := r.Keys(model.KeyQuery{Text: text, Visible: model.Visible{All: true}})
			same(t, fmt.Sprintf("the keys with %q", text), []model.Key(nil), page.Keys, err)
			es, err := r.Events(model.EventQuery{Text: text})
			same(t, fmt.Sprintf("the events with %q", text), []model.Event(nil), es, err)
			return nil
		})
		wantError(t, fmt.Sprintf("a member called %q", text), s, model.ErrInvalid, func(w model.Writer) error {
			m := person(9, "new")
			m.Name += text
			return w.InsertMember(m)
		})
		record(t, s, model.Tally{Usage: model.Usage{Key: k.ID, At: noon, Allowed: 1, UserAgent: text}})
	}
	us, err := s.Usages(ctx, []model.KeyID{k.ID})
	if err != nil || us[k.ID].Allowed != 5 {
		t.Errorf("%+v are counted, %v", us, err)
	}
}

// Whoever reads rows may ask for others meanwhile, which SQLite allows too.
func TestPostgresNestedQueries(t *testing.T) {
	t.Parallel()
	s, _ := openPostgres(t)
	keys := crowd(t, s, 60)
	write(t, s, func(w model.Writer) error {
		var seen []model.KeyID
		err := w.EachKey(func(k model.Key) error {
			again, err := w.Key(k.ID)
			same(t, "the key of the row", k, again, err)
			seen = append(seen, k.ID)
			k.Revision++
			return errors.Join(err, w.UpdateKey(k, k.Revision-1, k.Generation))
		})
		want := ids(keys)
		slices.Sort(want)
		same(t, "the rows", want, seen, err)
		return nil
	})
}

// A server that is gone is said to be gone, soon, and nothing passes; when it is
// back, everything goes on without a restart of anything else.
func TestPostgresReturns(t *testing.T) {
	if racing {
		t.Skip("a second server takes long to make, and the first one has shown the same connections")
	}
	t.Parallel()
	server := ownServer(t)
	server.Execute(t, postgrestest.Superuser, "CREATE DATABASE team TEMPLATE template0")
	s := anotherPostgres(t, server.Address("team"))
	billing, _ := peopled(t, s)
	k := keyOf(1, billing, 1)
	write(t, s, func(w model.Writer) error { return w.InsertKey(k) })
	changes := s.Changes(t.Context())
	quiet(t, "before", changes)
	for range 5 { // connections that will be stale
		if _, err := s.Credential(ctx, k.ID); err != nil {
			t.Fatal(err)
		}
	}
	server.Kill()
	began := time.Now()
	if _, err := s.Credential(ctx, k.ID); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a credential without a server: %v", err)
	}
	if err := s.Read(ctx, func(model.Reader) error { return nil }); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("reading without a server: %v", err)
	}
	if err := s.Write(ctx, func(model.Writer) error { return nil }); !errors.Is(err, model.ErrUnavailable) || !strings.Contains(model.Sentence(err), "cannot be reached") {
		t.Errorf("writing without a server: %v", err)
	}
	if err := s.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: k.ID, Allowed: 1}}}); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("counting without a server: %v", err)
	}
	if took := time.Since(began); took > lookUpLimit {
		t.Errorf("saying so took %s", took)
	}
	if err := server.Run(); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Credential(ctx, k.ID); err != nil || c.Generation != k.Generation {
		t.Errorf("the credential from the server that is back is %+v, %v", c, err)
	}
	write(t, s, func(w model.Writer) error { return w.InsertMember(person(3, "kim")) })
	record(t, s, model.Tally{Usage: model.Usage{Key: k.ID, Allowed: 1}})
	select {
	case <-changes:
	case <-time.After(10 * time.Second):
		t.Error("changes are not noticed any more")
	}
}

// lookUpLimit is how long several answers without a server may take in all.
const lookUpLimit = 10 * time.Second

// Whoever watches learns of what another process changed within a second, and
// after the connection that told of it was ended.
func TestPostgresListensAgain(t *testing.T) {
	t.Parallel()
	s, address := openPostgres(t)
	changes := s.Changes(t.Context())
	quiet(t, "before", changes)
	other := anotherPostgres(t, address)
	told := func() bool {
		if _, err := addEvent(other); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changes:
			return true
		case <-time.After(time.Second): // sooner than the end of the chain is looked at again
			quiet(t, "between", changes)
			return false
		}
	}
	soon := told()
	for range 2 { // the machine may be busy
		soon = soon || told()
	}
	if !soon {
		t.Error("a change of another process is not told within a second")
	}
	quiet(t, "between", changes)
	server := postgres.Server(t)
	ended := server.Query(t, postgrestest.Superuser, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+postgrestest.DatabaseOf(address)+"' AND query LIKE '%xmin FROM head%'")
	if len(ended) != 1 {
		t.Fatalf("%d connections listen", len(ended))
	}
	quiet(t, "after", changes)
	if _, err := addEvent(s); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changes:
	case <-time.After(5 * time.Second):
		t.Error("changes are not noticed any more")
	}
}
