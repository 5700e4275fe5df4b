package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// The fixtures are dumps of the databases that each released schema left
// behind: schema-N.sql, with a credential that it issued in schema-N.txt, all
// sealed with schema.key. The one of a schema that is not released yet is made
// again by: go test ./storage -run TestMigrations -update
var update = flag.Bool("update", false, "make the fixture of the latest schema again")

// A database of every schema opens, with all that is in it, and is then of the
// latest schema.
func TestMigrations(t *testing.T) {
	steps, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		dumpFixture(t, len(steps))
	}
	for version := 1; version <= len(steps); version++ {
		t.Run(fmt.Sprint("from schema ", version), func(t *testing.T) {
			fixture := fmt.Sprintf("testdata/schema-%d", version)
			p := fromFixture(t, fixture)
			h := p.opened(t)
			goesOn(t, h.store, fixture)
			writer, _ := h.file.Pools()
			var now int
			if err := writer.QueryRow("PRAGMA user_version").Scan(&now); err != nil || now != len(steps) {
				t.Errorf("the schema is %d, %v", now, err)
			}
			if _, err := os.Stat(fmt.Sprintf("%s.before-schema-%d", p.db, version+1)); (err == nil) != (version < len(steps)) {
				t.Errorf("a copy of the database before it was migrated: %v", err)
			}
		})
	}
}

// goesOn works with what a fixture left behind, on either engine: all is whole, and
// of the present schema; the secret that was issued then opens doors, until it is
// replaced.
func goesOn(t *testing.T, store engine, fixture string) {
	t.Helper()
	service, ada := signedIn(t, store, fixture+".key")
	whole := func() {
		t.Helper()
		for what, inspect := range map[string]func(context.Context) ([]string, error){"the database": store.Inspect, "the schema": store.InspectSchema} {
			if found, err := inspect(ctx); err != nil || len(found) > 0 {
				t.Errorf("%s: %q, %v", what, found, err)
			}
		}
		if report, err := service.CheckAudit(ctx); err != nil || report.Found != 0 {
			t.Errorf("the audit: %q, %v", report.Problems, err)
		}
	}
	whole()
	if page, err := ada.Keys(ctx, model.KeyQuery{}); err != nil || page.Count != 2 {
		t.Errorf("there are %d keys, %v", page.Count, err)
	}
	text, err := os.ReadFile(fixture + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	id, old, err := model.ParseCredential(string(text))
	if err != nil {
		t.Fatal(err)
	}
	passes := func(s model.Secret, want bool, what string) {
		t.Helper()
		if d, err := service.Verify(ctx, model.Request{Key: id, Secret: s}); err != nil || d.Allowed != want {
			t.Errorf("%s: %+v, %v", what, d, err)
		}
	}
	passes(old, true, "the secret that was issued then")
	_, present, err := ada.RegenerateSecret(ctx, id, 2)
	if err != nil {
		t.Fatal(err)
	}
	passes(old, false, "the secret that was replaced")
	passes(present, true, "the secret that was issued now")
	if _, err := ada.SuspendKey(ctx, id); err != nil {
		t.Error(err)
	}
	passes(present, false, "the secret of a key that was suspended")
	service.Flush(ctx)
	whole()
}

// signedIn lets Ada in to a store, by a sealing key from a file.
func signedIn(t *testing.T, store model.Store, keyFile string) (*model.Service, *model.Session) {
	t.Helper()
	text, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := model.ParseSealingKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(ctx); err != nil {
		t.Fatal(err)
	}
	session, err := service.SignIn(ctx, ada)
	if err != nil {
		t.Fatal(err)
	}
	return service, session
}

// fromFixture builds a database from the dump of one.
func fromFixture(t *testing.T, fixture string) place {
	t.Helper()
	text, err := os.ReadFile(fixture + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(fixture + ".key")
	if err != nil {
		t.Fatal(err)
	}
	p := place{db: t.TempDir() + "/team.db"}
	p.key = p.db + ".key"
	for path, content := range map[string][]byte{p.key: key, p.db: nil} {
		if err := storage.WriteNewFile(path, content); err != nil {
			t.Fatal(err)
		}
	}
	p.alter(t, string(text))
	return p
}

// dumpFixture makes the fixture of a schema.
func dumpFixture(t *testing.T, version int) {
	h, p := newHouse(t)
	credential := history(t, h.ada)
	key, err := os.ReadFile(p.key)
	if err != nil {
		t.Fatal(err)
	}
	writeFixture(t, fmt.Sprintf("testdata/schema-%d", version), dump(t, p.raw(t)), credential, string(key))
}

// writeFixture writes the three files of one.
func writeFixture(t *testing.T, fixture, dumped, credential, key string) {
	t.Helper()
	for path, content := range map[string]string{fixture + ".sql": dumped, fixture + ".txt": credential, fixture + ".key": key} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// history lets keys and the team change in many ways, and returns the credential
// of a key that was regenerated once.
func history(t *testing.T, ada *model.Session) string {
	t.Helper()
	k, _, err := ada.CreateKey(ctx, model.KeySpec{Application: "billing", Purpose: "Sends invoices", Scopes: []string{"invoices:read"}, Networks: []string{"10.0.0.0/8"}, Rate: "100/min", Expires: "never"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Networks: &[]string{}}); err != nil {
		t.Fatal(err)
	}
	k, s, err := ada.RegenerateSecret(ctx, k.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	gone, _, err := ada.CreateKey(ctx, model.KeySpec{Application: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.RevokeKey(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	desk := "IT desk: it@example.com"
	if _, err := ada.EditPolicy(ctx, model.PolicyEdit{Support: &desk}); err != nil {
		t.Fatal(err)
	}
	teamHistory(t, ada)
	return string(k.ID) + ":" + s.Reveal() + "\n"
}

// teamHistory lets members, grants, SSH keys and an application change.
func teamHistory(t *testing.T, ada *model.Session) {
	t.Helper()
	_, err := ada.AddMember(ctx, model.MemberSpec{Name: "Max", Email: "max@example.com", Login: "max", Role: model.PlainMember})
	must := func(next error) {
		t.Helper()
		if err := errors.Join(err, next); err != nil {
			t.Fatal(err)
		}
	}
	g, err := ada.GiveGrant(ctx, "max", model.KeysView, "billing", time.Time{})
	must(ada.TakeGrant(ctx, g.ID))
	_, err = ada.AddSSHKey(ctx, "max", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "laptop")
	must(ada.RemoveSSHKey(ctx, 1))
	_, err = ada.SetRole(ctx, "max", model.Auditor)
	must(nil)
	_, err = ada.RemoveMember(ctx, "max", nil)
	must(nil)
	_, err = ada.EditApplication(ctx, "shop", model.ApplicationEdit{Name: new("store"), Networks: &[]string{"10.0.0.0/8"}})
	must(nil)
	_, err = ada.EditPolicy(ctx, model.PolicyEdit{UnusedAfter: new(90), IdleSignOut: new(15)})
	must(nil)
}

// dump writes a database as SQL.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("PRAGMA journal_mode = WAL;\n")
	b.WriteString(column(t, db, "SELECT group_concat(sql || ';', char(10)) FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'keys_search\\_%' ESCAPE '\\'") + "\n")
	for _, table := range strings.Fields(column(t, db, "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'keys_search%'")) {
		values := column(t, db, "SELECT group_concat('quote(' || name || ')', ' || '', '' || ') FROM pragma_table_info(?)", table)
		b.WriteString(column(t, db, "SELECT coalesce(group_concat('INSERT INTO "+table+" VALUES (' || "+values+" || ');', char(10)) || char(10), '') FROM "+table))
	}
	b.WriteString("INSERT INTO keys_search (keys_search) VALUES ('rebuild');\n")
	fmt.Fprintf(&b, "PRAGMA application_id = %s;\nPRAGMA user_version = %s;\n", column(t, db, "PRAGMA application_id"), column(t, db, "PRAGMA user_version"))
	return b.String()
}

func column(t *testing.T, db *sql.DB, query string, args ...any) (text string) {
	t.Helper()
	if err := db.QueryRow(query, args...).Scan(&text); err != nil {
		t.Fatal(query, err)
	}
	return text
}

// Several processes that meet an old schema at the same moment all open it, and
// none of them loses the copy of another.
func TestMigrationsAtTheSameTime(t *testing.T) {
	p := fromFixture(t, "testdata/schema-1")
	opened := make(chan error)
	for range 6 {
		go func() {
			s, err := storage.Open(ctx, p.db)
			if err == nil {
				err = s.Close()
			}
			opened <- err
		}()
	}
	for range 6 {
		if err := <-opened; err != nil {
			t.Error(err)
		}
	}
	copies, err := filepath.Glob(p.db + ".before-schema-*")
	if err != nil || len(copies) == 0 {
		t.Errorf("the copies are %q, %v", copies, err)
	}
	p.opened(t).wantWhole(t)
}
