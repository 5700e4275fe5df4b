package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"modernc.org/sqlite"

	"empress/storage/postgrestest"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"empress": main})
}

// postgres is the server that the tests share.
var postgres postgrestest.Shared

// tests end with the server that they share.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer postgres.Close()
	// As empress does before it opens a database, which tests do on their own first.
	if _, err := sqlite.OFDLocking(true); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return t.M.Run()
}

// raced are the scripts that the race detector looks at, which makes starting
// processes slow: between them each kind of command, and all that goes on
// beside it, such as the log, a backup or the server.
var raced = []string{"backup", "create", "doctor", "init", "journey", "log", "restore", "secret_out", "serve", "states", "usage", "usage_report", "verify"}

// scripts are those to run.
func scripts() (files []string) {
	if !racing() {
		files, _ = filepath.Glob("cli/testdata/*.txtar") // the pattern is well-formed
		return files
	}
	for _, name := range raced {
		files = append(files, "cli/testdata/"+name+".txtar")
	}
	return files
}

// racing is whether the race detector is at work.
func racing() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestScripts runs the whole program, as a process, through cli/testdata.
func TestScripts(t *testing.T) {
	runScripts(t, scripts(), func(*testscript.Env) {})
}

// TestScriptsOnPostgres runs it with its data in PostgreSQL.
func TestScriptsOnPostgres(t *testing.T) {
	if racing() {
		t.Skip("the commands are raced on SQLite, and PostgreSQL in the tests of storage")
	}
	address := postgres.Database(t, "")
	server := postgres.Server(t)
	server.Execute(t, postgrestest.Superuser, "CREATE ROLE "+postgrestest.Guarded+" LOGIN PASSWORD 'very private'; CREATE ROLE keeper LOGIN")
	owned := func(address string) string { // by somebody who owns nothing else
		server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+postgrestest.DatabaseOf(address)+" OWNER TO keeper")
		return strings.Replace(address, "//"+postgrestest.Superuser+"@", "//keeper@", 1)
	}
	address = owned(address)
	empty, third := owned(postgres.Database(t, "")), owned(postgres.Database(t, ""))
	runScripts(t, []string{"cli/testdata/postgres/journey.txtar", "cli/testdata/postgres/move.txtar"}, func(e *testscript.Env) {
		e.Setenv("ADDRESS", address)
		e.Setenv("EMPTY", empty)
		e.Setenv("EMPTYNAME", postgrestest.DatabaseOf(empty))
		e.Setenv("THIRD", third)
		e.Setenv("PORT", strconv.Itoa(server.Port))
		e.Setenv("NAME", postgrestest.DatabaseOf(address))
		e.Setenv("ROOT", server.Certificate())
	})
}

func runScripts(t *testing.T, files []string, setUp func(*testscript.Env)) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			e.Setenv("TERM", "xterm-256color")
			setUp(e)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"keep":   keep,
			"json":   checkJSON,
			"write":  write,
			"sql":    execSQL,
			"damage": damage,
			"absent": absent,
			"mode":   checkMode,
		},
	})
}

// exits CODE PROGRAM ARGS... runs a program that ends with the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](ts.Exec(args[1], args[2:]...)); ok {
		got = exit.ExitCode()
	}
	if got != want || neg {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// lookUp finds a value by a path such as "error.code" or "0.api_key" in what
// the last program wrote to the stream.
func lookUp(ts *testscript.TestScript, stream, path string) any {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(stream)), &v); err != nil {
		ts.Fatalf("%s is not JSON: %v", stream, err)
	}
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			found, ok := at[step]
			if !ok {
				return missing
			}
			v = found
		case []any:
			n, err := strconv.Atoi(step)
			if step == "length" {
				n, v = 0, float64(len(at))
				continue
			}
			if err != nil || n >= len(at) {
				return missing
			}
			v = at[n]
		default:
			return missing
		}
	}
	return v
}

const missing = "(missing)"

// keep NAME PATH puts a value of the last output into a variable.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	v := lookUp(ts, "stdout", args[1])
	s, ok := v.(string)
	if !ok || s == missing {
		ts.Fatalf("%s is no text: %v", args[1], v)
	}
	ts.Setenv(args[0], s)
}

// json STREAM PATH VALUE compares a value of the last output, as JSON or as
// bare text.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	v := lookUp(ts, args[0], args[1])
	text, ok := v.(string)
	if !ok {
		raw, err := json.Marshal(v)
		ts.Check(err)
		text = string(raw)
	}
	if (text == args[2]) == neg {
		ts.Fatalf("%s of %s is %s, want %s", args[1], args[0], text, args[2])
	}
}

// write FILE TEXT... makes a file with one line.
func write(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(args[1:], " ")+"\n"), 0o600))
}

// sql FILE STATEMENT changes a database behind the program's back.
func execSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}

// damage FILE OFFSET overwrites 2,000 bytes, far from both ends when OFFSET is
// that of a page.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	offset, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5", 2000)), offset)
	ts.Check(errors.Join(err, f.Close()))
}

// absent TEXT DIR checks that no file of a directory holds the text.
func absent(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), args[0]) {
			ts.Fatalf("%s holds %s", path, args[0])
		}
		return err
	}))
}

// mode BITS FILE... checks who may read files.
func checkMode(ts *testscript.TestScript, _ bool, args []string) {
	for _, path := range args[1:] {
		info, err := os.Lstat(ts.MkAbs(path))
		ts.Check(err)
		if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", path, got, args[0])
		}
	}
}

// TestInterrupt stops a command that waits for input.
func TestInterrupt(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		var code int
		var said string
		for wait := 200 * time.Millisecond; wait < 10*time.Second; wait *= 2 {
			if code, said = interrupted(t, signal, wait); code != -1 { // else it had not begun yet
				break
			}
		}
		if code != 130 || said != "empress: Interrupted, so nothing more was done.\n" {
			t.Errorf("%v: exit code %d, want 130; it said %q", signal, code, said)
		}
	}
}

// interrupted sends a signal to a command that was started a while ago. The
// exit code is -1 when the signal ended it without its doing.
func interrupted(t *testing.T, signal os.Signal, after time.Duration) (code int, said string) {
	t.Helper()
	cmd := exec.Command("empress", "verify")
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir())
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(input, "empk_"); err != nil { // no line yet: it goes on waiting
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// TestImports enforces who may import whom.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{.ImportPath}} {{join .Imports " "}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	may := map[string][]string{
		"empress":         {"empress/cli"},
		"empress/cli":     {"empress/ui", "empress/server", "empress/storage", "empress/model"},
		"empress/ui":      {"empress/model"},
		"empress/server":  {"empress/model"},
		"empress/storage": {"empress/model"},
		"empress/model":   {},
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) == 0 || !ours(words[0]) {
			continue
		}
		allowed, known := may[words[0]]
		if !known {
			t.Errorf("%s is a room that the house does not have", words[0])
		}
		for _, imported := range words[1:] {
			if ours(imported) && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s", words[0], imported)
			}
			if root, _, _ := strings.Cut(imported, "/"); words[0] == "empress/model" && strings.Contains(root, ".") && !strings.HasPrefix(imported, "golang.org/x/") {
				t.Errorf("%s imports %s", words[0], imported)
			}
		}
	}
}

func ours(path string) bool { return path == "empress" || strings.HasPrefix(path, "empress/") }
