package ui

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// applicationNow is the application as the store has it now.
func (d *driver) applicationNow(name string) model.Application {
	d.t.Helper()
	a, err := d.session.Application(context.Background(), name)
	d.must(err)
	return a
}

// The list leads to each application, and whichever is added is where the
// cursor goes.
func TestApplications(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, someApplications)
		d.resize(size[0], size[1])
		d.press("1", "1", "4", "G")
		d.sees("Applications", "6 applications", "> night shift")
		d.press("enter")
		d.sees("Applications > night shift", "Nightly jobs")
		d.press("esc", "n")
		for _, value := range []string{"payroll", "Pays people", "kim", "10.0.0.0/8 fd00::/8"} {
			d.write(value)
			d.press("enter")
		}
		d.sees("[ok] The application payroll was added. It has no key yet.", "> payroll")
		if a := d.applicationNow("payroll"); a.Purpose != "Pays people" || a.Contact != "kim" || a.NetworkList() != "10.0.0.0/8 fd00::/8" {
			t.Fatalf("%+v", a)
		}
		d.press("g")
		d.sees("> archive")
		d.clickOn("billing")
		d.sees("> billing")
		d.clickOn("billing")
		d.sees("Applications > billing")
		d.press("esc")
		d.wheel(-1)
		d.sees("> archive")
	}
}

// The filter finds an application by all that is said of it, and by the names
// that it had.
func TestApplicationsFilter(t *testing.T) {
	d := newDriver(t, someApplications)
	d.press("1", "1", "4", "G", "/")
	for typed, found := range map[string]string{"legacy": "archive", "REMIND": "billing", "web team": "edge-cache", "10.0.0": "billing", "night": "night shift"} {
		d.write(typed)
		d.sees("1 match", "> "+found)
		if typed == "legacy" {
			d.sees("was called legacy-import")
		}
		d.press("ctrl+u")
	}
	d.send(tea.PasteMsg{Content: "zebra"})
	d.sees("0 matches", "No application matches. esc clears the filter.")
	d.press("enter", "enter")
	d.sees("filter: zebra", "esc no filter")
	d.press("esc")
	d.sees("6 applications", "filter: none")
	d.press("/")
	d.write("er")
	d.press("down", "enter")
	d.sees("> edge-cache")
	d.create("aero")
	d.send(changedMsg{})
	d.sees("> edge-cache", "3 matches")
	d.press("n")
	d.write("top")
	d.press("enter", "enter", "enter", "enter")
	d.sees("filter: none", "> top")
}

// enter typed ahead of the answer opens what the cursor comes to be on.
func TestApplicationTypedAhead(t *testing.T) {
	d := newDriver(t, someApplications)
	d.press("1", "1")
	_, late := d.root.Update(keyNamed("4"))
	d.press("enter")
	d.run(late)
	d.send(nil)
	d.sees("Applications > archive", "Former names", "legacy-import and migration, reserved for it")
}

// The page leads to each key, to all of them in the list of keys and to the
// activity, and back to where it was.
func TestApplicationPageLeadsOn(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, someApplications)
		d.resize(size[0], size[1])
		d.openApplication("billing")
		if d.root.top().(*applicationPage).hidden() {
			d.sees("enter show it")
			d.press("enter")
		}
		d.press("down")
		d.sees("> empk_", "suspended")
		d.press("enter")
		d.sees("> billing > billing", "api_key")
		d.press("esc", "down", "down")
		d.sees("> API Access")
		d.press("enter")
		d.sees("billing")
		d.missing("mobile-push")
		d.press("esc", "down")
		d.sees("archive")
		d.press("esc", "G")
		d.sees("> Activity")
		d.press("enter")
		d.sees("Activity", "billing")
		d.missing("mobile-push")
	}
}

// In a small window the arrows show all of the page, the choice first.
func TestApplicationPageScrolls(t *testing.T) {
	d := newDriver(t, someApplications)
	d.resize(40, 12)
	d.openApplication("billing")
	d.missing("> empk_")
	p := d.root.top().(*applicationPage)
	for range 40 {
		if !p.hidden() {
			break
		}
		d.press("down")
	}
	if d.sees("> empk_"); p.cursor != 0 {
		t.Fatal("the arrows went past keys that nobody saw")
	}
	for range 40 {
		if d.press("down"); strings.Contains(d.frame(), "> Activity") {
			break
		}
	}
	d.sees("> Activity")
	for range 40 {
		d.press("up")
	}
	d.sees("Name", "billing")
	d.press("pgdown")
	d.missing("Purpose")
	d.press("G")
	d.sees("> Activity")
	d.press("pgup", "pgup", "pgup", "pgup")
	d.sees("Name")
	d.press("enter")
	d.sees("> Activity")
	d.clickOn("Activity")
	d.sees("only billing")
}

// Keys are made for the application that is shown, in its page and in its list
// of keys.
func TestKeyForAnApplication(t *testing.T) {
	d := newDriver(t, someApplications)
	d.openApplication("night shift")
	d.sees("No key yet: n creates the first.", "nobody, without a key")
	d.press("n")
	d.sees("Create New API Key", "night shift")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "d")
	d.sees("1 key, active", "ada@example.com")
	d.press("down", "enter", "n")
	d.sees("Create New API Key", "night shift")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "d")
	d.sees("only: night shift", "2 keys")
	d.press("n", "ctrl+u")
	d.write("daily")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "d")
	d.sees("> daily", "billing")
	d.missing("only: night shift")
}

// What others do shows at once, under another name too; what is gone from sight
// says so.
func TestApplicationPageFollows(t *testing.T) {
	d := newDriver(t, someApplications)
	d.openApplication("billing")
	d.press("down", "down")
	on := d.root.top().(*applicationPage)
	chosen := on.listed()[on.cursor].ID
	d.rename("billing", "ledger")
	for range 3 {
		d.create("ledger", func(s *model.KeySpec) { s.Owner = "kim" })
	}
	d.send(changedMsg{})
	d.sees("Applications > ledger", "6 keys, 5 active", "kim@example.com (4 keys) and ada@example.com (2 keys)")
	if on.listed()[on.cursor].ID != chosen {
		t.Fatal("the cursor left its key")
	}
	for range keysOnPage {
		d.create("ledger")
	}
	d.press("f5", "G", "up")
	d.sees("> API Access", ", 6 more")
	d.root.session = d.second("max", model.PlainMember)
	d.press("f5")
	d.sees("You may not see that application any more")
}

// Whoever may not change applications is told why, by help and by each key, and
// sees no more than their own.
func TestApplicationLimits(t *testing.T) {
	d := newDriver(t, someApplications)
	d.root.session = d.second("max", model.PlainMember)
	d.press("1", "1", "4")
	d.sees("There is no application that you may see.")
	d.missing("n add")
	d.press("n")
	d.sees("you may not add and change applications")
	d.create("billing", func(s *model.KeySpec) { s.Owner = "max" })
	d.press("f5", "enter")
	d.sees("Applications > billing", "1 key, active, of those that you may see", "max@example.com, of the keys that you may see")
	d.missing("e edit", "n new key", "ada@example.com")
	for key, why := range map[string]string{"e": "you may not add and change applications", "n": "you may not create keys"} {
		d.press("down", key)
		d.sees(why)
		d.press("?")
		d.sees("edit or rename", why)
		d.press("esc")
	}
	d.press("G", "enter")
	d.sees("you may not see the audit trail", "Applications > billing")
	d.missing("billing > Activity")
}

// The palette leads to an application, by a name that it had too.
func TestPaletteLeadsToApplications(t *testing.T) {
	d := newDriver(t, someApplications)
	for typed, name := range map[string]string{"legacy": "archive", "night": "night shift"} {
		d.press(":")
		d.write(typed)
		d.sees(name, "application")
		if typed == "legacy" {
			d.sees("was called legacy-import")
		}
		for !strings.Contains(d.frame(), "> "+name) {
			d.press("down")
		}
		d.press("enter")
		d.sees("Profile & Team > Applications > "+name, "Purpose")
		d.press("esc")
		d.sees("> " + name)
	}
}

// What somebody wrote to the database of applications commands no terminal; the
// driver checks every frame.
func TestHostileApplications(t *testing.T) {
	evil := "a" + strings.Join(corpus, "b") + "c"
	for i, column := range []string{"applications.name", "applications.purpose", "applications.contact", "applications.networks", "application_names.name", "keys.owner", "keys.state"} {
		d := newDriver(t, someApplications)
		db, err := sql.Open("sqlite", d.store.Path())
		d.must(err)
		table, name, _ := strings.Cut(column, ".")
		_, err = db.Exec("UPDATE "+table+" SET "+name+" = "+name+" || ? || rowid", evil)
		d.must(err)
		d.must(db.Close())
		for _, size := range windows(i, sizes) {
			d.resize(size[0], size[1])
			d.press("1", "1", "4", "j", "enter", "G", "g", "e", "ctrl+u")
			d.write("ledger")
			d.press("enter", "enter", "enter", "enter", "enter", "esc", "esc")
			for len(d.root.stack) > 1 {
				d.press("esc")
			}
			d.press(":")
			d.write("a")
			d.press("down", "esc")
		}
	}
}
