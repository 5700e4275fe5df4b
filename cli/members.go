package cli

import (
	"context"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) members() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "members",
		GroupID: groupTeam,
		Short:   "See and change who belongs to the team, and who may do what",
		Long: `See and change who belongs to the team, and who may do what. MEMBER is an email
or a login. A role says what somebody may do; a grant allows one thing more, for
one application or all, for a while or for good.`,
		Example: "  empress members list",
	}
	cmd.AddCommand(t.membersList(), t.membersShow(), t.membersAdd(), t.membersEdit(), t.membersRole(), t.membersSuspend(), t.membersResume(),
		t.membersRemove(), t.membersGrant(), t.membersUngrant(), t.membersWho(), t.membersSSHKey())
	cmd.AddCommand(t.onlyHere(t.membersRecover())...)
	return cmd
}

// onMember is a command about one member.
func (t *tree) onMember(cmd *cobra.Command, run func(ctx context.Context, s *model.Session, member string) error) *cobra.Command {
	cmd.Use += " MEMBER"
	cmd.Args = exactly(1, "the email or the login of one member")
	cmd.ValidArgsFunction = t.completeOneMember
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		return run(cmd.Context(), s, args[0])
	}
	return cmd
}

func (t *tree) completeOneMember(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return t.completeMember(cmd, args, prefix)
}

func (t *tree) membersList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List all members",
		Example: "  empress members list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			ms, err := s.Members(cmd.Context())
			if err != nil {
				return err
			}
			return t.printMembers(ms)
		},
	}
}

func (t *tree) membersShow() *cobra.Command {
	return t.onMember(&cobra.Command{
		Use:     "show",
		Short:   "Show one member: the last sign-in, and what they may do and why",
		Example: "  empress members show kim@example.com",
	}, func(ctx context.Context, s *model.Session, member string) error {
		m, err := s.Member(ctx, member)
		if err != nil {
			return err
		}
		access, err := s.Access(ctx, member)
		if err != nil {
			return err
		}
		grants, err := s.Grants(ctx, member)
		if err != nil {
			return err
		}
		last, err := s.LastSignIn(ctx, m.ID)
		if err != nil {
			return err
		}
		return t.printMember(m, last, access, grants)
	})
}

func (t *tree) membersAdd() *cobra.Command {
	var spec model.MemberSpec
	role := string(model.PlainMember)
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Add a member",
		Long:    "Add a member. Without --login nobody signs in as them on this computer.",
		Example: "  empress members add --name 'Kim Doe' --email kim@example.com --login kim --role 'IT Manager'",
	}
	f := cmd.Flags()
	f.StringVar(&spec.Name, "name", "", "the member's `name`")
	f.StringVar(&spec.Email, "email", "", "the member's `email`, which is theirs for ever")
	f.StringVar(&spec.Login, "login", "", "the operating-system `user` that the member signs in as")
	f.StringVar(&role, "role", role, "the `role`: Administrator, IT Manager, Auditor or Member")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"role": fixed(model.Roles())})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := filled(cmd, "name", "email", "login", "role"); err != nil {
			return err
		}
		if spec.Name == "" || spec.Email == "" {
			return usage(cmd, "A member has a --name and an --email.")
		}
		spec.Role = model.Role(role)
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		m, err := s.AddMember(cmd.Context(), spec)
		if err != nil {
			return err
		}
		return t.printOne(m)
	}
	return cmd
}

func (t *tree) membersRole() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "role MEMBER ROLE",
		Short: "Give a member another role",
		Long: `Give a member another role: Administrator, 'IT Manager', Auditor or Member. It
counts from the next thing that they do. A step down ends those of their grants
that only an administrator's role carries; what they keep, and what others hold
by grants of theirs, is said, to be taken with members ungrant.`,
		Example: "  empress members role kim@example.com 'IT Manager'",
		Args:    exactly(2, "a member and a role"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			before := standing(cmd.Context(), s, args[0])
			m, err := s.SetRole(cmd.Context(), args[0], model.Role(args[1]))
			if err != nil {
				return err
			}
			if err := t.printOne(m); err != nil {
				return err
			}
			t.noteEnded(before, m.Role)
			t.noteGrants(standing(cmd.Context(), s, m.Email))
			return nil
		},
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return fixed(model.Roles())(cmd, args, prefix)
		}
		return t.completeOneMember(cmd, args, prefix)
	}
	return cmd
}

func (t *tree) membersSuspend() *cobra.Command {
	return t.onMember(&cobra.Command{
		Use:     "suspend",
		Short:   "Keep a member out until they are resumed",
		Long:    "Keep a member out until they are resumed. The keys that they own go on working.",
		Example: "  empress members suspend kim@example.com",
	}, func(ctx context.Context, s *model.Session, member string) error {
		err := t.memberChange((*model.Session).SuspendMember)(ctx, s, member)
		if err == nil {
			t.noteGiven(standing(ctx, s, member).Given)
		}
		return err
	})
}

func (t *tree) membersResume() *cobra.Command {
	return t.onMember(&cobra.Command{
		Use:     "resume",
		Short:   "Let a suspended member in again",
		Example: "  empress members resume kim@example.com",
	}, t.memberChange((*model.Session).ResumeMember))
}

func (t *tree) memberChange(change func(*model.Session, context.Context, string) (model.Member, error)) func(context.Context, *model.Session, string) error {
	return func(ctx context.Context, s *model.Session, member string) error {
		m, err := change(s, ctx, member)
		if err != nil {
			return err
		}
		return t.printOne(m)
	}
}
