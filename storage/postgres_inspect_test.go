package storage_test

import (
	"strings"
	"testing"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// Whatever differs from what the migrations make is named, and what is right
// again is no longer.
func TestPostgresInspectsSchema(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, emptySchema(t))
	s, name := anotherPostgres(t, address), postgrestest.DatabaseOf(address)
	inspect := func() string {
		t.Helper()
		found, err := s.InspectSchema(ctx)
		if err != nil {
			t.Error(err)
		}
		return strings.Join(found, "\n")
	}
	if got := inspect(); got != "" {
		t.Errorf("what empress made: %q", got)
	}
	var do, undo []string
	for _, c := range schemaChanges {
		do, undo = append(do, c.do), append(undo, c.undo)
	}
	server.Execute(t, name, strings.Join(do, ";"))
	got := inspect()
	for _, c := range schemaChanges {
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: found %s", c.do, got)
		}
	}
	server.Execute(t, name, strings.Join(undo, ";"))
	if got := inspect(); got != "" {
		t.Errorf("after all was undone: %q", got)
	}
	if left := server.Query(t, name, "SELECT relname FROM pg_class WHERE relpersistence = 't'"); len(left) > 0 {
		t.Errorf("comparing left %q", left)
	}
	server.Execute(t, name, "REVOKE TEMPORARY ON DATABASE "+name+" FROM PUBLIC; CREATE ROLE narrow LOGIN; GRANT SELECT ON empress_schema TO narrow")
	if found, err := openAt(t, strings.Replace(address, "//postgres@", "//narrow@", 1)).InspectSchema(ctx); err == nil || !strings.Contains(model.Sentence(err), "was not compared") {
		t.Errorf("without the right to make temporary tables: %q, %v", found, err)
	}
}

// schemaChanges are changes of a schema, how each is undone, and what is to be
// said of it.
var schemaChanges = []struct{ do, undo, want string }{
	{"CREATE TABLE extra (a BIGINT)", "DROP TABLE extra", `did not make: the table "extra".`},
	{"CREATE VIEW seen AS SELECT 1", "DROP VIEW seen", `did not make: the view "seen".`},
	{"CREATE FUNCTION strpos(text, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION strpos(text, bigint)", `did not make: the function "strpos".`},
	{"ALTER TABLE keys ADD extra TEXT", "ALTER TABLE keys DROP extra", `did not make: the column "keys.extra".`},
	{"ALTER TABLE keys ALTER purpose DROP NOT NULL", "ALTER TABLE keys ALTER purpose SET NOT NULL", `the column "keys.purpose" is not as`},
	{`ALTER TABLE keys ALTER owner TYPE TEXT COLLATE "POSIX"`, `ALTER TABLE keys ALTER owner TYPE TEXT COLLATE "C"`, `the column "keys.owner" is not as`},
	{"ALTER TABLE moments ALTER agents TYPE INTEGER", "ALTER TABLE moments ALTER agents TYPE BIGINT", `the column "moments.agents" is not as`},
	{"ALTER TABLE keys ALTER rate SET DEFAULT ''", "ALTER TABLE keys ALTER rate DROP DEFAULT", `the column "keys.rate" is not as`},
	{"ALTER TABLE sign_ins RENAME at TO moment", "ALTER TABLE sign_ins RENAME moment TO at", `the column "sign_ins.at" is missing`},
	{"DROP INDEX keys_secret", "CREATE INDEX keys_secret ON keys (secret_at)", `the index "keys_secret" is missing`},
	{"DROP INDEX keys_due; CREATE INDEX keys_due ON keys (due)", "DROP INDEX keys_due; CREATE INDEX keys_due ON keys (due) WHERE due > 0", `the index "keys_due" is not as`},
	{"DROP INDEX members_login; CREATE INDEX members_login ON members (login) WHERE login <> ''",
		"DROP INDEX members_login; CREATE UNIQUE INDEX members_login ON members (login) WHERE login <> ''", `the index "members_login" is not as`},
	{"ALTER TABLE team DROP CONSTRAINT team_id_check", "ALTER TABLE team ADD CONSTRAINT team_id_check CHECK (id = 1)", `the constraint "team.team_id_check" is missing`},
	{"ALTER TABLE grants DISABLE TRIGGER ALL", "ALTER TABLE grants ENABLE TRIGGER ALL", `the constraint "grants.grants_member_id_fkey" is not as`},
	{"ALTER TABLE journal SET UNLOGGED", "ALTER TABLE journal SET LOGGED", `the table "journal" is not as`},
	{"ALTER TABLE policy ENABLE ROW LEVEL SECURITY", "ALTER TABLE policy DISABLE ROW LEVEL SECURITY", `the table "policy" is not as`},
	{"CREATE TABLE more () INHERITS (events)", "DROP TABLE more", `the table "events" is not as`},
}

// Rows and indexes that are no longer what the server vouches for are named.
func TestPostgresInspects(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, emptySchema(t))
	s, name := anotherPostgres(t, address), postgrestest.DatabaseOf(address)
	peopled(t, s)
	if found, err := s.Inspect(ctx); err != nil || len(found) > 0 {
		t.Errorf("a sound database: %q, %v", found, err)
	}
	server.Execute(t, name, "SET session_replication_role = replica; UPDATE application_names SET application_id = 99; INSERT INTO application_names (name, fold, application_id, seal) VALUES ('old', 'old', 98, '')")
	server.Execute(t, name, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'keys_due'::regclass")
	found, err := s.Inspect(ctx)
	text := strings.Join(found, "\n")
	if err != nil || len(found) != 2 || !strings.Contains(text, "REINDEX INDEX keys_due") || !strings.Contains(text, "The table application_names has rows that refer to rows of applications which are gone.") {
		t.Errorf("a damaged one: %q, %v", found, err)
	}
}

// Each thing that is wrong with a server, or with the way to it, is said, and
// what is right is said plainly, too.
func TestPostgresInspectsServer(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, emptySchema(t))
	name := postgrestest.DatabaseOf(address)
	server.Execute(t, postgrestest.Superuser, "CREATE ROLE keeper LOGIN; ALTER DATABASE "+name+" OWNER TO keeper")
	owned := server.Query(t, name, "SELECT string_agg(format('ALTER TABLE %I OWNER TO keeper', tablename), ';') FROM pg_tables WHERE schemaname = 'public'")
	server.Execute(t, name, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO keeper")
	address = strings.Replace(address, "//postgres@", "//keeper@", 1)
	keeper := openAt(t, address)
	for _, c := range []struct {
		do, check string
		wrong     bool
		words     string
	}{
		{"", "database user", true, "keeper may not read and change everything in: application_names applications"},
		{"GRANT ALL ON ALL TABLES IN SCHEMA public TO keeper", "database user", true, "keeper does not own the tables: application_names"},
		{owned[0], "database user", false, "keeper owns the tables"},
		{"", "other users", false, "Nothing of empress's"},
		{"GRANT SELECT ON members TO PUBLIC", "other users", true, "change: members. Run: REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"},
		{"REVOKE ALL ON members FROM PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC", "other users", true, "Run: REVOKE CREATE ON SCHEMA public FROM PUBLIC"},
		{"", "crashes", false, "on the server's disk"},
		{"", "standby", false, "No standby is connected."},
		{"", "server", false, "is the primary"},
		{"", "connection", false, "does not leave this computer."},
	} {
		server.Execute(t, name, c.do)
		wants(t, keeper, c.check, c.wrong, c.words)
	}
	server.Execute(t, name, "ALTER ROLE keeper SUPERUSER")
	other := openAt(t, strings.Replace(address, "disable", "require&synchronous_commit=off", 1))
	wants(t, other, "database user", true, "keeper is a superuser")
	wants(t, other, "crashes", true, "off is synchronous_commit")
	wants(t, other, "connection", false, "and is encrypted.")
}

// wants looks at a server, and at one thing that was found out.
func wants(t *testing.T, s *storage.Postgres, check string, wrong bool, words string) {
	t.Helper()
	found, err := s.InspectServer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Check == check && f.Wrong == wrong && strings.Contains(f.Words, words) {
			return
		}
	}
	t.Errorf("no %q with %q, wrong %t: %+v", check, words, wrong, found)
}

// openAt opens a database that has the schema already, for the length of a test.
func openAt(t *testing.T, address string) *storage.Postgres {
	t.Helper()
	a, err := storage.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.OpenPostgres(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
