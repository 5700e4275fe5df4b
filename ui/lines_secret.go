package ui

import (
	"context"
	"errors"
	"io"

	"empress/model"
)

// secretTold is a secret that was written to the terminal, and is open until it
// is masked. Leaving it is final.
type secretTold struct {
	*conversation
	key    model.Key
	secret model.Secret
	copied bool
	masked bool
	stored bool // so its holder said, which was noted
}

// showSecret writes a new secret, once, and asks what to do with it.
func (c *conversation) showSecret(ctx context.Context, k model.Key, secret model.Secret) error {
	_, err := c.reveal(ctx, k, secret)
	return err
}

// reveal is showSecret for whoever must know whether the secret is stored.
func (c *conversation) reveal(ctx context.Context, k model.Key, secret model.Secret) (stored bool, err error) {
	s := &secretTold{conversation: c, key: k, secret: secret}
	defer s.secret.Wipe()
	if ctx.Err() != nil {
		return false, ctx.Err() // nobody waits for it any more
	}
	title := "Your new API key"
	if k.Generation > 1 {
		title = "The new API secret"
	}
	c.title(title)
	c.facts(Fact{"Application", k.Application}, Fact{"api_key", string(k.ID)})
	c.write("api_secret: " + secret.Reveal() + "\n")
	c.tell("This is the only time that the secret can be seen. It is masked when nothing is typed for " + span(c.idle) + ".")
	c.input.forget()
	for !s.masked {
		if err := s.next(ctx); err != nil {
			s.mask("The secret was masked. Nobody said that it is stored: regenerate it if it is not.")
			return false, err
		}
	}
	return s.stored, nil
}

// next does one thing with the secret. While it is open, nobody waits for an
// answer for ever.
func (s *secretTold) next(ctx context.Context) error {
	idle, cancel := context.WithTimeout(ctx, s.idle)
	defer cancel()
	w, err := s.pick(idle, s.ways())
	if ctx.Err() != nil {
		return ctx.Err() // also where the input ended with it
	}
	if errors.Is(err, io.EOF) {
		return s.leave(ctx)
	}
	if err == nil {
		err = back(w.open(ctx))
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		s.mask("The secret was masked: nothing was typed for " + span(s.idle) + ". Regenerate it if it was not stored.")
		return nil
	}
	return err
}

func (s *secretTold) ways() []way {
	var ways []way
	if s.copies() {
		ways = append(ways, way{name: "Copy the secret " + s.copier.describe(), open: s.copySecret})
	}
	ways = append(ways, way{name: "Verify the secret by pasting it back", open: s.verify})
	if s.save != nil {
		ways = append(ways, way{name: "Save the secret to a file", open: s.saveSecret})
	}
	return numbered(append(ways,
		way{name: "Done: the secret is stored", open: s.done},
		way{name: "Leave: the secret is not stored", open: s.leave})...)
}

// copySecret copies by the one route that there is. What is on a desktop's
// clipboard is forgotten a while later.
func (s *secretTold) copySecret(ctx context.Context) error {
	said, err := s.copier.copySecret(ctx, s.secret)
	if s.copier.held.Load() != nil {
		s.forgetLater()
	}
	if err != nil {
		s.fail(err)
		return nil
	}
	s.copied = true
	s.tell("The secret was " + said + ".")
	return nil
}

func (s *secretTold) forgetLater() {
	wait, copier := s.after(clipboardStay, forgetMsg{}), s.copier
	go func() {
		wait()
		copier.forget()
	}()
}

// verify compares what is pasted back, until it is the secret: a second line of
// it must not be taken for a choice.
func (s *secretTold) verify(ctx context.Context) error {
	for {
		idle, cancel := context.WithTimeout(ctx, s.idle)
		pasted, err := s.askHidden(idle, "Paste the secret from where you stored it, which does not show, or an empty line to leave it")
		cancel()
		switch {
		case err != nil:
			return err
		case pasted == "":
			return nil
		case arrived(s.secret, pasted):
			s.tell(arrivedWords)
			return nil
		}
		s.tell("That is not the secret. Paste it again.")
	}
}

func (s *secretTold) saveSecret(ctx context.Context) error {
	for {
		idle, cancel := context.WithTimeout(ctx, s.idle)
		path, err := s.ask(idle, "Path of a new file ["+defaultFile(s.key)+"], or a single dot to leave it")
		cancel()
		if err != nil || path == "." {
			return err
		}
		path = typable(path)
		abs, err := s.writeSecret(orElse(path, defaultFile(s.key)), s.key.ID, s.secret)
		if err == nil {
			s.tell("Saved to " + abs + ", which only you can read.")
			return nil
		}
		s.fail(err)
	}
}

// done masks the secret and notes that its holder has it.
func (s *secretTold) done(ctx context.Context) error {
	err := s.call(ctx, func(ctx context.Context) error { return s.session.ConfirmSecret(ctx, s.key.ID, s.key.Generation) })
	s.stored = err == nil
	s.mask("The secret of " + s.key.Application + " is masked for ever: " + model.Mask + ".")
	return back(err)
}

func (s *secretTold) leave(context.Context) error {
	s.mask("The secret is masked for ever. Regenerate it if it was not stored.")
	return nil
}

// mask wipes the secret from memory, and says where else it remains.
func (s *secretTold) mask(said string) {
	s.secret.Wipe()
	s.masked = true
	s.tell(said)
	if s.copied {
		s.tell(s.copier.remains())
	}
	s.tell("This terminal still shows the secret above, and so may what can be scrolled back to. To be rid of it, " + s.riddance() + ".")
}

func (s *secretTold) riddance() string {
	if s.dumb {
		return "close the window"
	}
	return "quit and run `clear`, or close the window"
}
