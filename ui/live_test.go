package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// What happens shows a second later, above what was there; the cursor stays at
// the top, or on its row.
func TestLive(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press(":")
	d.write("live")
	d.press("enter")
	d.sees("Dashboard > Live requests", "No request in the last minutes.", "as it happens")
	d.happens("billing", "10.0.0.4", model.ReasonOK, 12)
	d.missing("10.0.0.4")
	d.ticks()
	d.sees("> 09:30:00  billing", "10.0.0.4", "12  allowed", "1 row")
	before := d.root.View().Content
	d.ticks()
	if d.root.View().Content != before {
		t.Error("the screen changes though nothing happens")
	}
	d.happens("edge-cache", "192.0.2.9", model.ReasonMissingScope, 1)
	d.ticks()
	d.sees("> 09:30:02  edge-cache", "denied: the key lacks a s", "2 rows")
	d.press("down")
	d.happens("billing", "10.0.0.5", model.ReasonOK, 1)
	d.ticks()
	d.sees("> 09:30:00  billing", "10.0.0.5")
	if f := d.frame(); strings.Index(f, "10.0.0.5") > strings.Index(f, "192.0.2.9") {
		t.Error("the newest is not the first:\n" + f)
	}
	d.press("enter")
	d.sees("Usage of billing", "541 requests allowed")
}

// Of the chosen row it says what its clients call themselves, and how many other
// names there were.
func TestLiveAgents(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("4")
	for i, m := range []model.Moment{{UserAgent: "curl/8.5.0", Agents: 1}, {UserAgent: "wget\x1b[2J", Agents: 2}, {Agents: 1}, {Agents: 3}, {}} {
		m.Address, m.Reason, m.Count = fmt.Sprint("10.0.0.", i), model.ReasonOK, 1
		d.happened("billing", m)
	}
	d.ticks()
	for _, words := range []string{"From several addresses.", "The client calls itself nothing, and 2 other names.", "The client does not say what it is.",
		"The client calls itself wget\\u{1b}[2J, and 1 other name.", "The client calls itself curl/8.5.0."} {
		d.sees(words)
		d.press("j")
	}
	d.press("/")
	d.write("wget")
	d.sees("1 match", "10.0.0.1")
	d.resize(50, 24) // where there is no room
	d.missing("The client")
}

// The key of the chosen row and why the request was denied can be read in windows of
// every size.
func TestLiveTellsKeyAndReason(t *testing.T) {
	for _, size := range append(sizes, [2]int{60, 18}) {
		d := newDriver(t, usedKeys)
		d.resize(size[0], size[1])
		d.watchRequests()
		d.sees("unknown", d.keyOf("legacy-import").ID.Short()+" denied: the secret was wrong")
		d.press("G")
		d.press("k")
		d.sees("192.0.2.9", d.keyOf("billing").ID.Short()+" denied: from outside the networks of the key")
		d.press("j")
		d.sees(d.keyOf("billing").ID.Short() + "  allowed")
	}
}

// It reads once a second as long as it is open, whatever was pressed, and never
// afterwards.
func TestLiveReadsOnlyWhileOpen(t *testing.T) {
	d := newDriver(t, usedKeys)
	due := func() (n int) {
		for _, msg := range d.waiting {
			if _, ok := msg.(liveTickMsg); ok {
				n++
			}
		}
		return n
	}
	d.waiting = nil
	d.press("4")
	for range 3 {
		d.press("space", "p", "f5")
		d.ticks()
		if n := due(); n != 1 {
			t.Fatalf("%d times are due", n)
		}
	}
	d.press("space", "space")
	d.ticks() // the time before the pause, and the one after it
	if n := due(); n != 1 {
		t.Fatalf("%d times are due after a pause", n)
	}
	d.press("esc")
	d.ticks()
	if n := due(); n != 0 {
		t.Fatalf("%d times are due for a screen that is gone", n)
	}
}

// A pause keeps what is there until the person goes on, and misses nothing.
func TestLivePause(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("4", "p")
	d.sees("paused", "space go on")
	d.happens("billing", "10.0.0.4", model.ReasonOK, 1)
	d.ticks()
	d.missing("10.0.0.4")
	d.press("f5")
	d.sees("10.0.0.4", "paused")
	d.happens("billing", "10.0.0.5", model.ReasonOK, 1)
	d.press("space")
	d.sees("10.0.0.5", "as it happens")
	d.happens("billing", "10.0.0.6", model.ReasonOK, 1)
	d.ticks()
	d.sees("10.0.0.6")
}

// The filter finds requests by application, key, address and outcome, also those
// that come later.
func TestLiveFilter(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.watchRequests()
	for typed, found := range map[string]string{"edge": "edge-cache", "192.0": "192.0.2.9", "denied networks": "192.0.2.9", string(d.keyOf("edge-cache").ID): "edge-cache", "secret was": "legacy-impo"} {
		d.press("/", "ctrl+u")
		d.write(typed)
		d.sees("1 match", found)
		d.press("enter")
	}
	d.press("/", "ctrl+u")
	d.write("10.0.0")
	d.press("enter")
	d.happens("billing", "10.0.0.9", model.ReasonOK, 1)
	d.happens("billing", "192.0.2.77", model.ReasonOK, 1)
	d.ticks()
	d.sees("2 matches", "10.0.0.9")
	d.missing("192.0.2.77")
	d.press("esc")
	d.sees("192.0.2.77", "6 rows")
	d.press("/")
	d.write("zebra")
	d.sees("No request is like that.")
}

// A store that cannot be read is told of once, and read again when it can be.
func TestLiveOffline(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.watchRequests()
	d.happens("billing", "10.0.0.7", model.ReasonOK, 1)
	d.store.down = true
	d.ticks()
	d.sees("cannot be read", "[error]", "10.0.0.4")
	said := d.root.toast
	d.ticks()
	if d.root.toast != said {
		t.Error("it is told again")
	}
	d.store.down = false
	d.ticks()
	d.sees("10.0.0.7", "as it happens")
	d.missing("[error]")
}

// A member is shown what happens with the keys whose usage they may see.
func TestLiveByPermission(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		usedKeys(d)
		d.second("max", model.PlainMember)
		d.create("mine", func(s *model.KeySpec) { s.Owner = "max@example.com" })
	})
	max, err := d.service.SignIn(t.Context(), model.Identity{Login: "max", Via: model.ViaTerminal})
	d.must(err)
	d.root.session = max
	d.press("4")
	d.sees("No request in the last minutes with a key whose usage you may see.")
	d.happens("billing", "10.0.0.4", model.ReasonOK, 1)
	d.happens("mine", "10.0.0.8", model.ReasonOK, 1)
	d.ticks()
	d.sees("mine", "10.0.0.8", "1 row")
	d.missing("billing", "10.0.0.4")
}

// No more is kept than the store keeps, and the mouse works.
func TestLiveIsBounded(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.press("4")
	l := d.root.top().(*live)
	for range 3 {
		l.receive(momentsReadMsg{moments: make([]model.Moment, model.MaxMoments/2)})
	}
	if len(l.all) != model.MaxMoments || len(l.shown) != model.MaxMoments {
		t.Errorf("%d are kept, %d shown", len(l.all), len(l.shown))
	}
	l.all = nil
	d.clock = d.clock.Add(time.Minute)
	d.happens("billing", "10.0.0.4", model.ReasonOK, 1)
	d.happens("edge-cache", "10.0.0.5", model.ReasonOK, 1)
	d.ticks()
	d.clickOn("10.0.0.4")
	d.sees("> 09:31:00  billing")
	d.wheel(-1)
	d.sees("> 09:31:00  edge-cache")
	d.clickOn("10.0.0.5")
	d.sees("Usage of edge-cache")
}
