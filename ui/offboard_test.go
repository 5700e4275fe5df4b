package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// leavingTeam seeds a team in which kim owns a key whose secret is known to
// kim, and was shown the secrets of two keys of ada's.
func leavingTeam(d *driver) {
	aTeam(d)
	ctx := context.Background()
	kim, err := d.service.SignIn(ctx, model.Identity{Login: "kim", Via: model.ViaTerminal})
	d.must(err)
	_, _, err = kim.CreateKey(ctx, model.KeySpec{Application: "alpha", Expires: "30d"})
	d.must(err)
	page, err := kim.Keys(ctx, model.KeyQuery{})
	d.must(err)
	for _, k := range page.Keys {
		if k.Application == "billing" || k.Application == "edge-cache" {
			_, _, err = kim.RegenerateSecret(ctx, k.ID, k.Generation)
			d.must(err)
		}
	}
}

// settleKim decides about each key of kim's.
func settleKim(d *driver) {
	d.openMember("Kim")
	d.press("X", "t")
	d.write("max")
	d.press("enter", "r", "down", "r", "down", "m")
}

// Somebody who leaves is removed when every key is settled, with the email
// typed; the new secrets are shown one after the other.
func TestRemoveMember(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, leavingTeam)
		d.resize(size[0], size[1])
		d.openMember("Kim")
		d.press("X")
		d.sees("0 of 3 keys settled", "> alpha", "owns, knows the secret", "open: needs another owner")
		d.press("r", "enter")
		d.sees("alpha (empk_", "needs another owner: t, or X revokes it.")
		d.press("esc", "t")
		d.write("kim")
		d.press("enter")
		d.sees("Kim is the one who leaves. Give the email or the login of")
		d.press("ctrl+u")
		d.write("nobody")
		d.press("enter")
		d.sees("Nobody of that name can own keys.")
		d.press("ctrl+u")
		d.write("max")
		d.press("enter")
		d.sees("will get a new secret and go to max", "1 of 3 keys settled")
		d.press("enter")
		d.sees("> billing", "has a secret that they know")
		d.press("r", "down", "t")
		d.sees("has another owner already: ada@example.com.")
		d.press("m", "enter")
		d.sees("Remove Kim from the team", "Of 3 keys: 1 to another owner; 2")
		d.press("pgdown")
		d.sees("with a new secret, the old one stops working at once; 1 with the secret that they know.")
		d.write("kim")
		d.press("enter")
		d.sees("That is not kim@example.com. Nothing was done.")
		d.write("@example.com")
		d.press("enter")
		d.sees("The new API secret, and 1 more", "emps_")
		d.press("d")
		d.sees("The new API secret", "emps_")
		d.missing("more after it")
		d.press("d")
		d.sees("Members > Kim", "removed, which is final")
		if m := d.memberNow("kim@example.com"); m.Status != model.MemberRemoved {
			t.Fatal(m.Status)
		}
		page, err := d.session.Keys(context.Background(), model.KeyQuery{})
		d.must(err)
		for _, k := range page.Keys {
			want := map[string]model.Generation{"alpha": 2, "billing": 3, "edge-cache": 2}[k.Application]
			if want != 0 && (k.Generation != want || k.Unconfirmed() && k.Application != "edge-cache" || k.Application == "alpha" && k.Owner != "max@example.com") {
				t.Errorf("%s has secret %d, owner %s, unconfirmed %v", k.Application, k.Generation, k.Owner, k.Unconfirmed())
			}
		}
	}
}

// Keys can be suspended and revoked, too, and esc asks before what was decided
// is lost.
func TestRemoveMemberOtherWays(t *testing.T) {
	d := newDriver(t, leavingTeam)
	d.openMember("Kim")
	d.press("X", "X", "down", "p", "esc")
	d.sees("What you decided is not kept.", "will be revoked", "will be suspended")
	d.press("down", "p", "enter")
	d.sees("Of 3 keys: 2 suspended; 1 revoked for good.")
	d.write("kim@example.com")
	d.press("enter")
	d.sees("[ok] Kim was removed from the team.", "Members > Kim")
	states := map[string]model.State{}
	page, err := d.session.Keys(context.Background(), model.KeyQuery{})
	d.must(err)
	for _, k := range page.Keys {
		states[k.Application] = k.State
	}
	if states["alpha"] != model.Revoked || states["billing"] != model.Suspended || states["edge-cache"] != model.Suspended {
		t.Fatal(states)
	}
}

// k moves up as everywhere, and decides nothing.
func TestRemoveMemberMoves(t *testing.T) {
	d := newDriver(t, leavingTeam)
	d.openMember("Kim")
	d.resize(120, 40)
	d.press("X", "j")
	d.sees("> billing", "enter go on  r regenerate  p suspend  X revoke  m keep")
	d.press("k")
	d.sees("> alpha", "0 of 3 keys settled")
	d.press("esc")
	d.missing("What you decided")
}

// What somebody else does meanwhile is followed, and a secret that changed is
// decided about afresh.
func TestRemoveMemberFollowsOthers(t *testing.T) {
	d := newDriver(t, leavingTeam)
	d.openMember("Kim")
	d.press("X", "down", "m")
	d.sees("will keep the secret")
	page, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "billing"})
	d.must(err)
	_, _, err = d.session.RegenerateSecret(context.Background(), page.Keys[0].ID, page.Keys[0].Generation)
	d.must(err)
	d.send(changedMsg{})
	d.missing("will keep the secret")
	d.sees("saw an earlier secret", "nothing to do", "1 of 3 keys settled")
	d.press("m")
	d.sees("Kim does not know the secret of billing")
	d.press("esc")
	d.sees("Members > Kim")
}

// Nobody removes themselves, and whoever may not is told so.
func TestRemoveMemberLimits(t *testing.T) {
	d := newDriver(t, aTeam)
	d.signIn("li")
	d.openMember("Max")
	d.press("X")
	d.sees("you may not add, suspend and remove members")
	d.press("esc")
	d = newDriver(t, aTeam)
	d.openMember("Max")
	d.press("X")
	d.sees("They own no key that could still be used, and were shown")
	d.press("enter")
	d.sees("What was granted to them ends, too: 2 grants.")
	d.write("max@example.com")
	d.press("enter")
	d.sees("[ok] Max was removed from the team.")
}

// Who cannot be removed at all is not offered to be settled.
func TestRemoveMemberRefused(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		leavingTeam(d)
		for _, p := range []model.Permission{model.MembersView, model.MembersManage, model.RolesAssign} {
			_, err := d.session.GiveGrant(context.Background(), "max", p, "", time.Time{})
			d.must(err)
		}
	})
	d.openMember("Ada")
	d.press("X")
	d.sees("Members > Ada", "Nobody changes their own membership.", "Status")
	d.signIn("max")
	d.press("X")
	d.sees("Members > Ada", "ada@example.com is the team's last active administrator. Make somebody else", "Status")
	_, err := d.session.SetRole(context.Background(), "kim", model.Administrator)
	d.must(err)
	d.press("X")
	d.sees("Ada > Remove", "0 of 1 key settled")
}

// The secrets of a removal are read in no message, and none is left when the
// last is masked.
func TestRemoveMemberCanary(t *testing.T) {
	d := newDriver(t, leavingTeam)
	var printed strings.Builder
	d.watch = func(v any) { fmt.Fprintf(&printed, "%v\n%+v\n%#v\n", v, v, v) }
	settleKim(d)
	d.press("enter")
	d.write("kim@example.com")
	d.press("enter")
	first := d.secretOnScreen()
	overlay := d.root.top().(*secretOverlay)
	fmt.Fprintf(&printed, "%+v\n%#v\n", overlay, *overlay)
	d.press("d")
	second := d.secretOnScreen()
	d.press("esc", "y")
	d.missing("emps_")
	if first == second || !strings.Contains(printed.String(), "teamChangedMsg") {
		t.Fatal("not every secret was looked at")
	}
	for _, secret := range []string{first, second} {
		for _, form := range forms(secret) {
			if strings.Contains(printed.String(), form) {
				t.Errorf("a secret can be read in what was printed, as %.12s…", form)
			}
		}
	}
	if !overlay.secret.Empty() {
		t.Error("a secret is still there after it was masked")
	}
}

// Keys of one application are told apart in windows of every size, and what is said
// of them stands in columns.
func TestRemoveMemberTellsKeysApart(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		leavingTeam(d)
		for range 3 {
			d.create("nightly-warehouse-export", func(s *model.KeySpec) { s.Owner = "kim@example.com" })
		}
	})
	page, err := d.session.Keys(context.Background(), model.KeyQuery{Owner: "kim@example.com"})
	d.must(err)
	for _, size := range append(sizes, [2]int{60, 30}) {
		d.resize(size[0], size[1])
		d.openMember("Kim")
		d.press("X")
		at := map[int]bool{}
		for range 6 {
			d.press("down")
			for line := range strings.SplitSeq(d.frame(), "\n") {
				if before, _, found := strings.Cut(line, "empk_"); found {
					at[width(before)] = true
				}
			}
		}
		if len(at) != 1 {
			t.Errorf("the keys stand in %d columns:\n%s", len(at), d.frame())
		}
		for range 6 {
			d.press("up")
		}
		for _, k := range page.Keys {
			d.sees(k.ID.Short())
			d.press("down")
			if k.Application == "alpha" {
				d.press("down", "down")
			}
		}
	}
}
