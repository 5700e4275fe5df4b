package ui

import (
	"context"

	"empress/model"
)

// someApplications seeds keys of described applications: one that had other
// names, one without a key, and one whose keys belong to several.
func someApplications(d *driver) {
	someKeys(d)
	ctx := context.Background()
	_, err := d.session.AddMember(ctx, model.MemberSpec{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.ITManager})
	d.must(err)
	describe := func(name, purpose, contact string, networks ...string) {
		_, err := d.session.EditApplication(ctx, name, model.ApplicationEdit{Purpose: &purpose, Contact: &contact, Networks: &networks})
		d.must(err)
	}
	describe("billing", "Sends invoices and reminders", "finance@example.com", "10.0.0.0/8")
	describe("edge-cache", "Keeps pages near their readers", "the web team")
	d.rename("legacy-import", "migration")
	d.rename("migration", "archive")
	_, err = d.session.CreateApplication(ctx, model.ApplicationSpec{Name: "night shift", Purpose: "Nightly jobs", Contact: "kim"})
	d.must(err)
	d.create("billing", func(s *model.KeySpec) { s.Owner = "kim" })
	suspended, _ := d.create("billing")
	_, err = d.session.SuspendKey(ctx, suspended.ID)
	d.must(err)
}

// rename gives an application another name, without the screens.
func (d *driver) rename(from, to string) {
	d.t.Helper()
	_, err := d.session.EditApplication(context.Background(), from, model.ApplicationEdit{Name: &to})
	d.must(err)
}

// openApplication goes to an application's page by the list.
func (d *driver) openApplication(name string) {
	d.t.Helper()
	d.press("1", "1", "4", "/")
	d.write(name)
	d.press("enter", "enter")
	d.sees("Applications > "+name, "Name")
}

// editApplication opens the form for an application, and types into it.
func (d *driver) editApplication(name string, values ...string) {
	d.t.Helper()
	d.openApplication(name)
	d.press("e")
	for _, value := range values {
		if value != "" {
			d.press("ctrl+u")
			d.write(value)
		}
		d.press("enter")
	}
}

func applicationScenes() []scene {
	return []scene{
		{"applications", someApplications, walkTo("1", "1", "4", "j")},
		{"applications-empty", nil, walkTo("1", "1", "4")},
		{"applications-filter", someApplications, func(d *driver) { d.press("1", "1", "4", "/"); d.write("migra") }},
		{"applications-nothing", someApplications, func(d *driver) { d.press("1", "1", "4", "/"); d.write("zebra"); d.press("enter") }},
		{"applications-offline", someApplications, func(d *driver) { d.press("1", "1", "4"); d.store.down = true; d.press("f5") }},
		{"applications-denied", someApplications, func(d *driver) {
			d.root.session = d.second("max", model.PlainMember)
			d.press("1", "1", "4", "n")
		}},
		{"applications-help", someApplications, func(d *driver) {
			d.root.session = d.second("max", model.PlainMember)
			d.press("1", "1", "4", "?")
		}},
		{"application", someApplications, func(d *driver) { d.openApplication("billing"); d.press("j") }},
		{"application-last", someApplications, func(d *driver) { d.openApplication("archive"); d.press("G") }},
		{"application-without-key", someApplications, func(d *driver) { d.openApplication("night shift") }},
		{"application-denied", someApplications, func(d *driver) {
			d.root.session = d.second("li", model.Auditor)
			d.openApplication("billing")
			d.press("e")
		}},
		{"application-keys", someApplications, func(d *driver) { d.openApplication("billing"); d.press("down", "down", "down", "enter", "j") }},
		{"application-add", someApplications, func(d *driver) { d.press("1", "1", "4", "n"); d.write("payroll"); d.press("enter") }},
		{"application-edit", someApplications, func(d *driver) { d.editApplication("billing", "", "Sends invoices") }},
		{"application-wrong", someApplications, func(d *driver) { d.editApplication("billing", "", "a`b", "c`d", "everywhere") }},
		{"application-rename", someApplications, func(d *driver) { d.editApplication("billing", "invoicing", "", "", "") }},
		{"application-reserved", someApplications, func(d *driver) { d.editApplication("billing", "migration", "", "", ""); d.press("enter") }},
		{"application-alike", someApplications, func(d *driver) {
			d.press("1", "1", "4", "n")
			d.write("Bil-Ling")
			d.press("enter", "enter", "enter", "enter")
		}},
		{"application-merged", someApplications, func(d *driver) {
			d.editApplication("billing", "", "Sends letters")
			purpose, contact := "Sends parcels", "kim"
			_, err := d.session.EditApplication(context.Background(), "billing", model.ApplicationEdit{Purpose: &purpose, Contact: &contact})
			d.must(err)
			d.send(changedMsg{})
		}},
	}
}
