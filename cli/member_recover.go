package cli

import (
	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

func (t *tree) membersRecover() *cobra.Command {
	var login string
	cmd := &cobra.Command{
		Use:   "recover MEMBER",
		Short: "Bind your login to an administrator, when none can sign in any more",
		Long: `Bind a login to an administrator, when none can sign in any more. It takes no
membership: whoever owns the database file and can read the sealing key could
do anything anyway; with PostgreSQL it is whoever owns the sealing key file. The
trail tells it in capital letters.`,
		Example: "  empress members recover ada@example.com --login ada",
		Args:    exactly(1, "the email of one administrator"),
	}
	cmd.Flags().StringVar(&login, "login", "", "the operating-system `user`; otherwise yours")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "login"); err != nil {
			return err
		}
		p, err := t.here.paths()
		if err != nil {
			return err
		}
		owned := p.database
		if p.server != nil { // it says by itself who may come in
			owned = p.key
		}
		switch mine, err := storage.Owned(owned); {
		case err != nil:
			return err
		case !mine:
			return model.Errorf(model.CodeDenied, "%s belongs to another user of this computer, who alone can do this. Sign in as that user.", owned)
		}
		service, err := t.here.open(cmd.Context()) // with the sealing key, or not at all
		if err != nil {
			return err
		}
		me := effectiveUser().login
		if login == "" {
			login = me
		}
		if err := service.Recover(cmd.Context(), model.Identity{Login: me, Via: model.ViaCommand}, args[0], login); err != nil {
			return err
		}
		t.note("%s signs in as %s from now on. The trail tells it in capital letters.", model.Printable(args[0]), login)
		return nil
	}
	return cmd
}
