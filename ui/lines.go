package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// conversation is the interface a line at a time, for screen readers and for
// terminals that cannot draw. It asks what the screens ask, the same forms and
// questions, as numbered prompts. It writes whole lines and never an escape
// sequence, but for the one that copies when the person asks for that.
//
// Input that ends at a prompt, as it does with ctrl+d, goes back: what asked
// returns io.EOF, up to the menu that it was chosen from.
type conversation struct {
	*surroundings
	input *lineInput
	out   io.Writer
	dumb  bool          // the terminal shows escape sequences instead of obeying them
	idle  time.Duration // how long a secret stays open when nothing is typed
	limit time.Duration // how long a prompt waits before it signs out, 0 for ever
	left  bool          // nobody typed for too long
	lost  bool          // nobody is at the terminal any more
}

// RunLines holds a conversation on a terminal until the person leaves. A
// terminal whose echo was off shows again what is typed, whatever happens.
func RunLines(ctx context.Context, o Options) (err error) {
	defer func() {
		if recover() != nil { // the value may hold what must not be shown
			err = fault()
		}
	}()
	o = o.complete()
	r := newRoot(o)
	defer r.cancel()
	defer r.copier.forget()
	return newConversation(r.surroundings, o).run(ctx, o.Start)
}

func newConversation(s *surroundings, o Options) *conversation {
	s.says = false // each prompt waits for its answer anyway
	return &conversation{surroundings: s, input: newLineInput(o.Input), out: o.Output, dumb: dumb(o.Environ), idle: idleMask}
}

// SpeaksInLines is whether the terminal of an environment cannot draw, or
// whoever reads it aloud asks for lines.
func SpeaksInLines(env []string) bool { return dumb(env) || environ(env).has("EMPRESS_ACCESSIBLE") }

// dumb is whether a terminal shows escape sequences instead of obeying them.
func dumb(env environ) bool {
	kind := env.get("TERM")
	return kind == "" || kind == "dumb"
}

// copies is whether something can be copied here: a dumb terminal has no
// clipboard, but the computer or tmux may have one.
func (c *conversation) copies() bool {
	return !c.dumb || c.copier.route == byDesktop || c.copier.route == byTmux
}

// run begins with the team where there is none yet.
func (c *conversation) run(ctx context.Context, at Place) error {
	if c.session == nil {
		if err := c.welcome(ctx); err != nil {
			return back(err)
		}
	}
	open, found := map[Place]func(context.Context) error{AtSettings: c.settings, AtTeam: c.team, AtAccess: c.access, AtRotation: c.rotation, AtActivity: c.trail}[at]
	if found {
		if err := open(ctx); back(err) != nil {
			return err
		}
	}
	return c.dashboard(ctx)
}

// back is nil for whoever goes back, and what else ended the asking.
func back(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// repeat comes back to a page until the person goes back from it.
func repeat(ctx context.Context, page func(context.Context) error) error {
	for {
		if err := page(ctx); err != nil {
			return back(err)
		}
	}
}

// call runs one session call. One that fails is told, and io.EOF.
func (c *conversation) call(ctx context.Context, fn func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := fn(limited)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	c.fail(err)
	return io.EOF
}

// result carries a command of a screen out and returns what it brings.
func (c *conversation) result(cmd tea.Cmd) tea.Msg {
	msg := cmd()
	if m, ok := msg.(answeredMsg); ok {
		c.answered(m.id)
		return m.msg
	}
	return msg
}

// receive tells what became of something that was asked for; done is whether
// it happened.
func (c *conversation) receive(ctx context.Context, msg tea.Msg) (done bool, err error) {
	switch m := msg.(type) {
	case keyCreatedMsg:
		return true, c.showSecret(ctx, m.key, m.secret)
	case keyChangedMsg:
		c.tell(m.said)
	case teamChangedMsg:
		c.tell(m.said)
		return true, c.deliver(ctx, m.secrets)
	case applicationChangedMsg:
		c.tell(m.said)
	case policyChangedMsg:
		c.obey(m.policy)
		c.tell("The security policy was changed.")
	case foundedMsg:
		c.session = m.session
		c.tell("Team " + m.session.Team() + " is ready.")
	case failedMsg:
		c.fail(m.err)
		return false, ctx.Err()
	default: // the command hit a fault of the program
		return true, fault()
	}
	return true, ctx.Err()
}

// tell writes one line. Text of people cannot leave it, and what looks like a
// secret is masked.
func (c *conversation) tell(text string) { c.write(c.plainly(text) + "\n") }

func (c *conversation) plainly(text string) string {
	return c.styles.border.spell(model.Printable(model.Redact(text)))
}

func (c *conversation) fail(err error) { c.tell("Error: " + c.explain(err)) }

// title begins a page.
func (c *conversation) title(text string) {
	c.write("\n")
	c.tell(text)
}

func (c *conversation) facts(facts ...Fact) {
	for _, f := range facts {
		c.tell(f.Name + ": " + strings.Join(strings.Fields(f.Value), " "))
	}
}

func (c *conversation) write(text string) {
	if _, err := io.WriteString(c.out, text); err != nil {
		c.lost = true
	}
}
