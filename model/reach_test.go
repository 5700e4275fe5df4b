package model_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// Whoever may only change a key cannot get at its secret by owning it.
func TestOwnerIsNoWayToTheSecret(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	gita := x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysEdit, ApplicationID: 1})
	x.join("max", model.PlainMember, model.MemberActive)
	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	own := []model.Permission{model.KeysEdit, model.KeysView, model.UsageView, model.KeysRegenerate, model.KeysSuspend, model.KeysRevoke}
	var all []model.Grant
	for _, p := range own {
		all = append(all, model.Grant{Permission: p, ApplicationID: 1})
	}
	rita := x.join("rita", model.PlainMember, model.MemberActive, all...)
	for _, missing := range own[2:] {
		login := strings.ReplaceAll(string(missing), ".", "-")
		s := x.join(login, model.PlainMember, model.MemberActive, slices.DeleteFunc(slices.Clone(all), func(g model.Grant) bool { return g.Permission == missing })...)
		_, err := s.EditKey(ctx, k.ID, 0, model.KeyEdit{Owner: &login})
		wantCode(t, "without "+string(missing), err, model.CodeDenied)
	}
	give := func(by *model.Session, to string) error {
		_, err := by.EditKey(ctx, k.ID, 0, model.KeyEdit{Owner: &to})
		return err
	}
	for _, to := range []string{"gita", "max"} {
		x.clock.move(time.Minute) // so that each denial is an event of its own
		before := x.head().Seq
		err := give(gita, to)
		wantCode(t, "to "+to, err, model.CodeDenied)
		if es := x.events(before); len(es) != 1 || es[0].Outcome != model.Denied || !strings.Contains(model.Sentence(err), "owner") {
			t.Errorf("to %s: %v leaves %+v", to, err, es)
		}
	}
	_, _, err := gita.RegenerateSecret(ctx, k.ID, 0)
	wantCode(t, "the secret", err, model.CodeDenied)
	purpose := "Invoices"
	_, err = gita.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose})
	wantCode(t, "another field", err, "")
	wantCode(t, "to whom it is already", give(gita, "ada"), "")
	wantCode(t, "to who gains nothing", give(gita, "ivan"), "")
	wantCode(t, "by who holds all of it", give(rita, "gita"), "")
	wantCode(t, "of an own key", give(gita, "max"), "")
	wantCode(t, "by an IT manager", give(ivan, "gita"), "")
	wantCode(t, "by an administrator", give(x.ada, "max"), "")
	x.wantSound()
}

// What a member may not see is not told apart from what is not there.
func TestApplicationsVisible(t *testing.T) {
	x := newTeam(t)
	for _, name := range []string{"billing", "shop", "depot"} {
		x.create(model.KeySpec{Application: name})
	}
	max := x.join("max", model.PlainMember, model.MemberActive)
	gita := x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate, ApplicationID: 2})
	rita := x.join("rita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate})
	mona := x.join("mona", model.PlainMember, model.MemberActive, model.Grant{Permission: model.ApplicationsManage})
	olga := x.join("olga", model.Auditor, model.MemberActive)
	x.create(model.KeySpec{Application: "depot", Owner: "max"})
	for _, c := range []struct {
		who  *model.Session
		want string
	}{{x.ada, "billing depot shop"}, {olga, "billing depot shop"}, {mona, "billing depot shop"}, {rita, "billing depot shop"}, {gita, "shop"}, {max, "depot"}} {
		as, err := c.who.Applications(ctx)
		var names []string
		for _, a := range as {
			names = append(names, a.Name)
		}
		if err != nil || strings.Join(names, " ") != c.want {
			t.Errorf("%s sees %q, %v; want %q", c.who.Me().Login, names, err, c.want)
		}
	}
	_, err := max.Application(ctx, "billing")
	wantCode(t, "a hidden application", err, model.CodeNotFound)
	for _, name := range []string{"Billing", "billing", "nothing"} {
		_, _, err := max.CreateKey(ctx, model.KeySpec{Application: name})
		wantCode(t, "create for "+name, err, model.CodeDenied)
		if strings.Contains(model.Sentence(err), "illing") {
			t.Errorf("%s: %q tells of an application", name, model.Sentence(err))
		}
	}
	if _, _, err := gita.CreateKey(ctx, model.KeySpec{Application: "shop"}); err != nil {
		t.Error("with a grant for one application:", err)
	}
	_, _, err = gita.CreateKey(ctx, model.KeySpec{Application: "Shop"})
	wantCode(t, "almost the same name", err, model.CodeDenied)
	x.wantSound()
}

// Whoever may not give a grant learns neither members nor applications by
// trying, and leaves an event whatever they try.
func TestGiveGrant(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	var said []string
	for _, member := range []string{"ada", "nobody"} {
		for _, application := range []string{"billing", "nothing", ""} {
			before := x.head().Seq
			_, err := max.GiveGrant(ctx, member, model.KeysView, application, time.Time{})
			wantCode(t, member+" "+application, err, model.CodeDenied)
			if es := x.events(before); len(es) != 1 || es[0].Outcome != model.Denied || es[0].Member != member || es[0].Application != application {
				t.Errorf("%s, %s: left %+v", member, application, es)
			}
			said = append(said, model.Sentence(err))
			x.clock.move(time.Minute) // so that the next attempt is an event of its own
		}
	}
	if len(slices.Compact(said)) != 1 {
		t.Errorf("the answers differ: %q", said)
	}
	for _, until := range []time.Time{x.clock.now(), x.clock.now().Add(-time.Hour)} {
		_, err := x.ada.GiveGrant(ctx, "max", model.KeysView, "billing", until)
		if wantCode(t, "until "+until.String(), err, model.CodeInvalid); model.FieldOf(err) != "until" {
			t.Errorf("blamed on %q", model.FieldOf(err))
		}
	}
	if _, err := x.ada.GiveGrant(ctx, "max", model.KeysView, "billing", x.clock.now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	x.wantSound()
	x.tamper("UPDATE applications SET contact = 'eve'")
	_, err := x.ada.GiveGrant(ctx, "max", model.KeysView, "billing", time.Time{})
	wantCode(t, "for an altered application", err, model.CodeDamaged)
	x.tamper("UPDATE members SET login = 'eve' WHERE login = 'max'")
	_, err = x.ada.GiveGrant(ctx, "eve", model.KeysView, "", time.Time{})
	wantCode(t, "to an altered member", err, model.CodeDamaged)
}

// While the clock is in doubt a grant with a date does not count.
func TestGrantsOfADoubtfulClock(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	dated := x.join("dated", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView, Until: x.clock.now().Add(time.Hour)})
	good := x.join("good", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView})
	for _, c := range []struct {
		back time.Duration
		want model.Code
	}{{0, ""}, {time.Minute, ""}, {time.Hour, model.CodeNotFound}} {
		start := x.clock.now()
		x.clock.move(-c.back)
		_, err := dated.Key(ctx, k.ID)
		wantCode(t, "dated, back by "+c.back.String(), err, c.want)
		_, err = good.Key(ctx, k.ID)
		wantCode(t, "for good, back by "+c.back.String(), err, "")
		x.clock.set(start)
	}
}

// goneStore ends the caller's context once the first transaction has failed.
type goneStore struct {
	model.Store
	leave context.CancelFunc
}

func (s *goneStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	err := s.Store.Write(ctx, fn)
	s.leave()
	return err
}

// An attempt is recorded although whoever made it is gone.
func TestDenialOutlivesItsCaller(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	leaving, leave := context.WithCancel(ctx)
	service := model.NewService(&goneStore{x.store, leave}, x.seal, x.clock.now)
	if _, err := service.Open(ctx); err != nil {
		t.Fatal(err)
	}
	max, err := service.SignIn(ctx, model.Identity{Login: "max"})
	if err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	if _, _, err := max.CreateKey(leaving, model.KeySpec{Application: "billing"}); !errors.Is(err, model.ErrDenied) {
		t.Error(err)
	}
	if es := x.events(before); len(es) != 1 || es[0].Outcome != model.Denied {
		t.Errorf("it left %+v", es)
	}
}
