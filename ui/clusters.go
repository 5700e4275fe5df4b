package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Screens are laid out by what a person takes for one character: a grapheme
// cluster (Unicode Standard Annex 29). Most terminals, tmux and GNU screen
// among them, give each code point cells of its own instead, and take more for
// the same text in Devanagari or Thai. A terminal that counts clusters says so
// (mode 2027).

// byCodePoints lays a line out again for a terminal that counts code points:
// the blanks behind a text give way to what it takes more, so that all after
// them stays in its column; what has no room is cut. Moved is where what was
// in the cell at, such as the cursor, is then.
func byCodePoints(line string, limit, at int) (laid string, moved int) {
	if ansi.StringWidth(line) == ansi.StringWidthWc(line) {
		return line, at
	}
	var b strings.Builder
	cell, more := 0, 0 // by clusters; what the text so far takes more by code points
	moved = at
	state := byte(ansi.NormalState)
	for rest := line; rest != ""; {
		part, w, n, next := ansi.DecodeSequence(rest, state, nil)
		wide := ansi.StringWidthWc(part)
		if blanks := len(rest) - len(strings.TrimLeft(rest, " ")); blanks > 0 && state == ansi.NormalState {
			w, n, wide = blanks, blanks, blanks
			if blanks > 1 || more < 0 { // one alone only separates words
				wide = max(1, blanks-more)
			}
			part = strings.Repeat(" ", wide)
		}
		if wide == 0 || cell+more+wide <= limit {
			b.WriteString(part)
		}
		more += wide - w
		if cell < at {
			moved = at + more
		}
		cell, rest, state = cell+w, rest[n:], next
	}
	return b.String(), moved
}
