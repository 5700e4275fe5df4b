package ui

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// Keys that wait for what is being read act on no screen that was opened
// meanwhile: the next letter is meant for that one.
func TestHeldKeysOpenNothingOverOthers(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("2", "down")
	_, late := d.root.Update(keyNamed("*"))
	d.press("p", ":")
	d.write("appearan")
	d.run(late)
	d.send(nil)
	d.sees("Find", "appearan")
	d.missing("Suspend 1 marked key")
}

func TestLateKeyOpensNothingOverOthers(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	d.press("3", "enter")
	d.sees("Event 3")
	_, late := d.root.Update(keyNamed("enter"))
	d.press(":")
	d.write("edit ")
	d.run(late)
	d.send(nil)
	d.sees("Find", "edit")
	d.press("esc", "enter")
	d.sees("empk_", "History")
}

// The support contact that somebody else stored is never overwritten unseen.
func TestPolicyFormFollowsOthers(t *testing.T) {
	d := newDriver(t, nil)
	theirs := "the desk of somebody else"
	d.press(":")
	d.write("Security policy")
	d.press("enter")
	d.write("mine")
	d.press("shift+tab")
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{Support: &theirs})
	d.must(err)
	d.press("enter")
	d.sees("Somebody changed the security policy meanwhile", "mine", "Somebody else changed this to: "+theirs)
	d.press("enter")
	d.sees("The security policy was changed.")
	if p, err := d.session.Policy(context.Background()); err != nil || p.Support != "mine" {
		t.Fatal(p.Support, err)
	}

	d.press(":")
	d.write("Security policy")
	d.press("enter")
	_, err = d.session.EditPolicy(context.Background(), model.PolicyEdit{Support: &theirs})
	d.must(err)
	d.send(changedMsg{})
	d.sees(theirs)
}

// Members and applications that were changed outside empress are not shown as if
// they were true.
func TestTamperedRowsAreMarked(t *testing.T) {
	d := newDriver(t, aTeam)
	db, err := sql.Open("sqlite", d.store.Path())
	d.must(err)
	defer db.Close()
	_, err = db.Exec("UPDATE members SET role = 'Administrator' WHERE login = 'kim'; UPDATE applications SET contact = 'eve', purpose = 'Payroll' WHERE name = 'billing'")
	d.must(err)
	for _, size := range sizes {
		d.resize(size[0], size[1])
		d.press("1", "1", "2", "down")
		d.sees("> Kim", "not trusted")
		d.press("enter")
		d.press("pgdown", "pgdown")
		d.sees("not trusted: the record")
		d.press("esc", "esc", "4")
		d.sees("> billing", "changed outside")
		d.missing("Payroll")
		d.press("enter")
		d.sees("Record", "changed outside")
		d.press("esc", "esc", "esc", "esc")
	}
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), "", chooses("Applications"), "", "q")
	p.sees("Kim: kim@example.com, Administrator, "+model.DamagedWords, "billing: 1 key, active, "+model.DamagedWords)
}

// A policy that was changed outside empress is shown nowhere, and can be
// replaced by whoever may.
func TestTamperedPolicyIsNotShown(t *testing.T) {
	d := newDriver(t, nil)
	desk := "IT desk"
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{Support: &desk})
	d.must(err)
	db, err := sql.Open("sqlite", d.store.Path())
	d.must(err)
	defer db.Close()
	_, err = db.Exec("UPDATE policy SET support = 'eve@example.net'")
	d.must(err)
	p := d.converse(Options{}, "1", "", "5", "q")
	p.sees("security policy was changed outside empress")
	if strings.Contains(p.text(), "eve@") {
		t.Fatal("what nobody can trust is shown:\n" + p.text())
	}
	d.send(changedMsg{})
	d.sees("security policy was changed outside empress")
	d.press("down")
	d.send(changedMsg{})
	d.missing("security policy was changed outside empress", "eve@")
	if _, err = d.session.EditPolicy(context.Background(), model.PolicyEdit{Support: &desk}); err != nil {
		t.Fatal(err)
	}
	if report, err := d.session.VerifyAudit(context.Background(), nil); err != nil || report.Found > 0 {
		t.Fatal(report.Problems, err)
	}
}

// The palette leads nobody to a screen that is not for them, and says why.
func TestPaletteLeadsWhereOneMay(t *testing.T) {
	d := newDriver(t, someKeys)
	d.root.session = d.second("kim", model.PlainMember)
	for _, to := range []string{"Create New API Key", "Activity"} {
		d.press(":")
		d.write(to)
		d.press("enter")
		d.sees("As a Member you may not", "> 1  Settings")
	}
}

// In lines, too, whoever edits a key that somebody else changed is told what
// changed, and keeps what was typed.
func TestLinesConflict(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	other := func(*typist) {
		purpose := "their purpose"
		page, err := d.session.Keys(context.Background(), model.KeyQuery{})
		d.must(err)
		_, err = d.session.EditKey(context.Background(), page.Keys[0].ID, 0, model.KeyEdit{Purpose: &purpose})
		d.must(err)
	}
	p := d.converse(Options{Start: AtAccess}, "1", "4", other, "3", "invoices:read", "7", "7", "", "", "q")
	p.sees("Somebody changed billing meanwhile", "Meanwhile ada changed the purpose of billing. What you typed is kept.", "Purpose: their purpose", "Scopes: invoices:read", "The key of billing was changed.")
}

// Shortly before nobody was there for too long that is said, and what is being
// typed is kept for whoever touches a key.
func TestIdleWarning(t *testing.T) {
	d := newDriver(t, nil)
	minutes := 15
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{IdleSignOut: &minutes})
	d.must(err)
	d.send(changedMsg{})
	d.press("2", "n")
	d.write("bill")
	d.clock = d.clock.Add(14*time.Minute + 44*time.Second)
	d.send(leftMsg{})
	d.missing("Signs out")
	d.clock = d.clock.Add(time.Second)
	for _, size := range sizes {
		d.resize(size[0], size[1])
		d.send(leftMsg{})
		d.sees("Signs out in 15 s: press any key.", "bill")
	}
	d.clock = d.clock.Add(5 * time.Second)
	d.send(changedMsg{})
	d.sees("Signs out in 10 s: press any key.")
	d.write("i")
	d.missing("Signs out")
	d.sees("billi")
	d.clock = d.clock.Add(10 * time.Second)
	d.send(leftMsg{}) // of the time before
	d.missing("Signs out")
	if d.root.quitting {
		t.Fatal("it ended though somebody is there")
	}
	d.clock = d.clock.Add(14*time.Minute + 40*time.Second)
	d.send(leftMsg{})
	d.sees("Signs out in 10 s")
	d.clock = d.clock.Add(10 * time.Second)
	d.send(leftMsg{})
	if !d.root.quitting {
		t.Fatal("it went on though nobody is there")
	}
	if got := (&idleness{limit: 20 * time.Second}).notice(); got != 5*time.Second {
		t.Errorf("of 20 s, the last %v are told", got)
	}
}

// The team's policy ends the program when nobody touches a key for long
// enough, with the secret that is open wiped; whoever is there stays.
func TestIdleSignOut(t *testing.T) {
	d := newDriver(t, nil)
	minutes := 15
	_, err := d.session.EditPolicy(context.Background(), model.PolicyEdit{IdleSignOut: &minutes})
	d.must(err)
	d.send(changedMsg{})
	d.clock = d.clock.Add(14 * time.Minute)
	d.press("2", "n")
	d.write("billing")
	d.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	d.sees("This is the only time")
	secret := d.root.top().(*secretOverlay)
	d.clock = d.clock.Add(2 * time.Minute)
	d.send(leftMsg{})
	if d.root.quitting || secret.secret.Empty() {
		t.Fatal("it ended though somebody was there 2 minutes ago")
	}
	d.clock = d.clock.Add(13 * time.Minute)
	d.send(leftMsg{})
	if !d.root.quitting || !d.root.idle.left || !secret.secret.Empty() {
		t.Fatal("it went on, or kept the secret")
	}
	d.root.patient = time.Hour // what the policy says comes first
	if got := d.root.idleLimit(model.Policy{IdleSignOut: 15}); got != 15*time.Minute {
		t.Errorf("the policy asks for 15 min, and it waits %v", got)
	}
	if got := d.root.idleLimit(model.Policy{}); got != time.Hour {
		t.Errorf("the policy says nothing, and it waits %v", got)
	}
	if text := model.Sentence(signedOut(d.root.idle.limit)); !strings.Contains(text, "for 15 min") {
		t.Fatal(text)
	}
}

// What was never read is not called empty, in windows of every size.
func TestNothingIsCountedUntilItIsRead(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, someKeys)
		d.resize(size[0], size[1])
		d.happens("billing", "10.0.0.4", model.ReasonOK, 1)
		d.store.down = true
		d.press("2")
		d.sees("API Access", "[error]")
		d.missing("0 key", "0 match", "no key")
		d.press("d")
		d.sees("Rotation", "[error]")
		d.missing("0 key", "all 0")
		d.press("esc", "esc", "esc", "esc", "4")
		d.sees("Live requests", "cannot be read")
		d.missing("0 row")
		d.store.down = false
		d.ticks()
		d.sees("1 row")
		d.press("esc", "2")
		d.sees("billing")
	}
}
