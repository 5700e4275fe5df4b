package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (t *tree) man() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		GroupID: groupAbout,
		Short:   "Print the manual page",
		Example: "  empress man > empress.1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(t.out, t.manual(cmd.Root()))
			return err
		},
	}
}

// page collects a manual page in the language of man(7).
type page struct{ strings.Builder }

// manual writes the tree of commands as one page. It names no date, so that
// the same program always prints the same page.
func (t *tree) manual(root *cobra.Command) string {
	var p page
	p.request(".TH EMPRESS 1 \"\" \"empress\" \"User commands\"")
	p.section("NAME")
	p.line("empress - " + strings.ToLower(root.Short[:1]) + root.Short[1:])
	p.section("SYNOPSIS")
	p.line("empress [command] [flags]")
	p.section("DESCRIPTION")
	p.paragraphs(root.Long)
	p.section("FLAGS OF ALL COMMANDS")
	p.flags(root.PersistentFlags())
	p.section("COMMANDS")
	p.command(root, "empress")
	walk(root, func(c *cobra.Command) {
		if c != root && c.IsAvailableCommand() && !c.HasSubCommands() && !generated(c) {
			p.command(c, c.UseLine())
		}
	})
	p.section("ENVIRONMENT")
	if t.here != nil {
		p.environmentHere()
	}
	p.term("EMPRESS_ACCESSIBLE", "ask line by line, for a screen reader, when it is not empty; TERM=dumb does the same")
	p.term("NO_COLOR", "use no colors, when it is not empty")
	p.section("EXIT STATUS")
	for _, e := range [][2]string{{"0", "done"}, {"1", "failed"}, {"2", "the command line is wrong"}, {"3", "what was named does not exist"},
		{"4", "denied"}, {"5", "done in part"}, {"6", "conflict: it exists already, or changed meanwhile"}, {"130", "interrupted"}} {
		p.term(e[0], e[1])
	}
	return p.String()
}

// environmentHere is what counts for who runs the program on this computer.
func (p *page) environmentHere() {
	p.term("EMPRESS_DB", "the database file, or postgres://..., as --db")
	p.term("EMPRESS_KEY_FILE", "the sealing key file, as --key-file")
	p.term("EMPRESS_LOG", "the log of changes; otherwise the database's name and .log; none for no log")
	p.term("XDG_DATA_HOME", "the directory for data; otherwise ~/.local/share")
	p.term("XDG_CONFIG_HOME", "the directory for how the screens look; otherwise ~/.config")
	p.term("PGPASSFILE", "the file with the password for PostgreSQL, whose other variables count as well")
	p.term("SSH_ORIGINAL_COMMAND", "without arguments: the command line to carry out, as sshd sets it for a forced command")
}

// generated reports that a command is cobra's own, whose words are for its own
// help.
func generated(c *cobra.Command) bool {
	return c.HasParent() && (c.Name() == "help" || c.Parent().Name() == "completion")
}

func (p *page) request(line string) { fmt.Fprintln(p, line) }

func (p *page) section(title string) { p.request(".SH " + title) }

// line writes text; what would be a request or an escape is made plain.
func (p *page) line(s string) {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	p.request(s)
}

func (p *page) paragraphs(s string) {
	for paragraph := range strings.SplitSeq(s, "\n\n") {
		p.request(".PP")
		for l := range strings.SplitSeq(paragraph, "\n") {
			p.line(l)
		}
	}
}

func (p *page) term(name, meaning string) {
	p.request(".TP")
	p.line(name)
	p.line(meaning)
}

func (p *page) command(c *cobra.Command, synopsis string) {
	p.request(".SS")
	p.line(synopsis)
	p.paragraphs(first(c.Long, c.Short+"."))
	p.flags(c.LocalNonPersistentFlags())
	if c.Example != "" {
		p.request(".PP\n.nf")
		for l := range strings.SplitSeq(c.Example, "\n") {
			p.line(l)
		}
		p.request(".fi")
	}
}

func (p *page) flags(fs *pflag.FlagSet) {
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, about := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if value != "" {
			name += " " + strings.ToUpper(value)
		}
		p.term(name, about)
	})
}
