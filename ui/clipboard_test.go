package ui

import (
	"context"
	"encoding/base64"
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

// Over a session that is served, nothing of this computer is touched.
func TestServedSessionUsesItsTerminal(t *testing.T) {
	d := emptyDriver(t)
	s, err := d.service.Found(context.Background(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"},
		model.Identity{Login: "ada", Via: model.ViaSSH, From: "10.0.0.4"})
	d.must(err)
	here := []string{"DISPLAY=:0", "TMUX=/tmp/t,1,0", "STY=1.t"}
	for term, want := range map[string]route{"xterm-256color": byTerminal, "tmux-256color": byFarTmux, "screen.xterm-256color": byScreen, "screen-256color": byFarEither} {
		var out strings.Builder
		c := newCopier(Options{Session: s, Environ: append(here, "TERM="+term), Output: &out})
		if c.route != want || !c.remote {
			t.Errorf("%s: route %d", term, c.route)
		}
		if _, err := c.copy(t.Context(), "text"); err != nil {
			t.Error(err)
		}
		raw, wrapped := strings.HasPrefix(out.String(), "\x1b]52;c;dGV4dA==\a"), strings.HasSuffix(out.String(), "\x1bP\x1b]52;c;dGV4dA==\a\x1b\\")
		if raw != (want != byScreen) || wrapped != (want == byScreen || want == byFarEither) {
			t.Errorf("%s: sent %q", term, out.String())
		}
	}
}
