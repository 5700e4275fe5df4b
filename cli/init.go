package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) init() *cobra.Command {
	var f model.Founding
	cmd := &cobra.Command{
		Use:     "init",
		GroupID: groupHere,
		Short:   "Make the database, the sealing key and the team",
		Long: `Make the database, the sealing key beside it, and the team with its first
administrator: the person whose login is given, or who runs the command.

Back both files up, and apart from each other: without the sealing key no
secret can be checked any more.`,
		Example: "  empress init --team Acme --name 'Ada Lovelace' --email ada@example.com",
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Team, "team", "", "the `name` of the team")
	flags.StringVar(&f.Name, "name", "", "the `name` of its first administrator")
	flags.StringVar(&f.Email, "email", "", "that person's `address`")
	flags.StringVar(&f.Login, "login", "", "that person's `user` on this computer (default: whoever runs this)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range []string{"team", "name", "email"} {
			if !cmd.Flags().Changed(name) {
				return usage(cmd, "Give the team's name with --team, and its first administrator's with --name and --email.")
			}
		}
		if err := filled(cmd, "login"); err != nil {
			return err
		}
		f.Login = first(f.Login, effectiveUser().login)
		s, err := t.here.found(cmd.Context(), f, model.ViaCommand)
		if err != nil {
			return err
		}
		return t.printFounded(s)
	}
	return cmd
}

func (t *tree) printFounded(s *model.Session) error {
	p, err := t.here.paths()
	if err != nil {
		return err
	}
	me := s.Me()
	if t.json {
		return encoder(t.out).Encode(map[string]string{"team": s.Team(), "administrator": me.Email, "login": me.Login, "database": p.database, "key_file": p.key})
	}
	err = writeFacts(t.out,
		fact{"Team", s.Team()},
		fact{"Administrator", fmt.Sprintf("%s <%s>, login %s", me.Name, me.Email, me.Login)},
		fact{"Database", p.database},
		fact{"Sealing key", p.key},
	)
	if p.server == nil {
		t.note("Back both files up, apart from each other: without the sealing key no secret can be checked any more.")
	} else {
		t.note("Back the database up, and the sealing key apart from it: without that no secret can be checked any more. Whoever else runs empress on this database needs a copy of it.")
	}
	return err
}
