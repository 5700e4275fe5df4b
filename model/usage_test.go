package model_test

import (
	"strings"
	"testing"
	"time"

	"empress/model"
)

// Whoever may see a key and not its usage is shown none: no use, no claim that
// there was none, and no rule from which it could be told.
func TestUsageIsShownByPermission(t *testing.T) {
	x := newTeam(t)
	billing, _ := x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysSuspend, ApplicationID: 1}, model.Grant{Permission: model.MembersManage})
	lea := x.join("lea", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView}, model.Grant{Permission: model.UsageView, ApplicationID: 1})
	mine, _ := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	foreign, _ := x.create(model.KeySpec{Application: "edge"})
	x.decide(model.PolicyEdit{UnusedAfter: new(30)})
	x.clock.move(61 * day)
	used := x.clock.now().Add(-time.Hour)
	for _, k := range []model.Key{billing, mine, foreign} {
		if err := x.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: k.ID, At: used, Address: "192.0.2.8", Allowed: 1}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		who   *model.Session
		key   model.Key
		shown bool
	}{
		{"an administrator", x.ada, foreign, true},
		{"an auditor", x.join("kim", model.Auditor, model.MemberActive), foreign, true},
		{"the owner", max, mine, true},
		{"who may suspend the key", max, billing, false},
		{"who was granted usage.view", lea, billing, true},
		{"who was granted it elsewhere", lea, foreign, false},
	} {
		want := model.Usage{Key: c.key.ID, At: used, Address: "192.0.2.8", Allowed: 1}
		if !c.shown {
			want = model.Usage{Key: c.key.ID, Hidden: true}
		}
		one, err := c.who.Key(ctx, c.key.ID)
		if err != nil || one.Usage != want {
			t.Errorf("%s: details show %+v, %v", c.name, one.Usage, err)
		}
		for _, k := range x.keysBy(c.who) {
			if k.ID == c.key.ID && k.Usage != want {
				t.Errorf("%s: the list shows %+v", c.name, k.Usage)
			}
		}
	}
	changed, err := max.SuspendKey(ctx, billing.ID)
	if err != nil || !changed.Usage.Hidden {
		t.Errorf("a change shows %+v, %v", changed.Usage, err)
	}
	batch, err := max.ChangeStates(ctx, []model.KeyID{billing.ID}, model.Active)
	if err != nil || !batch.Changed[0].Usage.Hidden {
		t.Errorf("a change of many shows %+v, %v", batch.Changed, err)
	}
	x.join("gita", model.Administrator, model.MemberActive) // so that ada could go
	o, err := max.Offboarding(ctx, "ada")
	if err != nil || len(o.Keys) != 2 || !o.Keys[0].Key.Usage.Hidden == !o.Keys[1].Key.Usage.Hidden {
		t.Errorf("what is to be settled shows %+v, %v", o.Keys, err)
	}

	x.clock.move(31 * day)
	for who, want := range map[*model.Session]int{x.ada: 3, max: 1, lea: 2} {
		fs, err := who.OutsidePolicy(ctx)
		if err != nil || len(fs) != want {
			t.Errorf("%s is told of %v, %v; want %d", who.Me().Email, fs, err, want)
		}
		for _, f := range fs {
			if f.Key.Usage.Hidden || !strings.Contains(f.Reasons[0].Words, "31 days ago") {
				t.Errorf("%s is told %v", who.Me().Email, f)
			}
		}
	}
}

func (x *team) keysBy(s *model.Session) []model.Key {
	x.Helper()
	page, err := s.Keys(ctx, model.KeyQuery{})
	if err != nil {
		x.Fatal(err)
	}
	return page.Keys
}
