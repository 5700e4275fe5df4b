package ui

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"empress/model"
)

var update = flag.Bool("update", false, "write golden files and pictures anew")

// scene is a screen in a state, and how to get there.
type scene struct {
	name string
	seed func(*driver)
	walk func(*driver)
}

func walkTo(keys ...string) func(*driver) { return func(d *driver) { d.press(keys...) } }

func scenes() []scene {
	return []scene{
		{"dashboard-empty", nil, walkTo()},
		{"dashboard", someKeys, walkTo()},
		{"settings", someKeys, walkTo("1")},
		{"team", someKeys, walkTo("1", "1")},
		{"members", aTeam, walkTo("1", "1", "2", "j")},
		{"members-denied", aTeam, func(d *driver) { d.signIn("li"); d.press("1", "1", "2", "n") }},
		{"member", aTeam, func(d *driver) { d.openMember("Max") }},
		{"member-manager", aTeam, func(d *driver) { d.openMember("Kim") }},
		{"member-removed", aTeam, func(d *driver) { d.openMember("Gus") }},
		{"member-add", aTeam, func(d *driver) {
			d.press("1", "1", "2", "n")
			d.write("Ann")
			d.press("enter")
			d.write("kim@example.com")
			d.press("enter", "enter", "enter")
		}},
		{"member-role", aTeam, func(d *driver) { d.openMember("Max"); d.press("o", "k", "k") }},
		{"member-role-asked", aTeam, func(d *driver) { d.openMember("Kim"); d.press("o", "3") }},
		{"member-self", aTeam, func(d *driver) { d.openMember("Ada"); d.press("p") }},
		{"member-suspend", aTeam, func(d *driver) { d.openMember("Kim"); d.press("p") }},
		{"member-grant", aTeam, func(d *driver) {
			d.openMember("Kim")
			d.press("g")
			d.write("keys.fly")
			d.press("enter", "enter")
			d.write("soon")
			d.press("enter")
		}},
		{"member-take", aTeam, func(d *driver) { d.openMember("Max"); d.press("u") }},
		{"member-take-asked", aTeam, func(d *driver) { d.openMember("Max"); d.press("u", "enter") }},
		{"member-denied", aTeam, func(d *driver) { d.signIn("li"); d.openMember("Max"); d.press("g") }},
		{"remove", leavingTeam, func(d *driver) { d.openMember("Kim"); d.press("X", "t"); d.write("max"); d.press("enter", "r", "down") }},
		{"remove-open", leavingTeam, func(d *driver) { d.openMember("Kim"); d.press("X", "enter") }},
		{"remove-nothing", aTeam, func(d *driver) { d.openMember("Max"); d.press("X") }},
		{"remove-owner", leavingTeam, func(d *driver) { d.openMember("Kim"); d.press("X", "t"); d.write("li"); d.press("enter") }},
		{"remove-asked", leavingTeam, func(d *driver) { settleKim(d); d.press("enter"); d.write("kim"); d.press("enter") }},
		{"remove-secret", leavingTeam, func(d *driver) { settleKim(d); d.press("enter"); d.write("kim@example.com"); d.press("enter") }},
		{"roles", aTeam, walkTo("1", "1", "3", "j", "j", "tab")},
		{"roles-who", aTeam, func(d *driver) { d.press("1", "1", "3", "G"); d.press("k", "enter") }},
		{"roles-denied", aTeam, func(d *driver) { d.signIn("max"); d.press("1", "1", "3", "enter") }},
		{"key-who", aTeam, walkTo("2", "down", "enter", "w")},
		{"access-empty", nil, walkTo("2")},
		{"access", someKeys, walkTo("2", "j", "j")},
		{"access-wide", someKeys, walkTo("2", "w", "j")},
		{"access-sorted", someKeys, walkTo("2", "s", "s", "s", "j")},
		{"access-long", manyKeys(60), walkTo("2", "G", "k")},
		{"access-filter", someKeys, func(d *driver) { d.press("2", "/"); d.write("imp"); d.press("down") }},
		{"access-nothing", someKeys, func(d *driver) { d.press("2", "/"); d.write("zebra"); d.press("enter") }},
		{"access-denied", someKeys, func(d *driver) { d.press("2", "down"); d.asAuditor(); d.press("r") }},
		{"access-offline", someKeys, func(d *driver) { d.press("2", "down"); d.store.down = true; d.press("f5") }},
		{"create", someKeys, func(d *driver) { d.press("2", "n"); d.write("nightly") }},
		{"create-wrong", someKeys, func(d *driver) {
			d.press("2", "n")
			d.write("Billing")
			d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
		}},
		{"edit", someKeys, walkTo("2", "down", "e", "down")},
		{"secret", nil, secretWalk},
		{"secret-copied", nil, func(d *driver) { secretWalk(d); d.press("enter") }},
		{"secret-hidden", nil, func(d *driver) { secretWalk(d); d.press("s") }},
		{"secret-verify", nil, func(d *driver) { secretWalk(d); d.press("v"); d.write("emps_abc") }},
		{"secret-leaving", nil, func(d *driver) { secretWalk(d); d.press("esc") }},
		{"secret-done", nil, func(d *driver) { secretWalk(d); d.press("enter", "d") }},
		{"regenerate", someKeys, walkTo("2", "down", "r")},
		{"regenerate-offline", someKeys, func(d *driver) { d.press("2", "down", "r"); d.store.down = true; d.press("enter") }},
		{"suspend", someKeys, walkTo("2", "down", "p")},
		{"resume", someKeys, walkTo("2", "G", "p")},
		{"revoke", someKeys, func(d *driver) { d.press("2", "down", "X"); d.write("bil") }},
		{"revoke-wrong", someKeys, func(d *driver) { d.press("2", "down", "X"); d.write("bil"); d.press("enter") }},
		{"details", someKeys, walkTo("2", "down", "enter")},
		{"details-scrolled", someKeys, walkTo("2", "down", "enter", "pgdown")},
		{"access-slow", someKeys, func(d *driver) { d.press("2", "down"); d.waiting = nil; d.hold("S"); d.passes() }},
		{"access-marked", someKeys, walkTo("2", "down", "space", "j", "space")},
		{"access-range", someKeys, walkTo("2", "down", "v", "j")},
		{"batch-suspend", someKeys, walkTo("2", "*", "p")},
		{"batch-revoke", someKeys, func(d *driver) { d.press("2", "*", "X"); d.write("3"); d.press("enter") }},
		{"edit-merged", someKeys, func(d *driver) {
			d.press("2", "down", "e", "down", "ctrl+u")
			d.write("Letters")
			k := d.root.top().(*keyForm).edited.ID
			purpose, rate := "Parcels", "50/min"
			_, err := d.second("kim", model.ITManager).EditKey(context.Background(), k, 0, model.KeyEdit{Purpose: &purpose, Rate: &rate})
			d.must(err)
			d.send(changedMsg{})
		}},
		{"details-denied", someKeys, func(d *driver) { d.press("2", "down", "enter"); d.asAuditor(); d.press("X") }},
		{"details-gone", someKeys, func(d *driver) {
			d.press("2", "down", "enter")
			d.root.session = d.second("kim", model.PlainMember)
			d.press("f5")
		}},
		{"activity", someKeys, walkTo("3", "j", "j")},
		{"activity-empty", nil, func(d *driver) { d.press("3", "/"); d.write("zebra"); d.press("enter") }},
		{"activity-only", someKeys, walkTo("3", "j", "o", "j", "enter", "t")},
		{"activity-broken", someKeys, func(d *driver) {
			db, err := sql.Open("sqlite", d.store.Path())
			d.must(err)
			defer db.Close()
			_, err = db.Exec("UPDATE events SET note = 'x' WHERE seq = 12")
			d.must(err)
			d.press("3")
		}},
		{"activity-denied", nil, func(d *driver) { d.root.session = d.second("kim", model.PlainMember); d.press("3") }},
		{"activity-offline", someKeys, func(d *driver) { d.press("3"); d.store.down = true; d.press("f5") }},
		{"narrowing", someKeys, walkTo("3", "o")},
		{"event", someKeys, walkTo("3", "j", "j", "enter")},
		{"event-denied", someKeys, func(d *driver) {
			page, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "billing"})
			d.must(err)
			_, _ = d.second("kim", model.PlainMember).RevokeKey(context.Background(), page.Keys[0].ID)
			d.press("3", "enter")
		}},
		{"palette", someKeys, walkTo("2", "down", ":")},
		{"palette-found", someKeys, func(d *driver) { d.press(":"); d.write("ed") }},
		{"palette-nothing", someKeys, func(d *driver) { d.press(":"); d.write("zebra") }},
		{"appearance", someKeys, walkTo("1", "2", "j", "enter", "enter")},
		{"policy", strictTeam, walkTo("1", "3")},
		{"policy-wrong", someKeys, func(d *driver) { d.press("1", "3"); d.send(tea.PasteMsg{Content: "desk\x07"}); d.press("enter") }},
		{"policy-denied", strictTeam, func(d *driver) { d.asAuditor(); d.press("1", "3", "x") }},
		{"help", someKeys, walkTo("2", "?")},
		{"help-guide", someKeys, walkTo("2", "?", "G")},
		{"help-search", someKeys, func(d *driver) { d.press("2", "?", "/"); d.write("leak") }},
		{"help-denied", someKeys, func(d *driver) { d.press("2", "down"); d.asAuditor(); d.press("?") }},
	}
}

func secretWalk(d *driver) {
	d.press("2", "n")
	d.write("billing")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
}

// asAuditor replaces who is signed in by somebody who may only look.
func (d *driver) asAuditor() {
	d.t.Helper()
	ctx := context.Background()
	_, err := d.session.AddMember(ctx, model.MemberSpec{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.Auditor})
	d.must(err)
	d.root.session, err = d.service.SignIn(ctx, model.Identity{Login: "kim", Via: model.ViaTerminal})
	d.must(err)
}

var sizes = [][2]int{{80, 24}, {120, 40}, {40, 12}}

// TestFrames holds every screen in every state at three sizes against what was
// looked at and found good.
func TestFrames(t *testing.T) {
	t.Parallel()
	holdFrames(t, append(scenes(), applicationScenes()...))
}

func holdFrames(t *testing.T, scs []scene) {
	t.Helper()
	for i, sc := range scs {
		if spared(i) {
			continue
		}
		t.Run(sc.name, func(t *testing.T) {
			d := newDriver(t, sc.seed)
			sc.walk(d)
			var all strings.Builder
			for _, s := range sizes {
				d.resize(s[0], s[1])
				fmt.Fprintf(&all, "%d×%d\n%s\n", s[0], s[1], framed(d.frame(), s[0]))
			}
			golden(t, sc.name, []byte(all.String()))
		})
	}
}

func TestWelcomeFrames(t *testing.T) {
	d := emptyDriver(t)
	d.open(Options{Founding: model.Founding{Team: "My team", Name: "Ada", Email: "ada@example.com", Login: "ada"},
		Found: func(ctx context.Context, f model.Founding) (*model.Session, error) {
			return d.service.Found(ctx, f, local)
		}})
	var all strings.Builder
	show := func() {
		for _, s := range sizes {
			d.resize(s[0], s[1])
			fmt.Fprintf(&all, "%d×%d\n%s\n", s[0], s[1], framed(d.frame(), s[0]))
		}
	}
	show()
	d.press("tab", "tab", "ctrl+u")
	d.write("ada at example")
	d.press("enter")
	show()
	golden(t, "welcome", []byte(all.String()))
}

// Before the first answer the screen is quiet rather than wrong, and in a tiny
// window one line says why there is no more.
func TestLoadingAndTinyFrames(t *testing.T) {
	d := newDriver(t, someKeys)
	d.root.apply(push(newAccess(d.root.surroundings))) // its question is never answered
	d.missing("no key yet")
	d.sees("API Access")
	for _, s := range [][2]int{{39, 12}, {40, 11}, {10, 3}, {1, 1}} {
		d.resize(s[0], s[1])
		if s[0] > 30 {
			d.sees("empress needs a window of 40×12")
		}
	}
	d.press("j", "n", "enter")
	d.resize(80, 24)
	d.sees("API Access")
	d.missing("Create New API Key >")
}

// framed draws the window around a frame, so that what is cut can be seen.
func framed(frame string, w int) string {
	var b strings.Builder
	for _, l := range strings.Split(frame, "\n") {
		b.WriteString("|" + left(l, w) + "|\n")
	}
	return b.String()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the test with -update, look at the frame, and keep it if it is good", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s changed (-before +now); run with -update if it is better:\n%s", name, diff)
	}
}
