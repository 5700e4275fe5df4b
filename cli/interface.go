package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
	"empress/ui"
)

// offerInterface makes the root command open the terminal interface.
func (t *tree) offerInterface(root *cobra.Command) {
	var at string
	root.Flags().StringVar(&at, "at", "", "the `screen` to open with: dashboard, settings, team, keys, rotation or activity")
	t.completeFlags(root, map[string]cobra.CompletionFunc{"at": fixed(ui.Places())})
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := oneOf(cmd, "at", ui.Places()); err != nil {
			return err
		}
		if !isTerminal(t.In) || !isTerminal(t.Out) {
			return usage(cmd, "The terminal interface needs a terminal, and this is none. Use the commands, such as `empress keys list`.%s", t.askForTerminal())
		}
		return t.openInterface(cmd.Context(), ui.Place(at))
	}
}

// askForTerminal is how somebody who is elsewhere gets a terminal.
func (t *tree) askForTerminal() string {
	if t.here != nil {
		return ""
	}
	return " With ssh -t it is a terminal."
}

func (t *tree) openInterface(ctx context.Context, at ui.Place) error {
	o := ui.Options{
		Start:   at,
		About:   []ui.Fact{{Name: "Version", Value: build().line()}},
		Environ: t.Environ,
		NoColor: t.noColor,
		Input:   t.In,
		Output:  t.Out,
	}
	open := t.complete
	if t.here == nil {
		open = t.completeElsewhere
	}
	if err := open(ctx, &o); err != nil {
		return err
	}
	if !ui.SpeaksInLines(t.Environ) {
		return ui.Run(ctx, o)
	}
	if t.Terminal != nil {
		var hangUp context.CancelFunc
		ctx, hangUp = context.WithCancel(ctx)
		defer hangUp()
		o.Input = t.Terminal.Lines(hangUp)
	}
	return ui.RunLines(ctx, o)
}

// idleElsewhere is how long a session over SSH waits for a key press where the
// team decided nothing about that: nobody sees whether somebody is still there.
const idleElsewhere = time.Hour

// completeElsewhere adds what the interface needs for a person who is
// elsewhere: nothing of this computer is theirs.
func (t *tree) completeElsewhere(ctx context.Context, o *ui.Options) (err error) {
	if t.Terminal != nil {
		o.Idle = idleElsewhere
		o.Size, o.Resized = t.Terminal.Size, t.Terminal.Resized()
	}
	o.Session, err = t.Session(ctx)
	return err
}

// complete adds what the interface needs for a person who is here.
func (t *tree) complete(ctx context.Context, o *ui.Options) error {
	p, err := t.here.paths()
	if err != nil {
		return err
	}
	o.Save, o.ReadKey = storage.WriteNewFile, readKeyFile
	o.About = append([]ui.Fact{{Name: "Database", Value: p.database}, {Name: "Sealing key", Value: p.key}}, o.About...)
	o.Appearance, o.Keep = t.appearance(), t.keepAppearance
	o.NewSecrets = newSecretsOfRotation
	if t.variable("SSH_CONNECTION") == "" { // else it may be the only command that an account has
		o.Deliver = t.toCommandOf
	}
	o.Session, err = t.here.signIn(ctx, model.Identity{Via: model.ViaTerminal})
	if errors.Is(err, model.ErrNotInitialized) { // the first run
		o.Founding = effectiveUser().founding()
		o.Found = func(ctx context.Context, f model.Founding) (*model.Session, error) {
			return t.here.found(ctx, f, model.ViaTerminal)
		}
		err = nil
	}
	return err
}
