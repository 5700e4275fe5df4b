package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// memberNow is the member as the store has them now.
func (d *driver) memberNow(email string) model.Member {
	d.t.Helper()
	all, err := d.session.Members(context.Background())
	d.must(err)
	for _, m := range all {
		if m.Email == email {
			return m
		}
	}
	d.t.Fatal("there is no " + email)
	return model.Member{}
}

// Another role is chosen by what it may do, and the question says what changes.
func TestGiveRole(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, aTeam)
		d.resize(size[0], size[1])
		d.openMember("Kim")
		d.press("o")
		d.sees("The role of Kim", "IT Manager, as now")
		d.press("2")
		d.sees("Kim keeps the role IT Manager.")
		d.press("o")
		d.sees("> 2 IT Manager, as now")
		d.press("enter")
		d.sees("Kim keeps the role IT Manager.")
		d.press("o", "j")
		d.sees("> 3 Auditor", "May: see keys")
		d.press("enter")
		d.sees("Make Kim Auditor", "as an Auditor from now on")
		d.press("esc")
		if m := d.memberNow("kim@example.com"); m.Role != model.ITManager {
			t.Fatal(m.Role)
		}
		d.press("o")
		d.clickOn("4  Member")
		d.press("enter")
		d.sees("[ok] Kim acts as a Member now.", "Role Member")
		if m := d.memberNow("kim@example.com"); m.Role != model.PlainMember {
			t.Fatal(m.Role)
		}
	}
}

func TestRoleQuestionSaysWhatChanges(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Kim")
	d.press("o", "1")
	d.sees("Then they may: make keys that never expire", "give roles")
	d.missing("They lose")
	d.press("esc", "o", "4")
	d.sees("They lose: see keys", "create keys")
	d.missing("Then they may")
}

// A step down says which grants end with it, which stay, and what others hold by
// grants of who is made less; suspending says the last of these, too.
func TestStepDownNamesGrants(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		aTeam(d)
		ctx := context.Background()
		pat := d.second("pat", model.Administrator)
		for _, p := range []model.Permission{model.RolesAssign, model.KeysCreate} {
			_, err := d.session.GiveGrant(ctx, "pat", p, "", time.Time{})
			d.must(err)
		}
		_, err := pat.GiveGrant(ctx, "max", model.PolicyManage, "", time.Time{})
		d.must(err)
	})
	d.openMember("pat")
	d.press("p")
	d.sees("What they granted to others holds on: max may change the security policy (grant 5).")
	d.press("esc", "o", "4")
	d.sees("These grants end, which only administrators hold: give roles.", "They keep by grants: create keys.", "max may change the security policy (grant 5).")
	d.press("enter", "X", "enter")
	d.sees("What they granted to others holds on: max may change")
}

// Suspending keeps somebody out, resuming lets them back in.
func TestSuspendMember(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Kim")
	d.press("p")
	d.sees("Suspend Kim", "Kim cannot sign in", "The keys that they own go on working.")
	d.press("enter")
	d.sees("[ok] Kim suspended.", "suspended: they cannot sign in", "p resume", "Nothing, as long as they are suspended.")
	if m := d.memberNow("kim@example.com"); m.Status != model.MemberSuspended {
		t.Fatal(m.Status)
	}
	d.press("p", "enter")
	d.sees("[ok] Kim resumed.", "p suspend")
	if m := d.memberNow("kim@example.com"); m.Status != model.MemberActive {
		t.Fatal(m.Status)
	}
}

// What the team's rules refuse is said at once, in their own words, and in help.
func TestMemberConflicts(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Ada")
	d.missing("o role", "p suspend", "g grant", "X remove")
	for _, k := range []string{"p", "o", "X"} {
		d.press(k)
		d.sees("Members > Ada", "Nobody changes their own membership. Ask another administrator to do it.", "Status")
		d.missing("The role of Ada", "Suspend Ada")
		d.press("down", "up")
	}
	d.press("g")
	d.sees("Members > Ada", "Nobody grants anything to themselves. Ask another administrator to do it.", "Status")
	d.resize(120, 40)
	d.press("?")
	d.sees("Nobody grants anything to themselves.")
	if n := strings.Count(d.frame(), "Nobody changes their own membership."); n != 3 {
		t.Fatalf("help says it %d times:\n%s", n, d.frame())
	}
	d.press("esc")
	d.resize(80, 24)
	_, err := d.session.SetRole(context.Background(), "kim", model.Administrator)
	d.must(err)
	d.signIn("kim")
	_, err = d.root.session.SuspendMember(context.Background(), "ada")
	d.must(err)
	d.press("f5", "p", "enter")
	d.sees("Ada resumed")
	d.openMember("Gus")
	for _, k := range []string{"o", "p", "g", "u"} {
		d.press(k)
		d.sees("Gus was removed from the team, which is final.")
		d.press("down", "up")
	}
}

// A permission is granted by its name or in words, and taken away again.
func TestGrantAndTake(t *testing.T) {
	d := newDriver(t, aTeam)
	d.openMember("Kim")
	d.press("u")
	d.sees("Kim holds no grant that could be taken away.")
	d.press("g", "enter", "enter")
	d.write("yesterday")
	d.press("enter")
	d.sees("> Permission", "There is no permission", "is not a time")
	d.write("give roles")
	d.press("enter")
	d.write("nowhere")
	d.press("enter", "ctrl+u")
	d.write("10d")
	d.press("enter")
	d.sees("> Application", `There is no application "nowhere". Applications lists them all.`)
	d.missing("`empress")
	d.press("ctrl+u", "enter", "enter")
	d.sees("[ok] Kim may give roles now.", "Give roles, granted by ada until 2026-03-12 09:30 UTC.", "3 give roles, ends soon: until 2026-03-12 09:30 UTC, in 10 d, given by ada")
	d.press("u", "enter")
	d.sees("Take grant 3 from kim", "The permission to give roles ends at once, unless the role of kim or another grant gives it too.")
	d.press("enter")
	d.sees("[ok] Grant 3 of kim ended.")
	d.missing("Give roles, granted")
	gs, err := d.session.Grants(context.Background(), "kim")
	d.must(err)
	if len(gs) != 1 || gs[0].Holds || gs[0].EndedAt.IsZero() {
		t.Fatalf("%+v", gs)
	}
}

// Whoever may only look is told so by help, and by each key.
func TestMemberActionLimits(t *testing.T) {
	d := newDriver(t, aTeam)
	d.signIn("li")
	d.openMember("Max")
	d.missing("o role", "g grant")
	for key, why := range map[string]string{"o": "you may not give roles", "p": "you may not add, suspend and remove members", "g": "you may not grant permissions", "u": "you may not grant permissions"} {
		d.press("down", key)
		d.sees(why)
		d.press("?")
		d.sees("give another role", why)
		d.press("esc")
	}
}

// Whoever is asked about a member is told who did what with them meanwhile,
// before they answer.
func TestMemberQuestionTellsWhatOthersDid(t *testing.T) {
	for _, keys := range [][]string{{"p"}, {"o", "3"}} {
		d := newDriver(t, aTeam)
		ctx := context.Background()
		other := d.second("zoe", model.Administrator)
		d.openMember("Max")
		d.press(keys...)
		d.send(changedMsg{})
		d.missing("Meanwhile")
		_, err := other.SetRole(ctx, "max", model.ITManager)
		d.must(err)
		_, err = other.SuspendMember(ctx, "max")
		d.must(err)
		d.send(changedMsg{})
		d.sees("Meanwhile zoe", "and zoe suspended")
	}
}
