package server

import (
	"bytes"
	"io"
	"regexp"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Terminal is a terminal at the other end of a connection. No terminal of this
// computer stands for it: what is read is what was typed, key by key, and a
// line that is written ends as a terminal needs it.
type Terminal struct {
	kind    string // TERM
	channel io.ReadWriter
	resized chan struct{}

	mu            sync.Mutex
	width, height int

	writing sync.Mutex
}

// The bounds on a terminal: a screen costs memory by its size.
const (
	widest  = 300
	highest = 100
)

// terminalName is what TERM may be. Libraries look for files of this computer by
// that name, so it is no path.
var terminalName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9A-Za-z][-+.0-9A-Z_a-z]{0,63})?$`) })

// askedTerminal reads what a client says of its terminal; nil where that cannot
// be.
func askedTerminal(payload []byte, ch io.ReadWriter) *Terminal {
	var asked struct {
		Term                                     string
		Width, Height, WidthPixels, HeightPixels uint32
		Modes                                    string
	}
	if ssh.Unmarshal(payload, &asked) != nil || !terminalName().MatchString(asked.Term) {
		return nil
	}
	t := &Terminal{kind: asked.Term, channel: ch, resized: make(chan struct{}, 1)}
	t.width, t.height = clamped(asked.Width, asked.Height)
	return t
}

// clamped is a size within the bounds. Whoever does not know theirs says 0.
func clamped(width, height uint32) (int, int) {
	if width == 0 || height == 0 {
		return 80, 24
	}
	return int(min(width, widest)), int(min(height, highest))
}

// resize never waits: only the latest size counts.
func (t *Terminal) resize(width, height uint32) {
	t.mu.Lock()
	t.width, t.height = clamped(width, height)
	t.mu.Unlock()
	select {
	case t.resized <- struct{}{}:
	default: // nobody has asked since the last one
	}
}

// Size is the present size, in columns and lines.
func (t *Terminal) Size() (width, height int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.width, t.height
}

// Resized yields a value after a change of the size.
func (t *Terminal) Resized() <-chan struct{} { return t.resized }

// Read reads what was typed, as it was.
func (t *Terminal) Read(p []byte) (int, error) { return t.channel.Read(p) }

// Write begins each line at the left, as the terminal itself does not.
func (t *Terminal) Write(p []byte) (int, error) {
	t.writing.Lock()
	defer t.writing.Unlock()
	sent := p
	if bytes.IndexByte(p, '\n') >= 0 {
		sent = bytes.ReplaceAll(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	n, err := t.channel.Write(sent)
	if err == nil && n == len(sent) {
		return len(p), nil
	}
	return min(n, len(p)), err
}
