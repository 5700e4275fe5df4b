package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"empress/model"
	"empress/server"
)

// Streams are what a command line reads, what it writes to, and the
// environment that it runs in.
type Streams struct {
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Environ []string // "NAME=value"; the last one of a name counts
}

// variable returns the value of an environment variable, "" when it is unset.
func (s Streams) variable(name string) string {
	value := ""
	for _, line := range s.Environ {
		if n, v, ok := strings.Cut(line, "="); ok && n == name {
			value = v
		}
	}
	return value
}

// Program is the commands as one person uses them.
type Program struct {
	Streams
	// Session signs the person in. A command calls it at most once, when it
	// knows that the command line makes sense.
	Session func(context.Context) (*model.Session, error)
	// Service opens what decides on credentials, for whoever Session signs in:
	// every active member may ask, as a decision tells nothing to those who lack
	// the secret.
	Service func(context.Context) (*model.Service, error)
	// Verify decides in place of that service, and slows down whoever guesses. It
	// is nil for whoever could guess without asking.
	Verify func(context.Context, model.Request) (model.Decision, error)
	// Terminal is the terminal of a person who is elsewhere, nil for none. In
	// and Out are that terminal then.
	Terminal *server.Terminal
	// Turns is what imports that hold their input in memory share, each of which
	// puts something in while it goes on; nil where they are not bounded.
	Turns chan struct{}
}

// Run carries out one command line, without the program's name, and returns
// its exit code.
func (p Program) Run(ctx context.Context, args []string) int { return newTree(p, nil).run(ctx, args) }

// Main is Run for the effective user of this process, with the commands that
// work with files of this computer. It takes command lines from sshd, too, see
// handedOver.
func Main(ctx context.Context, args []string, s Streams) int {
	here := &installation{streams: s}
	defer here.close()
	id := model.Identity{Via: model.ViaCommand, Glance: completes(args)}
	session := func(ctx context.Context) (*model.Session, error) { return here.signIn(ctx, id) }
	p := Program{Streams: s, Session: session, Service: here.open}
	if line, ok := handedOver(args, s); ok { // by an SSH server, for somebody who is to reach no file of this computer
		return newTree(p, nil).runLine(ctx, line, func(string) {})
	}
	return newTree(p, here).run(ctx, args)
}

// tree is one command line being carried out.
type tree struct {
	Program
	out        *bufio.Writer // buffers Program.Out
	here       *installation // nil for somebody who is elsewhere
	json       bool
	noColor    bool
	completing bool // a shell asks how a word may go on
	endless    bool // it goes on until it is ended, which is no interruption
}

func newTree(p Program, here *installation) *tree {
	return &tree{Program: p, out: bufio.NewWriter(p.Out), here: here}
}

func (t *tree) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if recover() != nil { // what it says could hold a secret
			code = t.report(ctx, args, model.Errorf(model.CodeFailed,
				"empress has a defect and stopped. Look whether the change was made before you try again, and run `empress doctor`."))
		}
	}()
	t.completing = completes(args)
	root := t.root()
	root.SetArgs(append([]string{}, args...)) // never nil, which would stand for os.Args
	err := root.ExecuteContext(ctx)
	if failed := t.out.Flush(); failed != nil && err == nil {
		err = unwritten(failed)
	}
	return t.report(ctx, args, err)
}

// note tells the person something beside the result.
func (t *tree) note(format string, args ...any) {
	fmt.Fprintln(t.Err, model.Printable(model.Redact(fmt.Sprintf(format, args...))))
}

// blank separates two parts of an answer.
func (t *tree) blank() { fmt.Fprintln(t.out) }
