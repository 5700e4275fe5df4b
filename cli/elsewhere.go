package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// filesAreElsewhere is why somebody who is elsewhere is refused what reads or
// writes files.
const filesAreElsewhere = "works with files of the computer that empress runs on, which nobody reaches over SSH."

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
				return model.Errorf(codeUsage, "`%s` %s Run it there.", cmd.CommandPath(), filesAreElsewhere)
			},
		}
	}
	return commands
}

// fileFlag adds a flag that takes the path of a file of this computer. For
// somebody who is elsewhere it is known, and says why it takes none.
func (t *tree) fileFlag(f *pflag.FlagSet, path *string, name, usage string) {
	if t.here != nil {
		f.StringVar(path, name, "", usage)
		return
	}
	noFileFlag(f, name, usage, "Send the output to a file of yours instead: ssh ... > FILE")
}

// noFileFlag adds a flag that takes no file, and says what to do instead.
func noFileFlag(f *pflag.FlagSet, name, usage, instead string) {
	f.Var(noFile{name, instead}, name, usage)
	_ = f.MarkHidden(name)
}

// noFile is the value of such a flag.
type noFile struct{ name, instead string }

func (n noFile) Set(string) error {
	return model.Errorf(codeUsage, "--%s %s %s", n.name, filesAreElsewhere, n.instead)
}

func (noFile) String() string { return "" }
func (noFile) Type() string   { return "file" }

// takeLines makes a terminal of somebody who is elsewhere give whole lines to a
// command, and lets ctrl+c end it.
func (t *tree) takeLines(cmd *cobra.Command) {
	if t.Terminal == nil || !cmd.HasParent() { // the interface takes keys
		return
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	cmd.SetContext(ctx)
	t.In = t.Terminal.Lines(cancel)
}
