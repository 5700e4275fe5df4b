package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"empress/model"
)

// encoder writes JSON values, each on a line of its own.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// array writes a JSON array one element at a time, so that a long list needs
// no memory.
type array struct {
	w     io.Writer
	begun bool
}

func (a *array) add(v any) error {
	before := ",\n"
	if !a.begun {
		before, a.begun = "[", true
	}
	line := bytes.NewBufferString(before)
	if err := encoder(line).Encode(v); err != nil {
		return err
	}
	_, err := a.w.Write(bytes.TrimRight(line.Bytes(), "\n"))
	return err
}

func (a *array) end() error {
	after := "[]\n"
	if a.begun {
		after = "]\n"
	}
	_, err := io.WriteString(a.w, after)
	return err
}

// noteDamaged says what to do about rows of a list that were changed outside
// empress, if any were.
func (t *tree) noteDamaged(any bool) {
	if any {
		t.note("What was changed outside empress is not trusted: `empress audit verify` tells more. Restore a backup if nobody can explain it.")
	}
}

// table writes rows in aligned columns. Columns are as wide as the widest cell
// written so far: rows come in windows, and a list of any length is aligned
// without being held in memory.
type table struct {
	w      io.Writer
	widths []int
	rows   [][]string
}

func newTable(w io.Writer, titles ...string) *table {
	t := &table{w: w, widths: make([]int, len(titles))}
	t.add(titles...)
	return t
}

func (t *table) add(cells ...string) {
	for i, c := range cells {
		cells[i] = model.Printable(c)
		t.widths[i] = max(t.widths[i], cellWidth(cells[i]))
	}
	t.rows = append(t.rows, cells)
}

// flush writes the rows that were added since the last flush.
func (t *table) flush() error {
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			line.WriteString(c)
			line.WriteString(strings.Repeat(" ", t.widths[i]-cellWidth(c)+2))
		}
		if _, err := io.WriteString(t.w, strings.TrimRight(line.String(), " ")+"\n"); err != nil {
			return err
		}
	}
	t.rows = t.rows[:0]
	return nil
}

// listing writes a list that comes in windows, as a table or as a JSON array.
type listing struct {
	t     *tree
	table *table // nil for JSON
	array *array
	none  string // what is said of an empty list
	any   bool
}

func (t *tree) newListing(none string, titles ...string) *listing {
	l := &listing{t: t, none: none}
	if t.json {
		l.array = &array{w: t.out}
	} else {
		l.table = newTable(t.out, titles...)
	}
	return l
}

// add adds a row in both forms, of which one is written.
func (l *listing) add(asJSON any, cells ...string) error {
	l.any = true
	if l.array != nil {
		return l.array.add(asJSON)
	}
	l.table.add(cells...)
	return nil
}

// flush writes what was added so far.
func (l *listing) flush() error {
	if l.array != nil {
		return nil
	}
	return l.table.flush()
}

func (l *listing) end() error {
	switch {
	case l.array != nil:
		return l.array.end()
	case !l.any:
		l.t.note("%s", l.none)
		return nil
	}
	return l.table.flush()
}

// fact is one line about something.
type fact struct{ name, value string }

func writeFacts(w io.Writer, facts ...fact) error {
	t := &table{w: w, widths: make([]int, 2)}
	for _, f := range facts {
		t.add(f.name, f.value)
	}
	return t.flush()
}

// cellWidth is how many columns of a terminal s takes.
func cellWidth(s string) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// shown is an instant for people; none is what an absent one is called.
func shown(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// stamp is an instant in JSON: RFC 3339 in UTC, null for none.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// text is a string in JSON that is null when it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	s = model.Printable(s)
	return &s
}

func orWord(s, none string) string {
	if s == "" {
		return none
	}
	return s
}
