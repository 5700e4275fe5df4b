package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// promised is how long the program may take for what it does at once.
const promised = 2 * time.Second

// The keys of a keyboard as a terminal sends them.
const (
	enter = "\r"
	ctrlL = "\x0c"
	ctrlZ = "\x1a"
	esc   = "\x1b"
)

// lastField walks from the first field of the form to the last.
var lastField = strings.Repeat(enter, 6)

var (
	keyOnScreen    = regexp.MustCompile(`\bempk_[0-9a-z]{20}\b`)
	secretOnScreen = regexp.MustCompile(`\bemps_[0-9A-Za-z]{49}\b`)
)

// seeSecret waits for a secret that is another than the one before.
func (w *terminal) seeSecret(before string) (key, secret string) {
	w.t.Helper()
	w.await("a new secret", patience, func(s *screen) bool {
		key, secret = keyOnScreen.FindString(s.text()), secretOnScreen.FindString(s.text())
		return key != "" && secret != "" && secret != before
	})
	return key, secret
}

// insist presses a key until it is obeyed: what opens by itself ignores keys for
// a frame. It presses rarely, as the same key means something else on the screen
// that comes next.
func (w *terminal) insist(key, words string) {
	w.t.Helper()
	next := time.Now().Add(100 * time.Millisecond)
	w.await(words, patience, func(s *screen) bool {
		if !shows(s, words) && time.Now().After(next) {
			w.press(key)
			next = time.Now().Add(patience / 4)
		}
		return shows(s, words)
	})
}

// mask presses a key that masks the secret, and checks that no trace of the
// secret is drawn any more.
func (w *terminal) mask(secret string) {
	w.t.Helper()
	w.insist("d", "masked for ever")
	w.with(func(s *screen) {
		if how := spelling([]byte(strings.ReplaceAll(s.text(), "\n", "")), secret); how != "" {
			w.t.Errorf("the secret is still on the screen (%s)", how)
		}
	})
}

// createKey creates a key from the list of keys, which must show.
func (w *terminal) createKey(application string) (key, secret string) {
	w.t.Helper()
	w.press("n")
	w.see("API Access > Create New API Key")
	w.press(application + lastField + enter)
	return w.seeSecret("")
}

// gone checks that nothing that came after a place in the output, and nothing
// that a person can scroll back to, holds the secret.
func (w *terminal) gone(secret string, from int) {
	w.t.Helper()
	if how := spelling(w.since(from), secret); how != "" {
		w.t.Errorf("the secret was written once more (%s)", how)
	}
	w.with(func(s *screen) {
		if how := spelling([]byte(strings.ReplaceAll(s.kept(), "\n", "")), secret); how != "" {
			w.t.Errorf("the secret is in the main screen (%s)", how)
		}
	})
}

// TestJourney walks the whole way at the keyboard, from the first run on, in a
// terminal that answers what it is asked and in one that never does.
func TestJourney(t *testing.T) {
	for name, at := range map[string]struct {
		setting
		term string
	}{
		"answering": {setting{100, 30, true}, "xterm-kitty"},
		"silent":    {setting{80, 24, false}, "xterm-256color"},
		"tmux":      {setting{132, 43, false}, "tmux-256color"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t, "TERM="+at.term, "SSH_TTY=/dev/pts/9")
			h.environ = append(h.environ, "TEA_TRACE="+filepath.Join(h.dir, "trace"), "TEA_DEBUG="+filepath.Join(h.dir, "debug"))
			w := at.open(t, h.command())

			w.see("Welcome", "Your email")
			w.press(enter + enter + enter)
			w.see("Dashboard", "enter walks on to the first key")
			for _, place := range []string{
				"Dashboard > Settings", "Settings > Profile & Team", "Profile & Team > API Access", "API Access > Create New API Key",
			} {
				w.press(enter)
				w.see(place)
			}
			w.press("billing" + lastField + enter)
			key, first := w.seeSecret("")
			h.canary(w, first)
			w.insist(enter, "sent to your terminal's clipboard")
			w.mask(first)
			from := w.written()
			w.see("> billing", "active")
			h.verify(key, first, 0)

			w.press("r")
			w.see("Regenerate API Secret", "stops working at once")
			w.press(enter)
			_, second := w.seeSecret(first)
			h.verify(key, first, 4)
			h.verify(key, second, 0)
			h.canary(w, second)
			w.gone(first, from)
			w.mask(second)
			from = w.written()
			w.press("q")
			if code := w.exit(patience); code != 0 {
				t.Errorf("exit code %d", code)
			}

			w.restored("")
			w.gone(first, from)
			w.gone(second, from)
			h.holdsNo(first)
			h.holdsNo(second)
			if copied := slices.Compact(w.screen.copied); len(copied) != 1 || copied[0] != first {
				t.Errorf("%d texts were copied, and should be the first secret alone", len(copied))
			}
			if asked := w.screen.queries; asked == 0 {
				t.Error("the terminal was asked nothing, so that its silence proves nothing")
			}
		})
	}
}

// canary looks for a secret, while it is on the screen, where others could
// find it.
func (h home) canary(w *terminal, secret string) {
	h.t.Helper()
	h.holdsNo(secret)
	for _, name := range []string{"cmdline", "environ"} {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", w.cmd.Process.Pid, name))
		if how := spelling(content, secret); err == nil && how != "" {
			h.t.Errorf("%s holds the secret (%s)", name, how)
		}
	}
}

// TestHardened looks at the process from outside: its memory is for no
// debugger and no core dump. The files of a process belong to root when it
// cannot be dumped, so the superuser runs it as somebody else to see that.
func TestHardened(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux shows this under /proc")
	}
	t.Parallel()
	h := newHome(t)
	cmd := h.command()
	if os.Geteuid() == 0 {
		const nobody = 65534
		dir, err := os.MkdirTemp("", "nobody")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Skip("there is nobody else here:", err)
		}
		cmd.Dir, cmd.Env = dir, append(h.environ, "HOME="+dir, "XDG_DATA_HOME="+dir, "TMPDIR="+dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	w := usual.open(t, cmd)
	w.see("Welcome")
	proc := fmt.Sprintf("/proc/%d/", w.cmd.Process.Pid)
	limits, err := os.ReadFile(proc + "limits")
	if err != nil || !regexp.MustCompile(`(?m)^Max core file size +0 +0 `).Match(limits) {
		t.Errorf("core dumps are not limited: %v\n%s", err, limits)
	}
	info, err := os.Stat(proc + "environ")
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 {
		t.Errorf("the process can be dumped: its files belong to user %d", owner)
	}
}

// TestTypedAhead sends keys faster than anything can be drawn.
func TestTypedAhead(t *testing.T) {
	t.Run("path", func(t *testing.T) {
		t.Parallel()
		h := newTeam(t)
		w := h.open()
		w.see("Dashboard")
		w.press(enter + enter + enter + enter + "billing" + lastField)
		w.see("API Access > Create New API Key", "Application  billing", "> Expires      365d")
	})
	t.Run("start", func(t *testing.T) { // while the terminal still takes lines, and writes an enter as a line feed
		t.Parallel()
		h := newTeam(t)
		shell := exec.Command("sh", "-c", "echo waiting; until [ -e go ]; do sleep 0.01; done; exec empress")
		shell.Dir, shell.Env = h.dir, h.environ
		w := usual.open(t, shell)
		w.see("waiting")
		w.press(enter + enter + enter + enter)
		if err := os.WriteFile(filepath.Join(h.dir, "go"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		w.see("API Access > Create New API Key")
	})
	t.Run("secret", func(t *testing.T) {
		t.Parallel()
		h := newTeam(t)
		w := h.open("--at", "keys")
		w.see("API Access")
		w.press("nbilling" + lastField + enter + "dq" + enter) // the last three are for no secret that was not seen yet
		key, secret := w.seeSecret("")
		w.quiet(100 * time.Millisecond)
		w.see(secret, "This is the only time")
		h.verify(key, secret, 0)
	})
	t.Run("list", func(t *testing.T) {
		t.Parallel()
		h := newTeam(t)
		h.fill(250) // more than are read at once
		w := h.open("--at", "keys")
		w.see("application-000", "250 keys")
		for _, step := range []struct{ keys, chosen string }{
			{strings.Repeat("j", 244), "> application-243 "}, // none is lost: the first leaves the row before the first key
			{strings.Repeat("j", 1000), "> application-249 "},
			{strings.Repeat("k", 244), "> application-005 "},
			{strings.Repeat("k", 1000), "> + Create New API Key"},
		} {
			w.press(step.keys)
			w.see(step.chosen)
			w.quiet(100 * time.Millisecond)
			w.see(step.chosen)
		}
	})
}

// TestKilled ends the program from outside while a secret is open.
func TestKilled(t *testing.T) {
	for name, end := range map[string]struct {
		by       func(*terminal)
		ignoring string // a signal that it was started without
		restores bool   // the terminal is still there
	}{
		"SIGTERM":                {by: func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGTERM) }, restores: true},
		"SIGHUP":                 {by: func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGHUP) }, restores: true},
		"lost connection":        {by: (*terminal).hangUp},
		"lost connection, nohup": {by: (*terminal).hangUp, ignoring: "HUP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTeam(t)
			cmd := h.command("--at", "keys")
			if end.ignoring != "" {
				cmd = exec.Command("sh", "-c", "trap '' "+end.ignoring+"; exec empress --at keys")
				cmd.Dir, cmd.Env = h.dir, h.environ
			}
			w := usual.open(t, cmd)
			w.see("API Access")
			key, secret := w.createKey("billing")
			from := w.written()
			end.by(w)
			if code := w.exit(promised); code != 130 {
				t.Errorf("exit code %d", code)
			}
			w.gone(secret, from)
			h.holdsNo(secret)
			if end.restores {
				w.restored("empress: Interrupted, so nothing more was done.")
			}

			again := h.open("--at", "keys")
			again.see("billing", "not confirmed")
			h.verify(key, secret, 0) // the change was made: only nobody knows whether it arrived
		})
	}
}

// TestJobControl stops the program from the keyboard of a shell and resumes it.
func TestJobControl(t *testing.T) {
	t.Parallel()
	h := newTeam(t, "PS1=shell> ", "HISTFILE=/dev/null")
	h.must("", "keys", "create", "--application", "billing")
	shell := exec.Command("sh", "-i")
	shell.Dir, shell.Env = h.dir, h.environ
	w := usual.open(t, shell)
	w.see("shell>")
	w.press("empress --at keys\n")
	w.see("API Access", "billing")
	w.quiet(300 * time.Millisecond) // of which the frame may be the beginning
	list := w.text()

	for range 2 { // what works once may have left something behind
		w.press(ctrlZ)
		w.await("the shell", patience, func(s *screen) bool { return s.alternate == 0 && strings.HasSuffix(s.text(), "\nshell>") })
		w.with(func(s *screen) {
			for _, wrong := range s.wrong() {
				t.Error("left behind:", wrong)
			}
		})
		w.press("fg\n")
		w.await("the list as it was", patience, func(s *screen) bool { return s.alternate == 1 && s.text() == list })
		w.press("j")
		w.see("> billing")
		w.press("k")
		w.await("the list as it was", patience, func(s *screen) bool { return s.text() == list })
	}
	w.press("q")
	w.await("the shell", patience, func(s *screen) bool { return s.alternate == 0 && len(s.wrong()) == 0 })
	w.press("echo $?$?$?; exit\n")
	w.see("000")
	w.exit(patience)
}

// TestResizeStorm changes the window many times while keys are pressed.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	h.fill(30)
	w := h.open("--at", "keys")
	w.see("application-000")
	random := rand.New(rand.NewPCG(1, 2))
	keys := []string{"j", "k", "G", "g", enter, esc, "?", "n", "/", "s", "w", " ", "a", "\x1b[B", "\x1b[A", "\x1b[6~"}
	for i := range 200 {
		width, height := 1+random.IntN(200), 1+random.IntN(60)
		switch i {
		case 0:
			width, height = 1, 1
		case 100:
			width, height = 200, 60
		}
		w.size(width, height)
		w.press(keys[random.IntN(len(keys))])
		time.Sleep(5 * time.Millisecond)
	}
	w.size(90, 26)
	w.see("Empress")
	w.quiet(300 * time.Millisecond)
	after := w.text()
	if first, _, _ := strings.Cut(after, "\n"); !strings.HasPrefix(first, "  Empress ") {
		t.Errorf("the first line is %q", first)
	}
	if lines := strings.Count(after, "\n") + 1; lines != 26 {
		t.Errorf("the frame has %d lines and the window 26", lines)
	}
	w.press(ctrlL)
	w.quiet(300 * time.Millisecond)
	if again := w.text(); again != after {
		t.Errorf("the screen was\n%s\nand is, drawn again,\n%s", after, again)
	}
	w.with(func(s *screen) {
		for _, sequence := range s.unknown {
			t.Error("the test's screen does not know", sequence)
		}
	})
}

// TestColours draws most screens with and without colours.
func TestColours(t *testing.T) {
	for name, on := range map[string]struct {
		environ string
		flags   []string
		colours bool
	}{
		"usual":          {colours: true},
		"NO_COLOR=":      {environ: "NO_COLOR=", colours: true},
		"NO_COLOR=yes":   {environ: "NO_COLOR=yes"},
		"NO_COLOR=false": {environ: "NO_COLOR=false"},
		"--no-color":     {flags: []string{"--no-color"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTeam(t, on.environ)
			w := setting{100, 30, true}.open(t, h.command(append(on.flags, "--at", "keys")...))
			w.see("API Access")
			w.press("n" + lastField + enter) // no application: an error
			w.see("The application name is empty")
			w.press("billing" + lastField + enter)
			_, secret := w.seeSecret("")
			w.mask(secret)
			w.press("?")
			w.see("Help")
			w.press(esc)
			w.see("> billing", "active")
			w.press("X")
			w.see("Revoke the key of billing")
			w.press("wrong" + enter)
			w.see("That is not billing")
			w.with(func(s *screen) {
				var found []int
				for code := range s.colours {
					if code >= 30 && code < 50 || code >= 90 && code < 108 {
						found = append(found, code)
					}
				}
				if len(found) > 0 != on.colours {
					t.Errorf("colours of the terminal that were used: %v", found)
				}
			})
		})
	}
}

// TestPlainTerminals runs what is no interface in a terminal: nothing of it
// draws, and nothing asks the terminal.
func TestPlainTerminals(t *testing.T) {
	t.Run("commands", func(t *testing.T) {
		t.Parallel()
		h := newHome(t)
		tried := map[string]bool{}
		try := func(line commandLine) {
			tried[line.name] = true
			w := h.open(append(strings.Fields(line.name), line.args...)...)
			if line.asks != "" {
				w.see(line.asks)
				w.press(line.answer + "\n")
			}
			if code := w.exit(patience); code != line.code {
				t.Errorf("%s: exit code %d, want %d: %s", line.name, code, line.code, w.since(0))
			}
			if out := string(w.since(0)); out == "" || strings.ContainsAny(out, esc+"\u0090\u009b\u009d") {
				t.Errorf("%s wrote %q", line.name, out)
			}
		}
		founding := []string{"--team", "Acme", "--name", "Ada", "--email", "ada@example.com"}
		try(commandLine{name: "init", args: founding})
		try(commandLine{name: "init", args: founding, code: 6})
		var key struct {
			ID     string `json:"api_key"`
			Secret string `json:"api_secret"`
		}
		if err := json.Unmarshal([]byte(h.must("", "keys", "create", "--application", "billing", "--json")), &key); err != nil {
			t.Fatal(err)
		}
		pairs := filepath.Join(t.TempDir(), "pairs.csv")
		if err := os.WriteFile(pairs, []byte("application,api_key,api_secret\nerp,0123456789abcde,fedcba987654321\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, line := range []commandLine{
			{name: "keys create", args: []string{"--application", "edge"}},
			{name: "keys list"},
			{name: "keys show", args: []string{key.ID}},
			{name: "keys show", args: []string{"empk_00000000000000000000"}, code: 3},
			{name: "keys edit", args: []string{key.ID, "--purpose", "invoices"}},
			{name: "keys suspend", args: []string{key.ID}},
			{name: "keys resume", args: []string{key.ID}},
			{name: "verify", asks: "KEY:SECRET", answer: key.ID + ":" + key.Secret},
			{name: "verify", asks: "KEY:SECRET", answer: key.ID + ":wrong", code: 4},
			{name: "serve", args: []string{"--print-config", "nginx"}},
			{name: "keys regenerate", args: []string{key.ID}},
			{name: "keys rotate", args: []string{key.ID, "--deliver", "cat"}},
			{name: "keys rotate", args: []string{"--due"}, code: 2},
			{name: "keys import", args: []string{pairs}},
			{name: "keys export"},
			{name: "keys revoke", args: []string{key.ID}, asks: "Type billing", answer: "billing"},
			{name: "applications list"},
			{name: "applications show", args: []string{"billing"}},
			{name: "applications create", args: []string{"nightly"}},
			{name: "applications edit", args: []string{"nightly", "--purpose", "jobs"}},
			{name: "usage"},
			{name: "usage", args: []string{key.ID, "--since", "7d"}},
			{name: "members add", args: []string{"--name", "Kim", "--email", "kim@example.com"}},
			{name: "members edit", args: []string{"kim@example.com", "--name", "Kim Doe"}},
			{name: "members list"},
			{name: "members show", args: []string{"kim@example.com"}},
			{name: "members role", args: []string{"kim@example.com", "Auditor"}},
			{name: "members grant", args: []string{"kim@example.com", "keys.edit"}},
			{name: "members ungrant", args: []string{"1"}},
			{name: "members who", args: []string{"keys.edit"}},
			{name: "members suspend", args: []string{"kim@example.com"}},
			{name: "members resume", args: []string{"kim@example.com"}},
			{name: "members ssh-key list", args: []string{"kim@example.com"}},
			{name: "members ssh-key add", args: []string{"kim@example.com", "ssh-ed25519 nothing"}, code: 2},
			{name: "members ssh-key remove", args: []string{"1"}, code: 3},
			{name: "members recover", args: []string{"ada@example.com"}, code: 6},
			{name: "members remove", args: []string{"kim@example.com"}, asks: "Type kim@example.com", answer: "kim@example.com"},
			{name: "audit list"},
			{name: "audit verify"},
			{name: "audit checkpoint"},
			{name: "audit export"},
			{name: "policy show"},
			{name: "policy set", args: []string{"--support", "IT desk"}},
			{name: "policy check"},
			{name: "doctor"},
			{name: "backup", args: []string{filepath.Join(t.TempDir(), "backup")}},
			{name: "restore", args: []string{"nowhere", "--yes"}, code: 6},
			{name: "migrate", code: 2},
			{name: "sealing-key list"},
			{name: "sealing-key new"},
			{name: "sealing-key use", asks: "Type 2 to use it", answer: "no", code: 1},
			{name: "sealing-key use", asks: "Type 2 to use it", answer: "2"},
			{name: "sealing-key use", code: 6},
			{name: "version"},
			{name: "man"},
			{name: "help"},
			{name: "completion bash"},
			{name: "completion zsh"},
			{name: "--help"},
			{name: "--version"},
			{name: "--at nowhere", code: 2},
			{name: "nonsense", code: 2},
		} {
			try(line)
		}
		for _, name := range h.commands() {
			if !tried[name] {
				t.Errorf("%s was not tried", name)
			}
		}
	})
}

// commandLine is a command as somebody types it in a terminal.
type commandLine struct {
	name         string
	args         []string
	asks, answer string
	code         int
}

// commands lists what the manual page has.
func (h home) commands() []string {
	h.t.Helper()
	var names []string
	for _, synopsis := range regexp.MustCompile(`(?m)^\.SS\nempress((?: [a-z\\-]+)+)`).FindAllStringSubmatch(h.must("", "man"), -1) {
		names = append(names, strings.ReplaceAll(strings.TrimSpace(synopsis[1]), `\`, ""))
	}
	if len(names) < 10 {
		h.t.Errorf("the manual page has only %q", names)
	}
	return names
}

// TestOthersChange looks at the list while somebody else works on the same
// database: what changed shows by itself, and nothing is written before or
// after.
func TestOthersChange(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	h.must("", "keys", "create", "--application", "billing")
	w := h.open("--at", "keys")
	w.see("billing", "1 key")
	w.quiet(time.Second)
	silent(promised, w)
	for i, application := range []string{"edge-cache", "mobile-push"} {
		h.must("", "keys", "create", "--application", application)
		w.await(application+" by itself", promised, func(s *screen) bool { return shows(s, application, fmt.Sprintf("%d keys", i+2)) })
	}
	w.quiet(time.Second)
	silent(time.Second, w)
}

// TestIdle leaves the program alone on its screens.
func TestIdle(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	h.fill(3)
	var terminals []*terminal
	for _, place := range []string{"dashboard", "settings", "team", "keys"} {
		w := h.open("--at", place)
		w.see("Empress", "Dashboard")
		terminals = append(terminals, w)
	}
	for _, w := range terminals {
		w.quiet(time.Second)
	}
	silent(3*time.Second, terminals...)
}
