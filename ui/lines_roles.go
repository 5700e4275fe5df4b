package ui

import (
	"context"

	"empress/model"
)

// roles is Roles & permissions: what each role may do, and who may do what.
func (c *conversation) roles(ctx context.Context) error {
	known := false
	return repeat(ctx, func(ctx context.Context) error {
		c.title("Roles & permissions")
		if !known {
			for _, r := range model.Roles() {
				c.facts(Fact{string(r), "may " + roleWords(r) + "."})
			}
			known = true
		}
		ways := make([]way, len(model.Permissions()))
		for i, x := range model.Permissions() {
			title := "Who may " + x.Words()
			ways[i] = c.may(model.MembersView, model.Target{}, title, func(ctx context.Context) error {
				return c.who(ctx, newWhoMay(c.surroundings, title, "", x))
			})
		}
		return c.choose(ctx, orBack(numbered(ways...)...))
	})
}

// who tells who may do some things, and why.
func (c *conversation) who(ctx context.Context, p *whoMay) error {
	switch m := c.result(p.Init()).(type) {
	case holdersReadMsg:
		p.holders = m.holders
	case failedMsg:
		c.fail(m.err)
		return ctx.Err()
	default:
		return fault()
	}
	c.title(p.title)
	for i, hs := range p.holders {
		words := sentenceCase(p.words(p.ps[i]))
		if p.target == "" { // the name by which it is granted
			words += ", which is granted as " + string(p.ps[i])
		}
		c.tell(words + ":")
		for _, h := range hs {
			c.facts(Fact{h.Member.Name, h.Why.String()})
		}
		if len(hs) == 0 {
			c.tell("Nobody.")
		}
		if more := narrowerWords(p.ps[i], "a key in API Access says who may."); more != "" && p.target == "" {
			c.tell(more)
		}
	}
	return ctx.Err()
}
