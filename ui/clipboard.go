package ui

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/atotto/clipboard"

	"empress/model"
)

// route is the one way in which something is copied on a person's terminal.
type route int

const (
	byTerminal  route = iota // OSC 52: the terminal itself keeps the clipboard
	byDesktop                // the clipboard of the desktop that the program runs on
	byTmux                   // tmux's buffer, which tmux hands to the terminal
	byScreen                 // OSC 52, wrapped so that GNU screen passes it on
	byFarTmux                // OSC 52 to a tmux on the person's own computer, which passes it on if it is set to
	byFarEither              // the same, where GNU screen may be in its place
)

// farRoute is the route to a terminal on another computer, which says what it is
// by TERM alone: tmux goes by the name of screen, too.
func farRoute(term string) route {
	switch {
	case strings.HasPrefix(term, "tmux"):
		return byFarTmux
	case strings.HasPrefix(term, "screen."):
		return byScreen
	case strings.HasPrefix(term, "screen"):
		return byFarEither
	}
	return byTerminal
}

// copier copies text to wherever the person can paste it from. The text never
// becomes a message of the program, so that no filter or log sees it.
type copier struct {
	route   route
	remote  bool // the person is on another computer than the program
	out     io.Writer
	desktop desktopClipboard
	held    atomic.Pointer[[sha256.Size]byte] // digest of what we last put on the desktop's clipboard
}

// desktopClipboard is the clipboard of the desktop that the program runs on.
type desktopClipboard struct {
	write func(string) error
	read  func() (string, error)
}

// copyPatience bounds how long a desktop's clipboard may take: a frozen X
// server would block for ever.
const copyPatience = 2 * time.Second

// clipboardStay is how long a secret stays on a desktop's clipboard.
const clipboardStay = 45 * time.Second

func newCopier(o Options) *copier {
	env := environ(o.Environ)
	c := &copier{out: o.Output, desktop: desktopClipboard{clipboard.WriteAll, clipboard.ReadAll}}
	served := o.Session != nil && o.Session.Via() == model.ViaSSH
	c.remote = served || env.has("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
	switch {
	case served: // the visitor's terminal; nothing of this computer
		c.route = farRoute(env.get("TERM"))
	case env.has("TMUX"):
		c.route = byTmux
	case env.has("STY"):
		c.route = byScreen
	case c.remote:
		c.route = farRoute(env.get("TERM"))
	case !clipboard.Unsupported && (env.has("DISPLAY", "WAYLAND_DISPLAY") || runtime.GOOS == "darwin" || runtime.GOOS == "windows"):
		c.route = byDesktop
	}
	return c
}

// describe says before a copy where it will go.
func (c *copier) describe() string {
	return map[route]string{
		byTerminal: "through your terminal (OSC 52)",
		byDesktop:  "to this computer's clipboard",
		byTmux:     "through tmux to your terminal",
		byScreen:   "through GNU screen to your terminal (OSC 52)",
		byFarTmux:  "through your tmux, if its set-clipboard is on",

		byFarEither: "through your GNU screen, or your tmux if its set-clipboard is on",
	}[c.route]
}

// remains says after a copy what is left of it.
func (c *copier) remains() string {
	switch c.route {
	case byDesktop:
		return "This computer's clipboard forgets it in " + span(clipboardStay) + "."
	case byFarTmux, byFarEither:
		return "Your terminal's clipboard still holds it, and a buffer of your tmux may."
	}
	return "Your terminal's clipboard still holds it."
}

// copySecret is copy for what must be forgotten again.
func (c *copier) copySecret(ctx context.Context, secret model.Secret) (said string, err error) {
	text := secret.Reveal()
	if text == "" {
		return "", model.Errorf(model.CodeFailed, "The secret is masked already. Regenerate it to get a new one.")
	}
	if c.route == byDesktop { // before the copy: one that is late may arrive all the same
		sum := sha256.Sum256([]byte(text))
		c.held.Store(&sum)
	}
	return c.copy(ctx, text)
}

// copy sends text and says honestly what is known of its arrival.
func (c *copier) copy(ctx context.Context, text string) (said string, err error) {
	switch c.route {
	case byDesktop:
		if _, err := within(copyPatience, func() (string, error) { return "", c.desktop.write(text) }); err != nil {
			return "", model.Errorf(model.CodeFailed, "This computer's clipboard did not answer. Select the text with the mouse instead.").Because(err)
		}
		return "copied to this computer's clipboard", nil
	case byTmux:
		if err := copyTmux(ctx, text); err != nil {
			return "", model.Errorf(model.CodeFailed, "tmux did not take the text. Select it with the mouse instead.").Because(err)
		}
		return "sent to your terminal through tmux", nil
	}
	if err := c.copyTerminal(text); err != nil {
		return "", model.Errorf(model.CodeFailed, "The terminal did not take the text. Select it with the mouse instead.").Because(err)
	}
	if c.route == byFarTmux || c.route == byFarEither {
		return "sent to your terminal's clipboard, if your tmux has set-clipboard on", nil
	}
	return "sent to your terminal's clipboard; if it is not there, select it with the mouse", nil
}

// copyTerminal writes an OSC 52 sequence, which sets the terminal's clipboard
// and has no receipt. Output is one write, between two frames.
func (c *copier) copyTerminal(text string) error {
	if c.out == nil {
		return errors.New("no terminal")
	}
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
	switch c.route {
	case byScreen:
		seq = screenPassthrough(seq)
	case byFarEither: // each of the two drops what is for the other
		seq += screenPassthrough(seq)
	}
	_, err := io.WriteString(c.out, seq)
	return err
}

// screenChunk is how much GNU screen takes in one device control string.
const screenChunk = 76

// screenPassthrough wraps a sequence so that GNU screen hands it on, in pieces
// that it accepts.
func screenPassthrough(seq string) string {
	var b strings.Builder
	for len(seq) > 0 {
		n := min(len(seq), screenChunk)
		b.WriteString("\x1bP" + seq[:n] + "\x1b\\")
		seq = seq[n:]
	}
	return b.String()
}

// copyTmux hands the text to tmux on its standard input: raw OSC 52 would be
// swallowed, and an argument would be seen by every process.
func copyTmux(ctx context.Context, text string) error {
	const buffer = "empress"
	loading, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	load := exec.CommandContext(loading, "tmux", "load-buffer", "-w", "-b", buffer, "-")
	load.Stdin = strings.NewReader(text)
	failed := load.Run()
	// Whatever became of it, nothing may stay in tmux.
	deleting, cancel := context.WithTimeout(context.WithoutCancel(ctx), copyPatience)
	defer cancel()
	err := exec.CommandContext(deleting, "tmux", "delete-buffer", "-b", buffer).Run()
	if failed != nil {
		return failed
	}
	return err
}

// forget empties the desktop's clipboard when it still holds what we put
// there. It may be called more than once.
func (c *copier) forget() {
	ours := c.held.Swap(nil)
	if ours == nil {
		return
	}
	if now, err := within(copyPatience, c.desktop.read); err != nil || sha256.Sum256([]byte(now)) != *ours {
		return
	}
	_, _ = within(copyPatience, func() (string, error) { return "", c.desktop.write("") })
}

// within bounds a call that cannot be cancelled.
func within(d time.Duration, fn func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := fn()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-time.After(d):
		return "", context.DeadlineExceeded
	}
}

// environ is a person's environment, "NAME=value".
type environ []string

func (e environ) get(name string) string {
	for _, v := range e {
		if k, value, ok := strings.Cut(v, "="); ok && k == name {
			return value
		}
	}
	return ""
}

func (e environ) has(names ...string) bool {
	for _, n := range names {
		if e.get(n) != "" {
			return true
		}
	}
	return false
}

// colourful reports whether colour is wanted: NO_COLOR counts whenever it is
// not empty (no-color.org).
func colourful(env environ) bool { return !env.has("NO_COLOR") }
