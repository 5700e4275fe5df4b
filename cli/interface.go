package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
	"empress/ui"
)

// offerInterface makes the root command open the terminal interface.
func (t *tree) offerInterface(root *cobra.Command) {
	var at string
	root.Flags().StringVar(&at, "at", "", "the `screen` to open with: dashboard, settings, team, keys or activity")
	_ = root.RegisterFlagCompletionFunc("at", cobra.FixedCompletions(words(ui.Places()), cobra.ShellCompDirectiveNoFileComp))
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := oneOf(cmd, "at", ui.Places()); err != nil {
			return err
		}
		if !isTerminal(t.In) || !isTerminal(t.Out) {
			return usage(cmd, "The terminal interface needs a terminal, and this is none. Use the commands, such as `empress keys list`.")
		}
		return t.openInterface(cmd.Context(), ui.Place(at))
	}
}

func (t *tree) openInterface(ctx context.Context, at ui.Place) error {
	p, err := t.here.paths()
	if err != nil {
		return err
	}
	o := ui.Options{
		Save:       storage.WriteNewFile,
		ReadKey:    readKeyFile,
		Start:      at,
		About:      []ui.Fact{{Name: "Database", Value: p.database}, {Name: "Sealing key", Value: p.key}, {Name: "Version", Value: build().line()}},
		Appearance: t.appearance(),
		Keep:       t.keepAppearance,
		Environ:    t.Environ,
		NoColor:    t.noColor,
		Input:      t.In,
		Output:     t.Out,
	}
	o.Session, err = t.here.signIn(ctx, model.Identity{Via: model.ViaTerminal})
	if errors.Is(err, model.ErrNotInitialized) { // the first run
		o.Founding = effectiveUser().founding()
		o.Found = func(ctx context.Context, f model.Founding) (*model.Session, error) {
			return t.here.found(ctx, f, model.ViaTerminal)
		}
		err = nil
	}
	if err != nil {
		return err
	}
	if ui.SpeaksInLines(t.Environ) {
		return ui.RunLines(ctx, o)
	}
	return ui.Run(ctx, o)
}
