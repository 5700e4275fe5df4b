package cli

import (
	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) membersEdit() *cobra.Command {
	var name, login string
	cmd := &cobra.Command{
		Use:   "edit MEMBER",
		Short: "Correct the name or the login of a member",
		Long: `Correct the name or the login of a member. What no flag names stays as it is,
and so does the email: the trail names them by it. Whoever has the login acts
as that member, so giving one takes all that they may do. With --login '' nobody
signs in as them on this computer.`,
		Example:           "  empress members edit kim@example.com --name 'Kim Doe' --login kim",
		Args:              exactly(1, "the email or the login of one member"),
		ValidArgsFunction: t.completeOneMember,
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "the right `name`")
	f.StringVar(&login, "login", "", "the operating-system `user` that the member signs in as")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "name"); err != nil {
			return err
		}
		var e model.MemberEdit
		if cmd.Flags().Changed("name") {
			e.Name = &name
		}
		if cmd.Flags().Changed("login") {
			e.Login = &login
		}
		if e == (model.MemberEdit{}) {
			return usage(cmd, "Say what to change: --name or --login.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		m, err := s.EditMember(cmd.Context(), args[0], e)
		if err != nil {
			return err
		}
		return t.printOne(m)
	}
	return cmd
}
