package ui

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// A copy takes the one escape sequence that there is, and only when asked for.
func TestLinesCopy(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	for name, c := range map[string]struct {
		term   string
		offers bool
	}{"drawing": {"xterm", true}, "dumb": {"dumb", false}, "unknown": {"", false}} {
		t.Run(name, func(t *testing.T) {
			p := &typist{t: t, steps: []any{"1", "1", "yes"}}
			if c.offers {
				p.steps = append(p.steps, "1", "3", "7")
			}
			d.must(RunLines(context.Background(), d.lineOptions(Options{Start: AtAccess, Environ: []string{"TERM=" + c.term, "SSH_TTY=x"}}, p)))
			secret := p.secrets()[0]
			for _, text := range []string{secret, string(d.onlyKey().ID)} {
				if strings.Contains(p.text(), "\x1b]52;c;"+base64.StdEncoding.EncodeToString([]byte(text))+"\a") != c.offers {
					t.Errorf("copied: %v, to be offered: %v", !c.offers, c.offers)
				}
			}
			if n := strings.Count(p.text(), "\x1b"); (n == 2) != c.offers || n != 0 && !c.offers {
				t.Errorf("%d escape sequences", n)
			}
			if strings.Contains(p.text(), "Copy ") != c.offers || strings.Contains(p.text(), "Your terminal's clipboard still holds it.") != c.offers {
				t.Errorf("it says:\n%s", p.text())
			}
		})
	}
}

// A secret that was put on a desktop's clipboard leaves it after a while.
func TestLinesForget(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	board := make(chan string, 2)
	p := &typist{t: t}
	o := d.lineOptions(Options{}, p)
	r := newRoot(o)
	defer r.cancel()
	r.copier.route = byDesktop
	r.copier.desktop = desktopClipboard{
		write: func(s string) error { board <- s; return nil },
		read:  func() (string, error) { return p.secrets()[0], nil },
	}
	r.after = func(wait time.Duration, _ tea.Msg) tea.Cmd {
		if wait != clipboardStay {
			t.Errorf("it stays for %v", wait)
		}
		return func() tea.Msg { return nil }
	}
	p.steps = []any{"1", "1", "yes", "1", func(p *typist) {
		if got := <-board; got != p.secrets()[0] {
			t.Error("something else was copied")
		}
		if got := <-board; got != "" {
			t.Error("it was not taken off the clipboard")
		}
	}, "3"}
	d.must(newConversation(r.surroundings, o).run(context.Background(), AtAccess))
	p.sees("Copy the secret to this computer's clipboard", "This computer's clipboard forgets it in 45 s.")
}

// A secret that nobody touches is masked, and what is typed later is an answer
// to the next prompt.
func TestLinesIdle(t *testing.T) {
	for name, steps := range map[string][]any{"choosing": {}, "verifying": {"1"}, "saving": {"2"}} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, func(d *driver) { d.create("billing") })
			p := &typist{t: t}
			o := d.lineOptions(Options{Save: func(string, []byte) error { return nil }}, p)
			r := newRoot(o)
			defer r.cancel()
			c := newConversation(r.surroundings, o)
			c.idle = 50 * time.Millisecond
			p.steps = append(append([]any{"1", "1", "yes"}, steps...), func(p *typist) { p.await("nothing was typed for") }, "6")
			d.must(c.run(context.Background(), AtAccess))
			p.sees("Regenerate it if it was not stored.", "billing: not confirmed\n")
			p.plain()
			if n := strings.Count(p.text(), "Purpose: "); n != 2 {
				t.Errorf("what was typed later told the facts %d times", n-1)
			}
			if d.onlyKey().Confirmed != 0 {
				t.Error("it counts as stored")
			}
		})
	}
}

// Interrupted, or with the terminal gone, an open secret is wiped and counts as
// not stored.
func TestLinesInterrupted(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	ctx, cancel := context.WithCancel(context.Background())
	p := &typist{t: t}
	p.steps = []any{"1", "1", "yes", func(*typist) {
		cancel()
		<-time.After(10 * time.Millisecond)
	}, "3"}
	if err := RunLines(ctx, d.lineOptions(Options{Start: AtAccess}, p)); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	p = &typist{t: t, steps: []any{"1", "1", "yes"}}
	o := d.lineOptions(Options{Start: AtAccess}, p)
	o.Output = &failing{p, "The new API secret"}
	if err := RunLines(context.Background(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("the terminal is gone: %v", err)
	}
	if k := d.onlyKey(); k.Generation != 3 || k.Confirmed != 0 {
		t.Errorf("generation %d, confirmed %d", k.Generation, k.Confirmed)
	}
}

// failing is a terminal that is gone when some words are to be written.
type failing struct {
	io.Writer
	at string
}

func (w *failing) Write(b []byte) (int, error) {
	if strings.Contains(string(b), w.at) {
		return 0, io.ErrClosedPipe
	}
	return w.Writer.Write(b)
}

// A fault with a secret in hand ends the conversation in order, and says
// nothing of it.
func TestLinesFault(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	p := &typist{t: t, steps: []any{"1", "1", "yes", "2", ""}}
	err := RunLines(context.Background(), d.lineOptions(Options{Start: AtAccess, Save: func(_ string, content []byte) error { panic(string(content)) }}, p))
	if err == nil || model.CodeOf(err) != model.CodeFailed || strings.Contains(err.Error(), p.secrets()[0]) {
		t.Errorf("a fault became %v", err)
	}
}

// In lines, too, nobody agrees to something without knowing what others did to
// the key meanwhile.
func TestLinesQuestionTellsWhatOthersDid(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	kim := d.second("kim", model.ITManager)
	other := func(*typist) {
		_, _, err := kim.RegenerateSecret(context.Background(), d.onlyKey().ID, 0)
		d.must(err)
	}
	p := d.converse(Options{Start: AtAccess}, "1", "1", other, "yes", "no", "", "", "q")
	p.sees("Meanwhile kim regenerated the secret of billing.\nType yes to regenerate, or no: no\nNothing was done.")
	if k := d.onlyKey(); k.Generation != 2 {
		t.Errorf("generation %d", k.Generation)
	}
}
