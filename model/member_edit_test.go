package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// Who corrects whom: whoever binds a login acts as that member, so nobody binds
// theirs, or a friend's, to somebody who may more.
func TestEditMember(t *testing.T) {
	x := newTeam(t)
	every := []model.Grant{}
	for _, p := range model.Permissions() {
		if p != model.RolesAssign && p != model.PolicyManage {
			every = append(every, model.Grant{Permission: p})
		}
	}
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("sam", model.PlainMember, model.MemberSuspended)
	x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.AuditView})
	x.join("ivan", model.ITManager, model.MemberActive)
	plain := x.join("plain", model.PlainMember, model.MemberActive)
	keeper := x.join("keeper", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage})
	most := x.join("most", model.PlainMember, model.MemberActive, every...)
	both := x.join("both", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage}, model.Grant{Permission: model.RolesAssign})
	boss := x.join("boss", model.Administrator, model.MemberActive)
	name := func(v string) model.MemberEdit { return model.MemberEdit{Name: &v} }
	login := func(v string) model.MemberEdit { return model.MemberEdit{Login: &v} }
	for _, c := range []struct {
		name string
		by   *model.Session
		who  string
		edit model.MemberEdit
		want model.Code
	}{
		{"a name", x.ada, "max", name("Maxim"), ""},
		{"the name of already", x.ada, "max", name(" Maxim "), model.CodeConflict},
		{"no name", x.ada, "max", name(" "), model.CodeInvalid},
		{"nothing", x.ada, "max", model.MemberEdit{}, model.CodeConflict},
		{"a login", x.ada, "max", login("maxim"), ""},
		{"a login that is none", x.ada, "maxim", login("a b"), model.CodeInvalid},
		{"the login of another", x.ada, "maxim", login("gita"), model.CodeConflict},
		{"the login of a suspended one", x.ada, "maxim", login("sam"), model.CodeConflict},
		{"no login", x.ada, "maxim", login(""), ""},
		{"a login again", x.ada, "max@example.com", login("max"), ""},
		{"a suspended one", x.ada, "sam", name("Samuel"), ""},
		{"nobody", x.ada, "nobody", name("X"), model.CodeNotFound},
		{"an administrator's login, by another", x.ada, "boss", login("chief"), ""},
		{"one's own name", x.ada, "ada", name("Ada Lovelace"), ""},
		{"one's own login", x.ada, "ada", login("eve"), model.CodeDenied},
		{"one's own name, by who may not", plain, "plain", name("X"), model.CodeDenied},
		{"another, by who may not", plain, "max", name("X"), model.CodeDenied},
		{"nobody, by who may not", plain, "nobody", name("X"), model.CodeDenied},
		{"a plain name, by who manages members", keeper, "max", name("Max"), ""},
		{"a plain login, by who manages members", keeper, "max", login("evil"), model.CodeDenied},
		{"a free login or not, by who manages members", keeper, "max", login("gita"), model.CodeDenied},
		{"who was granted something, by who manages members", keeper, "gita", name("X"), model.CodeDenied},
		{"a manager, by who manages members", keeper, "ivan", name("X"), model.CodeDenied},
		{"an administrator, by who manages members", keeper, "ada", login("evil"), model.CodeDenied},
		{"a plain login, by who was granted as much", most, "max", login("maxim"), ""},
		{"an administrator's name, by who gives roles and holds less", both, "ada", name("X"), model.CodeDenied},
		{"an administrator's login, by who gives roles and holds less", both, "ada", login("evil"), model.CodeDenied},
		{"a manager's login, by who gives roles and holds less", both, "ivan", login("evil"), model.CodeDenied},
		{"a granted one's login, by who gives roles and holds less", both, "gita", login("evil"), model.CodeDenied},
	} {
		x.clock.move(time.Minute) // denials of one minute are told together
		before := x.head().Seq
		m, err := c.by.EditMember(ctx, c.who, c.edit)
		wantCode(t, c.name, err, c.want)
		es := x.events(before)
		switch {
		case c.want == "" && (len(es) != 1 || es[0].Action != model.MemberEdited || es[0].Member != m.Email || len(es[0].Changes) != 1):
			t.Errorf("%s: left %+v", c.name, es)
		case c.want == model.CodeDenied && (len(es) != 1 || es[0].Outcome != model.Denied):
			t.Errorf("%s: left %+v", c.name, es)
		case c.want != "" && m.ID != 0:
			t.Errorf("%s: hands out %+v", c.name, m)
		}
	}
	_, err := x.ada.EditMember(ctx, "maxim", login("gita"))
	if wantWords(t, "the login of another", err, model.CodeConflict, "The login gita is that of gita@example.com already."); model.FieldOf(err) != "login" {
		t.Errorf("it is told beside %q", model.FieldOf(err))
	}
	if s, err := x.service.SignIn(ctx, model.Identity{Login: "maxim"}); err != nil || s.Me().Email != "max@example.com" || s.Me().Name != "Max" {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = x.service.SignIn(ctx, model.Identity{Login: "max"})
	wantCode(t, "the login of before", err, model.CodeDenied)
	before := x.head().Seq
	edit := model.MemberEdit{Name: new("Maximus"), Login: new("max")}
	if _, err := x.ada.EditMember(ctx, "max@example.com", edit); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("both", before, "ada changed the name and login of the member max")
	if cs := x.events(before)[0].Changes; cs[0] != (model.Change{Field: "name", Before: "Max", After: "Maximus"}) || cs[1] != (model.Change{Field: "login", Before: "maxim", After: "max"}) {
		t.Errorf("%+v", cs)
	}
	if _, err := boss.EditMember(ctx, "ada", login("ada2")); err != nil {
		t.Error(err)
	}
	x.wantSound()
}

// What somebody else changed meanwhile is not overwritten.
func TestEditMemberAsSeen(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	seen, err := x.ada.Member(ctx, "max")
	if err != nil {
		t.Fatal(err)
	}
	var twins []model.Member
	for _, email := range []string{"one@example.com", "two@example.com"} {
		m, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "Twin", Email: email, Role: model.PlainMember})
		if err != nil {
			t.Fatal(err)
		}
		twins = append(twins, m)
	}
	_, err = x.ada.EditMember(ctx, twins[0].Email, model.MemberEdit{Seen: &twins[1], Name: new("Eve")})
	wantCode(t, "as somebody else", err, model.CodeConflict)
	if _, err := x.ada.EditMember(ctx, "max", model.MemberEdit{Seen: &seen, Name: new("Maxim")}); err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	_, err = x.ada.EditMember(ctx, "max", model.MemberEdit{Seen: &seen, Login: new("eve")})
	wantCode(t, "as they were before", err, model.CodeConflict)
	x.wantLeft("nothing", before)
}

// The last administrator who can sign in keeps a login, and a plain member's is
// taken by whoever may.
func TestEditMemberKeepsAnAdministrator(t *testing.T) {
	x := newTeam(t)
	boss := x.join("boss", model.Administrator, model.MemberActive)
	if _, err := x.ada.EditMember(ctx, "boss", model.MemberEdit{Login: new("")}); err != nil {
		t.Fatal(err)
	}
	_, err := boss.EditMember(ctx, "ada", model.MemberEdit{Login: new("")}) // a session that goes on
	wantCode(t, "the last login of an administrator", err, model.CodeConflict)
	x.wantSound()
}

// A login that was taken from somebody after a backup lets nobody in again by
// it; another name is no reason to keep anybody out.
func TestRestoreAfterMemberEdit(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("kim", model.PlainMember, model.MemberActive)
	backup := x.backup()
	ended := x.head().Seq
	_, err1 := x.ada.EditMember(ctx, "max", model.MemberEdit{Login: new("maxim")})
	_, err2 := x.ada.EditMember(ctx, "kim", model.MemberEdit{Name: new("Kim Doe")})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	s := x.draft(backup)
	later, err := s.ReadLater(ctx, strings.NewReader(strings.Join(x.lines()[ended:], "")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Restore(ctx, "root", later); err != nil {
		t.Fatal(err)
	}
	_, err = s.SignIn(ctx, model.Identity{Login: "max"})
	wantCode(t, "a login of before", err, model.CodeDenied)
	if _, err := s.SignIn(ctx, model.Identity{Login: "kim"}); err != nil {
		t.Error(err)
	}
}
