package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
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

func newLived(t *testing.T) *lived {
	t.Helper()
	p := newPlace(t)
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

const back = "DELETE FROM keys WHERE application = 'billing'; INSERT INTO keys SELECT * FROM %s WHERE application = 'billing'"

func TestTampering(t *testing.T) {
	l := newLived(t)
	for _, c := range []struct {
		name, sql string
		says      string // part of a problem
	}{
		{"the first secret put back", fmt.Sprintf(back, "at_first"), "with secret 1, but the trail says active with secret 3"},
		{"the last secret but one put back", fmt.Sprintf(back, "before_regeneration"), "with secret 2, but the trail says active with secret 3"},
		{"an old state put back", fmt.Sprintf(back, "while_suspended") + "; UPDATE keys SET revision = 99", "is suspended with secret 2"},
		{"a revoked key put back", "DELETE FROM keys WHERE application = 'shop'; INSERT INTO keys SELECT * FROM at_first WHERE application = 'shop'", "an old row was put back"},
		{"a key deleted", "DELETE FROM keys WHERE application = 'billing'", "was deleted outside empress"},
		{"a key copied under another name", "INSERT INTO keys SELECT NULL, 'empk_00000000000000000001', " + rest(t, l, "keys", "id", "n") + " FROM keys WHERE application = 'billing'", "was changed outside empress"},
		{"a purpose changed", "UPDATE keys SET purpose = 'New', search = substr(search, 1, length(search) - length(purpose)) || 'new'", "the purpose of key"},
		{"two rows' hashes swapped", "UPDATE keys SET hash = (SELECT k.hash FROM keys k WHERE k.id <> keys.id)", "was changed outside empress"},
		{"a member promoted", "UPDATE members SET role = 'Auditor'", "member ada@example.com was changed"},
		{"a member's login taken over", "UPDATE members SET login = 'eve' WHERE id = 1", "member ada@example.com was changed"},
		{"a member's status changed", "UPDATE members SET status = 'removed'", "no active administrator"},
		{"an application renamed", "UPDATE applications SET name = 'Shop' WHERE name = 'shop'", "application Shop was changed"},
		{"a grant made up", "DELETE FROM grants; INSERT INTO grants VALUES (1, 1, 'keys.create', 0, 0, 1, 0, zeroblob(32), 0)", "grant 1 of member ada@example.com was changed"},
		{"the role of before put back", put("members", "plain_members", "login = 'max'"), `the role of member max@example.com is "Member", but the trail says "IT Manager"`},
		{"the suspension of before put back", put("members", "suspended_members", "login = 'max'"), `the status of member max@example.com is "suspended"`},
		{"a removed member put back", put("members", "members_with_eva", "email = 'eva@example.com'"), `the status of member eva@example.com is "active", but the trail says "removed"`},
		{"a removed member deleted", "DELETE FROM members WHERE email = 'eva@example.com'", "member eva@example.com is in the trail but not in the database"},
		{"two members' roles swapped", "UPDATE members SET role = CASE id WHEN 1 THEN 'IT Manager' WHEN 2 THEN 'Administrator' ELSE role END", "member max@example.com was changed"},
		{"two members' seals swapped", "UPDATE members SET seal = (SELECT m.seal FROM members m WHERE m.id <> members.id)", "member ada@example.com was changed"},
		{"two members' numbers swapped", "PRAGMA foreign_keys = 0; UPDATE members SET id = -id; UPDATE members SET id = 4 + id", "member ada@example.com was changed"},
		{"a taken grant put back", put("grants", "untaken_grants", "id = 2"), `the end of grant 2 of member max@example.com is ""`},
		{"a taken grant given again", "UPDATE grants SET ended_at = 0 WHERE id = 2", "grant 2 of member max@example.com was changed"},
		{"a grant taken", "UPDATE grants SET ended_at = 1 WHERE id = 1", "grant 1 of member max@example.com was changed"},
		{"two grants' permissions swapped", "UPDATE grants SET permission = CASE id WHEN 1 THEN 'keys.edit' ELSE 'keys.view' END", "grant 1 of member max@example.com was changed"},
		{"two grants swapped", "UPDATE grants SET id = -id; UPDATE grants SET id = 3 + id", "grant 1 of member max@example.com was changed"},
		{"a grant deleted", "DELETE FROM grants", "grant 1 is in the trail but not in the database"},
		{"a member deleted", "DELETE FROM grants; DELETE FROM members WHERE login = 'max'", "member max@example.com is in the trail but not in the database"},
		{"an application's networks put back", put("applications", "wide_applications", "id = 3"), "application desk is not in the trail"},
		{"an application's networks changed", "UPDATE applications SET networks = '' WHERE id = 3", "application front desk was changed"},
		{"the name of before put back", put("applications", "desk_applications", "id = 3"), "application desk is not in the trail"},
		{"the name of before put back in a key", put("keys", "desk_keys", "application_id = 3"), "is of desk, but the trail says of front desk"},
		{"a reserved name freed", "DELETE FROM application_names", "the former name desk is in the trail but not in the database"},
		{"a reserved name given away", "UPDATE application_names SET application_id = 1", "the former name desk was changed"},
		{"a reserved name hidden from look-alikes", "UPDATE application_names SET fold = 'z'", "the former name desk was changed"},
		{"a reserved name made up", "INSERT INTO application_names VALUES ('x', 'x', 1, zeroblob(32))", "the former name x was changed"},
		{"a removed SSH key put back", put("ssh_keys", "live_ssh_keys", "id = 1"), `the end of SSH key 1 of member ada@example.com is ""`},
		{"an SSH key given to another", "UPDATE ssh_keys SET member_id = 2 WHERE id = 2", "SSH key 2 of member max@example.com was changed"},
		{"an SSH key swapped for another", "UPDATE ssh_keys SET line = 'ssh-ed25519 AAAA' WHERE id = 2", "SSH key 2 of member ada@example.com was changed"},
		{"an SSH key made up", "INSERT INTO ssh_keys VALUES (3, 1, 'eve', 'ssh-ed25519 AAAA', 'SHA256:x', 0, 0, zeroblob(32))", "SSH key 3 of member ada@example.com was changed"},
		{"an SSH key deleted", "DELETE FROM ssh_keys WHERE id = 2", "SSH key 2 is in the trail but not in the database"},
		{"an application deleted", "DELETE FROM keys WHERE application = 'shop'; DELETE FROM applications WHERE name = 'shop'", "application shop is in the trail but not in the database"},
		{"an application's purpose changed", "UPDATE applications SET purpose = 'Another'", "the purpose of application"},
		{"a creation antedated", "UPDATE keys SET created_at = created_at - 1", "the time of the creation of key"},
		{"a secret antedated", "UPDATE keys SET secret_at = secret_at - 1", "the time of the latest secret of key"},
		{"a secret called confirmed", "UPDATE keys SET confirmed = generation", "is called confirmed"},
		{"a key hidden from the filter", "UPDATE keys SET search = ''", "was changed outside empress"},
		{"a key sorted elsewhere", "UPDATE keys SET application_fold = 'z'", "was changed outside empress"},
		{"an application hidden from look-alikes", "UPDATE applications SET fold = 'z' WHERE name = 'shop'", "application shop was changed"},
		{"the policy changed", "UPDATE policy SET support = 'call eve'", "the security policy was changed outside empress"},
		{"an old policy put back", "DELETE FROM policy; INSERT INTO policy SELECT * FROM old_policy", `the support contact of the security policy is "IT desk"`},
		{"keys that never expire allowed", "UPDATE policy SET never_allowed = 1", "the security policy was changed outside empress"},
		{"every other rule taken out", "UPDATE policy SET never_allowed = 1, longest_lifetime = 0, idle_sign_out = 0", "the security policy was changed outside empress"},
		{"the policy of before its rules put back", "DELETE FROM policy; INSERT INTO policy SELECT * FROM old_policy", `the rule on keys that never expire of the security policy is "", but the trail says "not allowed"`},
		{"the policy deleted", "DELETE FROM policy", "the support contact of the security policy"},

		{"the first event deleted", "DELETE FROM events WHERE seq = 1", "event 2 follows event 0"},
		{"an event deleted", "DELETE FROM events WHERE seq = 4", "event 5 follows event 3"},
		{"an event deleted and the rest moved", "DELETE FROM events WHERE seq = 4; UPDATE events SET seq = seq - 1 WHERE seq > 4; UPDATE head SET seq = seq - 1", "does not fit the chain"},
		{"every event deleted", "DELETE FROM events", "its end was cut off"},
		{"every event deleted, the head too", "DELETE FROM events; UPDATE head SET seq = 0, mac = x'', mark = 0", "not in the trail"},
		{"two events swapped", "UPDATE events SET seq = -1 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = -1", "event 4"},
		{"an event repeated", "INSERT INTO events SELECT (SELECT max(seq) + 1 FROM events), " + rest(t, l, "events", "seq") + " FROM events ORDER BY seq DESC LIMIT 1", "does not fit the chain"},
		{"the end cut off", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "its end was cut off"},
		{"the end cut off, the head set back", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events); UPDATE head SET (seq, mac, mark) = (SELECT seq, mac, at FROM events ORDER BY seq DESC LIMIT 1)", "an old row was put back"},
		{"the head's number changed", "UPDATE head SET seq = seq + 1", "but its head says"},
		{"the head's MAC changed", "UPDATE head SET mac = zeroblob(32)", "but its head says"},
		{"the clock mark lowered", "UPDATE head SET mark = mark - 1", "the clock mark is"},
		{"the clock mark raised", "UPDATE head SET mark = mark + 100000000", "the clock mark is"},
		{"the clock mark's seal taken away", "UPDATE head SET seal = x''", "the clock mark is"},
		{"the clock mark of before an event put back", "UPDATE head SET (mark, seal) = (SELECT mark, seal FROM old_head)", "the clock mark is"},
		{"the head of before an event put back", "DELETE FROM head; INSERT INTO head SELECT * FROM old_head", "but its head says"},
		{"the end cut off, the head made up", "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events); UPDATE head SET (seq, mac, mark) = (SELECT seq, mac, (SELECT max(at) FROM events) FROM events ORDER BY seq DESC LIMIT 1)", "the clock mark is"},
	} {
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

// rest lists the columns of a table, but for some.
func rest(t *testing.T, l *lived, table string, but ...string) string {
	t.Helper()
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
	l := newLived(t)
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
	l := newLived(t)
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
