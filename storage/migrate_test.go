package storage_test

import (
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
			h.wantWhole(t)
			page, err := h.ada.Keys(ctx, model.KeyQuery{})
			if err != nil || page.Count != 2 {
				t.Errorf("there are %d keys, %v", page.Count, err)
			}
			text, err := os.ReadFile(fixture + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			id, secret, err := model.ParseCredential(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if !h.allows(t, id, secret) {
				t.Error("the secret that was issued then does not work any more")
			}
			if _, err := h.ada.SuspendKey(ctx, id); err != nil {
				t.Error(err)
			}
			h.wantWhole(t)
			writer, _ := h.store.Pools()
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
	k, _, err := h.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Purpose: "Sends invoices", Scopes: []string{"invoices:read"}, Networks: []string{"10.0.0.0/8"}, Rate: "100/min", Expires: "never"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Networks: &[]string{}}); err != nil {
		t.Fatal(err)
	}
	k, s, err := h.ada.RegenerateSecret(ctx, k.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	gone, _ := h.create(t, "shop")
	if _, err := h.ada.RevokeKey(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	desk := "IT desk: it@example.com"
	if _, err := h.ada.EditPolicy(ctx, model.PolicyEdit{Support: &desk}); err != nil {
		t.Fatal(err)
	}
	dumpTeam(t, h)
	key, err := os.ReadFile(p.key)
	if err != nil {
		t.Fatal(err)
	}
	fixture := fmt.Sprintf("testdata/schema-%d", version)
	for path, content := range map[string]string{
		fixture + ".sql": dump(t, p.raw(t)), fixture + ".txt": string(k.ID) + ":" + s.Reveal() + "\n", fixture + ".key": string(key),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpTeam lets members, grants, SSH keys and an application change.
func dumpTeam(t *testing.T, h *house) {
	t.Helper()
	_, err := h.ada.AddMember(ctx, model.MemberSpec{Name: "Max", Email: "max@example.com", Login: "max", Role: model.PlainMember})
	must := func(next error) {
		t.Helper()
		if err := errors.Join(err, next); err != nil {
			t.Fatal(err)
		}
	}
	g, err := h.ada.GiveGrant(ctx, "max", model.KeysView, "billing", time.Time{})
	must(h.ada.TakeGrant(ctx, g.ID))
	_, err = h.ada.AddSSHKey(ctx, "max", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "laptop")
	must(h.ada.RemoveSSHKey(ctx, 1))
	_, err = h.ada.SetRole(ctx, "max", model.Auditor)
	must(nil)
	_, err = h.ada.RemoveMember(ctx, "max", nil)
	must(nil)
	_, err = h.ada.EditApplication(ctx, "shop", model.ApplicationEdit{Name: new("store"), Networks: &[]string{"10.0.0.0/8"}})
	must(nil)
	_, err = h.ada.EditPolicy(ctx, model.PolicyEdit{UnusedAfter: new(90), IdleSignOut: new(15)})
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
