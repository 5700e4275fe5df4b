package cli

import (
	"fmt"
	"io"
	"time"
)

// progress tells at a terminal how far something long has come.
type progress struct {
	w    io.Writer // nil where nobody watches
	of   string
	n    int
	last time.Time
	said bool
}

// progressEvery is how often it does.
const progressEvery = time.Second

func (t *tree) newProgress(of string) *progress {
	p := &progress{of: of, last: time.Now()}
	if isTerminal(t.Err) {
		p.w = t.Err
	}
	return p
}

func (p *progress) step() {
	p.n++
	if p.w == nil || time.Since(p.last) < progressEvery {
		return
	}
	p.last, p.said = time.Now(), true
	fmt.Fprintf(p.w, "\r%d %s", p.n, p.of)
}

// end leaves the terminal at the beginning of a line.
func (p *progress) end() {
	if p.said {
		fmt.Fprintf(p.w, "\r%d %s\n", p.n, p.of)
	}
}
