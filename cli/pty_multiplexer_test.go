package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// multiplexer is a program between a person's terminal and a shell, which
// keeps lines of its own that a person can scroll back to.
type multiplexer struct {
	program  string
	settings string
	starts   func(dir string) []string // its arguments; all it keeps goes to a directory
	asks     func(dir string) []string // the arguments before a request to one that runs
	history  []string                  // the request that writes all lines of its window
	file     string                    // where it writes them, in the directory; "" for its output
	ends     []string                  // the request that ends it
	says     string                    // what the program says after a copy
	keepsOld bool                      // the last frame stays when the program ends
}

const tmuxSettings = `
set -g status off
set -s escape-time 0
set -s set-clipboard on
set -g default-terminal tmux-256color
set -as terminal-features 'xterm*:clipboard'
`

const screenSettings = `
startup_message off
vbell off
defscrollback 1000
msgwait 0
`

func tmux(settings string, keepsOld bool) multiplexer {
	ask := func(dir string) []string { return []string{"-S", filepath.Join(dir, "socket")} }
	return multiplexer{
		program: "tmux", settings: tmuxSettings + settings,
		starts: func(dir string) []string {
			return append(ask(dir), "-f", filepath.Join(dir, "settings"), "new-session", "sh")
		},
		asks:    ask,
		history: []string{"capture-pane", "-p", "-J", "-S", "-", "-E", "-"},
		ends:    []string{"kill-server"},
		says:    "sent to your terminal through tmux", keepsOld: keepsOld,
	}
}

func gnuScreen(settings string, keepsOld bool) multiplexer {
	return multiplexer{
		program: "screen", settings: screenSettings + settings,
		starts: func(dir string) []string {
			return []string{"-U", "-c", filepath.Join(dir, "settings"), "-S", "empress", "sh"}
		},
		asks:    func(string) []string { return []string{"-S", "empress", "-p", "0", "-X"} },
		history: []string{"hardcopy", "-h", "history"},
		file:    "history",
		ends:    []string{"quit"},
		says:    "sent to your terminal's clipboard", keepsOld: keepsOld,
	}
}

var multiplexers = map[string]multiplexer{
	"tmux":                          tmux("", false),
	"tmux without alternate screen": tmux("set -wg alternate-screen off\n", true),
	"screen":                        gnuScreen("", true),
	"screen with alternate screen":  gnuScreen("altscreen on\n", false),
}

// window is a terminal in which a multiplexer shows a shell.
type window struct {
	*terminal
	multiplexer
	dir     string
	environ []string
}

func (m multiplexer) open(t *testing.T, h home) window {
	t.Helper()
	need(t, m.program)
	dir, err := os.MkdirTemp("", "window") // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "settings"), []byte(m.settings), 0o600); err != nil {
		t.Fatal(err)
	}
	v := window{multiplexer: m, dir: dir, environ: append(h.environ, "PS1=shell> ", "SCREENDIR="+dir, "SHELL=/bin/sh")}
	cmd := exec.Command(m.program, m.starts(dir)...)
	cmd.Dir, cmd.Env = h.dir, v.environ
	v.terminal = usual.open(t, cmd)
	t.Cleanup(func() { _, _ = v.ask(m.ends...) })
	return v
}

// prompt waits until the shell does.
func (v window) prompt() {
	v.t.Helper()
	v.await("the shell", patience, func(s *screen) bool { return strings.HasSuffix(s.text(), "shell>") })
}

// types runs a command in the shell and waits for its answer.
func (v window) types(command, answer string) {
	v.t.Helper()
	v.prompt()
	v.press(command + "\r")
	v.await(answer, patience, func(s *screen) bool { return strings.HasSuffix(s.text(), answer+"\nshell>") })
}

// ask sends a request to the multiplexer.
func (v window) ask(request ...string) (string, error) {
	cmd := brief(v.t, v.program, append(v.asks(v.dir), request...)...)
	cmd.Dir, cmd.Env = v.dir, v.environ
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// kept is all that a person can scroll back to in the window.
func (v window) kept() string {
	v.t.Helper()
	request := v.history
	path := filepath.Join(v.dir, v.file)
	if v.file != "" {
		_ = os.Remove(path)
		request = append(request[:len(request)-1:len(request)-1], path)
	}
	out, err := v.ask(request...)
	if err != nil {
		v.t.Fatalf("%s %v: %v: %s", v.program, request, err, out)
	}
	if v.file == "" {
		return out
	}
	var content []byte
	v.await("the window's lines", patience, func(*screen) bool {
		content, err = os.ReadFile(path)
		return err == nil && len(content) > 0
	})
	return string(content)
}

// keeps checks whether the window's lines hold a secret.
func (v window) keeps(secret string, want bool) {
	v.t.Helper()
	lines := v.kept()
	if !strings.Contains(lines, "shell>") && !strings.Contains(lines, "Empress") {
		v.t.Fatalf("those are no lines of the window:\n%s", lines)
	}
	if how := spelling([]byte(strings.ReplaceAll(lines, "\n", "")), secret); (how != "") != want {
		v.t.Errorf("the window keeps the secret: %v (%s), want %v; its lines are\n%s", how != "", how, want, lines)
	}
}

// TestMultiplexers goes the way of a secret inside a real tmux and a real GNU
// screen: it arrives on the clipboard of the terminal outside, and when it is
// masked, none of their lines and buffers holds it.
func TestMultiplexers(t *testing.T) {
	for name, m := range multiplexers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTeam(t)
			v := m.open(t, h)
			v.types("seq 100", "100") // lines to scroll back to
			v.press("empress --at keys\r")
			v.see("API Access", "Create New API Key")
			key, secret := v.createKey("billing")
			v.keeps(secret, true) // so that the same question means something below
			v.insist(enter, v.says)
			v.await("the terminal's clipboard", patience, func(s *screen) bool {
				return len(s.copied) > 0 && s.copied[len(s.copied)-1] == secret
			})
			v.mask(secret)
			v.keeps(secret, false)
			if m.program == "tmux" {
				if buffers, err := v.ask("list-buffers"); err != nil || buffers != "" {
					t.Errorf("tmux keeps the buffers %q: %v", buffers, err)
				}
			}
			h.verify(key, secret, 0)
			v.press("q")
			v.types("echo ended", "ended")
			v.keeps(secret, false)
			if kept := v.kept(); !strings.Contains(kept, "\n42\n") || !strings.Contains(kept, "\n100\n") {
				t.Errorf("the lines from before are gone:\n%s", kept)
			}
		})
	}
}

// TestMultiplexersKilled ends the program from outside while a secret is open
// in a window of a multiplexer.
func TestMultiplexersKilled(t *testing.T) {
	for name, m := range multiplexers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTeam(t)
			v := m.open(t, h)
			v.prompt()
			v.press("sh -c 'echo $$ >pid; exec empress --at keys'\r")
			v.see("API Access", "Create New API Key")
			_, secret := v.createKey("billing")
			v.keeps(secret, true)
			end(t, filepath.Join(h.dir, "pid"), syscall.SIGTERM)
			v.see("Interrupted, so nothing more was done.")
			v.keeps(secret, false)
			v.types("echo ended", "ended")
			v.keeps(secret, false)
		})
	}
}

// end sends a signal to the process whose number is in a file.
func end(t *testing.T, path string, s syscall.Signal) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err == nil {
		err = syscall.Kill(number, s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestMultiplexersWide shows names whose characters are wide, combine or run
// from right to left: whatever a multiplexer makes of them, no row of the list
// is shifted.
func TestMultiplexersWide(t *testing.T) {
	names := []string{"billing", "\u6771\u4eac\u30b5\u30fc\u30d0\u30fc", "x\u0331y\u0331z", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u0e01\u0e33\u0e44\u0e17\u0e22", "\u0928\u092e\u0938\u094d\u0924\u0947", "\ud55c\uad6d\uc5b4"}
	for name, m := range multiplexers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTeam(t)
			for _, application := range names {
				h.must("", "keys", "create", "--application", application)
			}
			v := m.open(t, h)
			v.prompt()
			v.press("empress --at keys\r")
			v.see("Create New API Key", "billing", "8 keys", "? help")
			v.press("jjkk") // rows are drawn once more, in part
			v.quiet(200 * time.Millisecond)
			v.with(func(s *screen) {
				for _, column := range []string{"empk_", "active"} {
					want := -1
					for _, row := range s.grids[s.alternate] {
						x := cellOf(row, column)
						if want < 0 {
							want = x
						}
						if x >= 0 && x != want {
							t.Errorf("%q is in cell %d and not in %d of the row %s", column, x, want, strings.Join(row, ""))
						}
					}
				}
				if n := strings.Count(s.text(), "active"); n != len(names) {
					t.Errorf("%d rows have a state:\n%s", n, s.text())
				}
			})
		})
	}
}

// cellOf is the cell of a row in which a word begins, -1 when it has none.
func cellOf(row []string, word string) int {
	before, _, found := strings.Cut(strings.Join(row, ""), word)
	if !found {
		return -1
	}
	for x := range row {
		if strings.Join(row[:x], "") == before {
			return x
		}
	}
	return -1
}
