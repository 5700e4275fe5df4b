package ui

import (
	"context"
	"errors"
	"fmt"

	"empress/model"
)

// outsideName is what the list of the keys outside the policy is called.
const outsideName = "Keys outside the policy"

// policy is the security policy, and the keys that are outside it.
func (c *conversation) policy(ctx context.Context) error {
	return repeat(ctx, func(ctx context.Context) error {
		f := newPolicyForm(c.surroundings)
		c.title(f.Title())
		switch m := c.result(f.read()).(type) {
		case policyReadMsg:
			f.take(m.policy)
			c.facts(f.facts()...)
		case failedMsg:
			c.fail(m.err) // whoever may change it can put another in its place
		}
		return c.choose(ctx, orBack(numbered(
			way{name: "Change the policy", bar: f.may, open: func(ctx context.Context) error { return c.editPolicy(ctx, f) }},
			way{name: outsideName, open: c.outside},
		)...))
	})
}

func (c *conversation) editPolicy(ctx context.Context, f *policyForm) error {
	const save = "Save the changes"
	c.title("Change the policy")
	c.tell(accepting)
	if err := c.review(ctx, &f.form, save); err != nil {
		return c.unsent(err)
	}
	if e, err := f.edit(); err == nil && e == (model.PolicyEdit{Seen: f.seen}) {
		c.tell("Nothing was changed.")
		return nil
	}
	return c.send(ctx, &f.form, save, f.save, func(err error) {
		if !errors.Is(err, model.ErrConflict) {
			return
		}
		if m, ok := c.result(f.read()).(policyReadMsg); ok {
			f.take(m.policy)
			c.tellMerged(&f.form, stay)
		}
	})
}

// outside lists the keys that are outside the policy, and why.
func (c *conversation) outside(ctx context.Context) error {
	from := 0
	return repeat(ctx, func(ctx context.Context) error {
		var found []model.KeyFinding
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			found, err = c.session.OutsidePolicy(ctx)
			return err
		}); err != nil {
			return err
		}
		c.title(outsideName)
		if len(found) == 0 {
			c.tell("Every key that you may see is within the policy.")
		}
		rows := make([]way, len(found))
		for i, f := range found {
			var why []string
			for _, r := range f.Reasons {
				why = append(why, r.Words)
			}
			rows[i] = way{name: fmt.Sprintf("%s, owner %s: %s", named(f.Key), model.ShortEmail(f.Key.Owner), listWords(why)), open: func(ctx context.Context) error { return c.openKey(ctx, f.Key) }}
		}
		return c.choose(ctx, orBack(stretchOf(numbered(rows...), &from)...))
	})
}
