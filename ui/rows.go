package ui

import (
	"strings"

	"empress/model"
)

// rowDrawing keeps finished rows: a cursor move draws two of them and finds
// the rest.
type rowDrawing struct {
	done    map[int]string // rows without the cursor, by their place in the list
	columns []column
	gap     int // cells left for the column of width 0
}

func (d *rowDrawing) reset() { d.done = nil }

// nameWidth is the most that the column of names takes: names are no longer.
const nameWidth = 66

// narrow is the width under which a key takes two lines.
const narrow = 60

func (a *access) rowHeight() int {
	if a.width < narrow || a.rotates() {
		return 2
	}
	return 1
}

// listWidth is how much of the window the list takes: the rest shows the chosen
// key.
func (a *access) listWidth() int {
	if a.beside() {
		return a.width - besideWidth
	}
	return a.width
}

// chrome is how many lines of the body are not rows.
func (a *access) chrome() int {
	n := a.statusAt()
	switch {
	case a.width < narrow:
		return n + 1 // no titles over rows of two lines
	case a.height < 10:
		return n + 2
	}
	return n + 3
}

// statusAt is the line of the body that the filter stands on: Rotation has its
// views above.
func (a *access) statusAt() int {
	if a.rotates() {
		return 1
	}
	return 0
}

// View draws the status line, the titles, the rows in the window and, where
// there is room, the chosen key beside them.
func (a *access) View() string {
	var lines []string
	if a.rotates() {
		lines = append(lines, a.viewsLine())
	}
	lines = append(lines, a.status())
	if a.chrome() == a.statusAt()+3 {
		lines = append(lines, a.styles.paint(dim, fit("  "+a.ageWords(), a.width)))
	}
	rows := a.rowLines()
	if a.beside() {
		rows = sideBySide(rows, a.besideLines(), a.listWidth())
	}
	return strings.Join(append(lines, rows...), "\n")
}

// rowLines are the titles and the rows in the window.
func (a *access) rowLines() []string {
	var lines []string
	a.prepare()
	switch {
	case a.width < narrow:
	case len(a.list.keys) > 0:
		lines = append(lines, a.titles())
	default:
		lines = append(lines, "")
	}
	from := a.list.top
	if a.rotates() && len(a.list.keys) == 0 {
		from = 0 // there is nothing to rotate
	}
	for i := from; i < len(a.list.keys) && i < a.list.top+a.list.rows; i++ {
		lines = append(lines, strings.Split(a.row(i), "\n")...)
	}
	if a.list.loaded && len(a.list.keys) == 0 {
		lines = append(lines, a.styles.paint(dim, "  "+fit(a.emptyWords(), a.listWidth()-2)))
	}
	return lines
}

func (a *access) emptyWords() string {
	if a.rotates() && a.filter.Value() == "" && a.list.query.Application == "" {
		if a.list.after {
			return "None so far."
		}
		view, _ := a.view()
		return view.empty
	}
	if a.filter.Value() != "" {
		return "No key matches. esc clears the filter."
	}
	if of := a.list.query.Application; of != "" {
		return "No key of " + model.Printable(of) + " that you may see. esc shows all."
	}
	return "No key yet. enter creates the first."
}

// prepare settles the columns for the present width.
func (a *access) prepare() {
	if a.drawing.done != nil {
		return
	}
	w := a.listWidth()
	a.drawing = rowDrawing{done: map[int]string{}, columns: columns(w, a.wide, a.list.query.Sort)}
	a.drawing.gap = w - 2 - width(a.markGap()) // marks take their room from the names
	for _, c := range a.drawing.columns {
		if c.width > 0 {
			a.drawing.gap -= c.width + 2
		}
	}
	a.drawing.gap = min(a.drawing.gap, nameWidth)
}

func (a *access) titles() string {
	var b strings.Builder
	b.WriteString("  " + a.markGap())
	for i, c := range a.drawing.columns {
		title := c.title
		if c.sort != "" && c.sort == a.list.query.Sort && !a.list.asMade {
			if a.list.query.Descending {
				title += " v"
			} else {
				title += " ^"
			}
		}
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(a.cell(c, title))
	}
	return a.styles.paint(dim, strings.TrimRight(b.String(), " "))
}

func (a *access) cell(c column, text string) string {
	w := c.width
	if w == 0 {
		w = a.drawing.gap
	}
	if c.right {
		return right(text, w)
	}
	return left(text, w)
}

// row draws the key at a place, or the way to a new one at -1.
func (a *access) row(i int) string {
	if i == a.list.cursor {
		return a.drawRow(i, true)
	}
	line, ok := a.drawing.done[i]
	if !ok {
		line = a.drawRow(i, false)
		a.drawing.done[i] = line
	}
	return line
}

func (a *access) drawRow(i int, chosen bool) string {
	marker, look := "  ", plain
	if chosen {
		marker, look = a.styles.paint(accent, "> "), accent
	}
	if i < 0 {
		name, may := a.firstRow()
		if may != nil {
			name, look = fit(name+" (not allowed: enter says why)", a.listWidth()-2), dim
		}
		line := marker + a.styles.paint(look, name)
		if a.rowHeight() == 2 {
			line += "\n"
		}
		return line
	}
	k, now := a.list.keys[i], a.now()
	marker += a.markOf(k)
	if a.width < narrow {
		return a.twoLines(k, marker, look)
	}
	var b strings.Builder
	b.WriteString(marker)
	for n, c := range a.drawing.columns {
		text, t := c.text(k, now)
		if n == 0 {
			t = look // the cursor shows on the name, and nowhere else: few cells change
		} else {
			b.WriteString("  ")
		}
		b.WriteString(a.styles.paint(t, a.cell(c, model.Printable(text))))
	}
	if a.rotates() {
		b.WriteString("\n" + a.whyLine(k))
	}
	return b.String()
}

// firstRow is what the row before the first key is for, and why the member may
// not do that.
func (a *access) firstRow() (string, error) {
	if a.rotates() {
		return a.dueRow(), a.mayRotate()
	}
	return "+ Create New API Key", a.session.Can(model.KeysCreate, model.Target{})
}

// markGap is the room for marks, which is there as long as something is marked.
func (a *access) markGap() string {
	if a.marks.count() > 0 || a.marks.from != nil {
		return "  "
	}
	return ""
}

func (a *access) markOf(k model.Key) string {
	switch gap := a.markGap(); {
	case a.marks.has(k.ID):
		return a.styles.paint(accent, "* ")
	case a.marks.from != nil && a.marks.from.ID == k.ID:
		return a.styles.paint(accent, "v ")
	default:
		return gap
	}
}

// twoLines draws a key for a narrow window: name and state, then the rest.
func (a *access) twoLines(k model.Key, marker string, look tone) string {
	state, t := stateWords(k, a.now())
	room := a.width - 2 - width(marker) - width(state)
	first := marker + a.styles.paint(look, left(model.Printable(k.Application), room)) + "  " + a.styles.paint(t, state)
	if a.rotates() {
		return first + "\n" + a.whyLine(k)
	}
	rest := "  " + a.markGap() + fit(model.Printable(k.ID.Short()+"  "+model.ShortEmail(k.Owner)), a.width-width(marker))
	return first + "\n" + a.styles.paint(dim, rest)
}
