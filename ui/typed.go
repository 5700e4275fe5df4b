package ui

import (
	"context"
	"io"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// relay decodes what is typed on a terminal elsewhere, and hands it to the
// program. The library would decode it where nobody catches a fault: one that
// bytes cause, which anybody can send, would end the process and with it
// everybody else's session. Here it ends the program that it was typed to.
// hangUp is called when nothing more can be read.
func relay(ctx context.Context, p *tea.Program, in io.Reader, kind string, hangUp func()) {
	defer func() {
		if recover() != nil { // the value may hold what must not be shown
			p.Send(crashedMsg{})
			return
		}
		hangUp()
	}()
	events := make(chan uv.Event)
	defer close(events)
	go func() {
		for e := range events {
			p.Send(e)
		}
	}()
	_ = uv.NewTerminalReader(in, kind).StreamEvents(ctx, events) // nobody is there any more
}

// silence is input in which nothing comes until ctx ends.
type silence struct{ ctx context.Context }

func (s silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, io.EOF
}
