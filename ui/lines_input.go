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
	lines    *bufio.Reader
	terminal descriptor // nil for input of another kind
	pending  chan typed // a read that is under way, or nil
}

// descriptor is a file that the operating system knows by number.
type descriptor interface{ Fd() uintptr }

type typed struct {
	line string
	err  error
}

// newLineInput reads from standard input when r is nil.
func newLineInput(r io.Reader) *lineInput {
	if r == nil {
		r = os.Stdin
	}
	in := &lineInput{lines: bufio.NewReaderSize(r, maxLine)}
	if f, ok := r.(descriptor); ok && term.IsTerminal(int(f.Fd())) {
		in.terminal = f
	}
	return in
}

// line returns the next line. Where input ends it is io.EOF; on a terminal more
// may come after that.
func (in *lineInput) line(ctx context.Context) (string, error) {
	return in.wait(ctx, in.next)
}

func (in *lineInput) next() (string, error) {
	line, err := in.lines.ReadSlice('\n')
	text := string(line)
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

// hidden is line on a terminal that does not show what is typed.
func (in *lineInput) hidden(ctx context.Context) (string, error) {
	if in.terminal == nil || in.pending != nil {
		return in.line(ctx)
	}
	fd := int(in.terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	line, err := in.wait(ctx, func() (string, error) {
		line, err := term.ReadPassword(fd)
		defer clear(line)
		return string(line), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before)
	}
	return line, err
}

func (in *lineInput) wait(ctx context.Context, read func() (string, error)) (string, error) {
	if in.pending == nil {
		answers := make(chan typed, 1)
		go func() {
			line, err := read()
			answers <- typed{line, err}
		}()
		in.pending = answers
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case t := <-in.pending:
		in.pending = nil
		return t.line, t.err
	}
}
