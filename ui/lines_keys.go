package ui

import (
	"context"
	"errors"
	"fmt"
	"io"

	"empress/model"
)

// keysTold is API Access: the list of keys, a stretch at a time, and what its
// rows lead to.
type keysTold struct {
	*conversation
	name   string
	query  model.KeyQuery
	sought string       // what was typed to filter by
	before []*model.Key // the last key of each stretch before this one
	page   model.KeyPage
}

// rotationName is the way to Rotation, in a list of ways.
const rotationName = "Rotation: keys that are due for a new secret, unused keys"

func (c *conversation) access(ctx context.Context) error {
	return c.keysOf(ctx, "API Access", model.KeyQuery{})
}

// keysOf is the list of some keys, under a name.
func (c *conversation) keysOf(ctx context.Context, name string, q model.KeyQuery) error {
	q.Sort, q.Limit = model.ByApplication, stretch
	k := &keysTold{conversation: c, name: name, query: q}
	return repeat(ctx, k.tellPage)
}

func (k *keysTold) tellPage(ctx context.Context) error {
	k.title(k.name)
	err := k.call(ctx, k.read)
	if errors.Is(err, io.EOF) && k.sought != "" {
		return k.find("") // what is looked for may be what is wrong
	}
	if err != nil {
		return err
	}
	k.facts(k.total())
	if len(k.page.Keys) == 0 && k.sought == "" {
		k.tell(k.none())
	}
	return k.choose(ctx, orBack(append(k.rows(), k.ways()...)...))
}

// none says that there is no key in the stretch.
func (k *keysTold) none() string {
	for _, v := range attentionViews() {
		if v.kind == k.query.Attention && !k.page.More {
			return v.empty
		}
	}
	if k.page.More {
		return "No key here: the next ones may be."
	}
	return "There is no key yet."
}

func (k *keysTold) read(ctx context.Context) (err error) {
	q := k.query
	if n := len(k.before); n > 0 {
		q.From = k.before[n-1]
	}
	k.page, err = k.session.Keys(ctx, q)
	return err
}

func (k *keysTold) total() Fact {
	n := thousands(k.page.Count)
	if k.page.Over {
		n += "+"
	}
	if k.sought == "" {
		return Fact{"Keys", n}
	}
	return Fact{"Matches", n + " for " + k.sought}
}

// rows are the keys of the stretch, numbered from the first of all.
func (k *keysTold) rows() []way {
	rows := make([]way, len(k.page.Keys))
	for i, one := range k.page.Keys {
		rows[i] = way{sign: fmt.Sprint(len(k.before)*stretch + i + 1), name: k.row(one), open: func(ctx context.Context) error { return k.openKey(ctx, one) }}
	}
	return rows
}

func (k *keysTold) row(one model.Key) string {
	state, _ := stateWords(one, k.session.Now())
	words := fmt.Sprintf("%s: %s, owner %s, %s, %s", one.Application, state, model.ShortEmail(one.Owner), usedWords(one, k.now()), one.ID.Short())
	if len(one.Findings) > 0 {
		words += ". " + findingWords(one.Findings)
	}
	return words
}

// ways are what can be done with the list itself.
func (k *keysTold) ways() []way {
	ways := []way{{sign: "f", name: "Filter", open: k.filter}}
	if k.query.Attention == "" {
		create := k.may(model.KeysCreate, model.Target{}, "Create New API Key", k.create)
		create.sign = "c"
		ways = append([]way{create}, append(ways, way{sign: "d", name: rotationName, open: k.rotation})...)
	}
	if k.page.More {
		ways = append(ways, way{sign: "n", name: "Next keys", open: func(context.Context) error {
			k.before = append(k.before, k.page.Next)
			return nil
		}})
	}
	if n := len(k.before); n > 0 {
		ways = append(ways, way{sign: "p", name: "Previous keys", open: func(context.Context) error {
			k.before = k.before[:n-1]
			return nil
		}})
	}
	return ways
}

func (k *keysTold) filter(ctx context.Context) error {
	text, err := k.ask(ctx, "Part of an application, owner, api_key or purpose, a state, or an empty line for all keys")
	if err != nil {
		return err
	}
	return k.find(typable(text))
}

func (k *keysTold) find(text string) error {
	looksFor(&k.query, text)
	k.sought, k.before = text, nil
	return nil
}
