package cli

import (
	"context"
	"strings"
)

// RunLine is Run for a command line that comes as one text, as SSH hands it
// over; an empty one opens the interface. The program's name may stand in front.
// No shell reads it, see splitWords.
func (p Program) RunLine(ctx context.Context, line string) int {
	return p.runLine(ctx, line, func(string) {})
}

// runLine is RunLine which tells the name of the command before it begins, ""
// for the interface.
func (p Program) runLine(ctx context.Context, line string, tell func(name string)) int {
	return newTree(p, nil).runLine(ctx, line, tell)
}

func (t *tree) runLine(ctx context.Context, line string, tell func(name string)) int {
	args, err := splitWords(line)
	if err != nil {
		return t.report(ctx, strings.Fields(line), err)
	}
	if len(args) > 0 && args[0] == "empress" {
		args = args[1:]
	}
	tell(t.name(args))
	return t.run(ctx, args)
}

// name is that of the command that words are for, without what it is given.
func (t *tree) name(args []string) string {
	c, _, err := t.root().Find(args)
	if err != nil {
		return "something that is no command"
	}
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	return name
}

// handedOver returns the command line that an ordinary sshd hands to the
// program: behind -c when empress is the login shell of an account, and in
// SSH_ORIGINAL_COMMAND when it is the forced command (sshd_config(5),
// ForceCommand). Without one sshd asks for no command, or this is no sshd.
func handedOver(args []string, s Streams) (line string, ok bool) {
	if len(args) == 2 && args[0] == "-c" {
		return args[1], true
	}
	if len(args) == 0 {
		line = s.variable("SSH_ORIGINAL_COMMAND")
	}
	return line, line != ""
}
