package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"empress/model"
	"empress/storage"
)

// TestElsewhere refuses whatever needs the files of the server, with a reason
// and without touching one.
func TestElsewhere(t *testing.T) {
	p, _ := founded(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"init", "--team", "Acme"}, 4, "`empress init` needs the server's own files"},
		{[]string{"serve", "--http", ":0"}, 4, "`empress serve` needs"},
		{[]string{"serve", "--help"}, 4, "`empress serve` needs"},
		{[]string{"help", "serve"}, 4, "`empress serve` needs"},
		{[]string{"migrate"}, 4, "`empress migrate` needs"},
		{[]string{"doctor"}, 4, "`empress doctor` needs"},
		{[]string{"backup", path}, 4, "`empress backup` needs"},
		{[]string{"restore", path, "--yes"}, 4, "`empress restore` needs"},
		{[]string{"sealing-key", "new"}, 4, "`empress sealing-key` needs"},
		{[]string{"sealing-key", "use", "--yes"}, 4, "`empress sealing-key` needs"},
		{[]string{"members", "recover", "ada", "--login", "x"}, 4, "`empress members recover` needs"},
		{[]string{"members", "ssh-key", "add", "ada", path}, 4, "Give the key itself, or - for standard input."},
		{[]string{"audit", "verify", "--against", "@" + path}, 4, "Give the checkpoint itself."},
		{[]string{"audit", "export", "--out", path}, 4, "--out would write a file on the server"},
		{[]string{"audit", "export", "--out="}, 4, "--out would write"},
		{[]string{"keys", "create", "--application", "billing", "--secret-out", path}, 4, "--secret-out would write"},
		{[]string{"keys", "regenerate", "empk_00000000000000000000", "--secret-out", path}, 4, "`ssh ... > FILE` keeps it"},
		{[]string{"keys", "rotate", "--due", "--deliver", "cat > " + path}, 4, "--deliver would run a command on the server"},
		{[]string{"keys", "rotate", "--due", "--secrets", path}, 4, "--secrets would write a file on the server"},
		{[]string{"keys", "rotate", "--due"}, 4, "With --dry-run you see which keys it would be."},
		{[]string{"keys", "import", path}, 4, "standard input"},
		{[]string{"keys", "import", "-", "--secrets", path}, 4, "--secrets would write"},
		{[]string{"keys", "export", "--out", path}, 4, "--out would write"},
		{[]string{"keys", "list", "--db", path}, 2, "There is no flag --db here."},
		{[]string{"keys", "list", "--key-file", path}, 2, "There is no flag --key-file here."},
		{nil, 2, "With ssh -t it is a terminal."},
		{[]string{"--at", "keys"}, 2, "With ssh -t it is a terminal."},
	} {
		code, out, said := do(t, p, c.args...)
		if code != c.code || out != "" || strings.Count(said, "\n") != 1 || !strings.Contains(said, c.says) || strings.Contains(said, dir) {
			t.Errorf("%q: exit code %d, printed %q, said %q", c.args, code, out, said)
		}
		if code == 4 {
			refusedAsJSON(t, p, c.args)
		}
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
		t.Errorf("made %v, %v", made, err)
	}
	if _, list, _ := do(t, p, "keys", "list", "--json"); list != "[]\n" {
		t.Errorf("made %s", list)
	}
	if code, out, _ := do(t, p, "keys", "rotate", "--due", "--dry-run"); code != 0 || out != nothingDue+"\n" {
		t.Errorf("a plan: exit code %d, %s", code, out)
	}
	if code, out, said := do(t, p, "keys", "create", "--application", "billing"); code != 0 || !strings.Contains(out, "\nemps_") {
		t.Errorf("create: exit code %d, said %q", code, said)
	}
}

func refusedAsJSON(t *testing.T, p Program, args []string) {
	t.Helper()
	code, _, said := do(t, p, append([]string{"--json"}, args...)...)
	var e struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(said), &e); err != nil || code != 4 || e.Error.Code != "denied" || e.Error.Message == "" {
		t.Errorf("--json %q: exit code %d, said %q: %v", args, code, said, err)
	}
}

// TestHelpElsewhere lists nothing that needs the files of the server.
func TestHelpElsewhere(t *testing.T) {
	p, _ := founded(t)
	for _, args := range [][]string{{"--help"}, {"man"}, {"members", "--help"}, {"keys", "create", "--help"}, {"keys", "regenerate", "--help"},
		{"audit", "export", "--help"}, {"__complete", ""}, {"__complete", "keys", "create", "--"}} {
		code, out, _ := do(t, p, args...)
		if code != 0 || out == "" {
			t.Errorf("%q: exit code %d", args, code)
		}
		for _, word := range []string{"backup ", "restore ", "serve ", "init ", "migrate", "doctor ", "sealing-key", "recover", "--db", `\-\-db`, "key-file", "secret-out", "--out", "EMPRESS_DB", "XDG_", "This installation"} {
			if strings.Contains(out, word) {
				t.Errorf("%q tells of %q", args, word)
			}
		}
	}
	if _, out, _ := do(t, p, "--help"); !strings.Contains(out, "\n  verify ") {
		t.Errorf("help does not list verify:\n%s", out)
	}
}

// TestVerifyElsewhere decides on a credential for somebody who is elsewhere,
// and counts the request.
func TestVerifyElsewhere(t *testing.T) {
	p, _ := founded(t)
	_, made, _ := do(t, p, "keys", "create", "--application", "billing", "--json")
	var key struct {
		ID     string `json:"api_key"`
		Secret string `json:"api_secret"`
	}
	if err := json.Unmarshal([]byte(made), &key); err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]int{key.Secret: 0, strings.Repeat("x", 54): 4} {
		var out, said bytes.Buffer
		p.In, p.Out, p.Err = strings.NewReader(key.ID+":"+secret+"\n"), &out, &said
		if code := p.RunLine(t.Context(), "empress verify --application billing"); code != want || said.Len() > 0 {
			t.Errorf("exit code %d, not %d: %s%s", code, want, &out, &said)
		}
	}
	if _, out, _ := do(t, p, "keys", "show", key.ID, "--json"); !strings.Contains(out, `"last_used_at":"2`) {
		t.Errorf("the request was not counted: %s", out)
	}
	p.Session = func(context.Context) (*model.Session, error) {
		return nil, model.Errorf(model.CodeDenied, "You are suspended.")
	}
	var out, said bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader(key.ID+":"+key.Secret+"\n"), &out, &said
	if code := p.RunLine(t.Context(), "verify"); code != 1 || out.String() != "denied: no answer can be had now\n" || !strings.Contains(said.String(), "You are suspended.") {
		t.Errorf("somebody suspended: exit code %d: %s%s", code, &out, &said)
	}
}

// TestNoPathsElsewhere fails at the files of the server, of which nothing but
// their names is told.
func TestNoPathsElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data of the team")
	path := filepath.Join(dir, "team.db")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(path, []byte("This is no database, and long enough to be looked at."), 0o600)); err != nil {
		t.Fatal(err)
	}
	p := Program{Session: func(ctx context.Context) (*model.Session, error) {
		_, err := storage.Open(ctx, path)
		return nil, err
	}}
	for _, args := range [][]string{{"keys", "list"}, {"keys", "list", "--json"}, {"policy", "show"}} {
		code, out, said := do(t, p, args...)
		if code != 1 || out != "" || !strings.Contains(said, "team.db is not an empress database") || strings.Contains(said, "/") || strings.Contains(said, "data of") {
			t.Errorf("%q: exit code %d, printed %q, said %q", args, code, out, said)
		}
	}
}

func TestRunLine(t *testing.T) {
	p, _ := founded(t)
	for _, c := range []struct {
		line      string
		code      int
		out, said string
	}{
		{"keys list --json", 0, "[]\n", ""},
		{"empress keys list --json", 0, "[]\n", ""},
		{"  'keys' \"list\"\t--js\\on ", 0, "[]\n", ""},
		{"empress empress keys list", 2, "", `There is no command "empress".`},
		{"keys list; id", 2, "", `The sign ";" is for shells`},
		{"keys list 'bill", 2, "", "put the whole command into another pair"},
		{"keys list\nid", 2, "", "Write it in one line of plain text."},
		{"sh -c id", 2, "", `There is no`},
	} {
		var out, said bytes.Buffer
		p.In, p.Out, p.Err = strings.NewReader(""), &out, &said
		code := p.RunLine(t.Context(), c.line)
		if code != c.code || out.String() != c.out || !strings.Contains(said.String(), c.said) || c.said == "" && said.Len() > 0 {
			t.Errorf("%q: exit code %d, printed %q, said %q", c.line, code, &out, &said)
		}
	}
	var said bytes.Buffer
	p.Out, p.Err = &said, &said
	var e struct{ Error struct{ Code string } }
	if code := p.RunLine(t.Context(), "keys list --json 'bill"); code != 2 || json.Unmarshal(said.Bytes(), &e) != nil || e.Error.Code != "usage" {
		t.Errorf("exit code %d, said %q", code, &said)
	}
}

// TestElsewhereImports reads nothing for whoever may create no key, and bounds
// what others can make a server hold and its database do.
func TestElsewhereImports(t *testing.T) {
	p, ada := founded(t)
	p.Turns = make(chan struct{}, 1)
	imports := func(in io.Reader) (code int, said string) {
		var out, e bytes.Buffer
		p.In, p.Out, p.Err = in, &out, &e
		code = p.Run(t.Context(), []string{"keys", "import", "-", "--dry-run"})
		if len(p.Turns) != 0 {
			t.Error("a turn is not given back")
		}
		return code, e.String()
	}
	line := "{\"application\":\"billing\"}\n"
	for in, want := range map[string]string{
		strings.Repeat(line, 5_000):              "5000 secrets to be made",
		strings.Repeat(line, 5_001):              "Over SSH an import takes 5000 lines at most",
		line + strings.Repeat(" ", 1<<20) + line: "Standard input takes 1 MiB at most here",
	} {
		code, said := imports(strings.NewReader(in))
		if lines := strings.Contains(want, "to be made"); !strings.Contains(said, want) || (code == 0) != lines || !lines && code != 2 {
			t.Errorf("%d bytes: exit code %d, %s", len(in), code, said)
		}
	}
	p.Turns = make(chan struct{}) // in which nobody can have one
	if code, said := imports(unread{t}); code != 1 || !strings.Contains(said, "under way") {
		t.Errorf("without a turn: exit code %d, %s", code, said)
	}
	if _, err := ada.AddMember(t.Context(), model.MemberSpec{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.PlainMember}); err != nil {
		t.Fatal(err)
	}
	service, err := p.Service(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kim, err := service.SignIn(t.Context(), model.Identity{Login: "kim", Via: model.ViaSSH})
	if err != nil {
		t.Fatal(err)
	}
	p.Session, p.Turns = func(context.Context) (*model.Session, error) { return kim, nil }, nil
	if code, said := imports(unread{t}); code != 4 || !strings.Contains(said, "you may not create keys") {
		t.Errorf("kim: exit code %d, %s", code, said)
	}
	if _, trail, _ := do(t, p, "keys", "list"); strings.Contains(trail, "billing") {
		t.Error("a key was made")
	}
}

// unread is input that nobody reads.
type unread struct{ *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.Error("input is read")
	return 0, io.EOF
}
