package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// onlyHere are commands that work with files of this computer. For somebody who
// is elsewhere they are known, and say why they do nothing.
func (t *tree) onlyHere(commands ...*cobra.Command) []*cobra.Command {
	if t.here != nil {
		return commands
	}
	for i, c := range commands {
		commands[i] = &cobra.Command{
			Use: c.Name(), Short: c.Short, Hidden: true, Args: cobra.ArbitraryArgs, DisableFlagParsing: true,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return model.Errorf(model.CodeDenied, "`%s` needs the server's own files, so it is run on the server and not over SSH.", cmd.CommandPath())
			},
		}
	}
	return commands
}

// newFileFlag adds a flag that takes the path of a new file of this computer.
// For somebody who is elsewhere it is known, and says why it takes none.
func (t *tree) newFileFlag(f *pflag.FlagSet, path *string, name, usage string) {
	if t.here != nil {
		f.StringVar(path, name, "", usage)
		return
	}
	noFileFlag(f, name, usage, "Leave it out: what it is for is printed then, and `ssh ... > FILE` keeps it.")
}

// noFileFlag adds a flag that takes no file, and says what to do instead.
func noFileFlag(f *pflag.FlagSet, name, usage, instead string) {
	noFlag(f, name, usage, "would write a file on the server", instead)
}

// noFlag adds a flag that is refused: it says what it would do, and what to do
// instead.
func noFlag(f *pflag.FlagSet, name, usage, would, instead string) {
	f.Var(noValue{name, would, instead}, name, usage)
	_ = f.MarkHidden(name)
}

// noValue is the value of such a flag.
type noValue struct{ name, would, instead string }

func (n noValue) Set(string) error {
	return model.Errorf(model.CodeDenied, "--%s %s, which nobody does over SSH. %s", n.name, n.would, n.instead)
}

func (noValue) String() string { return "" }
func (noValue) Type() string   { return "file" }

// takeLines makes a terminal of somebody who is elsewhere give whole lines to a
// command, and lets ctrl+c end it, or that nobody typed one for too long.
func (t *tree) takeLines(cmd *cobra.Command) {
	if t.Terminal == nil || !cmd.HasParent() { // the interface takes keys
		return
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	cmd.SetContext(ctx)
	lines := t.Terminal.Lines(cancel)
	lines.Patience = idleElsewhere
	t.In = lines
}
