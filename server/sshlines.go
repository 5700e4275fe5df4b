package server

import (
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Lines reads from a terminal a line at a time, and shows what is typed, as the
// line discipline of a terminal of this computer would (POSIX, 11.1.6).
type Lines struct {
	Patience time.Duration // how long Read waits until it interrupts, 0 for ever; set before the first

	terminal  *Terminal
	interrupt func() // ctrl+c

	mu      sync.Mutex
	turn    *sync.Cond
	ready   []byte // whole lines that nobody has read
	ends    int    // ctrl+d on an empty line, or the end of the input
	closed  bool
	typing  []rune // the line that is not whole yet
	control rune   // what began a control sequence that is not whole yet, 0 for none
	hidden  bool
}

// longestLine and most are how many bytes a line, and all that nobody read yet,
// may have; more is dropped, as a terminal does.
const (
	longestLine = 4096
	mostTyped   = 64 << 10
)

// Lines begins to read lines; ctrl+c calls interrupt at any time. It ends with
// the connection.
func (t *Terminal) Lines(interrupt func()) *Lines {
	l := &Lines{terminal: t, interrupt: interrupt}
	l.turn = sync.NewCond(&l.mu)
	go l.listen()
	return l
}

func (l *Lines) listen() {
	var rest []byte // the beginning of a character
	buffer := make([]byte, 1024)
	for {
		n, err := l.terminal.Read(buffer)
		rest = append(rest, buffer[:n]...)
		for len(rest) > 0 && (utf8.FullRune(rest) || err != nil) {
			r, size := utf8.DecodeRune(rest)
			l.typed(r)
			rest = rest[size:]
		}
		clear(buffer) // a secret may be pasted
		if err != nil {
			l.mu.Lock()
			l.closed = true
			l.turn.Broadcast()
			l.mu.Unlock()
			return
		}
	}
}

// typed takes one character.
func (l *Lines) typed(r rune) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.controls(r) {
		return
	}
	switch r {
	case '\r', '\n':
		l.show("\n")
		l.finish()
	case 3: // ctrl+c
		l.show("^C\n")
		l.drop()
		l.interrupt()
	case 4: // ctrl+d
		if len(l.typing) == 0 {
			l.ends++
			l.turn.Signal()
		}
	case 8, 127:
		l.erase(1)
	case 21: // ctrl+u
		l.erase(len(l.typing))
	default:
		if r >= ' ' && r != utf8.RuneError && len(l.typing) < longestLine/utf8.UTFMax {
			l.typing = append(l.typing, r)
			l.show(string(r))
		}
	}
}

// controls takes in what an arrow, or another key that is no character, sends: a
// control sequence (ECMA-48, 5.4), or escape, O and a letter. It types nothing.
func (l *Lines) controls(r rune) bool {
	const escape = 27
	switch before := l.control; {
	case r == escape, before == escape && (r == '[' || r == 'O'):
		l.control = r
		return true
	case before == '[' && r >= ' ' && r < '@':
		return true
	case before == '[' || before == 'O':
		l.control = 0
		return r >= '@' && r <= '~'
	}
	l.control = 0
	return false
}

// finish hands the line over.
func (l *Lines) finish() {
	if len(l.ready) < mostTyped {
		l.ready = append(l.ready, string(l.typing)+"\n"...)
	}
	l.drop()
	l.turn.Signal()
}

func (l *Lines) drop() {
	clear(l.typing)
	l.typing = l.typing[:0]
}

// erase takes the last n characters back.
func (l *Lines) erase(n int) {
	for ; n > 0 && len(l.typing) > 0; n-- {
		last := len(l.typing) - 1
		for range ansi.StringWidth(string(l.typing[last])) {
			l.show("\b \b")
		}
		l.typing[last] = 0
		l.typing = l.typing[:last]
	}
}

func (l *Lines) show(text string) {
	if !l.hidden || text == "\n" {
		_, _ = io.WriteString(l.terminal, text)
	}
}

// Read returns what there is of whole lines, or io.EOF after ctrl+d, upon which
// more may come.
func (l *Lines) Read(p []byte) (int, error) {
	if l.Patience > 0 {
		late := time.AfterFunc(l.Patience, l.interrupt)
		defer late.Stop()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.ready) == 0 && l.ends == 0 && !l.closed {
		l.turn.Wait()
	}
	if len(l.ready) > 0 {
		n := copy(p, l.ready)
		clear(l.ready[:n])
		l.ready = l.ready[n:]
		return n, nil
	}
	if l.ends > 0 {
		l.ends--
	}
	return 0, io.EOF
}

// Write is that of the terminal.
func (l *Lines) Write(p []byte) (int, error) { return l.terminal.Write(p) }

// Hide shows nothing of what is typed until show is called.
func (l *Lines) Hide() (show func()) {
	l.setHidden(true)
	return func() { l.setHidden(false) }
}

func (l *Lines) setHidden(hidden bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hidden = hidden
}

// Forget drops what was typed ahead.
func (l *Lines) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.ready)
	l.ready = l.ready[:0]
	l.drop()
}
