package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

func (t *tree) sealingKey() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "sealing-key",
		GroupID: groupHere,
		Short:   "Replace the sealing key, such as when its file may have leaked",
		Long: `Replace the sealing key, such as when its file may have leaked or somebody left
who could read it. It takes two steps, so that no machine stops meanwhile:
'new' adds another key to the file, which you copy to every machine that runs
empress on this database, where the servers are started again; then 'use' seals
everything by it.

Every secret works on, and is due to be replaced: until it was, it depends on
the former key. The line of a former key stays in the file: the events of its
time, and backups, can be checked with it alone.`,
		Example: "  empress sealing-key list",
	}
	cmd.AddCommand(t.sealingKeyList(), t.sealingKeyNew(), t.sealingKeyUse())
	return cmd
}

// sealingKeyJSON is one sealing key as scripts see it.
type sealingKeyJSON struct {
	Number int    `json:"number"`
	State  string `json:"state"` // former, current, next
	InFile bool   `json:"in_file"`
	Keys   int    `json:"keys"`
	Usable int    `json:"usable_keys"`
}

func (t *tree) sealingKeyList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the sealing keys, and how many keys still depend on each",
		Long: `List the sealing keys in the file, which of them is in use, and how many keys
have a secret that depends on each. Those that are neither revoked nor expired
count as usable. It takes no membership.`,
		Example: "  empress sealing-key list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			service, err := t.here.open(cmd.Context())
			if err != nil {
				return err
			}
			uses, err := service.SealingKeys(cmd.Context())
			if err != nil {
				return err
			}
			list := t.newListing("", "NUMBER", "STATE", "IN THE FILE", "KEYS", "USABLE")
			state := "former"
			for _, u := range uses {
				words := state
				if u.Current {
					words, state = "current", "next"
				}
				inFile := "yes"
				if !u.InFile {
					inFile = "MISSING"
				}
				if err := list.add(sealingKeyJSON{u.Number, words, u.InFile, u.Keys, u.Usable},
					strconv.Itoa(u.Number), words, inFile, strconv.Itoa(u.Keys), strconv.Itoa(u.Usable)); err != nil {
					return err
				}
			}
			return list.end()
		},
	}
}

func (t *tree) sealingKeyNew() *cobra.Command {
	return &cobra.Command{
		Use:   "new",
		Short: "Add another sealing key to the file, to be used later",
		Long: `Add another sealing key to the file, to be used later. Nothing else changes yet.
The file is replaced at once, and keeps the keys that are in it. Where a key
waits there already no other is made.`,
		Example: "  empress sealing-key new",
		RunE: func(cmd *cobra.Command, _ []string) error {
			service, err := t.here.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := t.here.paths()
			if err != nil {
				return err
			}
			seal, err := storage.AddToKeyFile(p.key, service.SealingKeyNumber())
			if err != nil {
				return err
			}
			return t.printNewSealingKey(seal.Number(), p.key)
		},
	}
}

func (t *tree) printNewSealingKey(number int, file string) error {
	if t.json {
		return encoder(t.out).Encode(map[string]any{"number": number, "key_file": model.Printable(file)})
	}
	_, err := fmt.Fprintf(t.out, "Sealing key %d is in %s, and waits to be used.\n", number, model.Printable(file))
	t.note("Back the file up, apart from the database. Copy it to every machine that runs empress on this database, and start the servers there again. Then run `empress sealing-key use`.")
	return err
}

func (t *tree) sealingKeyUse() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "use",
		Short: "Seal everything by the next sealing key in the file",
		Long: `Seal everything by the next sealing key in the file, all at once or not at all.
While it runs, other changes wait and requests do not. Every secret works on and
is due to be replaced: see 'empress keys rotate --due'. A machine whose key file
lacks the new key denies every request until it has it. That cannot be undone.

It needs the permission policy.manage. At a terminal it asks before it begins;
elsewhere --yes is needed.`,
		Example: "  empress sealing-key use --yes",
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !yes && !(isTerminal(t.In) && isTerminal(t.Err)) {
			return usage(cmd, "A machine without the new key file stops, and nobody is there to be asked, so it needs --yes.")
		}
		s, err := t.here.signIn(cmd.Context(), model.Identity{Via: model.ViaCommand})
		if err != nil {
			return err
		}
		if n := t.here.service.NextSealingKey(); !yes && n != 0 && s.Can(model.PolicyManage, model.Target{}) == nil {
			next := strconv.Itoa(n)
			t.note("Every machine whose key file lacks sealing key %s denies every request from then on.", next)
			if err := t.askTyped(cmd.Context(), next, "use it", "the number of the next sealing key", "nothing was changed"); err != nil {
				return err
			}
		}
		done, err := s.ReplaceSealingKey(cmd.Context())
		if err != nil {
			return err
		}
		return t.printResealed(done)
	}
	return cmd
}

func (t *tree) printResealed(done model.Resealed) error {
	var err error
	if t.json {
		err = encoder(t.out).Encode(map[string]any{"from": done.From, "to": done.To, "keys_due": done.Keys, "left": done.Left})
	} else {
		_, err = fmt.Fprintf(t.out, "Everything is sealed by sealing key %d, in place of number %d.\n", done.To, done.From)
	}
	if done.Keys > 0 {
		t.note("%s to be rotated: `empress keys rotate --due` gives new secrets. Until then they depend on sealing key %d.", agreeing(done.Keys, "key", "is", "are"), done.From)
	}
	t.note("Keep the line of number %d in the key file: with it alone the earlier events can be checked.", done.From)
	if err == nil && done.Left > 0 {
		t.note("%s changed outside empress before, and left as that: `empress audit verify` names them.", agreeing(done.Left, "record", "was", "were"))
		return exitPartly
	}
	return err
}
