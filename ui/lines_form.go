package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

const accepting = "An empty line accepts what is in brackets. A single dot leaves without saving."

// welcome asks for the team and its first administrator.
func (c *conversation) welcome(ctx context.Context) error {
	w := newWelcome(c.surroundings)
	c.title("Welcome")
	c.tell(introduction)
	c.tell("Nothing is here yet: the team is kept in " + w.place())
	return c.fill(ctx, &w.form, "Begin", w.begin)
}

func (c *conversation) create(ctx context.Context) error { return c.createFor(ctx, "") }

// createFor creates a key for an application, "" for one that is yet to be
// named.
func (c *conversation) createFor(ctx context.Context, application string) error {
	f := newCreateFormFor(c.surroundings, application)
	c.title(f.Title())
	return c.fill(ctx, &f.form, "Create the key", f.create)
}

func (c *conversation) edit(ctx context.Context, k model.Key) error {
	f := newEditForm(c.surroundings, k)
	const save = "Save the changes"
	c.title(f.Title())
	c.tell(accepting)
	if err := c.review(ctx, &f.form, save); err != nil {
		return c.unsent(err)
	}
	return c.send(ctx, &f.form, save, f.save, func(err error) {
		if errors.Is(err, model.ErrConflict) {
			c.merge(f)
		}
	})
}

// merge takes over what somebody else made of the key meanwhile, and tells.
func (c *conversation) merge(f *keyForm) {
	if msg, ok := c.result(f.reread()).(rereadMsg); ok {
		c.tellMerged(&f.form, f.merge(msg))
	}
}

// tellMerged tells what became of a form that somebody else was quicker with.
func (c *conversation) tellMerged(f *form, t transition) {
	if t.toast != nil {
		c.tell(t.toast.text)
	}
	for i := range f.fields {
		if x := &f.fields[i]; x.note != "" {
			c.tell(x.label + ": " + x.note)
			x.note = ""
		}
	}
}

// fill asks for each field of a form, and sends it.
func (c *conversation) fill(ctx context.Context, f *form, name string, send func() tea.Cmd) error {
	c.tell(accepting)
	for i := range f.fields {
		if err := c.askField(ctx, &f.fields[i]); err != nil {
			return c.unsent(err)
		}
	}
	return c.send(ctx, f, name, send, func(error) {})
}

// send sends a form until it is taken. Between two attempts it asks again for
// the fields that were wrong, or, when it was none, for whichever the person
// wants to change. Refused is told why the form was not taken.
func (c *conversation) send(ctx context.Context, f *form, name string, send func() tea.Cmd, refused func(error)) error {
	for {
		if done, err := c.attempt(ctx, f, name, send, refused); done || err != nil {
			return err
		}
	}
}

// attempt sends a form once; done is whether it was taken.
func (c *conversation) attempt(ctx context.Context, f *form, name string, send func() tea.Cmd, refused func(error)) (done bool, err error) {
	f.sending = c.request()
	msg := c.result(send())
	f.sending = 0
	failed, _ := msg.(failedMsg)
	wrong := f.blame(failed.err)
	if len(wrong) == 0 {
		if done, err := c.receive(ctx, msg); done || err != nil {
			return done, err
		}
		refused(failed.err)
		return false, c.unsent(c.review(ctx, f, name))
	}
	for _, x := range wrong {
		c.tell("Error: " + x.wrong)
		x.wrong = ""
		if x.alike == "" || x.alike != x.input.Value() {
			x.input.SetValue(x.given) // an empty line must not accept what was wrong
		}
		if err := c.askField(ctx, x); err != nil {
			return false, c.unsent(err)
		}
	}
	return false, nil
}

// unsent tells whoever leaves a form what that means.
func (c *conversation) unsent(err error) error {
	if errors.Is(err, io.EOF) {
		c.tell("Left without saving.")
	}
	return err
}

// review changes fields one by one, until the form is to be sent.
func (c *conversation) review(ctx context.Context, f *form, name string) error {
	for done := false; !done; {
		var ways []way
		for i := range f.fields {
			x := &f.fields[i]
			ways = append(ways, way{name: x.label + ": " + x.meaning(), open: func(ctx context.Context) error { return c.askField(ctx, x) }})
		}
		ways = append(ways, way{name: name, open: func(context.Context) error {
			done = true
			return nil
		}})
		if err := c.choose(ctx, orBack(numbered(ways...)...)); err != nil {
			return err
		}
	}
	return nil
}

// meaning is what a field holds, or what it means that it holds nothing.
func (f *field) meaning() string {
	if units := f.units(); units != "" {
		return f.input.Value() + " " + units
	}
	return orElse(f.input.Value(), f.input.Placeholder)
}

// askField asks for one field. What it holds already is in brackets.
func (c *conversation) askField(ctx context.Context, x *field) error {
	prompt, optional := x.label, x.input.Placeholder != ""
	if x.meaning() != "" {
		prompt += " [" + x.meaning() + "]"
	}
	c.tell(x.hint)
	if optional && x.input.Value() != "" {
		c.tell("A single - empties it.")
	}
	for {
		answer, err := c.ask(ctx, prompt)
		answer = typable(answer)
		switch {
		case err != nil:
			return err
		case answer == ".":
			return io.EOF
		case len([]rune(answer)) > x.input.CharLimit:
			c.tell(fmt.Sprintf("That is more than %s characters. Type less.", thousands(x.input.CharLimit)))
		case answer == "" && x.meaning() == "":
			c.tell("The " + strings.ToLower(x.label) + " is empty. Type one.")
		case answer == "-" && optional:
			x.input.SetValue("")
			return nil
		case answer != "":
			x.input.SetValue(answer)
			return nil
		default:
			return nil
		}
	}
}
