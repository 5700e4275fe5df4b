package ui

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// corpus is text that commands a terminal, hides, reorders or draws over other
// text.
var corpus = []string{
	"\x1b[31m", "\x1b[2J\x1b[H", "\x1b]0;owned\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x1bP+q544e\x1b\\", "\x1b_Gi=1\x1b\\", "\x1b^x\x1b\\",
	"\u009b31m", "\u009d0;owned\u009c", "\u0090q", "\u0085", "\x9b31m", "\a", "\b\b\b", "\r", "\n", "\t", "\v", "\f", "\x7f", "\x00", "\x0e",
	"\u202egni", "\u2067gni\u2069", "\u200e", "\u061c", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\U000e0065\U000e0076", "\ufe0f", "\u180e",
	"\u3164", "\uffa0", "\u034f", "\u2028", "\ue000", "\ufffd", "\xc3(", "\xed\xa0\x80", strings.Repeat("\u0301", 40),
}

// windows are the sizes to draw the i-th case at: all, but one of them, another
// each time, under the race detector.
func windows(i int, all [][2]int) [][2]int {
	if racing {
		return all[i%len(all):][:1]
	}
	return all
}

// What somebody types or pastes of it is refused as a name, told beside the
// field, and kept to be mended; the driver checks every frame.
func TestHostileInput(t *testing.T) {
	d := newDriver(t, nil)
	for i, evil := range corpus {
		if spared(i) {
			continue
		}
		if strings.TrimSpace(evil) == "" {
			continue // blanks around a name are cut
		}
		d.press("2", "n")
		d.send(tea.PasteMsg{Content: "bill" + evil + "ing"})
		d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
		page, err := d.session.Keys(context.Background(), model.KeyQuery{})
		d.must(err)
		if len(page.Keys) > 0 {
			t.Fatalf("%q became the name %q", evil, page.Keys[0].Application)
		}
		d.sees("> Application")
		for _, keys := range [][]string{{"esc", "esc", "/"}, {"enter", "esc", "esc", "esc", "esc", ":"}, {"esc", "3", "/"}, {"enter", "esc", "esc", "1", "3"}, {"enter", "esc", "esc", "esc", "?", "/"}, {"esc", "esc"}} {
			d.press(keys...)
			if d.root.letters() {
				continue
			}
			d.send(tea.PasteMsg{Content: evil})
			for _, r := range evil {
				if unicode.Is(unicode.M, r) {
					continue // one after the other they pile up, on what somebody typed themself
				}
				d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
		d.home()
	}
}

// What the database may hold after somebody wrote to it commands no terminal;
// the driver checks every frame.
func TestHostileRows(t *testing.T) {
	t.Parallel()
	evil := "a" + strings.Join(corpus, "b") + "c"
	d := newDriver(t, someKeys)
	db, err := sql.Open("sqlite", d.store.Path())
	d.must(err)
	defer db.Close()
	for i, column := range []string{"members.name", "members.email", "members.role", "members.status", "keys.id", "keys.application", "keys.owner",
		"keys.state", "keys.purpose", "keys.scopes", "keys.networks", "keys.rate", "applications.name", "events.actor_email", "events.action",
		"events.application", "events.note", "events.member", "events.key_id", "events.via", "events.origin", "events.outcome", "events.state", "policy.support"} {
		table, name, _ := strings.Cut(column, ".")
		where := "true"
		if table == "members" {
			where = "id > 1" // somebody else's row: one's own ends the session
		}
		_, err := db.Exec("UPDATE "+table+" SET "+name+" = "+name+" || ? || rowid WHERE "+where, evil)
		d.must(err)
		if _, err := d.session.Members(context.Background()); err != nil {
			t.Fatal(err)
		}
		if spared(i) {
			continue
		}
		for _, size := range windows(i/4, append(sizes, [2]int{66, 20})) {
			d.resize(size[0], size[1])
			for _, keys := range [][]string{{"f5"}, {"1", "1", "f5", "2", "f5", "G", "k", "enter", "f5", "p", "esc", "o", "enter", "esc", "esc", "X", "f5", "t", "esc", "r", "enter", "esc", "esc", "esc", "g", "esc", "esc", "esc", "esc", "esc"}, {"2", "f5", "down", "enter", "f5", "r", "esc", "p", "esc", "X", "esc", "e", "esc", "esc", "down", "enter", "esc", "esc", "esc", "esc"},
				{"2", "*", "p", "esc", "X", "esc", "esc", "esc", "esc", "esc"}, {":", "a", "down", "down", "esc"}, {"3", "enter", "esc", "j", "enter", "enter", "esc", "esc", "o", "esc", "esc"},
				{"1", "3", "esc", "2", "esc", "?", "G", "esc", "esc"}} {
				d.press(keys...)
			}
		}
		d.home()
	}
}

// What clients call themselves, and what the file of usage may hold after
// somebody wrote to it, commands no terminal, on no screen and in no line.
func TestHostileUsage(t *testing.T) {
	evil := "a" + strings.Join(corpus, "b") + "c"
	d := newDriver(t, usedKeys)
	d.happens("billing", "10.0.0.4", model.ReasonOK, 12)
	d.happens("billing", "10.0.0.5", model.ReasonExpired, 12)
	usage, err := sql.Open("sqlite", d.store.Path()+".usage")
	d.must(err)
	defer usage.Close()
	for i, column := range []string{"callers.user_agent", "callers.address", "sightings.address", "moments.address", "moments.reason", "hours.reason", "team_hours.reason"} {
		table, name, _ := strings.Cut(column, ".")
		_, err := usage.Exec("UPDATE "+table+" SET "+name+" = "+name+" || ?", evil)
		d.must(err)
		if table == "hours" {
			_, err := usage.Exec("UPDATE hours SET count = 9223372036854775807")
			d.must(err)
		}
		for _, size := range windows(i, append(sizes, [2]int{66, 20})) {
			d.resize(size[0], size[1])
			for _, keys := range [][]string{{"f5", "G", "down", "down", "enter", "G", "t", "t"}, {"4", "j", "enter", "pgdown", "pgdown"}, {"4", "/", "a"}, {"1", "1", "4", "enter", "u", "G"}, {"2", "down", "enter", "u", "3", "G"}} {
				d.press(keys...)
				if t, ok := d.root.top().(typing); ok && t.Typing() {
					d.press("enter")
				}
				d.home()
			}
		}
	}
	d.converse(Options{Start: AtAccess}, "1", chooses("Usage"), "3", "", "", "", "q").sees("Usage of billing, the last 30 days", "Caller: ")
}
