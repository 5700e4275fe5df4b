package ui

import (
	"context"
	"testing"
	"time"

	"empress/model"
)

// aTeam seeds keys and a team of every role and status: max holds grants, one
// of which ends soon.
func aTeam(d *driver) {
	someKeys(d)
	ctx := context.Background()
	for _, m := range []model.MemberSpec{
		{Name: "Kim", Email: "kim@example.com", Login: "kim", Role: model.ITManager},
		{Name: "Li", Email: "li@example.com", Login: "li", Role: model.Auditor},
		{Name: "Max", Email: "max@example.com", Login: "max", Role: model.PlainMember},
		{Name: "Sam", Email: "sam@example.com", Login: "sam", Role: model.PlainMember},
		{Name: "Gus", Email: "gus@example.com", Login: "gus", Role: model.PlainMember},
	} {
		_, err := d.session.AddMember(ctx, m)
		d.must(err)
	}
	_, err := d.session.GiveGrant(ctx, "max", model.KeysRegenerate, "billing", d.clock.Add(5*24*time.Hour))
	d.must(err)
	_, err = d.session.GiveGrant(ctx, "max", model.AuditView, "", time.Time{})
	d.must(err)
	_, err = d.session.SuspendMember(ctx, "sam")
	d.must(err)
	_, err = d.session.RemoveMember(ctx, "gus", nil)
	d.must(err)
}

// signIn puts a member of the team in place of who is there.
func (d *driver) signIn(login string) {
	d.t.Helper()
	s, err := d.service.SignIn(context.Background(), model.Identity{Login: login, Via: model.ViaTerminal})
	d.must(err)
	d.root.session = s
}

// openMember goes to a member's page by the palette.
func (d *driver) openMember(name string) {
	d.t.Helper()
	d.press(":")
	d.write(name)
	d.press("enter")
	d.sees("Members > "+name, "Status")
}

// The list leads to each member, those who left come last, and whoever is added
// is where the cursor goes.
func TestMembers(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, aTeam)
		d.resize(size[0], size[1])
		d.press("1", "1", "2", "G")
		d.sees("Members", "> Gus", "removed")
		d.press("enter")
		d.sees("Members > Gus", "removed, which is final")
		d.press("esc", "k", "enter")
		d.sees("> Sam", "suspended: they cannot sign in")
		d.press("esc", "n")
		for _, value := range []string{"Ann", "ann@example.com", "ann", "auditor"} {
			d.write(value)
			d.press("enter")
		}
		d.sees("[ok] Ann belongs to the team now, as an Auditor. They sign in as ann.", "> Ann")
		d.press("g")
		d.sees("> Ada")
		d.wheel(1)
		d.missing("> Ada")
		d.press("g")
		d.clickOn("Ann")
		d.sees("> Ann")
		d.clickOn("Ann")
		d.sees("Members > Ann", "Auditor")
		d.press("esc")
		d.sees("> Ann")
	}
}

// enter typed ahead of the answer opens whom it shows first.
func TestMembersTypedAhead(t *testing.T) {
	d := newDriver(t, aTeam)
	d.press("1", "1")
	_, late := d.root.Update(keyNamed("2"))
	d.press("enter")
	d.run(late)
	d.send(nil)
	d.sees("Members > Ada")
}

// What is wrong with a new member is told beside the field, and nothing that
// was typed is lost.
func TestAddMemberSaysWhatIsWrong(t *testing.T) {
	d := newDriver(t, aTeam)
	d.press("1", "1", "2", "n", "enter")
	d.write("ann@example.com")
	d.press("enter", "enter", "enter")
	d.sees("> Name", "ann@example.com", "Add a member")
	d.write("Ann")
	d.press("enter", "ctrl+u")
	d.write("max@example.com")
	d.press("enter", "enter", "enter")
	d.sees("> Email", "The team has a member with the email max@example.com already.")
	d.press("ctrl+u")
	d.write("ann@example.com")
	d.press("enter", "enter")
	d.write("boss")
	d.press("enter")
	d.sees("> Role", "There is no role", "Choose Administrator, IT Manager, Auditor or Member.")
	d.press("ctrl+u")
	d.write("IT manager")
	d.press("enter")
	d.sees("Ann belongs to the team now, as an IT Manager. Without a login they cannot sign in.", "> Ann")
}

// Whoever may not see the members cannot open the list, and whoever may only
// see them adds nobody.
func TestMembersLimits(t *testing.T) {
	d := newDriver(t, aTeam)
	d.signIn("max")
	d.press("1", "1", "2")
	d.sees("you may not see the team's members", "> 2  Members")
	d.press("1", "esc", "esc", "esc")
	d.signIn("li")
	d.press("1", "1", "2")
	d.missing("n add")
	d.press("n")
	d.sees("As an Auditor you may not add, suspend and remove members.")
	d.press("?")
	d.sees("As an Auditor you may not add, suspend and remove members.")
}

// A member's page says what they may do and why, beyond the role one by one.
func TestMemberPage(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Max")
	d.sees("As a Member: for keys that they own: see keys", "Regenerate secrets of billing, granted by ada until 2026-03-07 09:30 UTC.",
		"See the audit trail, granted by ada.", "1 regenerate secrets of billing, ends soon: until 2026-03-07 09:30 UTC, in 5 d, given by ada")
	d.press("j")
	d.sees("2 see the audit trail, for good, given by ada")
	d.press("G")
	d.sees("ada added max as Member")
	_, err := d.session.SetRole(context.Background(), "max", model.ITManager)
	d.must(err)
	d.send(changedMsg{})
	d.press("home")
	d.sees("IT Manager", "As an IT Manager: see keys")
	d.press("esc")
	d.sees("> Max")
}

// Whoever holds a grant for one application is told of it where they see what
// they may do, in either mode.
func TestYouMayByGrants(t *testing.T) {
	const may = "see keys and see how keys are used; for keys that you own: regenerate secrets, suspend and resume keys and revoke keys; for billing: change keys and regenerate secrets"
	d := newDriver(t, func(d *driver) {
		d.create("billing")
		kim := d.second("kim", model.PlainMember)
		for p, application := range map[model.Permission]string{model.KeysView: "", model.UsageView: "", model.KeysEdit: "billing", model.KeysRegenerate: "billing"} {
			_, err := d.session.GiveGrant(context.Background(), "kim", p, application, time.Time{})
			d.must(err)
		}
		d.session = kim
	})
	d.resize(80, 30)
	d.press("1", "1")
	d.sees(may)
	d.converse(Options{}, "1", "1", "", "", "q").sees("You may: " + may)
}
