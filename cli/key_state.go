package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) keysSuspend() *cobra.Command {
	return t.onKey(&cobra.Command{
		Use:     "suspend",
		Short:   "Make a key deny every request until it is resumed",
		Example: "  empress keys suspend empk_7f3c0a1b2c3d4e5f6g7h",
	}, t.stateChange((*model.Session).SuspendKey))
}

func (t *tree) keysResume() *cobra.Command {
	return t.onKey(&cobra.Command{
		Use:     "resume",
		Short:   "Make a suspended key work again",
		Example: "  empress keys resume empk_7f3c0a1b2c3d4e5f6g7h",
	}, t.stateChange((*model.Session).ResumeKey))
}

func (t *tree) stateChange(change func(*model.Session, context.Context, model.KeyID) (model.Key, error)) func(*cobra.Command, model.KeyID) error {
	return func(cmd *cobra.Command, id model.KeyID) error {
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		k, err := change(s, cmd.Context(), id)
		if err != nil {
			return err
		}
		return t.changed(cmd.Context(), s, k)
	}
}

func (t *tree) keysRevoke() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke",
		Short: "End a key for good",
		Long: `End a key for good: every request with it is denied at once, and nothing makes
it work again. At a terminal the name of the application is asked for first;
elsewhere --yes is needed.`,
		Example: "  empress keys revoke empk_7f3c0a1b2c3d4e5f6g7h --yes",
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return t.onKey(cmd, func(cmd *cobra.Command, id model.KeyID) error {
		if !yes && !(isTerminal(t.In) && isTerminal(t.Err)) {
			return usage(cmd, "Revoking is final and nobody is there to be asked, so it needs --yes.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		if !yes {
			if err := t.askToRevoke(cmd.Context(), s, id); err != nil {
				return err
			}
		}
		k, err := s.RevokeKey(cmd.Context(), id)
		if err != nil {
			return err
		}
		return t.changed(cmd.Context(), s, k)
	})
}

// maxAnswer is more than the longest name of an application, in bytes.
const maxAnswer = 1024

// askToRevoke returns nil when the person typed the name of the application.
func (t *tree) askToRevoke(ctx context.Context, s *model.Session, id model.KeyID) error {
	k, err := s.Key(ctx, id)
	if err != nil {
		return err
	}
	t.note("%s of %s stops working at once and for good. Its owner is %s; it was last used: %s.", k.ID, k.Application, k.Owner, lastUse(k.Usage))
	fmt.Fprintf(t.Err, "Type %s to revoke it: ", model.Printable(k.Application))
	answer, err := readLine(ctx, t.In, maxAnswer)
	if err != nil {
		return err
	}
	if !model.SameName(answer, k.Application) {
		return model.Errorf(model.CodeFailed, "That is not the name of the application, so nothing was revoked.")
	}
	return nil
}
