package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
)

func TestAccess(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	until := x.clock.now().Add(time.Hour)
	max := x.join("max", model.PlainMember, model.MemberActive,
		model.Grant{Permission: model.KeysEdit, ApplicationID: 1}, model.Grant{Permission: model.AuditView, Until: until}, model.Grant{Permission: model.KeysRegenerate, ApplicationID: 1, Until: until})
	x.join("olga", model.Auditor, model.MemberActive)
	said := func(s *model.Session, who string) string {
		as, err := s.Access(ctx, who)
		if err != nil || len(as) != len(model.Permissions()) {
			t.Fatalf("%s: %d, %v", who, len(as), err)
		}
		var lines []string
		for i, a := range as {
			if a.Permission != model.Permissions()[i] {
				t.Errorf("%s is at the place of %s", a.Permission, model.Permissions()[i])
			}
			if a.Allowed() != (len(a.Why) > 0) {
				t.Errorf("%s: %+v", who, a)
			}
			if !a.Allowed() {
				continue
			}
			lines = append(lines, fmt.Sprint(a.Permission, " all=", a.All, " own=", a.Own, " ", a.Applications, " ", a.Why))
		}
		return strings.Join(lines, "\n")
	}
	if got, want := said(max, "max"), strings.Join([]string{
		"keys.view all=false own=true [billing] [as a Member who owns the key granted by ada]",
		"usage.view all=false own=true [] [as a Member who owns the key]",
		"keys.edit all=false own=false [billing] [granted by ada]",
		"keys.regenerate all=false own=true [billing] [as a Member who owns the key granted by ada until 2026-03-01 13:00 UTC]",
		"keys.suspend all=false own=true [] [as a Member who owns the key]",
		"keys.revoke all=false own=true [] [as a Member who owns the key]",
		"audit.view all=true own=false [] [granted by ada until 2026-03-01 13:00 UTC]",
	}, "\n"); got != want {
		t.Errorf("max:\n%s\nwant:\n%s", got, want)
	}
	if got, want := said(x.ada, "olga"), strings.Join([]string{
		"keys.view all=true own=false [] [as an Auditor]",
		"usage.view all=true own=false [] [as an Auditor]",
		"keys.revoke all=false own=true [] [as the owner of the key]",
		"members.view all=true own=false [] [as an Auditor]",
		"audit.view all=true own=false [] [as an Auditor]",
	}, "\n"); got != want {
		t.Errorf("olga:\n%s\nwant:\n%s", got, want)
	}
	if n := strings.Count(said(x.ada, "ada"), "all=true"); n != len(model.Permissions()) {
		t.Errorf("ada may do %d things", n)
	}
	if _, err := x.ada.SuspendMember(ctx, "max"); err != nil {
		t.Fatal(err)
	}
	if got := said(x.ada, "max"); got != "" {
		t.Errorf("while suspended max may:\n%s", got)
	}
	if _, err := x.ada.ResumeMember(ctx, "max"); err != nil {
		t.Fatal(err)
	}
	_, err := max.Access(ctx, "ada")
	wantCode(t, "the access of another", err, model.CodeDenied)
}

func TestWhoMay(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("gita", model.PlainMember, model.MemberActive)
	x.join("ivan", model.ITManager, model.MemberActive)
	x.join("sam", model.ITManager, model.MemberSuspended)
	olga := x.join("olga", model.Auditor, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	if _, err := x.ada.GiveGrant(ctx, "gita", model.KeysRegenerate, "billing", time.Time{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p        model.Permission
		on, want string
	}{
		{model.KeysRegenerate, string(k.ID), "ada as an Administrator, gita granted by ada, ivan as an IT Manager, max as a Member who owns the key"},
		{model.KeysRegenerate, "billing", "ada as an Administrator, gita granted by ada, ivan as an IT Manager"},
		{model.KeysRegenerate, "", "ada as an Administrator, ivan as an IT Manager"},
		{model.PolicyManage, "", "ada as an Administrator"},
	} {
		hs, err := olga.WhoMay(ctx, c.p, c.on)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hs {
			got = append(got, h.Member.Short()+" "+h.Why.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s to %q: %q, want %q", c.p, c.on, got, c.want)
		}
	}
	_, err := olga.WhoMay(ctx, model.KeysEdit, "nothing")
	wantCode(t, "an application that is not there", err, model.CodeNotFound)
	_, err = olga.WhoMay(ctx, "keys.eat", "")
	wantCode(t, "a permission that is not there", err, model.CodeInvalid)
}

// Asking who may do something says nothing of applications that whoever asks
// may not see: neither that they are there, nor what they are called now.
func TestWhoMayHidesApplications(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "edge"})
	name := "invoicing"
	if _, err := x.ada.EditApplication(ctx, "billing", model.ApplicationEdit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	max := x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.MembersView}, model.Grant{Permission: model.KeysView, ApplicationID: 2})
	_, unknown := max.WhoMay(ctx, model.KeysView, "nothing")
	wantCode(t, "one that is not there", unknown, model.CodeNotFound)
	for _, hidden := range []string{"billing", "invoicing"} {
		_, err := max.WhoMay(ctx, model.KeysView, hidden)
		wantCode(t, hidden, err, model.CodeNotFound)
		if got, want := model.Sentence(err), strings.ReplaceAll(model.Sentence(unknown), "nothing", hidden); got != want {
			t.Errorf("%s: told %q, want %q", hidden, got, want)
		}
	}
	if hs, err := max.WhoMay(ctx, model.KeysView, " edge "); err != nil || len(hs) != 2 {
		t.Errorf("one that max may see: %+v, %v", hs, err)
	}
	_, err := x.ada.WhoMay(ctx, model.KeysView, "billing")
	if wantCode(t, "a name of before", err, model.CodeNotFound); !strings.Contains(model.Sentence(err), "invoicing") {
		t.Error(err)
	}
}
