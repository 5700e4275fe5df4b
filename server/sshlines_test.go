package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// atTerminal types in a session with a terminal, and returns what its screen shows
// when it has ended.
func atTerminal(t *testing.T, c *ssh.Client, typed string) string {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var shown strings.Builder
	s.Stdout = &shown
	in, err := s.StdinPipe() // which stays open
	if err == nil {
		err = s.RequestPty("xterm", 24, 80, ssh.TerminalModes{})
	}
	if err == nil {
		_, err = io.WriteString(in, typed) // which is there before it is waited for
	}
	if err == nil {
		err = s.Start("read")
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = within(t, s.Wait)
	return shown.String()
}

// A line is what was typed, less what was taken back; keys that are no characters
// type nothing.
func TestSSHLinesTyped(t *testing.T) {
	h := newHouse(t, tight, func(_ context.Context, v Visit) int {
		line, err := bufio.NewReader(v.Terminal.Lines(func() {})).ReadString('\n')
		fmt.Fprintf(v.Out, "%q, %v", line, err)
		return 0
	})
	c := h.dial()
	for typed, want := range map[string]string{
		"keys list":                 "keys list",
		"keyz\bs":                   "keys",
		"all gone\x15kept":          "kept",
		"\x1b[Aup":                  "up",
		"\x1b[1;5Cword\x1bOPf1":     "wordf1",
		"\x1b[200~pasted\x1b[201~!": "pasted!",
		"\x1b\x1b[Btwice":           "twice",
		"an escape\x1b alone":       "an escape alone",
		"[A as typed, 漢字 as well":   "[A as typed, 漢字 as well",
	} {
		if shown := atTerminal(t, c, typed+"\r"); !strings.Contains(shown, fmt.Sprintf("%q, <nil>", want+"\n")) {
			t.Errorf("%q: the screen shows %q", typed, shown)
		}
	}
}

// Whoever types nothing for too long is waited for no more, and whoever does in
// time is.
func TestSSHLinesPatience(t *testing.T) {
	h := newHouse(t, tight, func(ctx context.Context, v Visit) int {
		ctx, giveUp := context.WithCancel(ctx)
		defer giveUp()
		lines := v.Terminal.Lines(giveUp)
		lines.Patience = 300 * time.Millisecond
		in := bufio.NewReader(lines)
		line, _ := in.ReadString('\n')
		time.Sleep(2 * lines.Patience)
		fmt.Fprintf(v.Out, "%q, %v. ", line, ctx.Err())
		go func() { _, _ = in.ReadString('\n') }()
		<-ctx.Done()
		fmt.Fprint(v.Out, "Then nothing.")
		return 0
	})
	if shown := atTerminal(t, h.dial(), "in time\r"); !strings.HasSuffix(shown, `"in time\n", <nil>. Then nothing.`) {
		t.Errorf("the screen shows %q", shown)
	}
}
