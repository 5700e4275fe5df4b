package model_test

import (
	"strings"
	"testing"
	"time"

	"empress/model"
)

// wantLeft compares the events since a number with sentences.
func (x *team) wantLeft(what string, after int64, want ...string) {
	x.Helper()
	var left []string
	for _, e := range x.events(after) {
		left = append(left, e.Sentence())
	}
	if strings.Join(left, "\n") != strings.Join(want, "\n") {
		x.Errorf("%s left %q, want %q", what, left, want)
	}
}

// Every way in which a member changes another, with who may and who may not.
func TestSetRole(t *testing.T) {
	x := newTeam(t)
	for _, role := range model.Roles() {
		x.join("a-"+strings.ToLower(strings.ReplaceAll(string(role), " ", "-")), role, model.MemberActive)
	}
	every := []model.Grant{{Permission: model.RolesAssign}}
	for _, p := range model.Permissions() {
		every = append(every, model.Grant{Permission: p})
	}
	dated := []model.Grant{{Permission: model.RolesAssign}}
	for _, p := range model.Permissions() {
		dated = append(dated, model.Grant{Permission: p, Until: x.clock.now().Add(time.Hour)})
	}
	x.join("max", model.PlainMember, model.MemberActive)
	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	granted := x.join("granted", model.ITManager, model.MemberActive, model.Grant{Permission: model.RolesAssign})
	whole := x.join("whole", model.PlainMember, model.MemberActive, every...)
	hourly := x.join("hourly", model.PlainMember, model.MemberActive, dated...)
	for _, c := range []struct {
		name string
		by   *model.Session
		who  string
		to   model.Role
		want model.Code
	}{
		{"an administrator", x.ada, "max", model.ITManager, ""},
		{"the role of already", x.ada, "max@example.com", model.ITManager, model.CodeConflict},
		{"no role", x.ada, "max", "King", model.CodeInvalid},
		{"nobody", x.ada, "nobody", model.Auditor, model.CodeNotFound},
		{"oneself", x.ada, "ada", model.Auditor, model.CodeDenied},
		{"an IT manager", ivan, "max", model.PlainMember, model.CodeDenied},
		{"an IT manager with the grant, below", granted, "max", model.PlainMember, ""},
		{"an IT manager with the grant, equal", granted, "max", model.ITManager, ""},
		{"an IT manager with the grant, above", granted, "max", model.Administrator, model.CodeDenied},
		{"an IT manager with the grant, themselves", granted, "granted", model.PlainMember, model.CodeDenied},
		{"who was granted everything", whole, "max", model.Administrator, ""},
		{"who was granted everything for an hour", hourly, "max", model.PlainMember, model.CodeDenied},
	} {
		x.clock.move(time.Minute)
		before := x.head().Seq
		m, err := c.by.SetRole(ctx, c.who, c.to)
		wantCode(t, c.name, err, c.want)
		switch {
		case c.want == "" && (m.Role != c.to || m.Email != "max@example.com"):
			t.Errorf("%s: returns %+v", c.name, m)
		case c.want == "":
			article := "a "
			if c.to != model.PlainMember {
				article = "an "
			}
			x.wantLeft(c.name, before, model.ShortEmail(c.by.Me().Email)+" made max "+article+string(c.to))
		case (c.want == model.CodeDenied) != (len(x.events(before)) == 1):
			t.Errorf("%s: left %+v", c.name, x.events(before))
		}
	}
	x.wantSound()
}

// Whoever owns keys does not become somebody who owns none.
func TestAuditorOwnsNoKeys(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	other, _ := x.create(model.KeySpec{Application: "shop", Owner: "max"})
	_, err := x.ada.SetRole(ctx, "max", model.Auditor)
	if wantCode(t, "with two keys", err, model.CodeConflict); !strings.Contains(model.Sentence(err), "2 keys") {
		t.Error(err)
	}
	if _, err := x.ada.RevokeKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := x.ada.SuspendKey(ctx, other.ID); err != nil {
		t.Fatal(err)
	}
	_, err = x.ada.SetRole(ctx, "max", model.Auditor)
	if wantCode(t, "with one key", err, model.CodeConflict); !strings.Contains(model.Sentence(err), "1 key,") {
		t.Error(err)
	}
	owner := "ada"
	if _, err := x.ada.EditKey(ctx, other.ID, 0, model.KeyEdit{Owner: &owner}); err != nil {
		t.Fatal(err)
	}
	_, err = x.ada.SetRole(ctx, "max", model.Auditor)
	wantCode(t, "with none", err, "")
	x.wantSound()
}

func TestSuspendMember(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.UsageView})
	x.join("ivan", model.ITManager, model.MemberActive)
	keeper := x.join("keeper", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage})
	both := x.join("both", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersManage}, model.Grant{Permission: model.RolesAssign})
	for _, c := range []struct {
		name   string
		by     *model.Session
		who    string
		resume bool
		want   model.Code
	}{
		{"who may not", max, "keeper", false, model.CodeDenied},
		{"a plain member", keeper, "max", false, ""},
		{"a suspended one", keeper, "max", false, model.CodeConflict},
		{"resumed", keeper, "max@example.com", true, ""},
		{"resumed again", keeper, "max", true, model.CodeConflict},
		{"who holds a grant", keeper, "gita", false, model.CodeDenied},
		{"who has a role", keeper, "ivan", false, model.CodeDenied},
		{"the administrator", keeper, "ada", false, model.CodeDenied},
		{"themselves", keeper, "keeper", false, model.CodeDenied},
		{"who has a role, by who may", both, "ivan", false, ""},
		{"who has a role, resumed by who may not", keeper, "ivan", true, model.CodeDenied},
		{"who has a role, resumed by who may", both, "ivan", true, ""},
		{"an administrator, by who holds less", both, "ada", false, model.CodeDenied},
		{"nobody", x.ada, "nobody", false, model.CodeNotFound},
	} {
		x.clock.move(time.Minute)
		before := x.head().Seq
		change, verb := c.by.SuspendMember, " suspended"
		if c.resume {
			change, verb = c.by.ResumeMember, " resumed"
		}
		_, err := change(ctx, c.who)
		wantCode(t, c.name, err, c.want)
		if who, _, _ := strings.Cut(c.who, "@"); c.want == "" {
			x.wantLeft(c.name, before, model.ShortEmail(c.by.Me().Email)+verb+" the member "+who)
		} else if (c.want == model.CodeDenied) != (len(x.events(before)) == 1) {
			t.Errorf("%s: left %+v", c.name, x.events(before))
		}
	}
	if _, err := keeper.SuspendMember(ctx, "max"); err != nil {
		t.Fatal(err)
	}
	_, err := max.Keys(ctx, model.KeyQuery{})
	wantCode(t, "a suspended member acts", err, model.CodeDenied)
	x.wantSound()
}

// The last administrator that can be trusted stays, whoever asks.
func TestLastAdministrator(t *testing.T) {
	x := newTeam(t)
	every := []model.Grant{}
	for _, p := range model.Permissions() {
		every = append(every, model.Grant{Permission: p})
	}
	whole := x.join("whole", model.PlainMember, model.MemberActive, every...)
	x.join("eva", model.Administrator, model.MemberActive)
	x.join("sam", model.Administrator, model.MemberSuspended)
	if _, err := whole.SetRole(ctx, "eva", model.ITManager); err != nil {
		t.Fatal(err)
	}
	_, err := whole.SetRole(ctx, "ada", model.ITManager)
	wantCode(t, "demoted", err, model.CodeConflict)
	_, err = whole.SuspendMember(ctx, "ada")
	wantCode(t, "suspended", err, model.CodeConflict)
	_, err = whole.RemoveMember(ctx, "ada", nil)
	wantCode(t, "removed", err, model.CodeConflict)
	x.wantSound()
	x.tamper("UPDATE members SET role = 'Administrator' WHERE login = 'eva'")
	_, err = whole.SetRole(ctx, "ada", model.ITManager)
	wantCode(t, "demoted beside an altered row", err, model.CodeConflict)
}

func TestAddMemberTwice(t *testing.T) {
	x := newTeam(t)
	x.join("gone", model.PlainMember, model.MemberRemoved)
	for _, c := range []struct{ email, login, field, says string }{
		{"ada@example.com", "x", "email", "already"},
		{"gone@example.com", "x", "email", "removed"},
		{"x@example.com", "ada", "login", "that of ada@example.com"},
	} {
		_, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "X", Email: c.email, Login: c.login, Role: model.PlainMember})
		wantCode(t, c.email, err, model.CodeConflict)
		if model.FieldOf(err) != c.field || !strings.Contains(model.Sentence(err), c.says) {
			t.Errorf("%s, %s: %v, blamed on %q", c.email, c.login, err, model.FieldOf(err))
		}
	}
	grant := x.join("grant", model.ITManager, model.MemberActive, model.Grant{Permission: model.MembersManage}, model.Grant{Permission: model.RolesAssign})
	_, err := grant.AddMember(ctx, model.MemberSpec{Name: "X", Email: "x@example.com", Role: model.Administrator})
	wantCode(t, "an administrator, by who holds less", err, model.CodeDenied)
}

// Whoever holds a part of what administrators do works against none of them,
// and nobody grants themselves what would outlast their role.
func TestNobodyTakesAnAdministratorOver(t *testing.T) {
	x := newTeam(t)
	bob := x.join("bob", model.Administrator, model.MemberActive)
	part := x.join("part", model.ITManager, model.MemberActive, model.Grant{Permission: model.RolesAssign}, model.Grant{Permission: model.MembersManage})
	_, err := part.SetRole(ctx, "bob", model.PlainMember)
	wantCode(t, "demoted", err, model.CodeDenied)
	_, err = part.SuspendMember(ctx, "bob")
	wantCode(t, "suspended", err, model.CodeDenied)
	_, err = part.RemoveMember(ctx, "bob", nil)
	wantCode(t, "removed", err, model.CodeDenied)
	_, err = bob.GiveGrant(ctx, "bob", model.RolesAssign, "", time.Time{})
	wantCode(t, "granted to oneself", err, model.CodeDenied)
	x.wantSound()
}

// A right that ends cannot be made one that stays by becoming the owner.
func TestOwningOutlastsNoGrant(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	var hour []model.Grant
	for _, p := range []model.Permission{model.KeysView, model.UsageView, model.KeysEdit, model.KeysRegenerate, model.KeysSuspend, model.KeysRevoke} {
		hour = append(hour, model.Grant{Permission: p, Until: x.clock.now().Add(time.Hour)})
	}
	max := x.join("max", model.PlainMember, model.MemberActive, hour...)
	owner := "max"
	_, err := max.EditKey(ctx, k.ID, 0, model.KeyEdit{Owner: &owner})
	wantCode(t, "owned for good", err, model.CodeDenied)
}
