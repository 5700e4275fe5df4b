package storage

import (
	"runtime"
	"strings"
)

// rowsAtOnce is how many rows one statement adds: more spare little time, and
// keep requests waiting for longer.
const rowsAtOnce = 32

// rowWriter adds many rows to a table, some at once, in order.
type rowWriter struct {
	w          *usageWriter
	head, tail string
	columns    int
	args       []any
}

// rows adds rows of so many columns by a statement of which head comes before
// the values, and tail after them.
func (w *usageWriter) rows(head string, columns int, tail string) *rowWriter {
	return &rowWriter{w: w, head: head, tail: tail, columns: columns}
}

func (r *rowWriter) add(values ...any) {
	if r.args = append(r.args, values...); len(r.args) == rowsAtOnce*r.columns {
		r.end()
	}
}

// end adds what was not added yet.
func (r *rowWriter) end() {
	n := len(r.args) / r.columns
	if n == 0 {
		return
	}
	row := ", (?" + strings.Repeat(", ?", r.columns-1) + ")"
	r.w.exec(r.head+" VALUES "+strings.Repeat(row, n)[2:]+" "+r.tail, r.args...)
	r.args = r.args[:0]
	runtime.Gosched() // requests come first
}
