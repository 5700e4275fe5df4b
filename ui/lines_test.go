package ui

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// The whole journey, from the first run on, in lines.
func TestLinesJourney(t *testing.T) {
	d := emptyDriver(t)
	saved := map[string]string{}
	first := ""
	p := d.converse(Options{
		Founding: model.Founding{Team: "My team", Name: "Ada", Email: "ada@localhost", Login: "ada"},
		Found: func(ctx context.Context, f model.Founding) (*model.Session, error) {
			s, err := d.service.Found(ctx, f, local)
			d.session = s
			return s, err
		},
		Save: func(path string, content []byte) error {
			saved[path] = string(content)
			return nil
		},
	},
		"Acme", "", "ada at example", "ada@example.com",
		"1", "1", "1", "c", // the path of the guide
		"billing", "", "Sends invoices", "invoices:read", "", "100/min", "90d",
		"1", "api_secret=emps_other", secretLine, "2", "/tmp/secret.txt",
		func(p *typist) {
			first = p.secrets()[0]
			if !d.allowed(d.onlyKey().ID, first) {
				t.Error("the first secret is denied")
			}
		},
		"3", "1", "6", "1", "yes",
		func(p *typist) {
			if id := d.onlyKey().ID; d.allowed(id, first) || !d.allowed(id, p.secrets()[1]) {
				t.Error("another secret than the latest is valid")
			}
		},
		"3", "2", "yes", "2", "y", "4", "2", "Sends them every night", "3", "-", "7",
		"5", "3", "bill", "billing", "", "", "2", "", "", "4", "1", "2", "ada confirmed", "3", "", "5", "q")
	p.golden(t, "lines-journey")
	k := d.onlyKey()
	if k.State != model.Revoked || k.Confirmed != 2 || k.Purpose != "Sends them every night" || k.ScopeList() != "" || k.Rate.String() != "100/min" {
		t.Errorf("the key is %+v", k)
	}
	if want := map[string]string{"/tmp/secret.txt": "api_key=" + string(k.ID) + "\napi_secret=" + first + "\n"}; len(saved) != 1 || saved["/tmp/secret.txt"] != want["/tmp/secret.txt"] {
		t.Error("something else was saved")
	}
	// The canary: each secret is on the terminal once, in no other spelling.
	for _, secret := range p.secrets() {
		for i, form := range forms(secret) {
			if n := strings.Count(p.text(), form); i == 0 && n != 1 || i > 0 && n > 0 {
				t.Errorf("spelling %d of a secret is there %d times", i, n)
			}
		}
	}
	if n := len(p.secrets()); n != 2 {
		t.Errorf("%d secrets were shown", n)
	}
}

// What is wrong, impossible or not allowed is told, and asked again.
func TestLinesRefusals(t *testing.T) {
	d := newDriver(t, someKeys)
	down := func(yes bool) func(*typist) { return func(*typist) { d.store.down = yes } }
	p := d.converse(Options{Save: func(path string, _ []byte) error {
		return model.Errorf(model.CodeConflict, "There is a file %s already.", path)
	}},
		"9", "", "emps_abcdefghijklmnopqrstuvwxyz", "x\x1b[A",
		"2", "f", "zebra", "f", "emps_abcdefghijklmnopqrstuvwxyz", "", // a filter that is refused
		"2", "f", "bill", "1", "1", "perhaps", "no", "1", endOfInput, "2", down(true), "yes", "no", down(false),
		"3", "Billing", "", "4", "1", "nobody", "6", "soon", "7", "ada", "90d", "", // edited, and left
		down(true), "5", "", down(false),
		"", "", "3", "", "Billing", "", "", "A b", "x", "5", "soon", // six mistakes in one form
		"nightly", "-", "10.0.0.1/8", "5/min", "90d", "10.0.0.0/8",
		"1", "emps_wrong", "", "2", "", endOfInput, "", "4", // neither stored
		"3", "ends", endOfInput, "q")
	p.golden(t, "lines-refusals")
}

func TestLinesTooLong(t *testing.T) {
	d := newDriver(t, nil)
	p := d.converse(Options{}, strings.Repeat("z", 3*maxLine), "3", "nightly", strings.Repeat("z", 1001), "", "", "", "", "", "", "4", "q")
	p.sees("\nThat is more than 4,096 characters. Type less.\nChoose: 3", "\nThat is more than 1,000 characters. Type less.\nOwner [ada@example.com]: \n", "Your new API key")
}

// Whoever may only look finds every choice, and why it is none of theirs.
func TestLinesAsAuditor(t *testing.T) {
	d := newDriver(t, someKeys)
	d.asAuditor()
	d.session = d.root.session
	p := d.converse(Options{Start: AtAccess}, "c", "2", "1", "2", "3", "4", "5", "", "", "3", "1", "1", "2", "", "", "", "q")
	p.golden(t, "lines-auditor")
}

func TestLinesAsMember(t *testing.T) {
	d := newDriver(t, someKeys)
	ctx := context.Background()
	_, err := d.session.AddMember(ctx, model.MemberSpec{Name: "Max", Email: "max@example.com", Login: "max", Role: model.PlainMember})
	d.must(err)
	d.session, err = d.service.SignIn(ctx, model.Identity{Login: "max", Via: model.ViaTerminal})
	d.must(err)
	p := d.converse(Options{Start: AtTeam}, "2", "1", "", "", "4", "q")
	p.sees("2. Members (not allowed)", "you may not see the team's members", "4. Activity (not allowed)", "you may not see the audit trail", "There is no key yet.")
	if strings.Contains(p.text(), "ada") {
		t.Error("a member sees somebody else:\n" + p.text())
	}
}

func TestLinesLongLists(t *testing.T) {
	d := newDriver(t, manyKeys(45))
	p := d.converse(Options{Start: AtAccess}, "p", "n", "5", "25", "", "n", "n", "45", "", "p", "", "4", "1", "n", "", "", "q")
	p.sees("Keys: 45", "\n1. service-0000:", "\n20. service-0019:", "\n21. service-0020:", "service-0024: not confirmed\napi_key", "\n45. service-0044:",
		`There is no choice "5"`, `There is no choice "p"`, "service-0044: not confirmed\napi_key", "n. The ones before these")
	if n := strings.Count(p.text(), "\n21. "); n != 3 { // seen, gone back to from a key, and gone back to from the last ones
		t.Errorf("the second stretch was told %d times:\n%s", n, p.text())
	}
}

// Where the locale has no other signs, only plain ones are written.
func TestLinesInPlainSigns(t *testing.T) {
	d := newDriver(t, someKeys)
	p := d.converse(Options{Start: AtAccess, Environ: []string{"TERM=dumb", "LANG=C"}}, "1", "1", "yes", "2", "", "", "q")
	p.sees("emps_****", "empk_")
	if strings.ContainsFunc(p.text(), func(r rune) bool { return r > '~' }) {
		t.Errorf("it says:\n%s", p.text())
	}
}

// What the database may hold after somebody wrote to it commands no terminal.
func TestHostileRowsInLines(t *testing.T) {
	const evil = "a\x1b]0;t\x07\u202eb\x9b31m\n\rc"
	d := newDriver(t, someKeys)
	db, err := sql.Open("sqlite", d.store.Path())
	d.must(err)
	defer db.Close()
	for _, column := range []string{"members.name", "members.email", "members.role", "members.status", "keys.id", "keys.application", "keys.owner",
		"keys.state", "keys.purpose", "keys.scopes", "keys.networks", "keys.rate", "events.actor_email", "events.action",
		"events.application", "events.note", "events.member", "events.key_id"} {
		table, name, _ := strings.Cut(column, ".")
		where := "true"
		if table == "members" {
			where = "id > 1" // somebody else's row: one's own ends the session
		}
		_, err := db.Exec("UPDATE "+table+" SET "+name+" = "+name+" || ? || rowid WHERE "+where, evil)
		d.must(err)
		d.converse(Options{}, "4", "1", "", "1", "1", "2", "1", "1", "1", "no", "5", "", "6", "", "2", "2", "no", "4", "", "", "f", evil, "", "", "", "q")
		d.converse(Options{Start: AtTeam}, "2", "2", "9", "1", "4", "no", "", "6", "", "7", "", "8", "", "5", "1", "1", "", "yes", "", "", "3", "5", "", "4", "1", "5", "1", "", "", "", "5", "", "", "1", "2", "2", "1", "", "", "", "q")
	}
}

// FuzzLines types any lines: the conversation never fails, writes nothing but
// text, and ends where input does.
func FuzzLines(f *testing.F) {
	f.Add("2\n1\n1\nyes\n1\nemps_\n\n3\n")
	f.Add("3\nbilling\n\n\nA b\nx\n5\nsoon\n-\n\n\n9\n8\n")
	f.Add("1\n1\n2\n1\nf\nimp\n1\n3\nlegacy-import\n\n4\n2\n-\n7\nq\n")
	f.Add("\x1b[A\x00\xff\u202e\n2\n5\n4\n6\ny\n" + strings.Repeat("z", 5000))
	f.Add("5\n4\n\n2\nc\nnightly\n\n\n\n\n\n\n2\n\n4\nq")
	shared := newDriver(f, someKeys)
	f.Add("1\n1\n2\na\nKim\nkim@example.com\nkim\n\n2\n3\nkeys.edit\n\n9d\n5\ng\nkim@example.com\n\n\n3\n1\n")
	f.Add("1\n2\n1\n3\n30\n2\n90\n8\n-\n2\n\n1\n1\n4\na\nledger\n\n\n\n1\n1\n1\nbooks\n5\nyes\n")
	f.Add("1\n1\n5\na\nPRIVATE KEY\n\nssh-rsa AAAA\n.\na\nssh-ed25519 x\n\n\n4\nf\nbill\n1\n2\n.\n")
	f.Add("2\nd\n1\n\n2\n\n3\n1\n\n\n4\n2\n1\n5\n1\n3\nno\n4\n1\n1\n3\n")
	f.Fuzz(func(t *testing.T, lines string) {
		if len(lines) > 10_000 || strings.Count(lines, "\n") > 60 {
			return
		}
		d := &driver{t: t, service: shared.service, store: shared.store, session: shared.session, clock: start}
		var steps []any
		for line := range strings.SplitSeq(lines, "\n") {
			steps = append(steps, line)
		}
		d.converse(Options{Save: func(string, []byte) error { return nil }}, steps...)
	})
}

// Where nobody types for as long as the team's policy says, the conversation
// ends.
func TestLinesSignOut(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	p := &typist{t: t, steps: []any{func(*typist) { time.Sleep(200 * time.Millisecond) }, "q"}}
	o := d.lineOptions(Options{}, p)
	r := newRoot(o)
	defer r.cancel()
	c := newConversation(r.surroundings, o)
	c.limit = 10 * time.Millisecond
	if err := c.run(context.Background(), AtAccess); err == nil || !strings.Contains(model.Sentence(err), "you were signed out") {
		t.Fatal(err)
	}
}
