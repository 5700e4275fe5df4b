package ui

import (
	"context"
	"testing"

	"empress/model"
)

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
	d.press("enter", "enter", "enter", "enter")
	d.sees("Rename billing", "billing is called Edge Cache")
	d.press("enter")
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
	d.press("enter") // what was agreed to is not asked again
	d.sees("[ok] billing is called ledger now.", "Sends letters")
	d.store.down = true
	d.press("f5")
	d.sees("[error]", "Sends letters", "empk_")
	d.press("esc", "f5")
	d.sees("[error]", "> ledger")
}
