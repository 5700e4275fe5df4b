package cli

import (
	"bufio"
	"context"
	"io"

	"golang.org/x/term"

	"empress/server"
	"empress/ui"
)

type descriptor interface{ Fd() uintptr }

// isTerminal reports whether a stream is a terminal, of this computer or of
// another.
func isTerminal(stream any) bool {
	switch stream.(type) {
	case *server.Terminal, *server.Lines:
		return true
	}
	f, ok := stream.(descriptor)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readLine reads one line of at most limit bytes. A read that blocks is left
// behind when ctx ends.
func readLine(ctx context.Context, r io.Reader, limit int64) (string, error) {
	return await(ctx, func() (string, error) {
		line, err := bufio.NewReader(io.LimitReader(r, limit)).ReadString('\n')
		if err == io.EOF {
			err = nil
		}
		return line, err
	})
}

// readHidden is readLine that asks for the line. A terminal shows nothing of what is
// typed, from before the prompt on: it may be pasted at once.
func readHidden(ctx context.Context, in io.Reader, limit int64, prompt func()) (string, error) {
	switch in := in.(type) {
	case *server.Lines:
		defer in.Hide()()
	case descriptor:
		show, err := ui.HideTyping(int(in.Fd()))
		if err != nil {
			return "", err
		}
		defer show()
	}
	prompt()
	return readLine(ctx, in, limit)
}

func await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		got T
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		got, err := read()
		answers <- answer{got, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case a := <-answers:
		return a.got, a.err
	}
}
