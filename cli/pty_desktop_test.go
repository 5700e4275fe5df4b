package cli_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

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

// brief is a command that may wait for ever for somebody who is gone, and is
// ended when it takes long.
func brief(t *testing.T, program string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), promised)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = promised
	return cmd
}

// clipboard waits until the display's clipboard holds a text. xclip goes to
// the background before the X server has heard of it, so what was copied takes
// a moment to be there.
func (w *terminal) clipboard(display, want string) {
	w.t.Helper()
	w.await("the clipboard", patience, func(*screen) bool {
		out, err := brief(w.t, "xclip", "-display", display, "-out", "-selection", "clipboard").Output() // fails when there is nothing
		return string(out) == want && (err == nil || want == "")
	})
}

// TestDesktop copies at the keyboard of a desktop, whose clipboard is empty
// again when the program ends, and whose clipboard is left alone when
// something else is on it by then.
func TestDesktop(t *testing.T) {
	need(t, "Xvfb", "xclip")
	display := xServer(t)
	h := newTeam(t, "DISPLAY="+display)
	w := h.open("--at", "keys")
	w.see("API Access")
	_, secret := w.createKey("billing")
	w.insist(enter, "copied to this computer's clipboard")
	w.clipboard(display, secret)
	w.mask(secret)
	w.see("This computer's clipboard forgets it")
	w.press("q")
	w.exit(patience)
	w.clipboard(display, "")
	w.restored("")
	if len(w.screen.copied) > 0 {
		t.Error("the terminal was sent the secret too")
	}

	w = h.open("--at", "keys")
	w.see("billing")
	_, secret = w.createKey("edge-cache")
	w.insist(enter, "copied to this computer's clipboard")
	w.clipboard(display, secret)
	other := brief(w.t, "xclip", "-display", display, "-in", "-selection", "clipboard")
	other.Stdin = strings.NewReader("another text")
	if err := other.Run(); err != nil {
		t.Fatal(err)
	}
	w.clipboard(display, "another text")
	w.mask(secret)
	w.press("q")
	w.exit(patience)
	w.clipboard(display, "another text")
}
