package ui

import (
	"context"

	"empress/model"
)

// openKey tells the facts of a key, and what can be done with it.
func (c *conversation) openKey(ctx context.Context, k model.Key) error {
	known := false
	return repeat(ctx, func(ctx context.Context) error {
		err := c.call(ctx, func(ctx context.Context) error {
			now, err := readKey(ctx, c.session, k.ID)
			if err == nil {
				k = now
			}
			return err
		})
		if back(err) != nil {
			return err
		}
		state, _ := stateWords(k, c.session.Now())
		c.title(k.Application + ": " + state)
		if !known {
			c.facts(keyFacts(k, c.surroundings)[1:]...)
			known = true
		}
		return c.choose(ctx, orBack(numbered(c.keyWays(k)...)...))
	})
}

func (c *conversation) keyWays(k model.Key) []way {
	suspend := "Suspend"
	if k.State == model.Suspended {
		suspend = "Resume"
	}
	asks := func(about func(*surroundings, model.Key) *question) func(context.Context) error {
		return func(ctx context.Context) error { return c.decide(ctx, about(c.surroundings, k)) }
	}
	changes := []way{
		c.may(model.KeysRegenerate, k.On(), "Regenerate API Secret", asks(newRegenerate)),
		c.may(model.KeysSuspend, k.On(), suspend, asks(newSuspend)),
		c.may(model.KeysRevoke, k.On(), "Revoke for good", asks(newRevoke)),
		c.may(model.KeysEdit, k.On(), "Edit the key", func(ctx context.Context) error { return c.edit(ctx, k) }),
	}
	if k.State == model.Revoked {
		for i := range changes {
			changes[i].bar = model.Errorf(model.CodeConflict, "%s", revokedWords(k))
		}
	}
	ways := append(changes,
		way{name: "History", open: func(ctx context.Context) error { return c.events(ctx, "History", model.EventQuery{Key: k.ID}) }},
		way{name: "Facts", open: func(context.Context) error {
			c.facts(keyFacts(k, c.surroundings)[1:]...)
			return nil
		}})
	if c.copies() {
		ways = append(ways, way{name: "Copy the api_key " + c.copier.describe(), open: func(ctx context.Context) error { return c.copyKey(ctx, k) }})
	}
	ways = append(ways, c.may(model.MembersView, model.Target{}, "Who may regenerate, suspend, revoke or edit it", func(ctx context.Context) error {
		return c.who(ctx, whoMayWithKey(c.surroundings, k))
	}))
	return append(ways, c.may(model.UsageView, k.On(), "Usage", func(ctx context.Context) error {
		return c.usage(ctx, "Usage of "+k.Application, newKeyUsage(c.surroundings, k.ID))
	}))
}

func (c *conversation) copyKey(ctx context.Context, k model.Key) error {
	return c.call(ctx, func(ctx context.Context) error {
		said, err := c.copier.copy(ctx, string(k.ID))
		if err == nil {
			c.tell("The api_key of " + k.Application + " was " + said + ".")
		}
		return err
	})
}
