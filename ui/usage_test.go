package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// Who may suspend a key and not see its usage is never told that it was not
// used.
func TestUsageNotShown(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		d.session = d.granted("max", model.KeysSuspend)
	})
	d.resize(96, 30)
	d.press("2")
	d.sees("billing", "not shown")
	d.missing("2 min")
	d.press("/")
	d.write("billing")
	d.press("enter", "enter")
	d.sees("Last used", "not shown")
	d.missing("10.0.0.4", "1,204")
	d.press("p")
	d.sees("When it was last used is not shown to you.")
	d.missing("not been used")
}

// granted is a member who may do one thing beyond what members may.
func (d *driver) granted(login string, p model.Permission) *model.Session {
	d.t.Helper()
	s := d.second(login, model.PlainMember)
	_, err := d.session.GiveGrant(context.Background(), login, p, "", time.Time{})
	d.must(err)
	return s
}

// The usage of a key goes back as far as one wants, by either key, and stays
// while another span is read or cannot be.
func TestUsageSpans(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("2", "down", "enter")
	d.sees("u usage")
	d.press("u")
	d.press("?")
	d.sees("t tab", "how far back: 24 hours, 7 days or 30 days")
	d.press("esc", "tab")
	d.sees("[7 days]")
	d.press("1")
	d.sees("billing > Usage", "[24 hours]", "541 requests allowed, 354 denied in the last 24 hours.", "Allowed, at most 87 an hour", "Denied, at most 312 an hour",
		"Secret number 1 is still used by 10.0.0.4, 312 times since it was regenerated, last seen 2 min ago.")
	d.press("pgdown")
	d.sees("312  the secret was wrong", "40  too many requests", "2  from outside the networks of the key")
	d.press("G")
	d.sees("192.0.2.9", "calls itself invoice-mailer/2.1", "1 allowed, 0 denied, first seen 3 h ago, last seen 1 h ago", "outside the declared networks", "2001:db8:85a3:8d3:1319:8a2e:370:7348", "9 more requests by callers that are not listed any more.")
	if n := strings.Count(d.frame(), "outside the declared networks"); n != 1 {
		t.Errorf("%d callers are outside", n)
	}
	d.press("g", "t")
	d.sees("[7 days]", "in the last 7 days.", "a day", "2 Mar UTC")
	d.press("tab")
	d.sees("[30 days]", "in the last 30 days.")
	d.store.down = true
	d.press("2")
	d.sees("[30 days]", "in the last 30 days.", "reported an error")
	d.store.down = false
	d.press("t")
	d.sees("[24 hours]")
	d.press("3")
	d.sees("[30 days]")
	d.press("?")
	d.sees("Keys on Usage", "how far back: 24 hours, 7 days or 30 days")
	d.missing("the key itself")
	d.press("esc", "esc")
	d.sees("History")
	d.press("enter", ":")
	d.write("usage")
	d.press("enter")
	d.sees("billing > Usage", "[24 hours]")
}

// Where there was no request the page says so, and what to do.
func TestUsageOfNothing(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("2", "/")
	d.write("edge")
	d.press("enter", "enter", "u")
	d.sees("No request yet. Give the api_key and the api_secret to the application")
	d.missing("Allowed", "looks further")
	d.press("esc", "esc", "/", "ctrl+u")
	d.write("billing")
	d.press("enter", "enter", "u")
	d.clock = d.clock.Add(3 * 24 * time.Hour)
	d.press("f5")
	d.sees("No request in the last 24 hours", "t looks further back.", "was used by 10.0.0.4")
	d.missing("Allowed,", "still used")
	d.press("3")
	d.sees("requests allowed")
	d.clock = d.clock.Add(40 * 24 * time.Hour)
	d.press("f5")
	d.sees("No request in the last 30 days")
	d.missing("looks further")
}

// The usage of an application sums its keys, stays with it under another name,
// and is that of one's own keys for whoever may see no other.
func TestUsageOfApplication(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		usedKeys(d)
		d.second("max", model.PlainMember)
		k, _ := d.create("billing", func(s *model.KeySpec) { s.Owner = "max@example.com" })
		d.must(d.store.RecordUsage(context.Background(), []model.Tally{{Usage: model.Usage{Key: k.ID}, Hours: []model.HourCount{{Hour: start.Truncate(time.Hour), Reason: model.ReasonOK, Count: 7}},
			Callers: []model.Caller{{Key: k.ID, First: start, Last: start, Allowed: 7}}}}))
	})
	d.openApplication("billing")
	d.sees("u usage")
	d.press("u")
	d.sees("billing > Usage", "548 requests allowed", "With 2 keys of billing.", "Secret number 1 of empk_")
	d.rename("billing", "invoices")
	d.send(changedMsg{})
	d.sees("548 requests allowed")
	d.press("esc", "u")
	d.sees("With 2 keys of invoices.", "548 requests allowed")

	max, err := d.service.SignIn(context.Background(), model.Identity{Login: "max", Via: model.ViaTerminal})
	d.must(err)
	d.home()
	d.root.session = max
	d.press("f5")
	d.openApplication("invoices")
	d.press("u")
	d.sees("7 requests allowed, 0 denied", "Denied: none", "an unknown address")
	d.missing("10.0.0.4")
}

// Whoever may not see how a key is used is told whom to ask, beforehand in help
// and on the page that they had open.
func TestUsageIsRefused(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("2", "down", "enter", "u")
	d.root.session = d.granted("max", model.KeysSuspend)
	d.press("f5")
	d.sees("Not shown. As a Member you may not see how keys are used", "grant you usage.view")
	d.missing("10.0.0.4", "541")
	d.press("esc")
	d.missing("u usage")
	d.press("u")
	d.sees("As a Member you may not see how keys are used", "History")
	d.press("?", "/")
	d.write("usage.view")
	d.sees("usage: its requests over time", "grant you usage.view")
	d.home()
	d.openApplication("billing")
	d.missing("u usage")
	d.press("u")
	d.sees("As a Member you may not see how keys are used")
}

// What needs attention on the dashboard leads to where it can be looked after,
// by the keyboard and by the mouse.
func TestAttentionLeads(t *testing.T) {
	d := newDriver(t, usedKeys)
	for _, size := range sizes {
		d.resize(size[0], size[1])
		d.press("g", "G", "down")
		d.sees("> legacy-import expires")
		d.missing("> 4")
		d.press("enter")
		d.sees("Dashboard > legacy-import", "State")
		d.press("esc", "down", "down")
		d.sees("> billing: a replaced secret")
		d.press("enter")
		d.sees("Usage of billing", "[24 hours]")
		d.press("enter")
		d.sees("Usage of billing > billing", "api_key")
		d.press("esc", "esc", "down")
		d.sees("> billing is used from outside its networks")
		d.press("enter")
		d.sees("Usage of billing")
		d.press("esc", "up", "up", "up", "up")
		d.sees("> 4  Live requests")
		d.press("up", "enter")
		d.sees("Dashboard > Activity")
		d.press("esc")
	}
	d.resize(120, 40)
	d.clickOn("billing is used from outside")
	d.sees("Usage of billing")
	d.press("esc")
	d.sees("> billing is used from outside")
	d.clickOn("revoked")
	d.sees("> 3  Activity")
}

// Plain lines have bars of ASCII signs.
func TestPlainBars(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.open(Options{Session: d.session, Environ: []string{"TERM=xterm", "LANG=C"}})
	d.press("2", "down", "enter", "u")
	d.sees("100 |", "400 |", "#")
	for _, r := range d.frame() {
		if r > '~' {
			t.Fatalf("%q is on the screen:\n%s", r, d.frame())
		}
	}
}

// home goes back to the dashboard.
func (d *driver) home() {
	d.t.Helper()
	for len(d.root.stack) > 1 {
		d.press("esc")
	}
}
