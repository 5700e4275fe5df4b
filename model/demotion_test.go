package model_test

import (
	"testing"
	"time"

	"empress/model"
)

// Whoever is made less than they were keeps by no grant what only an
// administrator may; what else they hold, and what others hold by their grants,
// stays and is told.
func TestStepDownEndsGrants(t *testing.T) {
	x := newTeam(t)
	for _, app := range []string{"billing"} {
		if _, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: app}); err != nil {
			t.Fatal(err)
		}
	}
	kim := x.join("kim", model.Administrator, model.MemberActive)
	x.join("max", model.PlainMember, model.MemberActive)
	give := func(by *model.Session, to string, p model.Permission, application string) {
		t.Helper()
		if _, err := by.GiveGrant(ctx, to, p, application, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	give(x.ada, "kim", model.RolesAssign, "")
	give(x.ada, "kim", model.GrantsGive, "")
	give(x.ada, "kim", model.KeysEdit, "billing")
	give(kim, "max", model.KeysCreate, "")
	give(kim, "max", model.MembersManage, "")
	give(x.ada, "max", model.AuditView, "")

	at, err := x.ada.Standing(ctx, "kim")
	if err != nil || len(at.Held) != 3 || len(at.Given) != 2 || at.Given[0].ToWhom() != "max may create keys (grant 4)" {
		t.Fatalf("before: %+v, %v", at, err)
	}
	before := x.head().Seq
	if _, err := x.ada.SetRole(ctx, "kim", model.ITManager); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("a step down", before, "ada took from kim the permission to give roles", "ada took from kim the permission to grant permissions", "ada made kim an IT Manager")
	for _, p := range []model.Permission{model.RolesAssign, model.GrantsGive} {
		if kim.Can(p, model.Target{}) != nil {
			continue
		}
		if _, err := kim.Keys(ctx, model.KeyQuery{}); err != nil || kim.Can(p, model.Target{}) == nil {
			t.Errorf("kim still may %s (%v)", p, err)
		}
	}
	if at, err = x.ada.Standing(ctx, "kim"); err != nil || len(at.Held) != 1 || at.Held[0].Words() != "change keys of billing" || len(at.Given) != 2 {
		t.Errorf("after: %+v, %v", at, err)
	}
	o, err := x.ada.Offboarding(ctx, "kim")
	if err != nil || len(o.Given) != 2 {
		t.Errorf("on the way out: %+v, %v", o, err)
	}

	before = x.head().Seq
	if _, err := x.ada.SetRole(ctx, "max", model.Auditor); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("a step up", before, "ada made max an Auditor")
	if at, err = x.ada.Standing(ctx, "max"); err != nil || len(at.Held) != 3 {
		t.Errorf("after a step up: %+v, %v", at, err)
	}
	x.wantSound()

	plain := x.join("li", model.PlainMember, model.MemberActive)
	_, err = plain.Standing(ctx, "max")
	wantCode(t, "who may not see the members", err, model.CodeDenied)
	if _, err := plain.Standing(ctx, "li"); err != nil {
		t.Error(err)
	}
	x.tamper("UPDATE grants SET permission = 'policy.manage' WHERE id = 4")
	if at, err := x.ada.Standing(ctx, "kim"); err != nil || len(at.Given) != 1 {
		t.Errorf("beside an altered grant: %+v, %v", at, err)
	}
	_, err = x.ada.Standing(ctx, "max")
	wantCode(t, "with an altered grant", err, model.CodeDamaged)
}
