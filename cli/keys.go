package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) keys() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "keys",
		GroupID: groupKeys,
		Short:   "Create, list and change API keys",
		Long: `Create, list and change API keys.

A key has a public half, the API key (empk_…), which names it in all commands,
and a private half, the API secret (emps_…), which is shown once, when it is
made. Only the latest secret of a key works.`,
		Example: "  empress keys list",
	}
	cmd.AddCommand(t.keysList(), t.keysShow(), t.keysCreate(), t.keysEdit(), t.keysRegenerate(),
		t.keysRotate(), t.keysSuspend(), t.keysResume(), t.keysRevoke(), t.keysImport(), t.keysExport())
	return cmd
}

// onKey makes a command whose one argument is an API key.
func (t *tree) onKey(cmd *cobra.Command, run func(*cobra.Command, model.KeyID) error) *cobra.Command {
	cmd.Use += " KEY"
	cmd.Args = exactly(1, "one API key")
	cmd.ValidArgsFunction = t.completeKey
	return t.withKeys(cmd, func(cmd *cobra.Command, ids []model.KeyID) error { return run(cmd, ids[0]) })
}

// onKeys makes a command whose arguments are API keys, at least one.
func (t *tree) onKeys(cmd *cobra.Command, run func(*cobra.Command, []model.KeyID) error) *cobra.Command {
	cmd.Use += " KEY..."
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(cmd, "Give at least one API key.")
		}
		return nil
	}
	cmd.ValidArgsFunction = t.completeKeys
	return t.withKeys(cmd, run)
}

func (t *tree) withKeys(cmd *cobra.Command, run func(*cobra.Command, []model.KeyID) error) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ids := make([]model.KeyID, len(args))
		for i, arg := range args {
			id, err := model.ParseKeyID(arg)
			if err != nil {
				return err
			}
			ids[i] = id
		}
		return run(cmd, distinct(ids))
	}
	return cmd
}

// distinct returns ids without those that were named before.
func distinct(ids []model.KeyID) (once []model.KeyID) {
	for _, id := range ids {
		if !slices.Contains(once, id) {
			once = append(once, id)
		}
	}
	return once
}

func (t *tree) keysShow() *cobra.Command {
	return t.onKey(&cobra.Command{
		Use:     "show",
		Short:   "Show one key and what happened to it",
		Example: "  empress keys show empk_7f3c0a1b2c3d4e5f6g7h",
	}, func(cmd *cobra.Command, id model.KeyID) error {
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		k, err := s.Key(cmd.Context(), id)
		if err != nil {
			return err
		}
		events, err := s.Events(cmd.Context(), model.EventQuery{Key: id, Limit: latestEvents})
		if err != nil {
			return err
		}
		return t.printKeyWithEvents(s, k, events)
	})
}

// latestEvents is how many events the page of a key shows.
const latestEvents = 10

func (t *tree) printKeyWithEvents(s *model.Session, k model.Key, events []model.Event) error {
	if t.json {
		page := struct {
			keyJSON
			Events []eventJSON `json:"events"`
		}{newKeyJSON(k, s.Now()), make([]eventJSON, len(events))}
		for i, e := range events {
			page.Events[i] = newEventJSON(e)
		}
		return encoder(t.out).Encode(page)
	}
	facts := append(keyFacts(k, s.Now()), fact{}, fact{"Latest events", ""})
	for _, e := range events {
		facts = append(facts, fact{"  " + shown(e.At, ""), e.Sentence()})
	}
	return writeFacts(t.out, facts...)
}

// changed prints a key after a change. Changes do not carry when a key was
// last used; should reading that fail, the change itself is still reported.
func (t *tree) changed(ctx context.Context, s *model.Session, k model.Key) error {
	if again, err := s.Key(ctx, k.ID); err == nil {
		k = again
	}
	if t.json {
		return encoder(t.out).Encode(newKeyJSON(k, s.Now()))
	}
	return writeFacts(t.out, keyFacts(k, s.Now())...)
}
