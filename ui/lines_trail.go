package ui

import (
	"context"

	"empress/model"
)

// stretch is how many rows of a list are told at once.
const stretch = 20

// trail is Activity: what happened in the team, and whether its trail is whole.
func (c *conversation) trail(ctx context.Context) error {
	return repeat(ctx, func(ctx context.Context) error {
		c.title("Activity")
		return c.choose(ctx, orBack(numbered(
			way{name: "Latest events", open: func(ctx context.Context) error { return c.events(ctx, "Latest events", model.EventQuery{}) }},
			way{name: "Find events by words", open: c.findEvents},
			way{name: "Check the whole trail", open: c.checkTrail},
		)...))
	})
}

func (c *conversation) findEvents(ctx context.Context) error {
	text, err := c.ask(ctx, "Words, such as a name, an application, revoked or not allowed")
	if err != nil || text == "" {
		return err
	}
	return c.events(ctx, "Events with "+text, model.EventQuery{Text: typable(text)})
}

// checkTrail may take longer than other calls.
func (c *conversation) checkTrail(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	r, err := c.session.VerifyAudit(limited, nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		c.fail(err)
	case r.Found > 0:
		c.tell(brokenWords(r))
	default:
		c.tell("The trail is whole: " + count(int(r.Events), "event") + " checked.")
	}
	return nil
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
		if len(es) == 0 {
			c.tell("No event is like that.")
		}
		for _, e := range es[:min(len(es), stretch)] {
			c.tell(agoWords(e.At, c.now()) + ": " + e.Sentence())
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
