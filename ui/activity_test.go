package ui

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// events seeds a trail of n changes of one key.
func events(n int) func(*driver) {
	return func(d *driver) {
		k, _ := d.create("billing")
		for i := range n {
			purpose := fmt.Sprint("Purpose ", i)
			_, err := d.session.EditKey(context.Background(), k.ID, 0, model.KeyEdit{Purpose: &purpose})
			d.must(err)
		}
	}
}

func TestActivity(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("3")
	d.sees("Dashboard > Activity", "> ", "ada created a key for edge-cache", "trail unbroken: ", "events checked")
	d.press("/")
	d.write("Revoked")
	d.sees("ada revoked ci-deploy")
	d.missing("edge-cache")
	d.press("enter", "enter")
	d.sees("Activity > Event", "ada revoked ci-deploy.", "Before and after", "active  ->  revoked", "ada@example.com")
	d.press("enter")
	d.sees("> ci-deploy", "History")
	d.press("esc", "esc", "esc")
	d.sees("filter: none")

	d.press("o")
	d.sees("Only events like this one", "1  by or about ada@example.com")
	d.press("j", "enter")
	d.sees("only: edge-cache", "ada added the application edge-cache")
	d.missing("billing")
	d.press("a")
	d.sees("billing")
	d.press("t")
	d.sees("last 24 h", "edge-cache")
	d.missing("legacy-import")
	d.press("t")
	d.sees("last 7 d")
	d.press("esc")
	d.sees("any time", "mobile-push")
	d.press("esc")
	d.sees("> 3  Activity")
}

// A long trail is read in stretches; keys typed at once all count, and what is
// new comes on top without moving the cursor from its event.
func TestLongActivity(t *testing.T) {
	d := newDriver(t, events(500))
	d.press("3")
	var late []tea.Cmd
	for range 450 {
		_, cmd := d.root.Update(keyNamed("j"))
		late = append(late, cmd)
	}
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	list := func() *eventList { return &d.root.top().(*activity).list }
	if got := list().cursor; got != 450 {
		t.Fatalf("after 450 presses the cursor is at %d", got)
	}
	seq := list().chosen().Seq
	d.create("shop")
	d.send(changedMsg{})
	if got := list().chosen().Seq; got != seq || list().events[0].Application != "shop" {
		t.Fatalf("the cursor went from event %d to %d, and the latest is %+v", seq, got, list().events[0])
	}
	for i := 1; i < len(list().events); i++ {
		if list().events[i].Seq != list().events[i-1].Seq-1 {
			t.Fatalf("event %d follows event %d", list().events[i].Seq, list().events[i-1].Seq)
		}
	}
	d.press("G", "g")
	d.sees("> just now  ada created a key for shop")
}

// Keys typed behind a filter act on what it finds.
func TestKeysBehindAFilter(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("3", "/")
	var late []tea.Cmd
	for _, k := range []string{"s", "u", "s", "p", "e", "n", "d", "enter", "enter"} {
		_, cmd := d.root.Update(keyNamed(k))
		late = append(late, cmd)
	}
	for _, cmd := range late {
		d.run(cmd)
	}
	d.send(nil)
	d.sees("Activity > Event", "ada suspended mobile-push.")
}

// A broken chain is a banner that names the first event that does not fit.
func TestBrokenChainIsTold(t *testing.T) {
	d := newDriver(t, someKeys)
	db, err := sql.Open("sqlite", d.store.Path())
	d.must(err)
	defer db.Close()
	_, err = db.Exec("UPDATE events SET note = 'x' WHERE seq = 5")
	d.must(err)
	d.press("3")
	d.sees("[error] The trail is not whole: event 5 (", "does not fit the chain", "not whole")
	if !strings.Contains(d.frame(), "! ") {
		t.Errorf("the event is not marked:\n%s", d.frame())
	}
	for range 30 { // the banner leaves the list its room
		d.press("j")
	}
	_, err = db.Exec("UPDATE events SET note = '' WHERE seq = 5")
	d.must(err)
	d.press("f5")
	d.missing("[error]")
	d.sees("events checked")
}

// Whoever may not see the trail is told why, and who can help.
func TestActivityIsForThoseWhoMay(t *testing.T) {
	d := newDriver(t, nil)
	d.root.session = d.second("kim", model.PlainMember)
	d.sees("3  Activity        not allowed: enter says why")
	d.press("3")
	d.sees("As a Member you may not see the audit trail. An administrator can do it, or grant you audit.view.")
	d.missing("Dashboard > Activity")
}

// A trail that cannot be read keeps what was shown.
func TestActivityOffline(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("3")
	d.store.down = true
	d.press("f5")
	d.sees("[error]", "reported an error", "(unavailable)", "ada created a key for edge-cache")
	d.store.down = false
	d.press("/")
	d.write("revoked")
	d.sees("ada revoked ci-deploy")
	d.clock = d.clock.Add(time.Hour)
}

// The list says where in the trail it is, how many match, and by which way
// somebody came.
func TestActivitySaysWhereItIs(t *testing.T) {
	d := newDriver(t, events(300))
	d.press("3")
	d.sees("1–16 of 200+", "HOW", "terminal", "trail unbroken")
	d.press("G")
	d.sees("185–200 of 303")
	d.press("/")
	d.write("team")
	d.sees("1 match")
	d.press("esc", "o", "j", "j", "j")
	d.sees("of the kind: key changed")
	d.press("enter")
	d.sees("only: key changed")
}

// What the trail holds of an instant, and the kind of an event, are put into
// words.
func TestEventInWords(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		k, _ := d.create("billing")
		expires := "2027-01-31"
		_, err := d.session.EditKey(context.Background(), k.ID, 0, model.KeyEdit{Expires: &expires})
		d.must(err)
	})
	d.press("3", "enter")
	d.sees("2027-03-02 09:30 UTC  ->  2027-01-31 23:59 UTC", "secret number 1, active", "enter open the key")
	for _, a := range model.Actions() {
		if strings.Contains(a.Words(), ".") {
			t.Errorf("%s has no words", a)
		}
	}
}

// A date that has passed is told as dates are told everywhere.
func TestPassedDateInWords(t *testing.T) {
	d := newDriver(t, someKeys)
	d.press("2", "down", "e", "up", "ctrl+u")
	d.write("2020-01-01")
	d.press("enter")
	d.sees("2020-01-01 23:59 UTC has passed already.")
}

// In a narrow window what happened goes on in the second line of its row.
func TestActivityCutsNothing(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("warehouse-nightly-export") })
	d.resize(40, 12)
	d.press("3")
	d.sees("ada added the application warehouse-nightly-export just now")
}

// However long the name is of who did it, what they did can be told apart; the way
// in goes first.
func TestActivityCutsNamesFirst(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		ctx := context.Background()
		long := d.second("wilhelmina-von-hohenstaufen-bergedorf-of-it", model.ITManager)
		k, _, err := long.CreateKey(ctx, model.KeySpec{Application: "billing"})
		d.must(err)
		for range 2 {
			_, err = long.SuspendKey(ctx, k.ID)
			d.must(err)
			_, err = long.ResumeKey(ctx, k.ID)
			d.must(err)
		}
		_, err = long.RevokeKey(ctx, k.ID)
		d.must(err)
	})
	d.press("3")
	for _, size := range [][2]int{{80, 24}, {60, 18}, {40, 20}} {
		d.resize(size[0], size[1])
		d.sees("wilhelm", "revoked billing", "resumed billing", "suspended billing")
		if strings.Contains(d.frame(), "HOW") != (size[0] == 80) {
			t.Errorf("the way in at %d cells:\n%s", size[0], d.frame())
		}
	}
}
