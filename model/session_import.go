package model

import (
	"context"
	"errors"
	"strings"
)

// ImportKey is one key of an import.
type ImportKey struct {
	Line   int // where it stands, for messages
	Spec   KeySpec
	State  State  // as it is to be: Active or "", or Suspended; one that is Expired or Revoked is left out
	ID     KeyID  // with Secret, of a pair that clients use already; "" for a new one
	Secret Secret // of that pair, as [ParsePair] accepts both
	Wrong  error  // what is wrong with how the line is written; nothing else counts then
}

// Import is many keys to be made at once.
type Import struct {
	Each    func(yield func(ImportKey) error) error // hands over the keys one after the other, and ends where yield fails
	Deliver func(Key, Secret) error                 // takes each secret that is made, before it is good for anything; nil for nowhere
	Settle  func() error                            // makes what was delivered durable, before anything is committed
	DryRun  bool                                    // find out what would be, and change nothing
}

// Imported is what became of an import.
type Imported struct {
	Keys int // that were made, or would be
	Weak int // of them, with a secret that empress did not draw
	Left int // lines of keys that are expired or revoked: those are not brought back
}

// MayImport returns nil when the member may create keys for anything at all, and
// otherwise an error of ErrDenied, which the trail tells of: whoever may create
// none shall have nothing read, and nobody wait for it.
func (s *Session) MayImport(ctx context.Context) error {
	err := s.read(ctx, func(_ Reader, me actor) error { return me.mayAnywhere(KeysCreate) })
	if errors.Is(err, ErrDenied) {
		tried := s.attempt(KeyCreated)
		tried.Note = noteImported
		s.recordDenial(ctx, tried)
	}
	return err
}

// ImportKeys makes many keys in one transaction, each with its own event, or
// none. Who imports needs the permission to create each of them, see MayImport.
// What is wrong is told of all lines at once: the error has one more, see
// [Error.Also], for each of the first MaxMistakes of them. After a thousand the
// rest is not read. An api_key that exists already is ErrConflict. Where the
// outcome is ErrUnknown, what was delivered may be valid.
func (s *Session) ImportKeys(ctx context.Context, in Import) (Imported, error) {
	if err := s.MayImport(ctx); err != nil {
		return Imported{}, err
	}
	var done Imported
	checked := false
	err := s.write(ctx, KeyCreated, func(c *change) error {
		c.ExpectMany()
		c.Writer = remember(c.Writer)
		im := importing{change: c, Import: in, event: c.event}
		if err := in.Each(func(k ImportKey) error { return im.line(k) }); err != nil {
			return err
		}
		if err := im.verdict(); err != nil {
			return err
		}
		done, c.told = im.done, true
		if in.DryRun {
			checked = true
			return errors.New("a dry run is undone")
		}
		if in.Settle == nil {
			return nil
		}
		return in.Settle()
	})
	if err != nil && !checked {
		return Imported{}, err
	}
	return done, nil
}

// importing is an import under way.
type importing struct {
	*change
	Import
	event    Event // what every event begins as
	done     Imported
	mistakes lineMistakes
	denied   *Event // the first attempt that was
	hides    *Event // the first attempt to use the name of a key that the member may not see
}

// line makes the key of one line, or notes what is wrong with it.
func (im *importing) line(in ImportKey) error {
	im.change.event = im.event
	err := in.Wrong
	if err == nil {
		err = im.key(in)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrDenied) && im.denied == nil {
		tried := im.change.event
		im.denied = &tried
	}
	if err := im.mistakes.add(in.Line, err); err != nil {
		return err
	}
	if im.mistakes.enough() {
		return im.verdict() // others wait meanwhile
	}
	return nil
}

func (im *importing) key(in ImportKey) error {
	c := im.change
	c.event.Application = Printable(strings.TrimSpace(in.Spec.Application))
	if in.State == Expired || in.State == Revoked {
		im.done.Left++
		return nil
	}
	k, err := c.draft(in.Spec)
	if err != nil {
		return err
	}
	if in.State == Suspended {
		k.State = Suspended
	}
	var secret Secret
	if k.ID, secret, err = im.pair(in); err != nil {
		return err
	}
	k.Confirmed = k.Generation + 1
	c.event.Note = noteImported
	if err := c.insert(&k, secret); err != nil {
		return err
	}
	im.done.Keys++
	if k.Weak {
		im.done.Weak++
	}
	if in.ID == "" {
		defer secret.Wipe()
		if err := im.Deliver(k, secret); err != nil {
			return err
		}
	}
	return c.tell()
}

// pair is the API key and the secret of a line: those that it names, or new
// ones.
func (im *importing) pair(in ImportKey) (KeyID, Secret, error) {
	if in.ID == "" {
		if im.Deliver == nil {
			return "", Secret{}, invalid("api_secret", "The line has no api_secret, so one is made, and must go somewhere. Give --secrets FILE.")
		}
		return newPair(im.service.random)
	}
	if !in.ID.takes(in.Secret) {
		return "", Secret{}, invalid("api_secret", "The API key %s is one of empress, and takes none but a secret of empress, emps_…. Leave both out for a new pair.", in.ID)
	}
	k, err := im.Key(in.ID)
	if err == nil {
		if im.me.may(KeysView, k.On()) != nil && im.hides == nil {
			tried := im.change.event
			tried.Key = k.ID
			im.hides = &tried
		}
		e := Errorf(CodeConflict, "The API key %s exists already.", in.ID)
		e.Field = "api_key"
		return "", Secret{}, e
	}
	return in.ID, in.Secret, notFoundIsFine(err)
}

// verdict is what is wrong with the whole, nil for nothing. It leaves the event
// of an attempt that was denied.
func (im *importing) verdict() error {
	switch {
	case im.denied != nil:
		im.change.event = *im.denied
	case im.hides != nil:
		im.change.event, im.hidden = *im.hides, true
	}
	if err := im.mistakes.verdict(); err != nil {
		return err
	}
	if im.done.Keys == 0 {
		return Errorf(CodeInvalid, "There is no key to import in it, so nothing changed.")
	}
	return nil
}
