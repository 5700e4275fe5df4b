package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"empress/model"
)

// The exit codes that scripts rely on.
const (
	exitDone        exitCode = 0
	exitFailed      exitCode = 1
	exitUsage       exitCode = 2
	exitNotFound    exitCode = 3
	exitDenied      exitCode = 4
	exitPartly      exitCode = 5
	exitConflict    exitCode = 6
	exitInterrupted exitCode = 130
)

// exitCode, as an error, ends a command whose output has said everything.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// codeUsage is the code of a command line that cannot be understood; like
// those of the model it appears in JSON errors.
const (
	codeUsage       model.Code = "usage"
	codeInterrupted model.Code = "interrupted"
)

// usage builds the error for a wrong command line: one sentence, and where to
// read more.
func usage(cmd *cobra.Command, format string, args ...any) error {
	return model.Errorf(codeUsage, "%s Run `%s --help` to read more.", fmt.Sprintf(format, args...), cmd.CommandPath())
}

// unwritten is the error for output that did not reach its reader.
func unwritten(cause error) error {
	return model.Errorf(model.CodeFailed, "The output could not be written. Look at where it goes, then try again.").Because(cause)
}

func exitOf(err error) exitCode {
	if code, ok := errors.AsType[exitCode](err); ok {
		return code
	}
	switch model.CodeOf(err) {
	case codeUsage, model.CodeInvalid:
		return exitUsage
	case model.CodeNotFound:
		return exitNotFound
	case model.CodeDenied:
		return exitDenied
	case model.CodeConflict:
		return exitConflict
	case codeInterrupted:
		return exitInterrupted
	}
	return exitFailed
}

// report tells the person what went wrong, if anything, and returns the exit
// code.
func (t *tree) report(ctx context.Context, args []string, err error) int {
	if err == nil {
		return int(exitDone)
	}
	canceled := errors.Is(err, context.Canceled)
	if canceled && !errors.Is(err, model.ErrUnknown) {
		err = model.Errorf(codeInterrupted, "Interrupted, so nothing more was done.")
		if why, ok := errors.AsType[*model.Error](context.Cause(ctx)); ok { // whoever interrupted it says why
			err = why
		}
	}
	_, quiet := errors.AsType[exitCode](err)
	if !quiet && !errors.Is(err, syscall.EPIPE) { // whoever closed a pipe knows
		t.complain(err, t.json || slices.Contains(args, "--json"))
	}
	if canceled || ctx.Err() != nil && !t.endless {
		return int(exitInterrupted)
	}
	return int(exitOf(err))
}

// sentence tells nobody who is elsewhere where files of this computer are.
func (t *tree) sentence(err error) string {
	if t.here == nil {
		return model.SentenceElsewhere(err)
	}
	return model.Sentence(err)
}

func (t *tree) complain(err error, asJSON bool) {
	sentence := model.Printable(t.sentence(err))
	switch {
	case errors.Is(err, model.ErrAlike):
		sentence += " Or create another with --new-application."
	case errors.Is(err, model.ErrNoApplication):
		sentence += " `empress applications list` shows them all."
	case errors.Is(err, model.ErrNoKey):
		sentence += " `empress keys list` shows yours."
	}
	if !asJSON {
		fmt.Fprintln(t.Err, "empress: "+sentence)
		return
	}
	type failure struct {
		Code    model.Code `json:"code"`
		Field   string     `json:"field,omitempty"`
		Message string     `json:"message"`
	}
	_ = encoder(t.Err).Encode(map[string]failure{"error": {model.CodeOf(err), model.FieldOf(err), sentence}})
}
