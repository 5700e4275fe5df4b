package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// lived is a place where a little of everything has happened, closed again.
type lived struct {
	place
	key        model.Key      // regenerated, suspended, resumed, edited, and regenerated once more
	secrets    []model.Secret // all that it had
	revoked    model.Key
	dead       model.Secret
	checkpoint model.Checkpoint
}

func newLived(t *testing.T, p place) *lived {
	t.Helper()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	l := &lived{place: p}
	must := func(k model.Key, err error) model.Key {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	keep := func(name string) { // rows as they were, for an attacker to put back
		p.alter(t, "CREATE TABLE "+name+" AS SELECT * FROM keys")
	}
	var s model.Secret
	l.key, s, err = h.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Scopes: []string{"admin"}, Expires: "1y"})
	l.key = must(l.key, err)
	l.secrets = append(l.secrets, s)
	l.revoked, l.dead, err = h.ada.CreateKey(ctx, model.KeySpec{Application: "shop", Expires: "1y"})
	l.revoked = must(l.revoked, err)
	if _, err := h.ada.AddMember(ctx, model.MemberSpec{Name: "Max", Email: "max@example.com", Login: "max", Role: model.PlainMember}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ada.GiveGrant(ctx, "max", model.KeysView, "billing", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	l.team(t, h)
	desk, page := "IT desk", "https://example.com/help"
	if _, err := h.ada.EditPolicy(ctx, model.PolicyEdit{Support: &desk}); err != nil {
		t.Fatal(err)
	}
	keep("at_first")
	p.alter(t, "CREATE TABLE old_policy AS SELECT * FROM policy")
	if _, err := h.ada.EditPolicy(ctx, model.PolicyEdit{Support: &page, LongestLifetime: new(400), NeverAllowed: new(false), IdleSignOut: new(15)}); err != nil {
		t.Fatal(err)
	}
	l.key, s, err = h.ada.RegenerateSecret(ctx, l.key.ID, 1)
	l.key = must(l.key, err)
	l.secrets = append(l.secrets, s)
	l.revoked = must(h.ada.RevokeKey(ctx, l.revoked.ID))
	keep("before_suspension")
	l.key = must(h.ada.SuspendKey(ctx, l.key.ID))
	keep("while_suspended")
	l.key = must(h.ada.ResumeKey(ctx, l.key.ID))
	keep("before_edit")
	purpose := "Invoices"
	l.key = must(h.ada.EditKey(ctx, l.key.ID, 0, model.KeyEdit{Scopes: &[]string{"read"}, Purpose: &purpose}))
	keep("before_regeneration")
	p.alter(t, "CREATE TABLE old_head AS SELECT * FROM head")
	l.key, s, err = h.ada.RegenerateSecret(ctx, l.key.ID, 2)
	l.key = must(l.key, err)
	l.secrets = append(l.secrets, s)
	if l.checkpoint, err = h.ada.AuditCheckpoint(ctx); err != nil {
		t.Fatal(err)
	}
	h.wantWhole(t)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTampering(t *testing.T) {
	l := newLived(t, newPlace(t))
	for _, c := range l.tamperings(t) {
		t.Run(c.name, func(t *testing.T) { tampered(t, l, c.sql, c.says) })
	}
	for _, column := range strings.Split(rest(t, l, "events", "seq"), ", ") {
		value := column + " || 'x'"
		switch column {
		case "at", "actor", "generation":
			value = column + " + 1"
		case "changes":
			value = `'[{"field":"x","before":"","after":""}]'`
		case "mac":
			value = "zeroblob(32)"
		}
		t.Run("an event's "+column, func(t *testing.T) {
			tampered(t, l, "UPDATE events SET "+column+" = "+value+" WHERE seq = (SELECT max(seq) FROM events)", "")
		})
	}
}

// Rows of a server that are changed there are noticed as well: a few of the ways at
// random, and all in a full run.
func TestTamperingOnTheServer(t *testing.T) {
	if racing {
		t.Skip("it has one goroutine, and copies many databases")
	}
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	l := newLived(t, founded(t, place{postgres.Database(t, emptySchema(t)), t.TempDir() + "/team.key"}))
	all := l.tamperings(t)
	for _, i := range random.Perm(len(all))[:size(5, len(all))] {
		c := all[i]
		t.Run(c.name, func(t *testing.T) { tampered(t, l, c.sql, c.says) })
	}
}

// rest lists the columns of a table, but for some.
func rest(t *testing.T, l *lived, table string, but ...string) string {
	t.Helper()
	if l.onServer() {
		return postgres.Server(t).Query(t, postgrestest.DatabaseOf(l.db), fmt.Sprintf(
			"SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND strpos(' %s ', concat(' ', attname, ' ')) = 0", table, strings.Join(but, " ")))[0]
	}
	return column(t, l.raw(t), "SELECT group_concat(name, ', ') FROM pragma_table_info(?) WHERE instr(?, ' ' || name || ' ') = 0", table, " "+strings.Join(but, " ")+" ")
}

// tampered changes a copy behind the program's back and wants the audit to
// notice, with a problem that says so.
func tampered(t *testing.T, l *lived, statements, says string) {
	t.Helper()
	p := l.copied(t)
	p.alter(t, statements)
	report, err := p.unsigned(t).CheckAudit(ctx)
	if err != nil || report.Found == 0 || !strings.Contains(strings.Join(report.Problems, "\n"), says) {
		t.Errorf("the audit says %q, %v; want %q", report.Problems, err, says)
	}
}

// A tail that was cut off cleanly, with all that it had changed undone, fits in
// itself; a checkpoint that was kept elsewhere tells.
func TestCheckpoint(t *testing.T) {
	l := newLived(t, newPlace(t))
	undo := fmt.Sprintf(back, "before_regeneration") + "; DELETE FROM events WHERE seq = (SELECT max(seq) FROM events);" +
		"DELETE FROM head; INSERT INTO head SELECT * FROM old_head"
	p := l.copied(t)
	p.alter(t, undo)
	h := p.opened(t)
	report, err := h.ada.VerifyAudit(ctx, nil)
	if err != nil || report.Found != 0 {
		t.Fatalf("without a checkpoint the audit says %q, %v: is the test's attack still right?", report.Problems, err)
	}
	report, err = h.ada.VerifyAudit(ctx, &l.checkpoint)
	if err != nil || report.Found != 1 || !strings.Contains(report.Problems[0], "before the checkpoint") {
		t.Errorf("the audit says %q, %v", report.Problems, err)
	}
	h.create(t, "billing") // life goes on, and the number of the checkpoint is reached again
	report, err = h.ada.VerifyAudit(ctx, &l.checkpoint)
	if err != nil || report.Found != 1 || !strings.Contains(report.Problems[0], "not the one that the checkpoint was taken of") {
		t.Errorf("later the audit says %q, %v", report.Problems, err)
	}

	sound := l.opened(t)
	sound.create(t, "billing")
	parsed, err := model.ParseCheckpoint(l.checkpoint.String())
	if err != nil {
		t.Fatal(err)
	}
	if report, err := sound.ada.VerifyAudit(ctx, &parsed); err != nil || report.Found != 0 {
		t.Errorf("a sound trail: %q, %v", report.Problems, err)
	}
}

// An edit that is undone by putting the row of before it back leaves the state
// and the number of the secret as they are; the trail tells all the same.
func TestUndoneEdit(t *testing.T) {
	for field, edit := range map[string]model.KeyEdit{
		"purpose": {Purpose: new("Else")}, "scopes": {Scopes: &[]string{"read"}}, "networks": {Networks: &[]string{"10.0.0.0/8"}},
		"rate": {Rate: new("1/min")}, "expiry": {Expires: new("1d")},
	} {
		t.Run(field, func(t *testing.T) {
			h, p := newHouse(t)
			k, _ := h.create(t, "billing")
			p.alter(t, "CREATE TABLE old AS SELECT * FROM keys")
			if _, err := h.ada.EditKey(ctx, k.ID, 0, edit); err != nil {
				t.Fatal(err)
			}
			h.wantWhole(t)
			p.alter(t, fmt.Sprintf(back, "old"))
			report, err := h.service.CheckAudit(ctx)
			if err != nil || report.Found != 1 || !strings.Contains(report.Problems[0], "the "+field+" of key") {
				t.Errorf("the audit says %q, %v", report.Problems, err)
			}
		})
	}
}

func TestTamperedTeamIsRefused(t *testing.T) {
	l := newLived(t, newPlace(t))
	for _, change := range []string{"name = 'Evil'", "key_number = 2", "key_check = zeroblob(32)", "seal = x''"} {
		p := l.copied(t)
		p.alter(t, "UPDATE team SET "+change)
		if h, err := p.open(); err == nil {
			t.Errorf("%s: it opens", change)
			_ = h.store.Close()
		}
	}
}

// Rows and events of another database fit nowhere, though the two share their
// sealing key and look alike.
func TestAnotherDatabase(t *testing.T) {
	first := newPlace(t)
	seal, err := storage.ReadKeyFile(first.key)
	if err != nil {
		t.Fatal(err)
	}
	second := place{t.TempDir() + "/team.db", first.key}
	store, err := storage.Create(ctx, second.db)
	if err != nil {
		t.Fatal(err)
	}
	other, err := model.NewService(store, seal, time.Now).Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, ada)
	if err != nil {
		t.Fatal(err)
	}
	foreign, s, err := other.CreateKey(ctx, model.KeySpec{Application: "billing"})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	h, err := first.open()
	if err != nil {
		t.Fatal(err)
	}
	h.create(t, "billing")
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sql, says string }{
		{"a key", "UPDATE other.keys SET n = n + 1000; INSERT INTO keys SELECT * FROM other.keys", "was changed outside empress"},
		{"a member", "PRAGMA foreign_keys = 0; DELETE FROM members; INSERT INTO members SELECT * FROM other.members", ""},
		{"the trail", "DELETE FROM events; INSERT INTO events SELECT * FROM other.events; DELETE FROM head; INSERT INTO head SELECT * FROM other.head", "event 1 "},
		{"the team", "DELETE FROM team; INSERT INTO team SELECT * FROM other.team", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := first.copied(t)
			p.alter(t, "ATTACH '"+second.db+"' AS other; "+c.sql)
			h, err := p.open()
			if c.says == "" {
				if !errors.Is(err, model.ErrDamaged) {
					t.Errorf("opened: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer h.store.Close()
			defer h.service.Flush(ctx) // a damaged row is reported in the background
			if h.allows(t, foreign.ID, s) {
				t.Error("a secret of the other database passes")
			}
			if report, err := h.service.CheckAudit(ctx); err != nil || !strings.Contains(strings.Join(report.Problems, "\n"), c.says) {
				t.Errorf("the audit says %q, %v", report.Problems, err)
			}
		})
	}
}
