package cli

import (
	"context"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) keysList() *cobra.Command {
	var q keyFilter
	var a attentionFlags
	var sort string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the keys that you may see",
		Long: `List the keys that you may see, all of them unless a flag narrows the list.

A filter of three letters and more is looked for anywhere in the application,
the owner, the API key and the purpose; a shorter one at their beginnings.

Some keys want somebody's attention, and the list then says why:
--due         the secret should be replaced: it is too old for the policy or
              weak, somebody who left knows it, it was chosen to be rotated,
              it was not delivered, it depends on a sealing key that was
              replaced, or the key expires
--unused      nobody used the key for as long as the policy says, or for 90
              days, or ever, however new it is
--old-secret  somebody tried a secret in the last day that was replaced
--expiring    the key works, and stops working by then

A key that expires is due 30, 14, 7 and 1 days before, each time until its
secret is replaced. A new secret alone does not move the expiry: --renew of
"empress keys rotate" does. --expiring lists the key all the same.

In JSON generation is the number of the secret, counted from 1. last_used_at is
null for a key that was never used, and absent where you may see the key and
not its usage.`,
		Example: "  empress keys list --application billing --state active\n  empress keys list --due\n  empress keys list --expiring 14d --sort expires --json",
	}
	f := cmd.Flags()
	t.addKeyFilter(cmd, &q)
	t.addAttention(cmd, &a)
	f.StringVar(&sort, "sort", string(model.ByApplication), "the `column` to sort by: application, owner, created or expires")
	f.BoolVar(&q.Descending, "reverse", false, "turn the order around")
	f.IntVar(&limit, "limit", 0, "at most so `many` keys")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"sort": fixed(model.KeySorts())})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := firstError(q.check(cmd), a.check(cmd), oneOf(cmd, "sort", model.KeySorts()), positive(cmd, "limit", limit)); err != nil {
			return err
		}
		q.Sort = model.KeySort(sort)
		return t.listKeys(cmd.Context(), q.KeyQuery, a, limit)
	}
	return cmd
}

// keyFilter are the conditions by which keys are chosen.
type keyFilter struct{ model.KeyQuery }

func (t *tree) addKeyFilter(cmd *cobra.Command, q *keyFilter) {
	t.addKeyNarrowing(cmd, q)
	cmd.Flags().StringVar((*string)(&q.State), "state", "", "only keys in this `state`: active, suspended, expired or revoked")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"state": fixed(keyStates())})
}

// addKeyNarrowing adds the conditions that are not about the state of a key.
func (t *tree) addKeyNarrowing(cmd *cobra.Command, q *keyFilter) {
	f := cmd.Flags()
	f.StringVar(&q.Application, "application", "", "only keys of this application, by its exact `name`")
	f.StringVar(&q.Owner, "owner", "", "only keys of this `member`, by email or login")
	f.StringVar(&q.Text, "filter", "", "only keys with this `text`")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"application": t.completeApplication, "owner": t.completeMember})
}

func (q *keyFilter) check(cmd *cobra.Command) error {
	return firstError(filled(cmd, "application", "owner"), oneOf(cmd, "state", keyStates()))
}

func keyStates() []model.State {
	return []model.State{model.Active, model.Suspended, model.Expired, model.Revoked}
}

func (t *tree) listKeys(ctx context.Context, q model.KeyQuery, a attentionFlags, limit int) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	if err := firstError(a.narrow(&q, s.Now()), applicationExists(ctx, s, q)); err != nil {
		return err
	}
	list := t.newKeyRows()
	if q.Attention != "" || !q.ExpiresBy.IsZero() {
		list = t.newAttentionRows()
	}
	err = eachWindow(ctx, s, q, limit, func(ks []model.Key) error {
		for _, k := range ks {
			if err := list.add(k, s); err != nil {
				return err
			}
		}
		return list.flush()
	})
	if err != nil {
		return err
	}
	return list.end()
}

// applicationExists refuses a query for an application that is not there.
func applicationExists(ctx context.Context, s *model.Session, q model.KeyQuery) error {
	if q.Application == "" {
		return nil
	}
	_, err := s.Application(ctx, q.Application)
	return err
}

// eachWindow hands over the keys of a query a window at a time, in its order, at
// most limit of them; 0 for all.
func eachWindow(ctx context.Context, s *model.Session, q model.KeyQuery, limit int, fn func([]model.Key) error) error {
	q.Sorted = true
	for left := limit; ; {
		q.Limit = model.MaxWindow
		if limit > 0 {
			q.Limit = min(left, model.MaxWindow)
		}
		page, err := s.Keys(ctx, q)
		if err != nil {
			return err
		}
		if len(page.Keys) > 0 { // a window of unused keys may have none, and more behind it
			if err := fn(page.Keys); err != nil {
				return err
			}
		}
		left -= len(page.Keys)
		if !page.More || limit > 0 && left <= 0 {
			return nil
		}
		q.From = page.Next
	}
}
