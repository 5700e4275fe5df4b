package ui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// maxLine is how many bytes a line may have: as many as a terminal takes.
const maxLine = 4096

var errLongLine = errors.New("the line is too long")

// lineInput reads what a person types, a line at a time. A read that blocks is
// left behind when nobody waits for it any more; what it brings then answers
// the next prompt.
type lineInput struct {
	lines     *bufio.Reader
	terminal  descriptor // nil for input of another kind
	elsewhere hiding     // a terminal that is not one of this computer, or nil
	pending   chan typed // a read that is under way, or nil
}

// descriptor is a file that the operating system knows by number.
type descriptor interface{ Fd() uintptr }

type typed struct {
	line string
	err  error
}

// hiding is a terminal of another computer: its lines come through something
// that shows what is typed, or does not, and that can forget what was typed
// ahead.
type hiding interface {
	Hide() (show func())
	Forget()
}

// newLineInput reads from standard input when r is nil.
func newLineInput(r io.Reader) *lineInput {
	if r == nil {
		r = os.Stdin
	}
	in := &lineInput{lines: bufio.NewReaderSize(r, maxLine)}
	in.elsewhere, _ = r.(hiding)
	if f, ok := r.(descriptor); ok && term.IsTerminal(int(f.Fd())) {
		in.terminal = f
	}
	return in
}

// line returns the next line. Where input ends it is io.EOF; on a terminal more
// may come after that.
func (in *lineInput) line(ctx context.Context) (string, error) {
	if in.pending == nil {
		in.begin()
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case t := <-in.pending:
		in.pending = nil
		return t.line, t.err
	}
}

func (in *lineInput) begin() {
	answers := make(chan typed, 1)
	in.pending = answers
	go func() {
		line, err := in.next()
		answers <- typed{line, err}
	}()
}

func (in *lineInput) next() (string, error) {
	line, err := in.lines.ReadSlice('\n')
	text := string(line)
	clear(line) // a secret may be pasted
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.lines.ReadSlice('\n')
		}
		return "", errLongLine
	}
	if err == io.EOF && text != "" {
		err = nil
	}
	return text, err
}

// forget drops what a terminal has of what was typed ahead: it was meant for
// something else.
func (in *lineInput) forget() {
	switch {
	case in.pending != nil:
		return
	case in.elsewhere != nil:
		in.elsewhere.Forget()
	case in.terminal != nil:
		forgetTyped(int(in.terminal.Fd()))
	default:
		return
	}
	_, _ = in.lines.Discard(in.lines.Buffered())
}

// hide makes a terminal show nothing of what is typed until show is called.
// Where it cannot be told to, it shows what it showed already when the secret
// was made.
func (in *lineInput) hide() (show func()) {
	if in.elsewhere != nil {
		return in.elsewhere.Hide()
	}
	if in.terminal != nil {
		if show, err := HideTyping(int(in.terminal.Fd())); err == nil {
			return show
		}
	}
	return func() {}
}
