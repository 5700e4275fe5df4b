package cli

import (
	"context"

	"github.com/spf13/cobra"

	"empress/model"
)

// leaving is what is to become of the keys of a member who is removed.
type leaving struct {
	transferTo string
	revoke     bool
	secrets    string // what becomes of a key whose secret they know and that stays
	dryRun     bool
	yes        bool
}

func (t *tree) membersRemove() *cobra.Command {
	var l leaving
	cmd := &cobra.Command{
		Use:   "remove",
		Short: "Remove a member, and settle every key that they own or know",
		Long: `Remove a member, and settle every key that they own or know, in one step: all of
it happens or nothing. The keys that they own go to somebody else or are
revoked. A key whose present secret they were shown is suspended, unless
--secrets says otherwise: regenerate and resume it then. --dry-run says what
would happen.

At a terminal it asks before it begins; elsewhere --yes is needed.`,
		Example: "  empress members remove kim@example.com --transfer-to ada@example.com --dry-run",
	}
	f := cmd.Flags()
	f.StringVar(&l.transferTo, "transfer-to", "", "the `member` who owns their keys from now on")
	f.BoolVar(&l.revoke, "revoke", false, "revoke the keys that they own")
	f.StringVar(&l.secrets, "secrets", string(model.Suspend), "the `fate` of other keys whose secret they know: suspend, revoke or keep")
	f.BoolVar(&l.dryRun, "dry-run", false, "say what would happen, and change nothing")
	f.BoolVar(&l.yes, "yes", false, "do not ask")
	disposals := []model.Disposal{model.Suspend, model.Revoke, model.Keep}
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"transfer-to": t.completeMember, "secrets": fixed(disposals)})
	t.onMember(cmd, func(ctx context.Context, s *model.Session, member string) error {
		if err := firstError(filled(cmd, "transfer-to"), oneOf(cmd, "secrets", disposals)); err != nil {
			return err
		}
		if l.revoke && l.transferTo != "" {
			return usage(cmd, "Give --transfer-to or --revoke, not both.")
		}
		if !l.dryRun && !l.yes && !(isTerminal(t.In) && isTerminal(t.Err)) {
			return usage(cmd, "Removing is final and nobody is there to be asked, so it needs --yes.")
		}
		return t.remove(ctx, s, member, l)
	})
	return cmd
}

func (t *tree) remove(ctx context.Context, s *model.Session, member string, l leaving) error {
	o, err := s.Offboarding(ctx, member)
	if err != nil {
		return err
	}
	choices, err := l.settle(o)
	if err != nil {
		return err
	}
	if l.dryRun {
		t.noteGiven(o.Given)
		return t.printPlan(o, choices)
	}
	if !l.yes {
		t.note("%s is removed for good, and their grants end. To settle: %s.", o.Member.Email, count(len(choices), "key"))
		t.noteGiven(o.Given)
		if err := t.askTyped(ctx, o.Member.Email, "remove", "the member's email", "nobody was removed"); err != nil {
			return err
		}
	}
	removed, err := s.RemoveMember(ctx, o.Member.Email, choices)
	if err != nil {
		return err
	}
	if l.yes {
		t.noteGiven(o.Given) // whom nobody asked has not heard of it
	}
	if t.json {
		keys := make([]keyJSON, len(removed.Changed))
		for i, k := range removed.Changed {
			keys[i] = newKeyJSON(k, s.Now())
		}
		return encoder(t.out).Encode(map[string]any{"member": newMemberJSON(removed.Member), "keys": keys})
	}
	if err := t.printMembers([]model.Member{removed.Member}); err != nil || len(removed.Changed) == 0 {
		return err
	}
	t.blank()
	list := t.newKeyRows()
	for _, k := range removed.Changed {
		if err := list.add(k, s); err != nil {
			return err
		}
	}
	return list.end()
}

// settle decides about every key.
func (l leaving) settle(o model.Offboarding) ([]model.Settlement, error) {
	choices := make([]model.Settlement, len(o.Keys))
	for i, h := range o.Keys {
		c := model.Settlement{Key: h.Key.ID, From: h.Key.Generation}
		switch {
		case h.Owns && l.revoke:
			c.Do = model.Revoke
		case h.Owns && l.transferTo == "":
			return nil, model.Errorf(codeUsage, "%s owns the key %s of %s, among others. Say who owns them from now on with --transfer-to, or --revoke them.",
				o.Member.Email, h.Key.ID.Short(), h.Key.Application)
		case h.Owns:
			c.NewOwner = l.transferTo
		}
		if h.KnowsSecret && c.Do == "" {
			c.Do = model.Disposal(l.secrets)
		}
		choices[i] = c
	}
	return choices, nil
}

// planJSON is one key that is to be settled.
type planJSON struct {
	APIKey      string `json:"api_key"`
	Application string `json:"application"`
	Owns        bool   `json:"owns"`
	KnowsSecret bool   `json:"knows_secret"`
	*UsedJSON
	NewOwner *string `json:"new_owner"`
	Then     *string `json:"then"` // suspend, revoke, keep; null for nothing
}

func (t *tree) printPlan(o model.Offboarding, choices []model.Settlement) error {
	if t.json {
		list := make([]planJSON, len(choices))
		for i, h := range o.Keys {
			list[i] = planJSON{string(h.Key.ID), model.Printable(h.Key.Application), h.Owns, h.KnowsSecret, newUsedJSON(h.Key.Usage),
				text(choices[i].NewOwner), text(string(choices[i].Do))}
		}
		return encoder(t.out).Encode(list)
	}
	if o.Hidden > 0 {
		t.note("There is more that you may not see: %s. Ask an administrator.", count(o.Hidden, "key"))
	}
	if len(choices) == 0 {
		if o.Hidden == 0 {
			t.note("%s owns no key that could still be used, and was shown the secret of none.", o.Member.Email)
		}
		t.note("Nothing was changed.")
		return nil
	}
	rows := newTable(t.out, "APPLICATION", "API KEY", "THEY", "LAST USED", "NEW OWNER", "THEN")
	for i, h := range o.Keys {
		rows.add(h.Key.Application, string(h.Key.ID), holding(h), lastUse(h.Key.Usage), orWord(choices[i].NewOwner, "-"), orWord(string(choices[i].Do), "-"))
	}
	if err := rows.flush(); err != nil {
		return err
	}
	t.note("Nothing was changed.")
	return nil
}

// holding says what somebody has to do with a key.
func holding(h model.HeldKey) string {
	switch {
	case h.Owns && h.KnowsSecret:
		return "own it, know its secret"
	case h.Owns:
		return "own it"
	case h.KnowsSecret:
		return "know its secret"
	}
	return "knew an earlier secret"
}
