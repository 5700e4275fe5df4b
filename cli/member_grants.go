package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) membersGrant() *cobra.Command {
	var application, until string
	cmd := &cobra.Command{
		Use:   "grant MEMBER PERMISSION",
		Short: "Allow a member one thing more",
		Long: `Allow a member one thing more than the role does, such as keys.regenerate: for
one application or for all, until a time or for good. Nobody grants more than
they may do themselves.

A permission goes by its name, or in the words that members show says:

` + permissionList(),
		Example: "  empress members grant kim@example.com keys.regenerate --application billing --until 30d",
		Args:    exactly(2, "a member and a permission"),
	}
	f := cmd.Flags()
	f.StringVar(&application, "application", "", "only for this application, by its exact `name`")
	f.StringVar(&until, "until", "", "only until this `time`: 30d, a date or an instant")
	t.completeFlags(cmd, map[string]cobra.CompletionFunc{"application": t.completeApplication})
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return fixed(model.Permissions())(cmd, args, prefix)
		}
		return t.completeOneMember(cmd, args, prefix)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := filled(cmd, "application", "until"); err != nil {
			return err
		}
		var end time.Time
		if until != "" {
			var err error
			if end, err = model.ParseExpiry(until, time.Now()); err != nil {
				return err
			}
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		g, err := s.GiveGrant(cmd.Context(), args[0], model.Permission(args[1]), application, end)
		if err != nil {
			return err
		}
		return t.printGrant(model.GivenGrant{Grant: g, Email: args[0], Application: application, Giver: s.Me().Email, Holds: true})
	}
	return cmd
}

// permissionList is a line for each permission: its name and its words.
func permissionList() string {
	var lines []string
	for _, p := range model.Permissions() {
		lines = append(lines, fmt.Sprintf("  %-19s  %s", p, p.Words()))
	}
	return strings.Join(lines, "\n")
}

func (t *tree) membersUngrant() *cobra.Command {
	return &cobra.Command{
		Use:     "ungrant GRANT",
		Short:   "Take a grant away, at once",
		Long:    "Take a grant away, at once. `members show` lists grants with their numbers.",
		Example: "  empress members ungrant 3",
		Args:    exactly(1, "the number of one grant"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usage(cmd, "A grant is named by its number, as `empress members show` lists it.")
			}
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			if err := s.TakeGrant(cmd.Context(), id); err != nil {
				return err
			}
			t.note("Grant %d was taken.", id)
			return nil
		},
	}
}

func (t *tree) membersWho() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who PERMISSION [KEY|APPLICATION]",
		Short: "Say who may do something, and why",
		Long: `Say who may do something, such as keys.regenerate, and why: with one key, with
the keys of one application, or with all. members grant --help lists the
permissions.`,
		Example: "  empress members who keys.regenerate billing",
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) > 2 {
			return usage(cmd, "Give a permission, and at most one key or application.")
		}
		return nil
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return fixed(model.Permissions())(cmd, args, prefix)
		}
		return t.completeApplication(cmd, args[1:], prefix)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		target := ""
		if len(args) == 2 {
			target = args[1]
		}
		holders, err := s.WhoMay(cmd.Context(), model.Permission(args[0]), target)
		if err != nil {
			return err
		}
		return t.printHolders(holders)
	}
	return cmd
}
