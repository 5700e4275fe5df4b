package ui

// shortList is the cursor of a list that is in memory as a whole.
type shortList struct {
	cursor, top int
	count       int // how many rows there are
	rows        int // how many fit
}

// move moves the cursor and keeps it in the window.
func (l *shortList) move(by int) {
	l.cursor = max(0, min(l.count-1, l.cursor+by))
	l.top = min(l.top, l.cursor)
	l.top = max(l.top, l.cursor-l.rows+1)
	l.top = max(0, min(l.top, l.count-l.rows))
}

// resize says how many rows there are, and how many fit.
func (l *shortList) resize(count, rows int) {
	l.count, l.rows = count, max(1, rows)
	l.move(0)
}

// end is the row after the last one in the window.
func (l *shortList) end() int { return min(l.count, l.top+l.rows) }

// click moves the cursor to a row of the window; again is whether it was there
// already.
func (l *shortList) click(row int) (again bool) {
	i := l.top + row
	if row < 0 || i >= l.end() {
		return false
	}
	again = i == l.cursor
	l.move(i - l.cursor)
	return again
}
