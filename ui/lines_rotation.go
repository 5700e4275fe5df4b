package ui

import (
	"context"
	"errors"
	"fmt"
	"io"

	"empress/model"
)

// rotation leads to the keys that ask for attention, and rotates those that are
// due.
func (c *conversation) rotation(ctx context.Context) error {
	return repeat(ctx, func(ctx context.Context) error {
		c.title("Rotation")
		var ways []way
		for _, v := range attentionViews() {
			ways = append(ways, way{name: v.name, open: func(ctx context.Context) error {
				return c.keysOf(ctx, v.name, model.KeyQuery{Attention: v.kind})
			}})
		}
		all := way{name: "Rotate all that are due", bar: newRotation(c.surroundings).mayRotate(), open: c.rotateDue}
		if all.bar == nil && c.session.Can(model.KeysRegenerate, model.Target{}) != nil {
			all.name = "Rotate those that are due and that you may rotate"
		}
		return c.choose(ctx, orBack(numbered(append(ways, all)...)...))
	})
}

// rotateDue asks how the new secrets of all keys that are due reach their places.
func (c *conversation) rotateDue(ctx context.Context) error {
	c.title("How do the new secrets reach their places?")
	var ways []way
	for _, w := range c.deliveries() {
		ways = append(ways, way{name: w.name + ": " + w.hint, bar: w.bar, open: func(ctx context.Context) error {
			return c.planRotation(ctx, rotation{all: &model.KeyQuery{Attention: model.Due, Sort: model.ByApplication}}, w.by)
		}})
	}
	return c.choose(ctx, orBack(numbered(ways...)...))
}

// askPlace asks for the file or the command of a delivery.
func (c *conversation) askPlace(ctx context.Context, by deliveryKind) (delivery, error) {
	prompt, given := "Command that sh runs for each key, with the secret on its standard input, or a single dot to leave it", ""
	switch by {
	case byReveal:
		return delivery{}, nil
	case byFile:
		given = defaultSecretsFile(c.now())
		prompt = "Path of a new file [" + given + "], or a single dot to leave it"
	}
	for {
		place, err := c.ask(ctx, prompt)
		if err != nil || place == "." {
			return delivery{}, errors.Join(err, io.EOF)
		}
		how, err := deliveryTo(by, orElse(typable(place), given))
		if err == nil {
			return how, nil
		}
		c.fail(err)
	}
}

// planTold is how many keys of a plan are told, of those that get new secrets and
// of those that do not.
const planTold = 100

// planRotation tells what a rotation would do, and begins it when its number of
// keys is typed.
func (c *conversation) planRotation(ctx context.Context, what rotation, by deliveryKind) error {
	how, err := c.askPlace(ctx, by)
	if err != nil {
		return err
	}
	p := newRotationPlan(c.surroundings, what, how)
	if err := c.readPlan(ctx, p); err != nil {
		return err
	}
	c.title("Plan: " + p.countWords())
	for _, row := range p.rows[:min(len(p.rows), planTold)] {
		c.tell(fmt.Sprintf("%s: %s. %s", row.named(), row.used, row.why))
	}
	for _, row := range p.left[:min(len(p.left), planTold)] {
		c.tell(row.named() + ". " + row.why)
	}
	if more := max(0, len(p.rows)-planTold) + max(0, len(p.left)-planTold); more > 0 {
		c.tell("And " + count(more, "more key") + " like these.")
	}
	if len(p.rows) == 0 {
		return nil
	}
	q := newStartQuestion(p)
	c.put(q)
	if agreed, err := c.agrees(ctx, q); err != nil || !agreed {
		c.tell("Nothing was done.")
		return err
	}
	switch m := c.result(q.run(c.request())).(type) {
	case startedMsg:
		return c.runRotation(ctx, newRotationRun(c.surroundings, p.rows, how, p.renew, m.file))
	case failedMsg:
		c.fail(m.err)
		return ctx.Err()
	}
	return fault()
}

// readPlan reads all of a plan.
func (c *conversation) readPlan(ctx context.Context, p *rotationPlan) error {
	for cmd := p.Init(); cmd != nil; {
		switch m := c.result(cmd).(type) {
		case planReadMsg:
			cmd = p.receive(m.planSoFar)
		case failedMsg:
			c.fail(m.err)
			return errors.Join(ctx.Err(), io.EOF)
		default:
			return fault()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// runRotation carries a rotation out, and tells what becomes of each key.
func (c *conversation) runRotation(ctx context.Context, r *rotationRun) (err error) {
	told := 0
	for msg := c.result(r.Init()); !r.ended; {
		if m, shown := msg.(keyCreatedMsg); shown {
			var stored bool
			stored, err = c.reveal(ctx, m.key, m.secret)
			msg = maskedMsg{r.asked, false}
			if stored {
				msg = turnEndedMsg{r.asked, nil} // which was noted
				r.stopped = r.next < len(r.rows) && !c.goesOn(ctx, r)
			}
		}
		r.stopped = r.stopped || ctx.Err() != nil
		_, cmd := r.Update(msg)
		for ; told < r.next-r.under; told++ {
			c.tellTurn(r, told)
		}
		if cmd == nil {
			return fault()
		}
		msg = c.result(cmd)
	}
	c.title(r.progressWords())
	c.tell(r.tallyWords() + ".")
	for _, words := range r.remarks {
		c.tell(words)
	}
	return err
}

// goesOn asks whether the next key is to get its new secret.
func (c *conversation) goesOn(ctx context.Context, r *rotationRun) bool {
	yes, err := c.saysYes(ctx, fmt.Sprintf("go on with %s, %d of %d", r.rows[r.next].named(), r.next+1, len(r.rows)))
	return yes && err == nil
}

// tellTurn tells what became of one key.
func (c *conversation) tellTurn(r *rotationRun, i int) {
	row := r.rows[i]
	state, _ := r.outcomeWords(row.outcome)
	words := fmt.Sprintf("%d of %d: %s: %s", i+1, len(r.rows), row.named(), state)
	if row.outcome != rotated {
		words += ". " + row.why
	}
	c.tell(words)
}
