package model_test

import (
	"strings"
	"testing"
	"time"

	"empress/model"
)

// wantWords checks the code of an error, and that its sentence has the words.
func wantWords(t *testing.T, what string, err error, code model.Code, words string) {
	t.Helper()
	wantCode(t, what, err, code)
	if !strings.Contains(model.Sentence(err), words) {
		t.Errorf("%s: %q does not say %q", what, model.Sentence(err), words)
	}
}

// Whoever may not add applications learns of none by trying, adds none along
// with a key, and the attempt is told.
func TestApplicationsAreForThoseWhoMay(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate})
	before := x.head().Seq
	for _, name := range []string{"billing", "shop", "\x1b"} {
		_, err := max.CreateApplication(ctx, model.ApplicationSpec{Name: name})
		wantCode(t, "to add "+name, err, model.CodeDenied)
	}
	x.wantLeft("an attempt", before, "max was not allowed: added the application billing")
	_, _, err := max.CreateKey(ctx, model.KeySpec{Application: "shop", Expires: "30d"})
	wantCode(t, "an application along with a key", err, model.CodeDenied)
	_, err = x.ada.EditApplication(ctx, "billing", model.ApplicationEdit{Contact: new("\x1b")})
	wantCode(t, "a contact that is none", err, model.CodeInvalid)
	x.wantSound()
}

// Whoever may create no keys does not learn by trying who is in the team.
func TestOwnersAreForThoseWhoMay(t *testing.T) {
	x := newTeam(t)
	kim := x.join("kim", model.PlainMember, model.MemberActive)
	x.join("sam", model.PlainMember, model.MemberSuspended)
	for _, application := range []string{"no;name", "", "billing"} {
		said := map[string]bool{}
		for _, owner := range []string{"nobody", "sam", "ada", "ada@example.com"} {
			_, _, err := kim.CreateKey(ctx, model.KeySpec{Application: application, Owner: owner})
			if err == nil {
				t.Fatal("kim created a key")
			}
			words := model.Sentence(err)
			for _, e := range model.Mistakes(err) {
				words += "|" + model.Sentence(e)
			}
			said[words] = true
		}
		if len(said) != 1 {
			t.Errorf("for %q it says %v", application, said)
		}
	}
	_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "no;name", Owner: "nobody"})
	if len(model.Mistakes(err)) != 2 {
		t.Errorf("whoever may is told of all that is wrong: %v", err)
	}
}

// A name that is or was taken is refused in the words that fit, also to whoever
// knows that there is one almost like it.
func TestTakenApplicationNames(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "old"})
	x.create(model.KeySpec{Application: "shop"})
	if _, err := x.ada.EditApplication(ctx, "old", model.ApplicationEdit{Name: new("new")}); err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string]string{"billing": "There is an application billing already. Give", "old": "old was the name of the application that is called new now"} {
		_, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: name, NewApplication: true})
		wantWords(t, "another "+name, err, model.CodeConflict, words)
		_, err = x.ada.EditApplication(ctx, "shop", model.ApplicationEdit{Name: &name})
		wantWords(t, "to call it "+name, err, model.CodeConflict, words)
	}
	if _, err := x.ada.EditApplication(ctx, "new", model.ApplicationEdit{Name: new("old")}); err != nil {
		t.Error("its own name of before", err)
	}
	x.wantSound()
}

func TestWhoMayIsForThoseWhoSeeMembers(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	_, err := max.WhoMay(ctx, model.KeysView, "")
	wantCode(t, "a plain member", err, model.CodeDenied)
	_, err = x.ada.GiveGrant(ctx, "max", "keys.eat", "", time.Time{})
	wantCode(t, "a permission that there is not", err, model.CodeInvalid)
}

// Removing somebody needs the sight of the keys that they have to do with, and
// the permission to give them away.
func TestRemoveMemberIsNoWayAround(t *testing.T) {
	x := newLeaving(t)
	_, err := x.ada.RemoveMember(ctx, "max", make([]model.Settlement, model.MaxBatch+1))
	wantWords(t, "more than a batch", err, model.CodeInvalid, "at most 5000 change at once")

	grants := []model.Grant{}
	for _, p := range []model.Permission{model.MembersManage, model.RolesAssign, model.MembersView, model.AuditView, model.KeysNeverExpire} {
		grants = append(grants, model.Grant{Permission: p})
	}
	blind := x.join("blind", model.PlainMember, model.MemberActive, grants...)
	x.join("pat", model.PlainMember, model.MemberActive)
	key, _ := x.create(model.KeySpec{Application: "payroll", Owner: "pat"})
	_, err = blind.RemoveMember(ctx, "pat", nil)
	wantWords(t, "without the sight of keys", err, model.CodeConflict, "keys that you may not see")
	if strings.Contains(model.Sentence(err), "payroll") {
		t.Error("a hidden key is named:", err)
	}
	for _, p := range []model.Permission{model.KeysView, model.UsageView, model.KeysRegenerate, model.KeysSuspend, model.KeysRevoke} {
		grants = append(grants, model.Grant{Permission: p})
	}
	helper := x.join("helper", model.PlainMember, model.MemberActive, grants...)
	_, err = helper.RemoveMember(ctx, "pat", []model.Settlement{{Key: key.ID, NewOwner: "ada"}})
	wantWords(t, "without keys.edit", err, model.CodeDenied, string(model.KeysEdit))
	x.wantSound()
}

// An SSH key is added and removed for another only by whoever may do to that
// member the rest, and one that is known is refused in words that fit.
func TestSSHKeysOfOthers(t *testing.T) {
	x := newTeam(t)
	x.join("pat", model.PlainMember, model.MemberActive)
	kim := x.join("kim", model.ITManager, model.MemberActive)
	_, err := kim.AddSSHKey(ctx, "pat", newSSHLine(t), "")
	wantCode(t, "without members.manage", err, model.CodeDenied)

	soon := x.clock.now().Add(time.Hour)
	gita := x.join("gita", model.ITManager, model.MemberActive, model.Grant{Permission: model.MembersManage}, model.Grant{Permission: model.PolicyManage, Until: soon})
	x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.PolicyManage})
	_, err = gita.AddSSHKey(ctx, "max", newSSHLine(t), "")
	wantCode(t, "for who may longer", err, model.CodeDenied)
	line := newSSHLine(t)
	k, err := x.ada.AddSSHKey(ctx, "ada", line, "laptop")
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "to take an administrator's", gita.RemoveSSHKey(ctx, k.ID), model.CodeDenied)

	_, err = x.ada.AddSSHKey(ctx, "ada", line, "desk")
	wantWords(t, "the same again", err, model.CodeConflict, "has this SSH key already, as laptop")
	_, err = x.ada.AddSSHKey(ctx, "pat", line, "desk")
	wantWords(t, "that of another", err, model.CodeConflict, "Another member has this SSH key already")
	err = nil
	for i := 0; i < 100 && err == nil; i++ {
		_, err = x.ada.AddSSHKey(ctx, "ada", newSSHLine(t), "more")
	}
	wantWords(t, "one too many", err, model.CodeConflict, "which is the most")
	x.wantSound()
}

// Whoever may do more than a plain member is not needed to change one.
func TestAuditorWithRolesAssign(t *testing.T) {
	x := newTeam(t)
	eve := x.join("eve", model.Auditor, model.MemberActive, model.Grant{Permission: model.RolesAssign})
	x.join("pat", model.PlainMember, model.MemberActive)
	if m, err := eve.SetRole(ctx, "pat", model.Auditor); err != nil || m.Role != model.Auditor {
		t.Error(m, err)
	}
}

// An administrator whom nobody can sign in as does not count as the last one.
func TestLastAdministratorCanSignIn(t *testing.T) {
	x := newTeam(t)
	every := []model.Grant{}
	for _, p := range model.Permissions() {
		every = append(every, model.Grant{Permission: p})
	}
	whole := x.join("whole", model.PlainMember, model.MemberActive, every...)
	if _, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "Eva", Email: "eva@example.com", Role: model.Administrator}); err != nil {
		t.Fatal(err)
	}
	_, err := whole.SuspendMember(ctx, "ada")
	wantCode(t, "beside one without a login", err, model.CodeConflict)
}

// A login that cannot be recovered is refused in words that say whose it is.
func TestRecoverSaysWhoseLogin(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	by := model.Identity{Login: "kim", Via: model.ViaCommand}
	wantWords(t, "their own", x.service.Recover(ctx, by, "ada", "ada"), model.CodeConflict, "Sign in as ada")
	wantWords(t, "that of another", x.service.Recover(ctx, by, "ada", "max"), model.CodeConflict, "that of max@example.com already")
}

// Whoever may not see the team learns of a person by naming them as owner only
// where that leaves a key and its event.
func TestOwnersAreNotTold(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "shop"})
	x.join("eva", model.Auditor, model.MemberActive)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("zoe", model.PlainMember, model.MemberSuspended)
	kim := x.join("kim", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate, ApplicationID: 1})
	own, _, err := kim.CreateKey(ctx, model.KeySpec{Application: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	const nobody = "The team has nobody of that name who can own a key. Name somebody else, or yourself."
	before := x.head().Seq
	for _, owner := range []string{"nobody", "eva", "zoe@example.com"} {
		_, _, err := kim.CreateKey(ctx, model.KeySpec{Application: "shop", Owner: owner})
		wantCode(t, owner, err, model.CodeNotFound)
		if model.Sentence(err) != nobody {
			t.Errorf("%s: %q", owner, model.Sentence(err))
		}
	}
	var said []string
	for _, owner := range []string{"nobody", "eva", "max", "kim", ""} {
		for _, spec := range []model.KeySpec{{Application: "shop", Owner: owner, Rate: "bogus"}, {Application: "shop ", Owner: owner, Scopes: []string{"\x07"}}} {
			_, _, err := kim.CreateKey(ctx, spec)
			wantCode(t, owner, err, model.CodeInvalid)
			said = append(said, model.Sentence(err))
		}
	}
	for i, words := range said[2:] {
		if words != said[i%2] {
			t.Errorf("%q is not %q", words, said[i%2])
		}
	}
	x.wantLeft("names that were tried", before)
	if _, _, err := kim.CreateKey(ctx, model.KeySpec{Application: "shop", Owner: "max"}); err != nil {
		t.Error(err)
	}
	x.wantLeft("somebody else's key", before, "kim created a key for shop")
	if _, err := x.ada.EditKey(ctx, own.ID, own.Revision, model.KeyEdit{Owner: new("nobody")}); model.Sentence(err) == nobody || err == nil {
		t.Errorf("whoever sees the team is told %v", err)
	}
	_, err = x.ada.EditKey(ctx, own.ID, own.Revision, model.KeyEdit{Owner: new("nobody"), Rate: new("bogus")})
	if len(model.Mistakes(err)) != 2 {
		t.Errorf("whoever sees the team is told of all that is wrong: %v", err)
	}
	x.wantSound()
}
