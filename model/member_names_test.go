package model_test

import (
	"strings"
	"testing"

	"empress/model"
)

// A login that is another's email would have commands meet the wrong person, so
// nobody is given one, however it is written.
func TestLoginIsNobodysEmail(t *testing.T) {
	x := newTeam(t)
	x.join("bob", model.PlainMember, model.MemberActive)
	x.join("gone", model.PlainMember, model.MemberRemoved)
	x.join("mallory", model.PlainMember, model.MemberActive)
	for _, login := range []string{"bob@example.com", "Bob@Example.COM", "gone@example.com"} {
		before := x.head().Seq
		_, added := x.ada.AddMember(ctx, model.MemberSpec{Name: "X", Email: "x@example.com", Login: login, Role: model.PlainMember})
		_, edited := x.ada.EditMember(ctx, "mallory", model.MemberEdit{Login: &login})
		recovered := x.service.Recover(ctx, model.Identity{Login: "root", Via: model.ViaCommand}, "ada", login)
		for what, err := range map[string]error{"added": added, "edited": edited, "recovered": recovered} {
			wantWords(t, what+" as "+login, err, model.CodeConflict, login+" is the email of another member, so as a login it would name two people. Give another login.")
			if model.FieldOf(err) != "login" {
				t.Errorf("%s: it is told beside %q", what, model.FieldOf(err))
			}
		}
		x.wantLeft("nothing", before)
	}
}

// An email that is the login of somebody would, too.
func TestEmailIsNobodysLogin(t *testing.T) {
	x := newTeam(t)
	login := "Eve@Example.com"
	x.join("max", model.PlainMember, model.MemberActive)
	if _, err := x.ada.EditMember(ctx, "max", model.MemberEdit{Login: &login}); err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	_, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "Eve", Email: "eve@example.com", Role: model.PlainMember})
	wantWords(t, "the login of another", err, model.CodeConflict, "eve@example.com is the login of max@example.com, so it would name two people. Give another email, or change that login first.")
	if model.FieldOf(err) != "email" {
		t.Errorf("it is told beside %q", model.FieldOf(err))
	}
	x.wantLeft("nothing", before)
}

// Who signs in to their computer by their own email does so here.
func TestLoginIsOnesOwnEmail(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	_, added := x.ada.AddMember(ctx, model.MemberSpec{Name: "Eve", Email: "eve@example.com", Login: "eve@example.com", Role: model.PlainMember})
	_, edited := x.ada.EditMember(ctx, "max", model.MemberEdit{Login: new("Max@example.com")})
	recovered := x.service.Recover(ctx, model.Identity{Login: "root", Via: model.ViaCommand}, "ada", "ada@example.com")
	for what, err := range map[string]error{"added": added, "edited": edited, "recovered": recovered} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if s, err := x.service.SignIn(ctx, model.Identity{Login: "Max@example.com"}); err != nil || s.Me().Email != "max@example.com" {
		t.Error(err)
	}
	x.wantSound()
}

// In a team of an earlier version, where a login is the email of another, the
// email goes first for everybody, and a backup is put back.
func TestLoginThatWasAnEmailBefore(t *testing.T) {
	x := newTeam(t)
	x.join("bob", model.PlainMember, model.MemberActive)
	err := x.service.Admit(ctx, model.Member{Name: "Mallory", Email: "mallory@example.com", Login: "bob@example.com", Role: model.Administrator, Status: model.MemberActive})
	if err != nil {
		t.Fatal(err)
	}
	mallory, err := x.service.SignIn(ctx, model.Identity{Login: "bob@example.com", Via: model.ViaCommand})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*model.Session{x.ada, mallory} {
		if m, err := s.Member(ctx, "bob@example.com"); err != nil || m.Email != "bob@example.com" {
			t.Errorf("%s sees %+v, %v", s.Me().Email, m, err)
		}
	}
	backup := x.backup()
	ended := x.head().Seq
	if _, err := x.ada.SuspendMember(ctx, "mallory@example.com"); err != nil {
		t.Fatal(err)
	}
	draft := x.draft(backup)
	later, err := draft.ReadLater(ctx, strings.NewReader(strings.Join(x.lines()[ended:], "")))
	if err != nil {
		t.Fatal(err)
	}
	if done, err := draft.Restore(ctx, "root", later); err != nil || done.Members != 1 {
		t.Errorf("%+v, %v", done, err)
	}
}

// Who has no login is not meant by naming nobody.
func TestNoLoginNamesNobody(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	if _, err := x.ada.EditMember(ctx, "max", model.MemberEdit{Login: new("")}); err != nil {
		t.Fatal(err)
	}
	if m, err := max.Member(ctx, ""); model.CodeOf(err) != model.CodeDenied {
		t.Errorf("%+v, %v", m, err)
	}
}
