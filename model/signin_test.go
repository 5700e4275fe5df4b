package model_test

import (
	"strings"
	"testing"

	"empress/model"
)

// With somebody to ask in the policy, whoever cannot sign in is told whom.
func TestSignInNamesTheDesk(t *testing.T) {
	x := newTeam(t)
	x.join("sam", model.ITManager, model.MemberSuspended)
	x.decide(model.PolicyEdit{Support: new("IT desk, it@example.com")})
	for login, want := range map[string]string{
		"eve": "You are signed in to this computer as eve, and team Acme knows nobody of that login. Ask its administrator (IT desk, it@example.com) to add you.",
		"sam": "Your membership of team Acme is suspended. Ask its administrator (IT desk, it@example.com).",
	} {
		if _, err := x.service.SignIn(ctx, model.Identity{Login: login}); model.Sentence(err) != want {
			t.Errorf("%s is told %q", login, model.Sentence(err))
		}
	}
	x.tamper("UPDATE policy SET support = 'eve'")
	if _, err := x.service.SignIn(ctx, model.Identity{Login: "eve"}); !strings.HasSuffix(model.Sentence(err), "Ask its administrator to add you.") {
		t.Errorf("under an altered policy eve is told %q", model.Sentence(err))
	}
}

func TestRecover(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("sam", model.Administrator, model.MemberSuspended)
	kim := model.Identity{Login: "kim", Via: model.ViaCommand}
	for _, c := range []struct {
		member, login string
		want          model.Code
	}{
		{"max", "kim", model.CodeInvalid}, {"sam", "kim", model.CodeInvalid}, {"nobody", "kim", model.CodeNotFound},
		{"ada", "max", model.CodeConflict}, {"ada", "ada", model.CodeConflict}, {"ada", "", model.CodeInvalid}, {"ada", "a b", model.CodeInvalid},
	} {
		before := x.head().Seq
		wantCode(t, c.member+" as "+c.login, x.service.Recover(ctx, kim, c.member, c.login), c.want)
		x.wantLeft("nothing", before)
	}
	before := x.head().Seq
	if err := x.reopened().Recover(ctx, kim, "ada@example.com", "kim"); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("a recovery", before, "EMPRESS LET SOMEBODY WHO CAN CHANGE THE FILES OF THE DATABASE SIGN IN AS THE ADMINISTRATOR ADA, BY THE LOGIN KIM")
	if e := x.events(before)[0]; e.Note != "kim" || e.Member != "ada@example.com" || e.Via != model.ViaCommand {
		t.Errorf("%+v", e)
	}
	if s, err := x.service.SignIn(ctx, kim); err != nil || s.Me().Email != "ada@example.com" {
		t.Error(err)
	}
	_, err := x.service.SignIn(ctx, model.Identity{Login: "ada"})
	wantCode(t, "the login of before", err, model.CodeDenied)
	x.wantSound()
}
