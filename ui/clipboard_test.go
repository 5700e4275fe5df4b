package ui

import (
	"bufio"
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/atotto/clipboard"

	"empress/model"
)

func TestRoute(t *testing.T) {
	clipboardTool := !clipboard.Unsupported
	for _, c := range []struct {
		name string
		env  []string
		want route
	}{
		{"ssh", []string{"SSH_CONNECTION=10.0.0.4 50000 10.0.0.9 22"}, byTerminal},
		{"ssh with a forwarded display", []string{"SSH_TTY=/dev/pts/1", "DISPLAY=localhost:10"}, byTerminal},
		{"tmux", []string{"TMUX=/tmp/tmux-1000/default,1,0"}, byTmux},
		{"tmux over ssh", []string{"TMUX=/tmp/tmux-1000/default,1,0", "SSH_TTY=/dev/pts/1"}, byTmux},
		{"screen", []string{"STY=1.pts-0.host"}, byScreen},
		{"console", []string{"TERM=linux"}, byTerminal},
		{"empty variables", []string{"DISPLAY=", "TMUX="}, byTerminal},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newCopier(Options{Environ: c.env}).route; got != c.want {
				t.Errorf("route %d, want %d", got, c.want)
			}
		})
	}
	want := byTerminal
	if clipboardTool {
		want = byDesktop
	}
	if got := newCopier(Options{Environ: []string{"DISPLAY=:0"}}).route; got != want {
		t.Errorf("on a desktop (clipboard tool: %v) the route is %d, want %d", clipboardTool, got, want)
	}
}

// The bytes on the wire are one OSC 52 sequence that holds the whole secret.
func TestTerminalCopy(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	secret := d.secretOnScreen()
	d.press("enter")
	want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(secret)) + "\a"
	if got := d.copied.String(); got != want {
		t.Fatalf("the terminal got %q", got)
	}
	d.sees("sent to your terminal's clipboard")
}

// GNU screen gets pieces that it accepts, which together are the sequence.
func TestScreenPassthrough(t *testing.T) {
	seq := "\x1b]52;c;" + strings.Repeat("A", 100) + "\a"
	var joined strings.Builder
	for _, piece := range strings.SplitAfter(screenPassthrough(seq), "\x1b\\") {
		if piece == "" {
			continue
		}
		inner, ok := strings.CutPrefix(strings.TrimSuffix(piece, "\x1b\\"), "\x1bP")
		if !ok || len(inner) > screenChunk {
			t.Fatalf("piece %q", piece)
		}
		joined.WriteString(inner)
	}
	if joined.String() != seq {
		t.Fatalf("joined: %q", joined.String())
	}
}

// A clipboard that does not answer is told, and the journey goes on.
func TestFrozenDesktopClipboard(t *testing.T) {
	d := newDriver(t, nil)
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	d.root.copier.route = byDesktop
	d.root.copier.desktop.write = func(string) error { <-block; return nil }
	secretWalk(d)
	secret := d.secretOnScreen()
	began := time.Now()
	d.press("enter")
	if took := time.Since(began); took > 3*copyPatience {
		t.Fatalf("it waited %v", took)
	}
	d.sees("clipboard did not answer", secret)
	d.press("d")
	d.sees("masked for ever")
}

// What we put on a desktop's clipboard is taken away again, and what somebody
// else put there is not.
func TestForget(t *testing.T) {
	for name, after := range map[string]string{"ours": "", "theirs": "a recipe"} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, nil)
			held := ""
			c := d.root.copier
			c.route = byDesktop
			c.desktop = desktopClipboard{func(s string) error { held = s; return nil }, func() (string, error) { return held, nil }}
			secretWalk(d)
			secret := d.secretOnScreen()
			d.press("enter", "d")
			d.sees("forgets it in 45 s")
			if held != secret {
				t.Fatal("the secret is not on the clipboard")
			}
			if after != "" {
				held = after
			}
			d.send(forgetMsg{})
			if held != after {
				t.Fatalf("the clipboard holds %q", held)
			}
		})
	}
}

// need skips a test where a program is missing; the gate installs them all, so
// there a missing one is a failure.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing", p)
			}
			t.Skipf("%s is not installed", p)
		}
	}
}

// xServer starts an X server without a screen and returns its display.
func xServer(t *testing.T) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-screen", "0", "640x480x8")
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait()
	})
	_ = write.Close()
	if err := read.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("the X server does not start: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// TestRealDesktop copies through a real X server and reads the clipboard with
// another program.
func TestRealDesktop(t *testing.T) {
	need(t, "Xvfb", "xclip")
	display := xServer(t)
	t.Setenv("DISPLAY", display)
	c := newCopier(Options{Environ: []string{"DISPLAY=" + display}})
	if c.route != byDesktop {
		t.Fatal("the desktop's clipboard is not used")
	}
	_, made := newDriver(t, nil).create("billing")
	secret := made.Reveal()
	said, err := c.copySecret(context.Background(), made)
	if err != nil || said != "copied to this computer's clipboard" {
		t.Fatal(said, err)
	}
	// xclip goes to the background before the X server has heard of it, so what
	// it says takes a moment to be true.
	holds := func(want string) {
		t.Helper()
		got := ""
		for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
			out, err := exec.Command("xclip", "-display", display, "-out", "-selection", "clipboard").Output()
			if got = string(out); err == nil && got == want {
				return
			}
		}
		t.Fatalf("the clipboard holds %q, want %q", got, want)
	}
	holds(secret)
	c.forget()
	holds("")
}

// TestRealTmux copies inside a real tmux, whose buffer then holds nothing.
func TestRealTmux(t *testing.T) {
	need(t, "tmux")
	socket := t.TempDir() + "/tmux"
	run := func(args ...string) string {
		out, err := exec.Command("tmux", append([]string{"-S", socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("new-session", "-d", "-x", "80", "-y", "24")
	t.Cleanup(func() { run("kill-server") })
	t.Setenv("TMUX", socket+",1,0")
	c := newCopier(Options{Environ: []string{"TMUX=" + socket + ",1,0"}})
	said, err := c.copy(context.Background(), "emps_through_tmux")
	if err != nil || !strings.Contains(said, "tmux") {
		t.Fatal(said, err)
	}
	if left := run("list-buffers"); strings.Contains(left, "emps_") {
		t.Fatalf("tmux keeps %q", left)
	}
}

// Over a session that is served, nothing of this computer is touched.
func TestServedSessionUsesItsTerminal(t *testing.T) {
	d := emptyDriver(t)
	s, err := d.service.Found(context.Background(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"},
		model.Identity{Login: "ada", Via: model.ViaSSH, From: "10.0.0.4"})
	d.must(err)
	if c := newCopier(Options{Session: s, Environ: []string{"DISPLAY=:0", "TMUX=/tmp/t,1,0"}}); c.route != byTerminal || !c.remote {
		t.Fatalf("route %d", c.route)
	}
}
