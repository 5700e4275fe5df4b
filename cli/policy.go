package cli

import (
	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) policy() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		GroupID: groupTeam,
		Short:   "Show and change what the team decided for everybody",
		Long: `Show and change what the team decided for everybody. Every member may see it; a
change needs the permission policy.manage.`,
		Example: "  empress policy show",
	}
	cmd.AddCommand(t.policyShow(), t.policySet())
	return cmd
}

func (t *tree) policyShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the policy",
		Example: "  empress policy show --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			p, err := s.Policy(cmd.Context())
			if err != nil {
				return err
			}
			return t.printPolicy(p)
		},
	}
}

func (t *tree) policySet() *cobra.Command {
	var support string
	cmd := &cobra.Command{
		Use:     "set",
		Short:   "Change the policy",
		Long:    "Change the policy. What no flag names stays as it is.",
		Example: "  empress policy set --support 'IT desk, it@example.com'",
	}
	cmd.Flags().StringVar(&support, "support", "", "whom people ask, in a few `words`; empty for nobody in particular")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !cmd.Flags().Changed("support") {
			return usage(cmd, "Say what to change, such as --support 'IT desk, it@example.com'.")
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		p, err := s.EditPolicy(cmd.Context(), model.PolicyEdit{Support: &support})
		if err != nil {
			return err
		}
		return t.printPolicy(p)
	}
	return cmd
}

func (t *tree) printPolicy(p model.Policy) error {
	if t.json {
		return encoder(t.out).Encode(map[string]any{"support_contact": model.Printable(p.Support)})
	}
	return writeFacts(t.out, fact{"Support contact", orWord(p.Support, "none given")})
}
