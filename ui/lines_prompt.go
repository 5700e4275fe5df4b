package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"empress/model"
)

// way is one of the ways on from a prompt.
type way struct {
	sign string // what is typed to take it; "" is an empty line, and not listed
	name string
	bar  error                       // why it cannot be taken
	open func(context.Context) error // nil goes back
}

// orBack adds the way that an empty line takes.
func orBack(ways ...way) []way { return append(ways, way{}) }

// numbered gives ways their numbers, from 1 on.
func numbered(ways ...way) []way {
	for i := range ways {
		ways[i].sign = fmt.Sprint(i + 1)
	}
	return ways
}

// may is a way that needs a permission.
func (c *conversation) may(p model.Permission, on model.Target, name string, open func(context.Context) error) way {
	return way{name: name, bar: c.session.Can(p, on), open: open}
}

// choose lists ways and follows the one that the person chooses, once. Whoever
// goes back from it is here again.
func (c *conversation) choose(ctx context.Context, ways []way) error {
	w, err := c.pick(ctx, ways)
	if err != nil {
		return err
	}
	return back(w.open(ctx))
}

// pick lists ways and asks until one is chosen that the member may take. The
// one that goes back is io.EOF.
func (c *conversation) pick(ctx context.Context, ways []way) (way, error) {
	c.list(ways)
	for {
		answer, err := c.ask(ctx, choosing(ways))
		if err != nil {
			return way{}, err
		}
		switch w, found := signed(ways, answer); {
		case answer == "?":
			if err := c.help(ctx); back(err) != nil {
				return way{}, err
			}
			c.write("\n")
			c.list(ways)
		case !found && answer == "":
			c.tell("Type what stands before a choice.")
		case !found:
			c.tell(fmt.Sprintf("There is no choice %q. Type what stands before a choice.", answer))
		case w.bar != nil:
			c.tell(c.explain(w.bar))
		case w.open == nil:
			return way{}, io.EOF
		default:
			return w, nil
		}
	}
}

func (c *conversation) list(ways []way) {
	for _, w := range ways {
		switch {
		case w.sign == "":
		case errors.Is(w.bar, model.ErrDenied):
			c.tell(w.sign + ". " + w.name + " (not allowed)")
		case w.bar != nil:
			c.tell(w.sign + ". " + w.name + " (not possible)")
		default:
			c.tell(w.sign + ". " + w.name)
		}
	}
}

func choosing(ways []way) string {
	if _, found := signed(ways, ""); found {
		return "Choose, or an empty line to go back"
	}
	return "Choose"
}

func signed(ways []way, sign string) (way, bool) {
	for _, w := range ways {
		if strings.EqualFold(w.sign, strings.TrimSuffix(sign, ".")) {
			return w, true
		}
	}
	return way{}, false
}

// ask reads the answer to a prompt, without the blanks around it.
func (c *conversation) ask(ctx context.Context, prompt string) (string, error) {
	for !c.lost {
		c.write(c.plainly(prompt) + ": ")
		line, err := c.awaitLine(ctx)
		if err == nil {
			return strings.TrimSpace(line), nil
		}
		c.write("\n")
		switch {
		case errors.Is(err, errLongLine):
			c.tell(fmt.Sprintf("That is more than %s characters. Type less.", thousands(maxLine)))
		case errors.Is(err, io.EOF), ctx.Err() != nil, c.left:
			return "", err
		default:
			c.lost = true
		}
	}
	return "", context.Canceled // the terminal is gone
}

// awaitLine reads a line, or signs out when nobody types one for too long.
func (c *conversation) awaitLine(ctx context.Context) (string, error) {
	if c.limit == 0 {
		return c.input.line(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	line, err := c.input.line(limited)
	if c.left = errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil; c.left {
		err = signedOut(c.limit)
	}
	return line, err
}

// askHidden is ask for what nobody may read over a shoulder. Nothing of it
// shows from before the prompt on: it may be pasted at once.
func (c *conversation) askHidden(ctx context.Context, prompt string) (string, error) {
	show := c.input.hide()
	defer show()
	answer, err := c.ask(ctx, prompt)
	if err == nil {
		c.write("\n") // the terminal showed no enter
	}
	return answer, err
}

// decide puts a question, and does what it is about when the person agrees.
func (c *conversation) decide(ctx context.Context, q *question) error {
	_, err := c.decided(ctx, q)
	return err
}

// decided is decide for whoever must know whether it was done.
func (c *conversation) decided(ctx context.Context, q *question) (done bool, err error) {
	more := q.tell != nil && c.hears(ctx, q)
	c.put(q)
	if more {
		c.tell(q.news)
	}
	for {
		agreed, err := c.agrees(ctx, q)
		if back(err) != nil {
			return false, err
		}
		if !agreed {
			c.tell("Nothing was done.")
			return false, nil
		}
		if c.hears(ctx, q) {
			c.tell(q.news)
			continue // they agreed without knowing it
		}
		if done, err := c.receive(ctx, c.result(q.run(c.request()))); done || err != nil {
			return done, err
		}
	}
}

// put says what a question is about.
func (c *conversation) put(q *question) {
	c.title(q.title)
	for _, text := range q.text {
		if text != "" {
			c.tell(text)
		}
	}
}

func (c *conversation) agrees(ctx context.Context, q *question) (bool, error) {
	if q.must != "" {
		return c.typesName(ctx, q.must)
	}
	return c.saysYes(ctx, q.yes.Help().Desc)
}

// saysYes asks whether something is to be done.
func (c *conversation) saysYes(ctx context.Context, to string) (bool, error) {
	for {
		answer, err := c.ask(ctx, "Type yes to "+to+", or no")
		switch strings.ToLower(answer) {
		case "y", "yes":
			return err == nil, err
		case "n", "no", "":
			return false, err
		}
		c.tell("Answer yes or no.")
	}
}

// typesName asks for the name of what will be gone for good.
func (c *conversation) typesName(ctx context.Context, name string) (bool, error) {
	for {
		answer, err := c.ask(ctx, "Type "+name+" to go on, or an empty line to leave it")
		if err != nil || answer == "" || model.SameName(answer, name) {
			return answer != "", err
		}
		c.tell(notNamed(name))
	}
}
