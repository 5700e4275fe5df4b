package model_test

import (
	"testing"

	"empress/model"
)

// A revoked key stays as it is.
func TestRevokedKeyStays(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	if _, err := x.ada.RevokeKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	before := x.head()
	_, _, err := x.ada.RegenerateSecret(ctx, k.ID, 0)
	wantCode(t, "regenerated", err, model.CodeConflict)
	purpose := "invoices"
	_, err = x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose})
	wantCode(t, "changed", err, model.CodeConflict)
	if after := x.head(); after.Seq != before.Seq {
		t.Errorf("the trail went from %d to %d", before.Seq, after.Seq)
	}
}

// Who changes what another has changed meanwhile is told, and changes nothing.
func TestEditOfAnotherRevision(t *testing.T) {
	x := newTeam(t)
	seen, _ := x.create(model.KeySpec{Application: "billing"})
	edit := func(from model.Revision, purpose string) (model.Key, error) {
		return x.ada.EditKey(ctx, seen.ID, from, model.KeyEdit{Purpose: &purpose})
	}
	now, err := edit(seen.Revision, "invoices")
	if err != nil {
		t.Fatal(err)
	}
	_, err = edit(seen.Revision, "receipts")
	wantCode(t, "from what is gone", err, model.CodeConflict)
	_, err = edit(now.Revision, "receipts")
	wantCode(t, "from what is there", err, "")
}

// Only who was granted it gives a key no end.
func TestNeverExpires(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	kim := x.join("kim", model.ITManager, model.MemberActive)
	never := "never"
	_, err := kim.EditKey(ctx, k.ID, 0, model.KeyEdit{Expires: &never})
	wantCode(t, "by an IT Manager", err, model.CodeDenied)
	_, err = x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Expires: &never})
	wantCode(t, "by an administrator", err, "")
}

// Whoever may give roles but not manage members adds nobody, not even with the
// plain role.
func TestAddingNeedsMembersManage(t *testing.T) {
	x := newTeam(t)
	for who, s := range map[string]*model.Session{
		"an IT Manager":       x.join("kim", model.ITManager, model.MemberActive),
		"whoever gives roles": x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.RolesAssign}),
	} {
		_, err := s.AddMember(ctx, model.MemberSpec{Name: "New", Email: "new@example.com", Login: "new", Role: model.PlainMember})
		wantCode(t, "by "+who, err, model.CodeDenied)
	}
}
