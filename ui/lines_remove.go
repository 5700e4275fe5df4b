package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"empress/model"
)

// offboard settles the keys of a member one by one, and removes them when every
// key is settled. What was decided is kept until it is done or given up.
func (c *conversation) offboard(ctx context.Context, p *offboardPage) error {
	gone := false
	err := repeat(ctx, func(ctx context.Context) error {
		if gone {
			return io.EOF
		}
		if err := c.readOffboarding(ctx, p); err != nil {
			return err
		}
		c.tellOffboarding(p)
		goOn := way{sign: "g", name: "Go on, when every key is settled", open: func(ctx context.Context) (err error) {
			gone, err = c.removeMember(ctx, p)
			return err
		}}
		err := c.choose(ctx, orBack(append(c.heldWays(p), goOn)...))
		if !errors.Is(err, io.EOF) || len(p.choices) == 0 {
			return err
		}
		c.tell("What you decided is not kept.")
		leaves, err := c.saysYes(ctx, "leave without it")
		if leaves || err != nil {
			return cmp.Or(err, io.EOF)
		}
		return nil
	})
	if err == nil && !gone {
		c.tell("Nothing was done.")
	}
	return err
}

// readOffboarding reads what is to be settled now. When that fails later on,
// what is known and was decided stays.
func (c *conversation) readOffboarding(ctx context.Context, p *offboardPage) error {
	switch m := c.result(p.Init()).(type) {
	case offboardingReadMsg:
		p.loaded = true
		p.renew(m.Offboarding, m.team)
	case failedMsg:
		c.fail(m.err)
		if !p.loaded {
			return io.EOF
		}
	default:
		return fault()
	}
	return ctx.Err()
}

func (c *conversation) tellOffboarding(p *offboardPage) {
	c.title("Remove " + p.Member.Name + " from the team")
	if len(p.Keys)+p.Hidden == 0 {
		c.tell(holdsNothing)
		return
	}
	c.tell(p.progress() + ". Choose a key to say what becomes of it.")
}

// heldWays are the keys, each with what the member has to do with it and what
// becomes of it.
func (c *conversation) heldWays(p *offboardPage) []way {
	ways := make([]way, len(p.Keys))
	for i, h := range p.Keys {
		ways[i] = way{name: heldWords(p, h), open: func(ctx context.Context) error { return c.settle(ctx, p, h) }}
	}
	return numbered(ways...)
}

func heldWords(p *offboardPage, h model.HeldKey) string {
	state, _ := stateWords(h.Key, p.session.Now())
	choice, _ := p.choiceWords(h)
	return fmt.Sprintf("%s: %s; %s %s; %s", named(h.Key), state, model.ShortEmail(p.Member.Email), p.holdWords(h, usedWords(h.Key, p.now())), choice)
}

// settle asks what becomes of one key, until nothing is open about it.
func (c *conversation) settle(ctx context.Context, p *offboardPage, h model.HeldKey) error {
	for again := true; again; again = p.lacks(h) != "" {
		c.title(heldWords(p, h))
		var ways []way
		for _, w := range p.ways() {
			ways = append(ways, way{name: sentenceCase(w.binding.Help().Desc), bar: p.bars(w, h), open: func(ctx context.Context) error {
				if w.do == "" {
					return c.askOwner(ctx, p.ownerForm(h))
				}
				p.choose(h.Key.ID, func(s *model.Settlement) { s.Do = w.do })
				return nil
			}})
		}
		if err := c.choose(ctx, orBack(numbered(ways...)...)); err != nil {
			return err
		}
	}
	c.tell(heldWords(p, h))
	return nil
}

// askOwner asks for another owner, until it is somebody who can be.
func (c *conversation) askOwner(ctx context.Context, f *ownerForm) error {
	c.tell("A single dot leaves the owner as it is.")
	x := &f.form.fields[0]
	for {
		if err := c.askField(ctx, x); err != nil {
			return err
		}
		owner, err := f.owner(strings.TrimSpace(x.input.Value()))
		if err == nil {
			f.choose(owner)
			return nil
		}
		c.fail(err)
		x.input.SetValue(x.given)
	}
}

// removeMember asks for the last time, when every key is settled.
func (c *conversation) removeMember(ctx context.Context, p *offboardPage) (done bool, err error) {
	switch i, why := p.firstOpen(); {
	case p.Hidden > 0:
		c.tell(p.hiddenWords())
		return false, nil
	case i >= 0:
		words, _, _ := strings.Cut(why, ":")
		c.tell(fmt.Sprintf("%s %s. Choose %d to settle it.", named(p.Keys[i].Key), words, i+1))
		return false, nil
	}
	return c.decided(ctx, newRemoveQuestion(p.surroundings, p.disposals))
}
