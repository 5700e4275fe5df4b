package cli

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"empress/model"
)

// hostileCells begin a formula in some spreadsheet, or command a terminal.
var hostileCells = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\"=1", "'=1", "' \"=1", "\u00a0=1", "\ufeff=1", "＝1", "＠a",
	"a\",=1", "a;=1", "a\t=1", "\x1b[2J", "\u009b2J", "\u202e=1", "\xff=1", "=cmd|' /C calc'!A0", "", "'", "\"\"", "plain"}

func FuzzCSV(f *testing.F) {
	for _, cell := range hostileCells {
		f.Add(cell, "=2")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		var b bytes.Buffer
		e := model.Entry{Event: model.Event{Seq: 1, ActorEmail: one, Via: model.Via(two), From: one, Action: model.Action(two), Outcome: model.Outcome(one),
			Key: model.KeyID(one), Application: two, Member: one, State: model.State(one), Note: two,
			Changes: []model.Change{{Field: one, Before: two, After: one}}}}
		if err := writeEntryCSV(&b, e); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if line, ended := strings.CutSuffix(text, "\r\n"); !ended || model.Printable(line) != line || !utf8.ValidString(line) {
			t.Errorf("raw text in %q", text)
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != len(entryColumns) {
			t.Fatalf("%q reads back as %q, %v", text, rows, err)
		}
		for i, cell := range rows[0] {
			if begins(cell) {
				t.Errorf("%s is a formula: %q", entryColumns[i], cell)
			}
		}
		if want := csvCell(one); rows[0][3] != want {
			t.Errorf("%q is written as %q, want %q", one, rows[0][3], want)
		}
		for _, separator := range []string{";", "\t"} { // as programs elsewhere divide
			if unquoted := strings.Split(text, `"`); strings.Contains(unquoted[0]+unquoted[len(unquoted)-1], separator) {
				t.Errorf("%q stands outside quotes in %q", separator, text)
			}
		}
	})
}

// begins reports whether a spreadsheet may take a cell for a formula.
func begins(cell string) bool {
	for _, r := range cell {
		switch {
		case strings.ContainsRune("=+-@\t\r\n＝＋－＠", r):
			return true
		case strings.ContainsRune(" \"\u00a0\ufeff", r):
			continue
		}
		return false
	}
	return false
}
