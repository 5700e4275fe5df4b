package ui

import "strings"

// blockList is a list that is in memory as a whole, whose rows take as many
// lines as their words need.
type blockList struct {
	page
	cursor int
	starts []int // the first line of each row, as last drawn, and the line after the last
}

// move moves the cursor among so many rows.
func (l *blockList) move(by, count int) { l.cursor = max(0, min(count-1, l.cursor+by)) }

// view draws the rows in the window, with the one that the cursor is on whole
// where it fits.
func (l *blockList) view(rows [][]string, s *styles) string {
	var lines []string
	l.starts = l.starts[:0]
	for _, r := range rows {
		l.starts = append(l.starts, len(lines))
		lines = append(lines, r...)
	}
	l.starts = append(l.starts, len(lines))
	l.quiet = true
	if l.cursor < len(rows) {
		l.reveal(l.starts[l.cursor+1] - 1)
		l.reveal(l.starts[l.cursor])
	}
	return l.page.view(lines, s)
}

// at is the row that is drawn on a line of the window, -1 for none.
func (l *blockList) at(y int) int {
	for i := range len(l.starts) - 1 {
		if line := y + l.top; line >= l.starts[i] && line < l.starts[i+1] && y >= 0 && y < l.page.height {
			return i
		}
	}
	return -1
}

// rowMarker is what a row begins with, and the look of its name.
func (s *styles) rowMarker(chosen bool) (marker string, look tone) {
	if chosen {
		return s.paint(accent, "> "), accent
	}
	return "  ", plain
}

// inPieces breaks a word that is read letter by letter, such as a fingerprint,
// into lines of at most w cells.
func inPieces(word string, w int) []string {
	var lines []string
	for w = max(1, w); len(word) > w; word = word[w:] {
		lines = append(lines, word[:w])
	}
	return append(lines, word)
}

// trimmed is a line without what would be blank at its end.
func trimmed(line string) string { return strings.TrimRight(line, " ") }
