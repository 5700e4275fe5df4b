package ui

import (
	"bytes"
	"io"
)

// What the library writes when it enters or leaves the alternate screen, and
// when it erases a whole screen.
var (
	enters   = []byte("\x1b[?1049h")
	leaves   = []byte("\x1b[?1049l")
	erasures = [][]byte{[]byte("\x1b[H\x1b[2J"), []byte("\x1b[H\x1b[J")}
)

// erasing erases a screen for good: all lines but the first, then the first.
// It leaves the cursor at home. GNU screen, and tmux without an alternate
// screen, keep what the library's own ways erase among the lines that a person
// can scroll back to, where a secret would outlive its mask.
var erasing = []byte("\x1b[2H\x1b[J\x1b[H\x1b[K")

// eraseForGood makes output erase what it drew without a trace, also before it
// leaves a screen, which may not be an alternate one. What was there before
// the program is kept: it is what is erased on entering. A sequence that comes
// in two writes would not be found; the library writes whole frames.
func eraseForGood(p []byte) []byte {
	mine := p
	if _, after, found := bytes.Cut(p, enters); found {
		mine = after
		for _, whole := range erasures {
			if i := bytes.Index(mine, whole); i >= 0 {
				mine = mine[i+len(whole):]
			}
		}
	}
	others := p[:len(p)-len(mine)]
	for _, whole := range erasures {
		mine = bytes.ReplaceAll(mine, whole, erasing)
	}
	mine = bytes.ReplaceAll(mine, leaves, append(bytes.Clone(erasing), leaves...))
	return append(bytes.Clone(others), mine...)
}

// writeErasing is w.Write(p), but for how it erases.
func writeErasing(w io.Writer, p []byte) (int, error) {
	sent := p
	if bytes.Contains(p, []byte("\x1b[")) {
		sent = eraseForGood(p)
	}
	n, err := w.Write(sent)
	if err == nil && n == len(sent) {
		return len(p), nil
	}
	return min(n, len(p)), err
}
