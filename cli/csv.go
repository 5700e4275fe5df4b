package cli

import (
	"io"
	"strings"

	"empress/model"
)

// writeCSV writes one record as RFC 4180 has it. Every cell is quoted, so that
// a program that divides cells at another character finds none to divide at.
func writeCSV(w io.Writer, cells ...string) error {
	quoted := make([]string, len(cells))
	for i, c := range cells {
		quoted[i] = `"` + strings.ReplaceAll(csvCell(c), `"`, `""`) + `"`
	}
	_, err := io.WriteString(w, strings.Join(quoted, ",")+"\r\n")
	return err
}

// csvCell makes text harmless to terminals and spreadsheets: those calculate
// what begins with one of a few characters, some of them after quotes and
// blanks, too, unless an apostrophe says that it is text.
func csvCell(s string) string {
	s = model.Printable(s)
	if start := strings.TrimLeft(s, "\"'` "); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
		return "'" + s
	}
	return s
}

// plainCell is the text that csvCell made a cell of.
func plainCell(cell string) string {
	if s, ok := strings.CutPrefix(cell, "'"); ok && csvCell(s) == cell {
		return s
	}
	return cell
}
