package ui

import (
	"context"

	"empress/model"
)

// stretch is how many rows of a list are told at once.
const stretch = 20

// trail tells what happened in the team.
func (c *conversation) trail(ctx context.Context) error {
	return c.events(ctx, "Latest events", model.EventQuery{})
}

// events tells events, the latest first, a stretch at a time.
func (c *conversation) events(ctx context.Context, title string, q model.EventQuery) error {
	c.title(title)
	q.Limit = stretch + 1 // the last one only says that there are more
	for {
		var es []model.Event
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			es, err = c.session.Events(ctx, q)
			return err
		}); err != nil {
			return err
		}
		for _, e := range es[:min(len(es), stretch)] {
			c.tell(past(ago(e.At, c.now())) + ": " + e.Sentence())
		}
		if len(es) <= stretch {
			return nil
		}
		older := func(context.Context) error {
			q.Before = es[stretch-1].Seq
			return nil
		}
		if err := c.choose(ctx, orBack(way{sign: "n", name: "The ones before these", open: older})); err != nil {
			return err
		}
	}
}

// past puts how long ago something was into a sentence.
func past(when string) string {
	if when == "just now" || when == "never" {
		return when
	}
	return when + " ago"
}
