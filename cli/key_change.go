package cli

import (
	"context"

	"github.com/spf13/cobra"

	"empress/model"
)

// keyFlags are the facts of a key that flags can set.
type keyFlags struct {
	owner, purpose, rate, expires string
	scopes, networks              []string
	noScopes, noNetworks          bool
}

func (t *tree) addKeyFlags(cmd *cobra.Command, k *keyFlags) {
	f := cmd.Flags()
	f.StringArrayVar(&k.scopes, "scope", nil, "a `scope` that the key has, such as invoices:read; may be repeated")
	f.StringArrayVar(&k.networks, "network", nil, "a `network` that the key works from, such as 10.0.0.0/8; may be repeated")
	f.StringVar(&k.rate, "rate", "", "how many requests pass, such as `100/min`; none for no limit")
	f.StringVar(&k.expires, "expires", "", "`when` the key stops working: 90d, 2030-01-31 or never")
	f.StringVar(&k.purpose, "purpose", "", "what the key is for, in a `sentence`")
	f.StringVar(&k.owner, "owner", "", "the `member` who answers for the key, by email or login")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"owner": t.completeMember})
}

func (t *tree) keysCreate() *cobra.Command {
	var k keyFlags
	var spec model.KeySpec
	var out secretFile
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create New API Key",
		Long: `Create a key for an application, and the application too if there is none of
that name yet. The API secret is printed once and never again.

Without further flags the key is yours, has no scopes, works from any network
without a limit, and expires when the policy says, otherwise in a year.`,
		Example: "  empress keys create --application billing --scope invoices:read --expires 90d",
	}
	f := cmd.Flags()
	f.StringVar(&spec.Application, "application", "", "the `name` of the application that uses the key")
	f.BoolVar(&spec.NewApplication, "new-application", false, "make a new application although one has almost this name")
	t.addKeyFlags(cmd, &k)
	t.addSecretOut(cmd, &out)
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"application": t.completeApplication})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !cmd.Flags().Changed("application") {
			return usage(cmd, "Say which application the key is for, with --application.")
		}
		if err := filled(cmd, "application", "owner", "expires", "rate", "network"); err != nil {
			return err
		}
		spec.Owner, spec.Purpose, spec.Rate, spec.Expires = k.owner, k.purpose, k.rate, k.expires
		spec.Scopes, spec.Networks = k.scopes, k.networks
		return t.withNewSecret(cmd, out, func(s *model.Session) (model.Key, model.Secret, error) {
			return s.CreateKey(cmd.Context(), spec)
		})
	}
	return cmd
}

func (t *tree) keysEdit() *cobra.Command {
	var k keyFlags
	cmd := &cobra.Command{
		Use:   "edit",
		Short: "Change facts of a key, or the owner of several",
		Long: `Change facts of a key. What no flag names stays as it is; scopes and networks
that are given replace those that the key has. The secret stays the same.

With --owner and no other flag it takes several keys. ` + manyKeys,
		Example: "  empress keys edit empk_7f3c0a1b2c3d4e5f6g7h --expires 90d --no-networks",
	}
	t.addKeyFlags(cmd, &k)
	cmd.Flags().BoolVar(&k.noScopes, "no-scopes", false, "take all scopes away")
	cmd.Flags().BoolVar(&k.noNetworks, "no-networks", false, "let the key work from any network")
	return t.onKeys(cmd, func(cmd *cobra.Command, ids []model.KeyID) error {
		edit, err := k.edit(cmd)
		if err != nil {
			return err
		}
		if len(ids) > 1 && edit != (model.KeyEdit{Owner: edit.Owner}) {
			return usage(cmd, "Several keys get another owner together, and nothing else. Give --owner alone, or one key.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		if len(ids) > 1 {
			return t.changeOwners(cmd.Context(), s, ids, k.owner)
		}
		key, err := s.EditKey(cmd.Context(), ids[0], 0, edit)
		if err != nil {
			return err
		}
		return t.changed(cmd.Context(), s, key)
	})
}

// changeOwners gives many keys another owner, and prints them.
func (t *tree) changeOwners(ctx context.Context, s *model.Session, ids []model.KeyID, owner string) error {
	b, err := s.ChangeOwners(ctx, ids, owner)
	if err != nil {
		return err
	}
	return t.printBatch(s, b, func(k model.Key) string {
		if k.State == model.Revoked {
			return string(k.State)
		}
		return "of " + k.Owner
	})
}

// edit holds the fields whose flags were given, and no others.
func (k *keyFlags) edit(cmd *cobra.Command) (model.KeyEdit, error) {
	var e model.KeyEdit
	given := cmd.Flags().Changed
	if given("scope") && k.noScopes || given("network") && k.noNetworks {
		return e, usage(cmd, "Either give scopes or networks, or take them away.")
	}
	if err := filled(cmd, "owner", "expires", "rate", "network"); err != nil {
		return e, err
	}
	for name, set := range map[string]func(){
		"owner": func() { e.Owner = &k.owner }, "purpose": func() { e.Purpose = &k.purpose },
		"rate": func() { e.Rate = &k.rate }, "expires": func() { e.Expires = &k.expires },
		"scope": func() { e.Scopes = &k.scopes }, "network": func() { e.Networks = &k.networks },
	} {
		if given(name) {
			set()
		}
	}
	if k.noScopes {
		e.Scopes = &[]string{}
	}
	if k.noNetworks {
		e.Networks = &[]string{}
	}
	if e == (model.KeyEdit{}) {
		return e, usage(cmd, "Say what to change, such as --expires 90d.")
	}
	return e, nil
}
