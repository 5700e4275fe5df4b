package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// barSigns are what bars end with, by eighths of a line. In plain lines
// plainSigns stand for them.
var barSigns = []rune(" ▁▂▃▄▅▆▇█")

const (
	scaleWidth = 5 // cells for the numbers of a scale
	widestBar  = 8 // cells, with the gap behind
)

// chart draws numbers over time as bars, the oldest first.
type chart struct {
	room int // cells for the whole of it
	bars int // how many
	rows int // lines that a full bar takes
}

// cell is how many cells a bar takes, with the gap behind it where there is room
// for one.
func (c chart) cell() int {
	return max(1, min(widestBar, (c.room-scaleWidth-4)/max(1, c.bars)))
}

// draw returns the bars, of which there is one at least, over a scale from 0 to a
// round number.
func (c chart) draw(s *styles, look tone, values []int64) []string {
	top := scaleTop(max(1, slices.Max(values)))
	lines := make([]string, c.rows)
	for row := range lines {
		label := ""
		switch row {
		case 0:
			label = scaleWords(top)
		case c.rows - 1:
			label = "0"
		}
		var b strings.Builder
		for _, v := range values {
			b.WriteString(c.bar(v, top, row))
		}
		lines[row] = "  " + s.paint(dim, right(label, scaleWidth)+" "+s.border.side) + s.paint(look, trimmed(b.String()))
	}
	return lines
}

// bar is what is seen of a bar on a line, the first line being the highest.
// Whatever is more than nothing can be seen.
func (c chart) bar(v, top int64, row int) string {
	full := len(barSigns) - 1
	eighths := int(float64(v) / float64(top) * float64(c.rows*full))
	if v > 0 {
		eighths = max(1, eighths)
	}
	sign := string(barSigns[max(0, min(full, eighths-(c.rows-1-row)*full))])
	if w := c.cell(); w > 1 {
		return strings.Repeat(sign, w-1) + " "
	}
	return sign
}

// zone is said behind the times: they are those by which requests are counted.
const zone = " UTC"

// times says below the bars when they begin, as often as there is room.
func (c chart) times(s *styles, at []time.Time, form string) string {
	words, labels := 0, make([]string, len(at))
	for i, t := range at {
		labels[i] = t.UTC().Format(form)
		words = max(words, width(labels[i]))
	}
	step := (words + 2 + c.cell() - 1) / c.cell()
	var b strings.Builder
	for i := 0; i < len(at) && i*c.cell()+words <= c.room-scaleWidth-4-width(zone); i += step {
		b.WriteString(left(labels[i], step*c.cell()))
	}
	return s.paint(dim, strings.Repeat(" ", scaleWidth+4)+trimmed(b.String())+zone)
}

// scaleTop is the end of a scale that n fits on: the least round number that is
// not less. One beyond all counting ends its own.
func scaleTop(n int64) int64 {
	for unit := int64(1); n < math.MaxInt64/100; unit *= 10 {
		for _, tenths := range []int64{10, 15, 20, 30, 40, 50, 60, 80} {
			if top := unit * tenths / 10; top >= n && unit*tenths%10 == 0 {
				return top
			}
		}
	}
	return n
}

// scaleWords writes a round number in at most scaleWidth cells.
func scaleWords(n int64) string {
	units := ""
	for _, u := range []string{"k", "M", "G", "T", "P"} {
		if n < 10_000 && units == "" || n < 1_000 {
			break
		}
		if n%1_000 != 0 { // 1.5 of the next unit
			return fmt.Sprintf("%.1f%s", float64(n)/1_000, u)
		}
		n, units = n/1_000, u
	}
	return thousands(int(n)) + units
}
