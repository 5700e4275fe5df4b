package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// lacks wants words nowhere on the terminal.
func (p *typist) lacks(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			p.t.Errorf("%q is on the terminal:\n%s", w, p.text())
		}
	}
}

// A member is shown with what they may do and why, and added with each mistake
// asked again for its field alone.
func TestLinesMembers(t *testing.T) {
	d := newDriver(t, aTeam)
	p := d.converse(Options{Start: AtTeam}, chooses("Members"),
		chooses("Max"), chooses("Facts"), "", chooses("Sam"), "", chooses("Gus"), "1", "",
		chooses("Add a member"), "Ann", ".",
		chooses("Add a member"), "Ann", "kim@example.com", "ann", "boss", // two mistakes
		"auditor", "ann@example.com", "", endOfInput, "", "q")
	p.golden(t, "lines-members")
	if m := d.memberNow("ann@example.com"); m.Role != model.Auditor || m.Login != "ann" || m.Name != "Ann" {
		t.Errorf("%+v", m)
	}
}

// Whoever may not see the members sees themselves, on screen and in lines: when
// they came in, and what they were granted, by whom and until when.
func TestProfile(t *testing.T) {
	d := newDriver(t, aTeam)
	d.must(d.session.TakeGrant(context.Background(), 2)) // that of seeing the trail
	d.signIn("max")
	d.press(":")
	d.write("your profile")
	d.press("enter")
	d.sees("Last sign-in 2026-03-02 09:30 UTC (just now) by login", "1 regenerate secrets of billing, ends soon: until 2026-03-07 09:30 UTC, in 5 d, given by ada")
	d.session = d.root.session
	p := d.converse(Options{Start: AtTeam}, chooses("Your profile"), "", "", "", "q")
	p.sees("Max: Member, active", "Last sign-in: 2026-03-02 09:30 UTC (just now) by login",
		"Grant 1: regenerate secrets of billing, ends soon: until 2026-03-07 09:30 UTC, in 5 d, given by ada", "Owns: 0 keys")
	p.lacks("Grant 2")
}

// Another role says what it changes, and no is no.
func TestLinesRoleAndSuspend(t *testing.T) {
	d := newDriver(t, aTeam)
	down := func(yes bool) func(*typist) { return func(*typist) { d.store.down = yes } }
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Max"),
		chooses("Give another role"), chooses("Member"),
		chooses("Give another role"), "",
		chooses("Give another role"), chooses("Auditor"), "no",
		chooses("Give another role"), chooses("Auditor"), down(true), "yes", down(false), "yes",
		chooses("Suspend"), "", chooses("Suspend"), "yes", chooses("Resume"), "yes", chooses("Suspend"), "y", "",
		chooses("Ada"), chooses("Give another role"), "", "", "", "", "q")
	p.sees("Max keeps the role Member.", "Then they may:", "They lose:", "Nothing was done.", "is full, so nothing was changed.",
		"Max acts as an Auditor now.", "Max suspended.", "Max resumed.", "Max: Auditor, suspended", "Nobody changes their own membership.")
	if m := d.memberNow("max@example.com"); m.Role != model.Auditor || m.Status != model.MemberSuspended {
		t.Errorf("%+v", m)
	}
	if m := d.memberNow("ada@example.com"); m.Role != model.Administrator {
		t.Errorf("%+v", m)
	}
}

// A grant is given field by field and taken away again; one that ends soon says
// so.
func TestLinesGrants(t *testing.T) {
	d := newDriver(t, aTeam)
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Kim"),
		chooses("Grant a permission"), "fly", "nowhere", "someday", // three mistakes, the application found when the others are right
		"keys.never_expire", "5d", "billing",
		chooses("Facts"),
		chooses("Grant a permission"), ".",
		chooses("Take a grant away"), "1", "no", chooses("Take a grant away"), "",
		func(*typist) {
			gs, err := d.session.Grants(context.Background(), "kim")
			if d.must(err); len(gs) != 1 || !gs[0].Holds || gs[0].Application != "billing" || !gs[0].Until.Equal(start.Add(5*24*time.Hour)) {
				t.Errorf("%+v", gs)
			}
		},
		chooses("Take a grant away"), "1", "yes", chooses("Take a grant away"), "", "", "", "q")
	p.sees(`There is no permission "fly"`, "someday", `There is no application "nowhere". Applications lists them all.`, "ends soon: until 2026-03-07", "Left without saving.", "Nothing was done.",
		"Grant 3 of kim ended.", "Kim holds no grant that could be taken away.", "such as billing")
	if gs, err := d.session.Grants(context.Background(), "kim"); err != nil || len(gs) != 1 || gs[0].Holds {
		t.Errorf("%+v, %v", gs, err)
	}
}

// Somebody who leaves is removed when every key is settled; each new secret is
// shown once, when it is asked for.
func TestLinesRemove(t *testing.T) {
	d := newDriver(t, leavingTeam)
	down := func(yes bool) func(*typist) { return func(*typist) { d.store.down = yes } }
	var first string
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Kim"),
		chooses("Remove"), "g", chooses("alpha"), chooses("Transfer"), "kim", "nobody", ".", chooses("Transfer"), "max", chooses("Regenerate"),
		chooses("billing"), chooses("Transfer"), chooses("Regenerate"), // which settles it
		"", "no", // it is not left
		down(true), chooses("edge-cache"), chooses("Keep"), down(false),
		chooses("Go on"), "kim", "", // and left for now
		chooses("Go on"), "kim@example.com",
		chooses("Verify"), secretLine, chooses("Done"),
		func(p *typist) { first = p.secrets()[0] },
		"", chooses("Leave"), "", "", "", "", "q")
	p.golden(t, "lines-remove")
	if m := d.memberNow("kim@example.com"); m.Status != model.MemberRemoved {
		t.Fatal(m.Status)
	}
	if n := len(p.secrets()); n != 2 {
		t.Fatalf("%d secrets were shown", n)
	}
	if second := p.secrets()[1]; first == second || strings.Count(p.text(), first) != 1 || strings.Count(p.text(), second) != 1 {
		t.Error("a secret is not there once")
	}
	page, err := d.session.Keys(context.Background(), model.KeyQuery{})
	d.must(err)
	for _, k := range page.Keys {
		switch k.Application {
		case "alpha":
			if k.Owner != "max@example.com" || k.Generation != 2 || k.Unconfirmed() {
				t.Errorf("%+v", k)
			}
		case "billing":
			if k.Generation != 3 || !k.Unconfirmed() {
				t.Errorf("%+v", k)
			}
		case "edge-cache":
			if k.Generation != 2 {
				t.Errorf("%+v", k)
			}
		}
	}
}

// Keys can be suspended and revoked with it, and what was decided is given up
// only when somebody says so.
func TestLinesRemoveOtherWays(t *testing.T) {
	d := newDriver(t, leavingTeam)
	settle := []any{chooses("Remove"), chooses("alpha"), chooses("Revoke"), chooses("billing"), chooses("Suspend")}
	steps := append([]any{chooses("Members"), chooses("Kim")}, settle...)
	steps = append(append(append(steps, "", "yes"), settle...), chooses("edge-cache"), chooses("Suspend"), chooses("Go on"), "kim@example.com", "", "", "", "", "q")
	p := d.converse(Options{Start: AtTeam}, steps...)
	p.sees("What you decided is not kept.", "Nothing was done.", "Of 3 keys: 2 suspended; 1 revoked for good.", "Kim was removed from the team.", "Kim: IT Manager, removed")
	page, err := d.session.Keys(context.Background(), model.KeyQuery{})
	d.must(err)
	for _, k := range page.Keys {
		if want := map[string]model.State{"alpha": model.Revoked, "billing": model.Suspended, "edge-cache": model.Suspended}[k.Application]; want != "" && k.State != want {
			t.Errorf("%s is %s", k.Application, k.State)
		}
	}
	if len(p.secrets()) != 0 {
		t.Error("a secret was shown")
	}
}

// Where the terminal goes away with new secrets to come, none of them is shown
// to nobody.
func TestLinesRemoveLost(t *testing.T) {
	d := newDriver(t, leavingTeam)
	ctx, cancel := context.WithCancel(context.Background())
	p := &typist{t: t, steps: []any{chooses("Members"), chooses("Kim"), chooses("Remove"), chooses("alpha"), chooses("Revoke"),
		chooses("billing"), chooses("Regenerate"), chooses("edge-cache"), chooses("Regenerate"), chooses("Go on"), "kim@example.com",
		func(*typist) { cancel() }}}
	_ = RunLines(ctx, d.lineOptions(Options{Start: AtTeam}, p))
	p.sees("Nobody said that the new secret of billing", "Nobody said that the new secret of edge-cache", "regenerate it.")
	if len(p.secrets()) > 1 {
		t.Error("the second secret was shown")
	}
}

// Roles are told in words, and who may do what with everything and with a key.
func TestLinesWhoMay(t *testing.T) {
	d := newDriver(t, aTeam)
	p := d.converse(Options{Start: AtTeam}, chooses("Roles"), chooses("Who may regenerate secrets"), chooses("Who may change the"), "",
		chooses("API Access"), chooses("billing"), chooses("Who may"), "", "", "", "", "q")
	p.sees("Auditor: may see keys", "Administrator: may everything.", "which is granted as keys.regenerate", "Kim: as an IT Manager",
		"Regenerate its secret:", "Max: granted by ada until 2026-03-07", "a key in API Access says who may.")
	p.lacks("w on the page")
}

// Whoever may not hears why, and loses nothing.
func TestLinesTeamDenied(t *testing.T) {
	d := newDriver(t, aTeam)
	d.signIn("li")
	d.session = d.root.session
	p := d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Add a member"), chooses("Max"),
		chooses("Give another role"), chooses("Suspend"), chooses("Grant"), chooses("Take"), chooses("Remove"), chooses("SSH keys"), chooses("Add an SSH key"), "", "", "",
		chooses("Applications"), chooses("Add an application"), chooses("billing"), chooses("Edit or rename"), chooses("Create New"), "", "", "",
		chooses("Settings"), chooses("Security policy"), chooses("Change the policy"), "", "", "q")
	p.sees("Add a member (not allowed)", "you may not add, suspend and remove members.", "you may not give roles.", "you may not grant permissions.",
		"Edit or rename (not allowed)", "you may not add and change applications.", "Create New API Key for it (not allowed)", "Change the policy (not allowed)", "you may not change the")
	d.signIn("max")
	d.session = d.root.session
	p = d.converse(Options{Start: AtTeam}, chooses("Members"), chooses("Roles"), "1", "", chooses("Your SSH keys"), "a", "", "", chooses("Applications"), "", "", "", "q")
	p.sees("Members (not allowed)", "Who may see keys (not allowed)", "SSH keys of Max", "Left without saving.", "1. billing")
	p.lacks("Add a member")
}
