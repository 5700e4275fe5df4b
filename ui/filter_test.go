package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// The state of keys is a word that the list is filtered by, alone and beside
// others.
func TestFilterByState(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		d.create("billing-suspended")
		d.create("push-relay")
		k, _ := d.create("push-old")
		_, err := d.session.SuspendKey(context.Background(), k.ID)
		d.must(err)
	})
	d.press("2")
	for _, c := range []struct{ words, total, shown, hidden string }{
		{"suspended", "2 matches", "> mobile-push", "billing"},
		{"Suspended old", "1 match", "> push-old", "mobile-push"},
		{"push suspended", "2 matches", "> mobile-push", "push-relay"},
		{"not confirmed", "4 matches", "> billing-suspended", "mobile-push"},
		{"edge not confirmed active", "1 match", "> edge-cache", "mobile-push"},
		{"revoked", "1 match", "> ci-deploy", "billing"},
		{"billing-suspended", "1 match", "> billing-suspended", "mobile-push"},
		{"expired", "0 matches", "No key matches.", "billing"},
	} {
		d.press("/")
		d.write(c.words)
		d.press("enter")
		d.sees("/ filter: "+c.words, c.total, c.shown)
		d.missing(c.hidden, "not read yet")
		d.press("esc")
		d.sees("8 keys", "filter: none")
	}
	d.press("/")
	d.write("suspended")
	d.press("enter", "*", "p")
	d.sees("Resume 2 marked keys", "mobile-push", "push-old")
}

// Without the list before it, line mode finds keys by their state, too.
func TestLinesFilterByState(t *testing.T) {
	d := newDriver(t, someKeys)
	p := d.converse(Options{Start: AtAccess}, "f", "suspended", "f", "expired", "f", "", "", "", "q")
	p.sees("Matches: 1 for suspended\n1. mobile-push: suspended", "Matches: 0 for expired", "Keys: 5")
}

// What the dashboard counts is a step away.
func TestCountsLeadToTheirKeys(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		d.clock = start.Add(-2 * 24 * time.Hour)
		for _, name := range []string{"e1", "e2", "e3", "e4", "e5", "e6"} {
			k, _ := d.create(name, func(s *model.KeySpec) { s.Expires = "9d" })
			d.must(d.session.ConfirmSecret(context.Background(), k.ID, 1))
		}
		d.create("gone", func(s *model.KeySpec) { s.Expires = "1d" })
		d.clock = start
	})
	for _, c := range []struct{ row, filter, shown, hidden string }{
		{"2 more within 30 d", "active   sort: expires ^", "> legacy-import", "gone"},
		{"1 expired", "expired", "> gone", "billing"},
		{"2 secrets not confirmed", "not confirmed", "> edge-cache", "billing"},
	} {
		d.home()
		d.press("G")
		for range 12 {
			d.press("down")
			if strings.Contains(d.frame(), "> "+c.row) {
				break
			}
		}
		d.sees("> " + c.row)
		d.press("enter")
		d.sees("Dashboard > API Access", "/ filter: "+c.filter, c.shown)
		d.missing(c.hidden)
	}
}
