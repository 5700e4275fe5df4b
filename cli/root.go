package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// The groups that help lists commands in.
const (
	groupKeys  = "keys"
	groupTrail = "trail"
	groupTeam  = "team"
	groupHere  = "here"
	groupAbout = "about"
)

// root builds the whole tree of commands. It is built anew for every command
// line: flags hold values.
func (t *tree) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "empress",
		Short: "Issue, rotate and check API keys",
		Long: `empress issues, rotates and checks the API keys of a team.

Without a command it opens the terminal interface. Every command below does
the same without one, for scripts.`,
		Example:       "  empress keys create --application billing\n  empress keys list --json",
		Version:       build().line(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddGroup(
		&cobra.Group{ID: groupKeys, Title: "Keys:"},
		&cobra.Group{ID: groupTrail, Title: "What happened:"},
		&cobra.Group{ID: groupTeam, Title: "The team:"},
	)
	root.AddCommand(t.keys(), t.applications(), t.usage(), t.audit(), t.members(), t.policy(), t.verify())
	t.addLocal(root)
	t.offerInterface(root)
	root.AddGroup(&cobra.Group{ID: groupAbout, Title: "About the program:"})
	root.AddCommand(t.version(), t.man())
	t.globals(root)
	t.finish(root)
	return root
}

// addLocal adds what works with files of this computer, or its refusal.
func (t *tree) addLocal(root *cobra.Command) {
	root.AddCommand(t.onlyHere(t.serve(), t.init(), t.doctor(), t.backup(), t.restore(), t.migrate(), t.sealingKey())...)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		t.takeLines(cmd)
		return filled(cmd, "db", "key-file")
	}
	if t.here == nil {
		return
	}
	root.AddGroup(&cobra.Group{ID: groupHere, Title: "This installation:"})
	f := root.PersistentFlags()
	f.StringVar(&t.here.database, "db", "", "the database `file`, or postgres://... (EMPRESS_DB; otherwise empress/empress.db in the directory for data)")
	f.StringVar(&t.here.keyFile, "key-file", "", "the sealing key `file` (EMPRESS_KEY_FILE; otherwise the database's name and .key, with PostgreSQL in the directory for data)")
}

func (t *tree) globals(root *cobra.Command) {
	f := root.PersistentFlags()
	f.SortFlags = false
	f.BoolVar(&t.json, "json", false, "print JSON, errors too")
	f.BoolVar(&t.noColor, "no-color", false, "use no colors (as NO_COLOR does)")
}

// finish gives every command what all commands have.
func (t *tree) finish(root *cobra.Command) {
	root.SetIn(t.In)
	root.SetOut(t.out)
	root.SetErr(t.Err)
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID(groupAbout)
	root.SetCompletionCommandGroupID(groupAbout)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short = "Print what makes a shell complete empress commands"
		c.Example = "  source <(empress completion bash)"
	}
	walk(root, func(c *cobra.Command) {
		c.SuggestionsMinimumDistance = 2
		c.Flags().SortFlags = false
		c.InitDefaultHelpFlag()
		c.InitDefaultVersionFlag()
		if f := c.Flags().Lookup("version"); f != nil {
			f.Usage = "print which empress this is"
		}
		c.Flags().Lookup("help").Usage = "show this help"
		switch {
		case c.HasSubCommands():
			c.Args = t.knownCommand
			if c.RunE == nil {
				c.RunE = chooseCommand
			}
		case c.Args == nil || c.Parent().Name() == "completion":
			c.Args = noArguments
		}
	})
}

// walk visits a command and all below it.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Explain a command",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage(cmd.Root(), "There is no command %s to explain.", quoted(strings.Join(args, " ")))
			}
			if about.Hidden { // it says why it is not for whoever asks
				return about.RunE(about, nil)
			}
			return about.Help()
		},
	}
}

// quoted is a word that somebody typed, in a sentence.
func quoted(word string) string { return fmt.Sprintf("%q", model.Printable(word)) }

func (t *tree) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usage(cmd, "There is no command %s. Did you mean %s?", quoted(args[0]), strings.Join(near, " or "))
	}
	return usage(cmd, "There is no command %s.", quoted(args[0]))
}

func chooseCommand(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usage(cmd, "Say what to do with %s: %s.", cmd.Name(), strings.Join(names, ", "))
}

func noArguments(cmd *cobra.Command, args []string) (err error) {
	if len(args) == 0 {
		return nil
	}
	if _, notBool := strconv.ParseBool(args[0]); notBool == nil {
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if isAnswer(f) {
				err = usage(cmd, "The flag --%s %s.", f.Name, wants(f))
			}
		})
	}
	if err == nil {
		err = usage(cmd, "`%s` takes flags only, and there is a word too many.", cmd.CommandPath())
	}
	return err
}

// exactly accepts so many arguments; what names them.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usage(cmd, "Give %s.", what)
		}
		if len(args) > n {
			return usage(cmd, "Give %s and nothing else.", what)
		}
		return nil
	}
}
