package cli

import (
	"context"
	"os/exec"

	"github.com/spf13/cobra"

	"empress/model"
)

// rotateFlags are what the flags of a rotation ask for.
type rotateFlags struct {
	keyFilter
	due, renew, dryRun bool
	command            string // that takes each secret
	secrets            string // path of the file that takes all
}

func (t *tree) keysRotate() *cobra.Command {
	var r rotateFlags
	cmd := &cobra.Command{
		Use:   "rotate [KEY...]",
		Short: "Give many keys new secrets, and deliver them",
		Long: `Give the keys that are named, or with --due all those that are due, new secrets.
The old ones stop working at once, everywhere, and nothing asks before;
--dry-run says what would happen, and why keys are left out.

With --deliver each secret goes to a command of yours, for one key after the
other, on its standard input and nowhere else. In its environment are
EMPRESS_API_KEY, EMPRESS_APPLICATION, EMPRESS_OWNER, EMPRESS_GENERATION (the
number of the secret, counted from 1), EMPRESS_SCOPES, EMPRESS_EXPIRES_AT (empty
for never) and EMPRESS_TEAM. It has delivered when it ends with 0 within two
minutes. Where it fails the key is called not delivered, and is due again. After
ten failures in a row the rest is left as it is.

With --secrets all of them go to a new file, as KEY:SECRET, a hundred at a time,
and each is in the file before it works. The file stays, whatever happens.

One interruption ends it after the key in hand, a second one at once. The same
command with --due then goes on with the rest.`,
		Example: "  empress keys rotate --due --dry-run\n  empress keys rotate --due --renew --deliver 'pass insert -m \"keys/$EMPRESS_API_KEY\"'\n" +
			"  empress keys rotate empk_7f3c0a1b2c3d4e5f6g7h --secrets new.secrets",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: t.completeKeys,
	}
	f := cmd.Flags()
	f.BoolVar(&r.due, "due", false, "all keys whose secret should be replaced, as keys list --due has them")
	t.addKeyNarrowing(cmd, &r.keyFilter)
	t.addRotationOut(cmd, &r)
	f.BoolVar(&r.renew, "renew", false, "let keys that expire soon go on for as long as before")
	f.BoolVar(&r.dryRun, "dry-run", false, "say what would happen, and change nothing")
	return t.withKeys(cmd, func(cmd *cobra.Command, ids []model.KeyID) error {
		if err := firstError(r.checkKeys(cmd, ids), r.checkOut(t, cmd)); err != nil {
			return err
		}
		return t.rotate(cmd.Context(), ids, r)
	})
}

// addRotationOut adds the flags that say where new secrets go, or their refusal.
func (t *tree) addRotationOut(cmd *cobra.Command, r *rotateFlags) {
	const command, file = "run this `command` for each key, with the secret on its input", "write the secrets to this new `file`, for you alone to read"
	f := cmd.Flags()
	if t.here != nil {
		f.StringVar(&r.command, "deliver", "", command)
		f.StringVar(&r.secrets, "secrets", "", file)
		return
	}
	noFlag(f, "deliver", command, "would run a command on the server", rotateThere)
	noFileFlag(f, "secrets", file, rotateThere)
}

// rotateThere says what somebody who is elsewhere can do instead.
const rotateThere = "Rotate many keys on the server itself, or regenerate them one by one."

// checkKeys checks which keys are asked for.
func (r *rotateFlags) checkKeys(cmd *cobra.Command, ids []model.KeyID) error {
	given := cmd.Flags().Changed
	switch {
	case len(ids) == 0 && !r.due:
		return usage(cmd, "Name the keys, or give --due for all that are due.")
	case len(ids) > 0 && r.due:
		return usage(cmd, "Either name keys or give --due.")
	case !r.due && (given("application") || given("owner") || given("filter")):
		return usage(cmd, "--application, --owner and --filter narrow what --due finds.")
	}
	return filled(cmd, "application", "owner", "filter")
}

// checkOut checks where the new secrets are to go.
func (r *rotateFlags) checkOut(t *tree, cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	switch {
	case given("deliver") && given("secrets"):
		return usage(cmd, "--deliver and --secrets are two ways. Choose one.")
	case given("deliver") || given("secrets"):
		return filled(cmd, "deliver", "secrets")
	case r.dryRun:
		return nil
	case t.here == nil:
		return model.Errorf(model.CodeDenied, "New secrets go to a command or a file of the server, which nobody reaches over SSH. %s With --dry-run you see which keys it would be.", rotateThere)
	}
	return usage(cmd, "Say where the new secrets go, with --deliver COMMAND or --secrets FILE.")
}

// rotate gives the keys new secrets, or says which it would be.
func (t *tree) rotate(ctx context.Context, ids []model.KeyID, r rotateFlags) error {
	s, err := t.Session(ctx)
	if err != nil {
		return err
	}
	if r.due {
		if ids, err = dueKeys(ctx, s, r.KeyQuery); err != nil {
			return err
		}
	}
	if r.dryRun {
		return t.printRotationPlan(ctx, s, ids, r)
	}
	run := &rotation{t: t, s: s, flags: r, todo: len(ids), progress: t.newProgress("of " + count(len(ids), "key"))}
	if len(ids) == 0 {
		return run.print()
	}
	out, err := run.out()
	if err != nil {
		return err
	}
	return run.through(ctx, ids, out)
}

// dueKeys reads all that are due before any of them is changed.
func dueKeys(ctx context.Context, s *model.Session, q model.KeyQuery) ([]model.KeyID, error) {
	if err := applicationExists(ctx, s, q); err != nil {
		return nil, err
	}
	q.Attention = model.Due
	var ids []model.KeyID
	err := eachWindow(ctx, s, q, 0, func(ks []model.Key) error {
		for _, k := range ks {
			ids = append(ids, k.ID)
		}
		return nil
	})
	return ids, err
}

// out makes ready what takes the secrets, before there is one to lose.
func (r *rotation) out() (secretsOut, error) {
	if r.flags.secrets != "" {
		file, err := newSecretsFile(r.flags.secrets, false)
		return &toFile{r, file}, err
	}
	if _, err := exec.LookPath("sh"); err != nil {
		return nil, model.Errorf(model.CodeFailed, "There is no sh to run the command with, so nothing was rotated. Put it into the PATH.").Because(err)
	}
	return &toCommand{rotation: r, delivery: delivery{r.flags.command, r.t.Environ, r.s.Team(), deliveryLimit}}, nil
}
