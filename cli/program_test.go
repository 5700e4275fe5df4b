package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/server"
	"empress/storage"
)

// founded returns a program for the founder of a new team.
func founded(tb testing.TB) (Program, *model.Session) {
	tb.Helper()
	dir := tb.TempDir()
	in := &installation{database: filepath.Join(dir, "team.db")}
	tb.Cleanup(in.close)
	s, err := in.found(tb.Context(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.ViaCommand)
	if err != nil {
		tb.Fatal(err)
	}
	return Program{Session: func(context.Context) (*model.Session, error) { return s, nil }, Service: in.open}, s
}

// do runs a command line and returns what it wrote.
func do(tb testing.TB, p Program, args ...string) (code int, out, err string) {
	tb.Helper()
	var o, e bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader(""), &o, &e
	code = p.Run(tb.Context(), args)
	return code, o.String(), e.String()
}

func TestDefect(t *testing.T) {
	p := Program{Session: func(context.Context) (*model.Session, error) { panic("emps_" + strings.Repeat("x", 49)) }}
	code, out, said := do(t, p, "keys", "list", "--json")
	if code != 1 || out != "" || strings.Contains(said, "emps_") || strings.Contains(said, "goroutine") {
		t.Errorf("exit code %d, printed %q, said %q", code, out, said)
	}
	var e struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(said), &e); err != nil || e.Error.Code != "failed" {
		t.Errorf("said %q: %v", said, err)
	}
}

// Whoever gave too many wrong secrets has no answer, and knows what to do.
func TestVerifyThrottled(t *testing.T) {
	p, _ := founded(t)
	p.Verify = func(context.Context, model.Request) (model.Decision, error) {
		return model.Decision{Reason: server.ReasonThrottled, RetryAfter: 6*time.Second + 1}, nil
	}
	for _, c := range []struct{ flag, out, said string }{
		{"--json=false", "denied: too many wrong secrets came before this one\n", "empress: You gave too many wrong secrets, so nobody is told whether this one is right. Wait 7 seconds, then ask again.\n"},
		{"--json", `{"allowed":false,"reason":"too_many_failures"}` + "\n", `{"error":{"code":"unavailable","message":"You gave too many wrong secrets, so nobody is told whether this one is right. Wait 7 seconds, then ask again."}}` + "\n"},
	} {
		var out, said bytes.Buffer
		p.In, p.Out, p.Err = strings.NewReader("abcdef0123456789:abc12345\n"), &out, &said
		if code := p.Run(t.Context(), []string{"verify", c.flag}); code != 1 || out.String() != c.out || said.String() != c.said {
			t.Errorf("%s: exit code %d, printed %q, said %q", c.flag, code, out.String(), said.String())
		}
	}
}

func TestInterrupted(t *testing.T) {
	p, _ := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, said bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader(""), &out, &said
	if code := p.Run(ctx, []string{"keys", "create", "--application", "billing"}); code != 130 || out.Len() > 0 {
		t.Errorf("exit code %d, printed %q, said %q", code, out.String(), said.String())
	}
	if _, list, _ := do(t, p, "keys", "list", "--json"); list != "[]\n" {
		t.Errorf("made %s", list)
	}
}

// TestWindows lists more keys than one query returns.
func TestWindows(t *testing.T) {
	p, s := founded(t)
	const keys = 2*model.MaxWindow + 7
	for i := range keys {
		if _, _, err := s.CreateKey(t.Context(), model.KeySpec{Application: fmt.Sprintf("application %04d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, limit := range []int{0, 1, model.MaxWindow, model.MaxWindow + 1, keys, keys + 1} {
		args := []string{"keys", "list", "--json"}
		if limit > 0 {
			args = append(args, fmt.Sprint("--limit=", limit))
		}
		_, out, _ := do(t, p, args...)
		var list []keyJSON
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		want := keys
		if limit > 0 {
			want = min(limit, keys)
		}
		if len(list) != want || !slices.IsSortedFunc(list, func(a, b keyJSON) int { return strings.Compare(a.Application, b.Application) }) {
			t.Errorf("limit %d: %d keys", limit, len(list))
		}
	}
	if _, out, _ := do(t, p, "keys", "list"); strings.Count(out, "\n") != keys+1 {
		t.Errorf("the table has %d lines", strings.Count(out, "\n"))
	}
	if _, out, _ := do(t, p, "audit", "list"); strings.Count(out, "\n") != 2*keys+2 {
		t.Errorf("the trail has %d lines", strings.Count(out, "\n"))
	}
	if _, out, _ := do(t, p, "audit", "export"); strings.Count(out, "\n") != 2*keys+1 {
		t.Errorf("the export has %d lines", strings.Count(out, "\n"))
	}
}

// TestHostileText shows what somebody wrote into the database from outside.
func TestHostileText(t *testing.T) {
	const hostile = "a\x1b]0;x\x07\u009b2J\u202eb\u200b\n"
	k := model.Key{ID: hostile, Application: hostile, Owner: hostile, Purpose: hostile, State: hostile, Scopes: []string{hostile}}
	k.Usage = model.Usage{At: time.Now(), Address: hostile}
	k.Findings = []model.Finding{{Rule: model.RuleUnused, Words: hostile}}
	e := model.Event{ActorEmail: hostile, Via: hostile, From: hostile, Action: hostile, Outcome: hostile, Key: hostile, Application: hostile,
		Member: hostile, State: hostile, Note: hostile, Changes: []model.Change{{Field: hostile, Before: hostile, After: hostile}}}
	a := model.Application{Name: hostile, Purpose: hostile, Contact: hostile}
	d := model.Decision{Reason: model.ReasonOK, Key: hostile, Application: hostile, Owner: hostile, Team: hostile, Scopes: []string{hostile}}
	u := model.UsageReport{Application: a, Keys: []model.Key{k}, Series: model.Series{Span: model.LastDay, Buckets: make([]model.Bucket, 1), Denials: []model.Denial{{Reason: hostile}}},
		Callers: []model.Caller{{Key: hostile, Address: hostile, UserAgent: hostile}}, Superseded: []model.Sighting{{Key: hostile, Address: hostile}}}
	var x examination
	x.wrong("check", hostile)
	x.fine("check", "%s", hostile)
	_, s := founded(t)
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		tr := newTree(Program{Streams: Streams{Out: &out, Err: &out}}, nil)
		tr.json = asJSON
		keys, events, usages := tr.newAttentionRows(), tr.newEventRows(), tr.newUsageRows()
		for _, err := range []error{
			tr.printKeyWithEvents(s, k, []model.Event{e}), keys.add(k, s), keys.end(), events.add([]model.Event{e}), events.end(),
			tr.printApplications([]model.Application{a}), tr.printDecision(model.Request{}, d), usages.add(model.KeyTraffic{Key: k}), usages.end(), tr.printUsage(u), tr.out.Flush(),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		if err := errors.Join(tr.printFindings(x.findings[1:]), tr.printReport(model.AuditReport{Problems: []string{hostile}}), tr.out.Flush()); err != nil {
			t.Error(err)
		}
		tr.note("%s", hostile)
		tr.complain(model.Errorf(model.CodeFailed, "%s", hostile), asJSON)
		if i := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && model.Printable(string(r)) != string(r) }); i >= 0 {
			t.Errorf("json %v: raw text at %q", asJSON, out.String()[max(0, i-60):i+8])
		}
		if strings.Contains(out.String(), "b\\u{200b}\n\n") {
			t.Errorf("json %v: a line was broken", asJSON)
		}
	}
}

// TestWords looks at what every command says about itself.
func TestWords(t *testing.T) {
	all := newTree(Program{}, &installation{})
	all.completing = true // so that every flag is seen to be there
	root := all.root()
	walk(root, func(c *cobra.Command) {
		if generated(c) {
			return
		}
		if c.Short == "" || c.Example == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: needs a short line without a full stop, and an example", c.CommandPath())
		}
		if !c.HasSubCommands() && !strings.HasPrefix(strings.TrimSpace(c.Example), "empress") && !strings.Contains(c.Example, "| empress") {
			t.Errorf("%s: the example does not call empress: %s", c.CommandPath(), c.Example)
		}
		for line := range strings.Lines(c.Long) {
			if len(line) > 81 {
				t.Errorf("%s: long line: %s", c.CommandPath(), line)
			}
		}
		for arg := range strings.FieldsSeq(c.Example) {
			name, isFlag := strings.CutPrefix(arg, "--")
			if isFlag && c.Flag(name) == nil && !c.HasSubCommands() {
				t.Errorf("%s: the example uses --%s", c.CommandPath(), name)
			}
		}
	})
}

// TestAnnounced says where secrets could be overheard.
func TestAnnounced(t *testing.T) {
	for _, c := range []struct {
		ip      string
		tls     bool
		warning bool
	}{{"127.0.0.1", false, false}, {"::1", false, false}, {"0.0.0.0", false, true}, {"::", false, true}, {"10.0.0.5", false, true}, {"10.0.0.5", true, false}} {
		var said bytes.Buffer
		tr := newTree(Program{Streams: Streams{Err: &said}}, nil)
		tr.announce(&net.TCPAddr{IP: net.ParseIP(c.ip), Port: 8787}, c.tls)
		if strings.Contains(said.String(), "unencrypted") != c.warning || !strings.HasPrefix(said.String(), "Listening on http") {
			t.Errorf("%+v: said %q", c, said.String())
		}
	}
}

func TestCellWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "…": 1} {
		if got := cellWidth(s); got != want {
			t.Errorf("%q takes %d, want %d", s, got, want)
		}
	}
}

func TestFoundingLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	in := &installation{database: filepath.Join(dir, "a", "b", "team.db"), keyFile: filepath.Join(dir, "c", "team.key")}
	if _, err := in.found(t.Context(), model.Founding{Team: "Acme", Name: "Ada", Email: "nowhere", Login: "ada"}, model.ViaCommand); model.FieldOf(err) != "email" {
		t.Errorf("founded with a wrong address: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	s, err := in.found(t.Context(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.ViaCommand)
	if err != nil || s.Me().Email != "ada@example.com" {
		t.Fatalf("not founded after a mistake: %v", err)
	}
	in.close()
	if _, err := storage.ReadKeyFile(in.keyFile); err != nil {
		t.Error(err)
	}
}

// A server carries out command lines for as long as it runs, so that none may
// leave anything behind.
func TestCommandLinesLeaveNoMemory(t *testing.T) {
	run := func(times int) uint64 {
		for range times {
			p := Program{Streams: Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}
			if code := p.Run(t.Context(), []string{"version"}); code != 0 {
				t.Fatalf("exit code %d", code)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := run(10)
	if after := run(200); after > before+200*1024 {
		t.Errorf("200 command lines leave %d bytes", after-before)
	}
}
