package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) keysSuspend() *cobra.Command {
	return t.onKeys(&cobra.Command{
		Use:     "suspend",
		Short:   "Make keys deny every request until they are resumed",
		Long:    "Make keys deny every request until they are resumed. " + manyKeys,
		Example: "  empress keys suspend empk_7f3c0a1b2c3d4e5f6g7h",
	}, t.stateChange(model.Suspended, (*model.Session).SuspendKey))
}

func (t *tree) keysResume() *cobra.Command {
	return t.onKeys(&cobra.Command{
		Use:     "resume",
		Short:   "Make suspended keys work again",
		Long:    "Make suspended keys work again. " + manyKeys,
		Example: "  empress keys resume empk_7f3c0a1b2c3d4e5f6g7h",
	}, t.stateChange(model.Active, (*model.Session).ResumeKey))
}

// manyKeys says what several keys at once mean.
const manyKeys = `Several keys change
together or not at all. Those with which nothing is to be done are left as they
are, and the exit code is then 5, or 6 where that is all of them.`

type keyChange func(*model.Session, context.Context, model.KeyID) (model.Key, error)

func (t *tree) stateChange(to model.State, one keyChange) func(*cobra.Command, []model.KeyID) error {
	return func(cmd *cobra.Command, ids []model.KeyID) error {
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		return t.changeStates(cmd.Context(), s, ids, to, one)
	}
}

// changeStates changes one key, or many at once, and prints them.
func (t *tree) changeStates(ctx context.Context, s *model.Session, ids []model.KeyID, to model.State, one keyChange) error {
	if len(ids) == 1 {
		k, err := one(s, ctx, ids[0])
		if err != nil {
			return err
		}
		return t.changed(ctx, s, k)
	}
	b, err := s.ChangeStates(ctx, ids, to)
	if err != nil {
		return err
	}
	return t.printBatch(s, b, func(k model.Key) string { return string(k.State) })
}

// printBatch prints many keys after a change. Those that were left as they were
// are named with what they are.
func (t *tree) printBatch(s *model.Session, b model.Batch, is func(model.Key) string) error {
	list := t.newKeyRows()
	for _, k := range b.Changed {
		if err := list.add(k, s); err != nil {
			return err
		}
	}
	if err := list.end(); err != nil {
		return err
	}
	for _, k := range b.Left {
		t.note("%s of %s is %s, so it was left as it is.", k.ID, k.Application, is(k))
	}
	if len(b.Left) > 0 {
		return exitPartly
	}
	return nil
}

func (t *tree) keysRevoke() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke",
		Short: "End keys for good",
		Long: `End keys for good: every request with them is denied at once, and nothing makes
them work again. At a terminal the name of the application is asked for first,
or the number of the keys; elsewhere --yes is needed. ` + manyKeys,
		Example: "  empress keys revoke empk_7f3c0a1b2c3d4e5f6g7h --yes",
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return t.onKeys(cmd, func(cmd *cobra.Command, ids []model.KeyID) error {
		if !yes && !(isTerminal(t.In) && isTerminal(t.Err)) {
			return usage(cmd, "Revoking is final and nobody is there to be asked, so it needs --yes.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		if !yes {
			if err := t.askToRevoke(cmd.Context(), s, ids); err != nil {
				return err
			}
		}
		return t.changeStates(cmd.Context(), s, ids, model.Revoked, (*model.Session).RevokeKey)
	})
}

// maxAnswer is more than the longest name of an application, in bytes.
const maxAnswer = 1024

// askToRevoke returns nil when the person typed the name of the application,
// or the number of the keys.
func (t *tree) askToRevoke(ctx context.Context, s *model.Session, ids []model.KeyID) error {
	var must string
	for _, id := range ids {
		k, err := s.Key(ctx, id)
		if errors.Is(err, model.ErrNotFound) {
			err = errors.Join(err, s.NoteRefused(ctx, model.KeyRevoked, model.KeysRevoke, ids))
		}
		if err != nil {
			return err
		}
		must = k.Application
		t.note("%s of %s stops working at once and for good. Its owner is %s; it was last used: %s.", k.ID, k.Application, k.Owner, lastUse(k.Usage))
	}
	what := "the name of the application"
	if len(ids) > 1 {
		must, what = strconv.Itoa(len(ids)), "the number of the keys"
	}
	return t.askTyped(ctx, must, "revoke", what, "nothing was revoked")
}

// askTyped returns nil when the person typed what must be typed to do something;
// what names it, and otherwise says what did not happen.
func (t *tree) askTyped(ctx context.Context, must, do, what, otherwise string) error {
	fmt.Fprintf(t.Err, "Type %s to %s: ", model.Printable(must), do)
	answer, err := readLine(ctx, t.In, maxAnswer)
	if err != nil {
		return err
	}
	if !model.SameName(answer, must) {
		return model.Errorf(model.CodeFailed, "That is not %s, so %s.", what, otherwise)
	}
	return nil
}
