package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// The roles stand side by side, and each permission leads to who has it and why.
func TestRoles(t *testing.T) {
	d := newDriver(t, aTeam)
	d.press("1", "1", "3")
	d.sees("Roles & permissions", "Administrator  IT Manager  Auditor   Member", "> see keys", "add, suspend and remove members")
	d.press("tab")
	d.sees("Administrator  IT Manager")
	d.press("j", "j", "j", "j", "enter")
	d.sees("Who may regenerate secrets", "Regenerate secrets  keys.regenerate", "Ada  as an Administrator", "Kim  as an IT Manager", "With keys that they own, Members may do this too")
	d.missing("Max", "Sam")
	d.press("esc")
	d.clickOn("see the audit trail")
	d.sees("> see the audit trail")
	d.clickOn("see the audit trail")
	d.sees("Max  granted by ada")
	d.missing("With keys that they own")
	d.press("h")
	d.sees("> see the audit trail")
	d.press("h")
	d.sees("Profile & Team", "> 3  Roles & permissions")
}

// In a narrow window one role is shown at a time.
func TestRolesOneByOne(t *testing.T) {
	d := newDriver(t, aTeam)
	d.resize(40, 12)
	d.press("1", "1", "3")
	d.sees("Administrator", "1 of 4", "tab role")
	d.missing("own keys")
	d.press("left")
	d.sees("Member", "4 of 4", "own keys")
	d.press("right", "tab")
	d.sees("IT Manager", "2 of 4")
	d.clickOn("IT Manager")
	d.sees("Auditor", "3 of 4")
	d.press("G")
	d.sees("> change the security policy")
	d.wheel(-20)
	d.sees("> see keys")
}

// Everybody sees the roles; who has them only whoever may see the members.
func TestRolesLimits(t *testing.T) {
	d := newDriver(t, aTeam)
	d.signIn("max")
	d.press("1", "1", "3")
	d.missing("enter who may")
	d.press("enter")
	d.sees("As a Member you may not see the team's members.")
	d.press("?")
	d.sees("As a Member you may not see the team's members.")
}

// The page of a key says who may do what with it, and why.
func TestWhoMayUseKey(t *testing.T) {
	d := newDriver(t, aTeam)
	d.press("2", "down", "enter", "w")
	d.sees("billing > Who may", "Regenerate its secret Ada as an Administrator Kim as an IT Manager Max granted by ada until 2026-03-07 09:30 UTC", "Suspend and resume it", "Revoke it", "Change it")
	d.press("esc")
	d.sees("History")
	d.press("esc", "down", "down", "enter", "w")
	d.sees("edge-cache > Who may")
	d.missing("Max")
	d.signIn("max")
	d.press("esc", "w")
	d.sees("As a Member you may not see the team's members.")
}

// A long name takes nothing from the answers: in a narrow window they stand below
// the names, all of them.
func TestWhoMayWithLongName(t *testing.T) {
	long := "Wilhelmina von und zu Hohenstaufen-Bergedorf X"
	d := newDriver(t, func(d *driver) {
		aTeam(d)
		ctx := context.Background()
		_, err := d.session.AddMember(ctx, model.MemberSpec{Name: long, Email: "will@example.com", Login: "will", Role: model.PlainMember})
		d.must(err)
		_, err = d.session.GiveGrant(ctx, "will", model.KeysRegenerate, "billing", d.clock.Add(5*24*time.Hour))
		d.must(err)
	})
	d.press("2", "down", "enter", "w")
	for _, w := range []int{40, 50, 60, 80} {
		d.resize(w, 40)
		d.sees("  Ada\n    as an Administrator\n  Kim\n    as an IT Manager", long+" granted by ada until 2026-03-07 09:30 UTC")
		if strings.Count(d.frame(), "\n    as an") != 8 {
			t.Errorf("not one layout:\n%s", d.frame())
		}
	}
	d.resize(120, 40)
	d.sees(long+"  granted by ada until 2026-03-07 09:30 UTC", "Ada"+strings.Repeat(" ", 45)+"as an Administrator")
}
