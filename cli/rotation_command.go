package cli

import (
	"context"

	"empress/model"
)

// toCommand hands each secret to a command.
type toCommand struct {
	*rotation
	delivery delivery
	inRow    int // how many were not delivered since the last one that was
}

// maxInRow is after how many failures in a row a command is taken to be wrong:
// whoever uses the other keys goes on with the secrets that they have.
const maxInRow = 10

func (c *toCommand) rotate(ctx, insisted context.Context, keys []model.Key) error {
	for _, k := range keys {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.one(insisted, k); err != nil {
			return err
		}
		if c.inRow == maxInRow {
			return model.Errorf(model.CodeFailed, "%d secrets in a row were not delivered, so the rest was left as it is. Mend the command, then run it again with --due.", maxInRow)
		}
	}
	return nil
}

// one gives one key a new secret and delivers it.
func (c *toCommand) one(ctx context.Context, k model.Key) error {
	after, secret, err := c.s.RotateSecret(ctx, model.Turn{Key: k.ID, From: k.Generation}, model.Renewal(c.flags.renew))
	if err != nil {
		return c.unchanged(k, err)
	}
	defer secret.Wipe()
	amiss := c.delivery.deliver(ctx, after, secret)
	ctx = context.WithoutCancel(ctx) // what became of the secret is noted in any case
	if amiss == nil {
		c.inRow = 0
		c.t.confirm(ctx, c.s, after)
		c.note(after, delivered, "", nil)
		return nil
	}
	c.inRow++
	if err := c.s.NoteUndelivered(ctx, after.ID, after.Generation, amiss.why); err != nil {
		c.t.note("The trail does not say why the secret of %s was not delivered: %s", after.ID, c.t.sentence(err))
	}
	c.note(after, notDelivered, amiss.words(), exitPartly)
	if amiss.why == interrupted {
		return context.Canceled
	}
	return nil
}

func (c *toCommand) close() error { return nil }
