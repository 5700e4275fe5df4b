package ui

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// typist plays a person who types prepared lines, and keeps what the terminal
// shows, what is typed included. A step is a line; {secret} the secret that was
// shown last, typed without echo; a choice, by its name; {end} the end of input, once; or something to
// do before the next line.
type typist struct {
	t     testing.TB
	steps []any
	mu    sync.Mutex
	shown strings.Builder
	rest  string
}

const (
	secretLine = "{secret}"
	endOfInput = "{end}"
)

func (p *typist) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.Write(b)
}

func (p *typist) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.String()
}

// secrets are those that were shown, in order.
func (p *typist) secrets() []string { return shownSecret.FindAllString(p.text(), -1) }

func (p *typist) Read(b []byte) (int, error) {
	if p.rest == "" {
		line, ok := p.next()
		if !ok {
			return 0, io.EOF
		}
		p.rest = line + "\n"
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *typist) next() (line string, ok bool) {
	for len(p.steps) > 0 {
		step := p.steps[0]
		p.steps = p.steps[1:]
		switch step := step.(type) {
		case func(*typist):
			step(p)
		case chooses:
			sign := p.sign(string(step))
			_, _ = p.Write([]byte(sign + "\n"))
			return sign, true
		case string:
			switch step {
			case endOfInput:
				return "", false
			case secretLine:
				all := p.secrets()
				return "api_secret=" + all[len(all)-1], true
			}
			_, _ = p.Write([]byte(typable(step) + "\n"))
			return step, true
		}
	}
	return "", false
}

// chooses is what is chosen by its name, or by how that begins.
type chooses string

// sign is what stands before the latest choice of a name.
func (p *typist) sign(name string) string {
	p.t.Helper()
	menu := p.text()
	if i := strings.LastIndex(menu, "\n\n"); i >= 0 {
		menu = menu[i:]
	}
	found := regexp.MustCompile(`(?m)^(\w+)\. `+regexp.QuoteMeta(name)).FindAllStringSubmatch(menu, -1)
	if found == nil {
		p.t.Errorf("there is no choice %q in\n%s", name, menu)
		return "?"
	}
	return found[len(found)-1][1]
}

// converse runs line mode with a person who types the steps, and returns what
// the terminal shows. No escape sequence is on it.
func (d *driver) converse(o Options, steps ...any) *typist {
	d.t.Helper()
	p := &typist{t: d.t, steps: steps}
	d.must(RunLines(context.Background(), d.lineOptions(o, p)))
	p.plain()
	return p
}

func (p *typist) plain() {
	p.t.Helper()
	if strings.ContainsFunc(p.text(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		p.t.Fatalf("something but text was written: %q", p.text())
	}
}

func (d *driver) lineOptions(o Options, p *typist) Options {
	if o.Found == nil {
		o.Session = d.session
	}
	if o.Environ == nil {
		o.Environ = []string{"TERM=dumb", "SSH_TTY=/dev/pts/3", "LANG=C.UTF-8"}
	}
	o.About = []Fact{{"Database", "/srv/empress/empress.db"}, {"Sealing key", "/srv/empress/empress.db.key"}, {"Version", "empress 1.0.0"}}
	o.Now = func() time.Time { return d.clock }
	o.Input, o.Output = p, p
	return o
}

// golden holds what is on the terminal against what was found good, wherever the
// test runs.
func (p *typist) golden(t *testing.T, name string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name, []byte(strings.ReplaceAll(p.text(), here, "/home/ada")))
}

func (p *typist) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			p.t.Fatalf("%q is not on the terminal:\n%s", w, p.text())
		}
	}
}

// await waits until words were written.
func (p *typist) await(words string) {
	for end := time.Now().Add(10 * time.Second); !strings.Contains(p.text(), words); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.t.Errorf("%q never came", words)
			return
		}
	}
}

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

// A copy takes the one escape sequence that there is, and only when asked for.
func TestLinesCopy(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	for name, c := range map[string]struct {
		term   string
		offers bool
	}{"drawing": {"xterm", true}, "dumb": {"dumb", false}, "unknown": {"", false}} {
		t.Run(name, func(t *testing.T) {
			p := &typist{t: t, steps: []any{"1", "1", "yes"}}
			if c.offers {
				p.steps = append(p.steps, "1", "3", "7")
			}
			d.must(RunLines(context.Background(), d.lineOptions(Options{Start: AtAccess, Environ: []string{"TERM=" + c.term, "SSH_TTY=x"}}, p)))
			secret := p.secrets()[0]
			for _, text := range []string{secret, string(d.onlyKey().ID)} {
				if strings.Contains(p.text(), "\x1b]52;c;"+base64.StdEncoding.EncodeToString([]byte(text))+"\a") != c.offers {
					t.Errorf("copied: %v, to be offered: %v", !c.offers, c.offers)
				}
			}
			if n := strings.Count(p.text(), "\x1b"); (n == 2) != c.offers || n != 0 && !c.offers {
				t.Errorf("%d escape sequences", n)
			}
			if strings.Contains(p.text(), "Copy ") != c.offers || strings.Contains(p.text(), "Your terminal's clipboard still holds it.") != c.offers {
				t.Errorf("it says:\n%s", p.text())
			}
		})
	}
}

// A secret that was put on a desktop's clipboard leaves it after a while.
func TestLinesForget(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	board := make(chan string, 2)
	p := &typist{t: t}
	o := d.lineOptions(Options{}, p)
	r := newRoot(o)
	defer r.cancel()
	r.copier.route = byDesktop
	r.copier.desktop = desktopClipboard{
		write: func(s string) error { board <- s; return nil },
		read:  func() (string, error) { return p.secrets()[0], nil },
	}
	r.after = func(wait time.Duration, _ tea.Msg) tea.Cmd {
		if wait != clipboardStay {
			t.Errorf("it stays for %v", wait)
		}
		return func() tea.Msg { return nil }
	}
	p.steps = []any{"1", "1", "yes", "1", func(p *typist) {
		if got := <-board; got != p.secrets()[0] {
			t.Error("something else was copied")
		}
		if got := <-board; got != "" {
			t.Error("it was not taken off the clipboard")
		}
	}, "3"}
	d.must(newConversation(r.surroundings, o).run(context.Background(), AtAccess))
	p.sees("Copy the secret to this computer's clipboard", "This computer's clipboard forgets it in 45 s.")
}

// A secret that nobody touches is masked, and what is typed later is an answer
// to the next prompt.
func TestLinesIdle(t *testing.T) {
	for name, steps := range map[string][]any{"choosing": {}, "verifying": {"1"}, "saving": {"2"}} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, func(d *driver) { d.create("billing") })
			p := &typist{t: t}
			o := d.lineOptions(Options{Save: func(string, []byte) error { return nil }}, p)
			r := newRoot(o)
			defer r.cancel()
			c := newConversation(r.surroundings, o)
			c.idle = 50 * time.Millisecond
			p.steps = append(append([]any{"1", "1", "yes"}, steps...), func(p *typist) { p.await("nothing was typed for") }, "6")
			d.must(c.run(context.Background(), AtAccess))
			p.sees("Regenerate it if it was not stored.", "billing: not confirmed\n")
			p.plain()
			if n := strings.Count(p.text(), "Purpose: "); n != 2 {
				t.Errorf("what was typed later told the facts %d times", n-1)
			}
			if d.onlyKey().Confirmed != 0 {
				t.Error("it counts as stored")
			}
		})
	}
}

// Interrupted, or with the terminal gone, an open secret is wiped and counts as
// not stored.
func TestLinesInterrupted(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	ctx, cancel := context.WithCancel(context.Background())
	p := &typist{t: t}
	p.steps = []any{"1", "1", "yes", func(*typist) {
		cancel()
		<-time.After(10 * time.Millisecond)
	}, "3"}
	if err := RunLines(ctx, d.lineOptions(Options{Start: AtAccess}, p)); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	p = &typist{t: t, steps: []any{"1", "1", "yes"}}
	o := d.lineOptions(Options{Start: AtAccess}, p)
	o.Output = &failing{p, "The new API secret"}
	if err := RunLines(context.Background(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("the terminal is gone: %v", err)
	}
	if k := d.onlyKey(); k.Generation != 3 || k.Confirmed != 0 {
		t.Errorf("generation %d, confirmed %d", k.Generation, k.Confirmed)
	}
}

// failing is a terminal that is gone when some words are to be written.
type failing struct {
	io.Writer
	at string
}

func (w *failing) Write(b []byte) (int, error) {
	if strings.Contains(string(b), w.at) {
		return 0, io.ErrClosedPipe
	}
	return w.Writer.Write(b)
}

// A fault with a secret in hand ends the conversation in order, and says
// nothing of it.
func TestLinesFault(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	p := &typist{t: t, steps: []any{"1", "1", "yes", "2", ""}}
	err := RunLines(context.Background(), d.lineOptions(Options{Start: AtAccess, Save: func(_ string, content []byte) error { panic(string(content)) }}, p))
	if err == nil || model.CodeOf(err) != model.CodeFailed || strings.Contains(err.Error(), p.secrets()[0]) {
		t.Errorf("a fault became %v", err)
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
