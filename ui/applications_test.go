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
	d.create("zero")
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
	d.sees("Applications > archive", "Former names", "legacy-import and migration, which stay reserved")
}

// The page leads to each key, to all of them in the list of keys and to the
// activity, and back to where it was.
func TestApplicationPageLeadsOn(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, someApplications)
		d.resize(size[0], size[1])
		d.openApplication("billing")
		if d.root.top().(*applicationPage).hidden() {
			d.sees("enter to the choice")
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

// An application is described, and what another name changes is asked first.
func TestEditAndRenameApplication(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, someApplications)
		d.resize(size[0], size[1])
		d.editApplication("billing", "", "Sends letters", "kim", "192.0.2.7 10.0.0.0/8")
		d.sees("[ok] The application billing was changed.", "Sends letters")
		if a := d.applicationNow("billing"); a.Purpose != "Sends letters" || a.Contact != "kim" || a.NetworkList() != "10.0.0.0/8 192.0.2.7/32" {
			t.Fatalf("%+v", a)
		}
		d.press("e", "enter", "enter", "enter", "enter")
		d.sees("Nothing was changed. esc leaves.", "Edit billing")
		d.press("tab", "ctrl+u")
		d.write("invoicing")
		d.press("enter", "enter", "enter", "enter")
		d.sees("Rename billing", "billing is called invoicing from now on. Its 3 keys")
		d.press("pgdown")
		d.sees("stays reserved for it")
		d.press("esc")
		d.sees("Edit billing", "invoicing")
		d.applicationNow("billing")
		d.press("enter", "enter")
		d.sees("[ok] billing is called invoicing now. The name billing stays reserved for it.", "> invoicing", "Former names")
		d.applicationNow("invoicing")
		page, err := d.session.Keys(context.Background(), model.KeyQuery{Application: "invoicing"})
		if err != nil || page.Count != 3 {
			t.Fatal(page.Count, err)
		}
		d.press("esc")
		d.sees("> invoicing")
	}
}

// Whatever is wrong is said beside its field, all at once, and nothing that was
// typed is lost.
func TestApplicationMistakes(t *testing.T) {
	d := newDriver(t, someApplications)
	d.editApplication("billing", "edge-cache", "a`b", "", "everywhere")
	d.press("enter")
	d.sees("There is an application edge-cache already. Give another name.", "The purpose has a character", "is not a network", "> Name", "a`b")
	d.press("ctrl+u")
	d.write("legacy-import")
	d.press("enter", "ctrl+u")
	d.write("fine")
	d.press("enter", "enter", "ctrl+u")
	d.write("10.0.0.0/8")
	d.press("enter", "enter")
	d.sees("> Name", "legacy-import was the name of the application that is called archive now, and stays reserved for it.", "fine")
	d.missing("is not a network")
	d.press("ctrl+u")
	d.write("Edge Cache")
	d.press("enter", "enter", "enter", "enter", "enter")
	d.sees("differs from Edge Cache only in case, blanks, - or _. Give another name.")
	d.press("ctrl+u", "enter", "enter", "enter", "enter")
	d.sees("The application name is empty. Type one.")
	d.press("esc")
	d.sees("Not saved yet. esc again leaves without it.")
	d.press("esc")
	if a := d.applicationNow("billing"); a.Purpose != "Sends invoices and reminders" {
		t.Fatalf("%+v", a)
	}
}

// A name that is almost another's is refused in words of the screen, and taken
// when it is given once more: as the name of an application, and as that for
// which a key is made.
func TestInsistOnAlmostTheSameName(t *testing.T) {
	for _, way := range [][]string{{"1", "1", "4", "n"}, {"2", "n"}} {
		d := newDriver(t, someApplications)
		d.press(way...)
		fill := func(name string) {
			t.Helper()
			d.press("ctrl+u")
			d.write(name)
			for range len(d.fields()) {
				d.press("enter")
			}
		}
		fill("Billing")
		d.sees("There is an application billing already", "Use that name. Or go on with this one, which makes another.")
		d.missing("--")
		fill("Bil-ling")
		d.sees("There is an application billing already", "differs from Bil-ling")
		for range len(d.fields()) {
			d.press("enter")
		}
		d.applicationNow("Bil-ling")
	}
}

// fields are those of the form on top.
func (d *driver) fields() []field {
	switch f := d.root.top().(type) {
	case *applicationForm:
		return f.form.fields
	case *keyForm:
		return f.form.fields
	}
	d.t.Fatal("there is no form:\n" + d.frame())
	return nil
}

// Two people change one application: the second is told, keeps what they typed
// and saves it over what they were shown.
func TestTwoPeopleEditOneApplication(t *testing.T) {
	purpose, contact, name := "Sends parcels", "the desk", "invoices"
	theirs := func(d *driver) {
		_, err := d.session.EditApplication(context.Background(), "billing", model.ApplicationEdit{Name: &name, Purpose: &purpose, Contact: &contact})
		d.must(err)
	}
	for _, live := range []bool{true, false} {
		d := newDriver(t, someApplications)
		d.editApplication("billing", "", "Sends letters", "")
		theirs(d)
		if live {
			d.send(changedMsg{})
		} else {
			d.press("enter")
		}
		d.sees("Meanwhile somebody changed the name, purpose and contact of invoices. What you typed is kept.", "Edit invoices",
			"Sends letters", "Somebody else changed this to: Sends parcels. Saving puts yours in its place.", "the desk")
		d.press("enter")
		d.sees("[ok] The application invoices was changed.")
		if a := d.applicationNow("invoices"); a.Purpose != "Sends letters" || a.Contact != contact {
			t.Fatalf("%+v", a)
		}
	}
	d := newDriver(t, someApplications)
	d.editApplication("billing", "ledger", "", "", "")
	d.sees("Rename billing")
	theirs(d)
	d.send(changedMsg{})
	d.press("enter")
	d.sees("Nothing was saved: somebody changed the application meanwhile.", "Name      ledger", "Somebody else changed this to: invoices.")
	d.press("enter")
	d.sees("Rename invoices", "invoices is called ledger from now on.")
	d.press("enter")
	d.sees("[ok] invoices is called ledger now.")
}

// A database that is away changes nothing and loses nothing.
func TestApplicationsWithoutDatabase(t *testing.T) {
	d := newDriver(t, someApplications)
	d.editApplication("billing", "", "Sends letters", "")
	d.store.down = true
	d.press("enter")
	d.sees("[error]", "Sends letters", "Edit billing")
	d.press("shift+tab", "shift+tab", "shift+tab", "ctrl+u")
	d.write("ledger")
	d.press("enter", "enter", "enter", "enter", "enter")
	d.sees("[error]", "ledger", "Edit billing")
	d.missing("Rename billing")
	d.store.down = false
	d.press("enter", "enter")
	d.sees("[ok] billing is called ledger now.", "Sends letters")
	d.store.down = true
	d.press("f5")
	d.sees("[error]", "Sends letters", "empk_")
	d.press("esc", "f5")
	d.sees("[error]", "> ledger")
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
	d.sees("Applications > billing", "4 keys, 3 active", "max@example.com, of the keys that you may see")
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
}

// The palette leads to an application, by a name that it had too.
func TestPaletteLeadsToApplications(t *testing.T) {
	d := newDriver(t, someApplications)
	for typed, name := range map[string]string{"legacy": "archive", "night": "night shift"} {
		d.press(":")
		d.write(typed)
		d.sees(name, "application")
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
	for _, column := range []string{"applications.name", "applications.purpose", "applications.contact", "applications.networks", "application_names.name"} {
		d := newDriver(t, someApplications)
		db, err := sql.Open("sqlite", d.store.Path())
		d.must(err)
		table, name, _ := strings.Cut(column, ".")
		_, err = db.Exec("UPDATE "+table+" SET "+name+" = "+name+" || ? || rowid", evil)
		d.must(err)
		d.must(db.Close())
		for _, size := range sizes {
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
