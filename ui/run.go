package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"empress/model"
)

// framesPerSecond is how often the screen may be drawn: at 120 a key press is
// seen after half the time it takes at the library's 60.
const framesPerSecond = 120

// Run shows the interface on a terminal until the person leaves, and restores
// the terminal whatever happens.
func Run(ctx context.Context, o Options) error {
	o = o.complete()
	r := newRoot(o)
	defer r.cancel()
	defer r.copier.forget()
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	p := tea.NewProgram(r, append(o.program(ctx, r.look.colourless, hangUp), tea.WithContext(ctx))...)
	if o.Size != nil {
		go follow(ctx, p, o)
		go relay(ctx, p, o.Input, environ(o.Environ).get("TERM"), hangUp)
	}
	_, err := p.Run()
	switch {
	case r.crashed:
		return fault()
	case r.idle.left:
		return signedOut(r.idle.limit)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, tea.ErrInterrupted):
		return context.Canceled
	case err != nil:
		return model.Errorf(model.CodeFailed, "The terminal cannot be used.").Because(err)
	}
	return nil
}

// program is how the library runs on the person's terminal; hangUp is called
// when it can be read no more.
func (o Options) program(ctx context.Context, colourless bool, hangUp func()) []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithFPS(framesPerSecond), tea.WithEnvironment(o.Environ), tea.WithOutput(o.Output)}
	if f, ok := o.Input.(*os.File); ok {
		options = append(options, tea.WithInput(watched{f, hangUp}))
	} else if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Size != nil { // nothing of this process is the person's
		width, height := o.Size()
		options = append(options, tea.WithInput(silence{ctx}), tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.Env(o.Environ)), tea.WithoutSignalHandler())
	}
	if colourless {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return options
}

// follow tells the program of every new size until ctx ends.
func follow(ctx context.Context, p *tea.Program, o Options) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.Resized:
			width, height := o.Size()
			p.Send(tea.WindowSizeMsg{Width: width, Height: height})
		}
	}
}

// complete fills in what was left to the process, and lets nothing land inside
// what is being written.
func (o Options) complete() Options {
	if o.Output == nil {
		o.Output = os.Stdout
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Size != nil { // the library asks such a terminal nothing that some of them show as text
		o.Environ = append(slices.Clone(o.Environ), "SSH_TTY=elsewhere")
	}
	o.Output = wholeWrites(o.Output)
	return o
}

// fault tells a person about a panic, without its value, which may hold what
// must not be shown.
func fault() error {
	return model.Errorf(model.CodeFailed, "empress stopped because of a fault of its own. Nothing is half done: every change was either made whole or not at all.")
}

// watched is a terminal's input that says when it can be read no more. Nobody
// is at the keyboard then, which the library takes for one who does not type.
type watched struct {
	*os.File
	hangUp func()
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	if err != nil {
		w.hangUp()
	}
	return n, err
}

// wholeWrites makes writes to a terminal come one at a time: what is copied
// must not land inside a frame. What they erase is gone for good.
func wholeWrites(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		return &terminalFile{File: f}
	}
	return &gatedWriter{Writer: w}
}

// terminalFile keeps the descriptor of a terminal visible, which the library
// needs for raw mode and size.
type terminalFile struct {
	*os.File
	mu sync.Mutex
}

func (f *terminalFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return writeErasing(f.File, p)
}

func (f *terminalFile) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

type gatedWriter struct {
	io.Writer
	mu sync.Mutex
}

func (w *gatedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return writeErasing(w.Writer, p)
}
