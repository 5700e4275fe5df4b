package ui

import (
	"strings"

	"empress/model"
)

// box is the frame of an overlay. In a small window it has no border and no
// empty lines, and covers the whole body.
type box struct {
	title         string
	most          int // the widest that it becomes, 0 for boxWidth
	width, height int // what there is room for
}

// The size under which a border costs more than it gives.
const (
	boxWidth    = 76
	borderWidth = 74 // a secret and its label fit into the border
	borderRows  = 13
)

func (b *box) setSize(w, h int) { b.width, b.height = min(w, max(boxWidth, min(b.most, w-20))), h }

func (b *box) compact() bool { return b.width < borderWidth || b.height < borderRows }

// inner is how many cells a line of the text may have.
func (b *box) inner() int {
	if b.compact() {
		return b.width - 4
	}
	return b.width - 6
}

// view draws the lines. Place is where line number at went, relative to the
// box: lines that do not fit go from the beginning, so that an input and what
// is wrong with it stay.
func (b *box) view(s *styles, lines []string, at int) (out string, x, y int) {
	if !b.compact() && len(lines)+2 <= b.height {
		return b.bordered(s, lines), 3, at + 1
	}
	var kept []string
	for i, l := range lines {
		if l != "" || i == at {
			if i == at {
				y = len(kept)
			}
			kept = append(kept, l)
		}
	}
	if over := len(kept) + 1 - b.height; over > 0 && over < len(kept) {
		kept, y = kept[over:], y-over
	}
	rows := make([]string, max(1, b.height))
	rows[0] = "  " + s.paint(strong, fit(model.Printable(b.title), b.width-4))
	for i := 1; i < len(rows) && i <= len(kept); i++ {
		rows[i] = "  " + kept[i-1]
	}
	for i := range rows {
		rows[i] = left(rows[i], b.width)
	}
	return strings.Join(rows, "\n"), 2, max(0, y+1)
}

func (b *box) bordered(s *styles, lines []string) string {
	title, e := fit(model.Printable(b.title), b.width-6), s.border
	out := []string{e.topLeft + e.line + " " + s.paint(strong, title) + " " + strings.Repeat(e.line, max(0, b.width-5-width(title))) + e.topRight}
	for _, l := range lines {
		out = append(out, e.side+"  "+left(l, b.width-6)+"  "+e.side)
	}
	return strings.Join(append(out, e.bottomLeft+strings.Repeat(e.line, max(0, b.width-2))+e.bottomRight), "\n")
}
