package ui

import (
	"fmt"
	"slices"
	"strings"

	"empress/model"
)

// rowHeight is how many lines a key of a plan or of a run takes: what it is, and
// why or what became of it; narrow windows have the last use on a line between.
func (p *rotationPlan) rowHeight() int { return turnHeight(p.width) }

func turnHeight(w int) int {
	if w < narrow {
		return 3
	}
	return 2
}

// above says how many keys there are, and what becomes of them.
func (p *rotationPlan) above() []string {
	extended := "Keys that expire soon are not extended: e extends them."
	if p.renew {
		extended = "Keys that expire within 30 days go on from now, for as long as they were given: e leaves them."
	}
	lines := indented(p.styles, strong, p.countWords(), 2, p.width)
	for _, words := range []string{p.how.words(), extended} {
		if p.width < narrow && p.height < 14 {
			continue // the question says it, too
		}
		lines = append(lines, indented(p.styles, dim, words, 2, p.width)...)
	}
	return spaced(lines, p.height)
}

// spaced adds an empty line where there is room for one.
func spaced(lines []string, h int) []string {
	if h < 14 {
		return lines
	}
	return append(lines, "")
}

// countWords say how many keys get new secrets, and how many do not.
func (p *rotationPlan) countWords() string {
	n, words := len(p.rows), ""
	switch {
	case !p.whole && p.asked != 0:
		return "Reading the keys: " + thousands(n+len(p.left)) + " so far."
	case !p.whole:
		return "Not every key was read: F5 reads them again."
	case n == 0:
		return "There is nothing to rotate."
	case n == 1:
		words = "1 key gets a new secret"
	default:
		words = thousands(n) + " keys get new secrets"
	}
	if left := len(p.left); left > 0 {
		words += fmt.Sprintf(", %s left out", areKeys(left))
	}
	if p.over {
		words += fmt.Sprintf("; more are due, and at most %s are rotated at once", thousands(model.MaxRotation))
	}
	return words + "."
}

func (p *rotationPlan) View() string {
	return strings.Join(turnLines(p.above(), p.list, p.height, p.row), "\n")
}

func (p *rotationPlan) row(i int) []string {
	if i < len(p.rows) {
		return p.rows[i].lines(p.styles, p.width, i == p.list.cursor, "", dim)
	}
	left := p.left[i-len(p.rows)]
	return left.lines(p.styles, p.width, i == p.list.cursor, "left out", warning)
}

// turnLines draws the rows in a window of so many lines, below others. The row that
// the cursor is on may take more lines than there are for each: the rows above it
// make room, then the lines above those, and what is below is cut.
func turnLines(above []string, l shortList, h int, row func(i int) []string) []string {
	var rows [][]string
	from, n := 0, 0 // the row to begin with, and how many lines there are from it to the end of the one chosen
	for i := l.top; i < l.end(); i++ {
		rows = append(rows, row(i))
		if i <= l.cursor {
			n += len(rows[i-l.top])
		}
	}
	for ; n > h-len(above) && from < l.cursor-l.top; from++ {
		n -= len(rows[from])
	}
	lines := append(shortened(above, h-n), slices.Concat(rows[from:]...)...)
	if n > h {
		return shortened(lines, h)
	}
	return lines[:min(len(lines), max(0, h))]
}

// shortened are as many lines as there is room for, with a mark where some are cut.
func shortened(lines []string, room int) []string {
	if room >= len(lines) {
		return lines
	}
	lines = slices.Clone(lines[:max(0, room)])
	if room > 0 {
		lines[room-1] += " …"
	}
	return lines
}

// lines draw a key, with how it is doing behind its name, and below why: in full
// where the cursor is.
func (r planRow) lines(s *styles, w int, chosen bool, state string, t tone) []string {
	marker, look := s.rowMarker(chosen)
	id, room := r.turn.Key.Short(), w-4
	why := []string{"    " + s.paint(dim, fit(model.Printable(r.why), room-2))}
	if chosen {
		why = indented(s, dim, r.why, 4, w)
	}
	name := orElse(model.Printable(r.application), unnamed)
	if w < narrow {
		first := fit(name, room-width(id)-2) + "  "
		second := strings.TrimLeft(state+"  "+r.used, " ")
		return append([]string{marker + s.paint(look, first) + s.paint(dim, id), "    " + s.paint(t, fit(second, room-2))}, why...)
	}
	rest := "  " + left(id, 14) + "  " + r.used
	if state != "" {
		rest = "  " + left(id, 14) + "  "
	}
	first := marker + s.paint(look, left(fit(name, min(nameWidth, room-50)), min(nameWidth, max(12, room-50)))) + s.paint(dim, rest)
	if state != "" {
		first += s.paint(t, fit(state, w-width(first)-2))
	}
	return append([]string{trimmed(first)}, why...)
}

// above says how far the run is, or what became of it.
func (r *rotationRun) above() []string {
	lines := indented(r.styles, strong, r.progressWords(), 2, r.width)
	lines = append(lines, indented(r.styles, dim, r.tallyWords(), 2, r.width)...)
	for _, words := range r.remarks {
		lines = append(lines, indented(r.styles, warning, words, 2, r.width)...)
	}
	switch {
	case !r.ended && r.stopped:
		lines = append(lines, indented(r.styles, plain, "It stops after what is under way.", 2, r.width)...)
	case r.ended && r.tally[rotated] < len(r.rows) && r.width < narrow && r.height < 14: // the footer says it, too
	case r.ended && r.tally[rotated] < len(r.rows):
		lines = append(lines, indented(r.styles, plain, "Rotation lists what is still due. r tries again what was not done.", 2, r.width)...)
	case r.how.by == byFile && r.ended:
		lines = append(lines, indented(r.styles, plain, "The new secrets are in "+r.how.place+".", 2, r.width)...)
	}
	return spaced(lines[:min(len(lines), max(1, r.height-turnHeight(r.width)))], r.height)
}

// progressWords say how far it is.
func (r *rotationRun) progressWords() string {
	n, done := len(r.rows), r.tally[rotated]
	switch {
	case !r.ended && r.next == 0:
		return "Noting which keys are to be rotated."
	case !r.ended:
		return fmt.Sprintf("Rotating: %s of %s.", thousands(r.next-r.under), count(n, "key"))
	case done == n && n == 1:
		return "Done: the key has its new secret."
	case done == n:
		return "Done: all " + count(n, "key") + " have new secrets."
	}
	return fmt.Sprintf("Ended: %s of %s done.", thousands(done), count(n, "key"))
}

// outcomeWords say what became of a key.
func (r *rotationRun) outcomeWords(o outcome) (string, tone) {
	switch o {
	case underWay:
		return "under way", accent
	case rotated:
		return "done", good
	case undelivered:
		return "not delivered", bad
	case unknown:
		return "not known", bad
	case failed:
		return "failed", warning
	}
	if r.ended {
		return "not begun", dim
	}
	return "waiting", dim
}

// tallyWords count what became of the keys.
func (r *rotationRun) tallyWords() string {
	var parts []string
	for _, o := range []outcome{rotated, underWay, undelivered, unknown, failed, waits} {
		if n := r.tally[o]; n > 0 {
			words, _ := r.outcomeWords(o)
			parts = append(parts, thousands(n)+" "+words)
		}
	}
	return strings.Join(parts, ", ")
}

func (r *rotationRun) View() string {
	return strings.Join(turnLines(r.above(), r.list, r.height, func(i int) []string {
		state, t := r.outcomeWords(r.rows[i].outcome)
		return r.rows[i].lines(r.styles, r.width, i == r.list.cursor, state, t)
	}), "\n")
}
