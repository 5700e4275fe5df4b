package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"empress/model"
)

// Many keys change in one transaction, each with its own event; those with
// which nothing is to be done stay as they are.
func TestChangeStates(t *testing.T) {
	x := newTeam(t)
	var ids []model.KeyID
	secrets := map[model.KeyID]model.Secret{}
	for i := range 5 {
		k, s := x.create(model.KeySpec{Application: fmt.Sprintf("service-%d", i)})
		ids, secrets[k.ID] = append(ids, k.ID), s
	}
	if _, err := x.ada.SuspendKey(ctx, ids[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := x.ada.RevokeKey(ctx, ids[3]); err != nil {
		t.Fatal(err)
	}
	before := x.head().Seq
	b, err := x.ada.ChangeStates(ctx, append(ids, ids[0]), model.Suspended)
	if err != nil || len(b.Changed) != 3 || len(b.Left) != 2 || b.Left[0].ID != ids[1] || b.Left[1].ID != ids[3] {
		t.Fatalf("%+v, %v", b, err)
	}
	es := x.events(before)
	if len(es) != 3 {
		t.Fatalf("%d events for 3 keys", len(es))
	}
	for i, e := range es {
		if e.Key != b.Changed[i].ID || e.Action != model.KeySuspended || e.State != model.Suspended || e.Note != "one of 3 keys at once" {
			t.Errorf("event %+v", e)
		}
		if b.Changed[i].State != model.Suspended {
			t.Errorf("the answer says %s", b.Changed[i].State)
		}
	}
	for _, id := range ids {
		want := model.ReasonSuspended
		if id == ids[3] {
			want = model.ReasonRevoked
		}
		x.wantReason(string(id), model.Request{Key: id, Secret: secrets[id]}, want)
	}
	_, err = x.ada.ChangeStates(ctx, ids, model.Suspended)
	wantCode(t, "nothing to do", err, model.CodeConflict)
	b, err = x.ada.ChangeStates(ctx, ids[:2], model.Active)
	if err != nil || len(b.Changed) != 2 {
		t.Fatal(b, err)
	}
	x.wantReason("resumed", model.Request{Key: ids[1], Secret: secrets[ids[1]]}, model.ReasonOK)
	b, err = x.ada.ChangeStates(ctx, ids[:1], model.Revoked)
	if err != nil || len(b.Changed) != 1 || x.events(x.head().Seq - 1)[0].Note != "" {
		t.Fatal("a batch of one is like any other change", b, err)
	}
	x.wantSound()
}

// One key that the member may not change, may not see, or that is not there
// undoes the whole batch, and the attempt is told.
func TestChangeStatesIsWholeOrNothing(t *testing.T) {
	x := newTeam(t)
	theirs, _ := x.create(model.KeySpec{Application: "billing"})
	mine, secret := x.create(model.KeySpec{Application: "shop", Owner: x.joined("max")})
	max, err := x.service.SignIn(ctx, model.Identity{Login: "max"})
	if err != nil {
		t.Fatal(err)
	}
	gita := x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView})
	for _, c := range []struct {
		name string
		by   *model.Session
		ids  []model.KeyID
		to   model.State
		want model.Code
		told bool
	}{
		{"a hidden key", max, []model.KeyID{mine.ID, theirs.ID}, model.Suspended, model.CodeNotFound, true},
		{"a key that may only be seen", gita, []model.KeyID{mine.ID, theirs.ID}, model.Revoked, model.CodeDenied, true},
		{"a key that is not there", x.ada, []model.KeyID{mine.ID, "empk_00000000000000000000"}, model.Revoked, model.CodeNotFound, false},
		{"no key", x.ada, nil, model.Revoked, model.CodeConflict, false},
		{"a state that is none", x.ada, []model.KeyID{mine.ID}, model.Expired, model.CodeInvalid, false},
		{"too many", x.ada, manyIDs(model.MaxBatch + 1), model.Revoked, model.CodeInvalid, false},
	} {
		before := x.head().Seq
		b, err := c.by.ChangeStates(ctx, c.ids, c.to)
		wantCode(t, c.name, err, c.want)
		if len(b.Changed)+len(b.Left) != 0 {
			t.Errorf("%s: %+v", c.name, b)
		}
		es := x.events(before)
		if told := len(es) == 1 && es[0].Outcome == model.Denied && es[0].Key == theirs.ID || len(es) == 1 && es[0].Outcome == model.Denied && es[0].Key == mine.ID; told != c.told || !c.told && len(es) > 0 {
			t.Errorf("%s left %+v", c.name, es)
		}
		x.wantReason(c.name, model.Request{Key: mine.ID, Secret: secret}, model.ReasonOK)
	}
	x.wantSound()
}

func manyIDs(n int) []model.KeyID {
	ids := make([]model.KeyID, n)
	for i := range ids {
		ids[i] = model.KeyID(fmt.Sprintf("empk_%020d", i))
	}
	return ids
}

// joined adds a plain member and returns the login.
func (x *team) joined(login string) string {
	x.join(login, model.PlainMember, model.MemberActive)
	return login
}

// Without room for its events a batch changes nothing.
func TestBatchWithoutItsEvents(t *testing.T) {
	x := newTeam(t)
	a, _ := x.create(model.KeySpec{Application: "billing"})
	b, secret := x.create(model.KeySpec{Application: "shop"})
	x.tamper(fmt.Sprintf("CREATE TRIGGER stop BEFORE INSERT ON events WHEN new.seq = %d BEGIN SELECT raise(ABORT, 'no'); END", x.head().Seq+2))
	if got, err := x.ada.ChangeStates(ctx, []model.KeyID{a.ID, b.ID}, model.Revoked); err == nil {
		t.Errorf("the second event could not be written, and yet: %+v", got)
	}
	x.tamper("DROP TRIGGER stop")
	x.wantReason("the second key", model.Request{Key: b.ID, Secret: secret}, model.ReasonOK)
	if k, err := x.ada.Key(ctx, a.ID); err != nil || k.State != model.Active {
		t.Errorf("the first key is %s, %v", k.State, err)
	}
	x.wantSound()
}

func TestPolicy(t *testing.T) {
	x := newTeam(t)
	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	p, err := ivan.Policy(ctx)
	if err != nil || p.Support != "" {
		t.Fatalf("the policy of a new team: %+v, %v", p, err)
	}
	set := func(s *model.Session, support string) error {
		_, err := s.EditPolicy(ctx, model.PolicyEdit{Support: &support})
		return err
	}
	before := x.head().Seq
	wantCode(t, "by an IT manager", set(ivan, "x"), model.CodeDenied)
	wantCode(t, "the same", set(x.ada, " "), model.CodeConflict)
	wantCode(t, "an escape sequence", set(x.ada, "a\x1b[31m"), model.CodeInvalid)
	wantCode(t, "too long", set(x.ada, strings.Repeat("a", 201)), model.CodeInvalid)
	_, secret := x.create(model.KeySpec{Application: "billing"})
	wantCode(t, "a secret", set(x.ada, secret.Reveal()), model.CodeInvalid)
	wantCode(t, "a contact", set(x.ada, "  IT desk: it@example.com,  ext. 42 "), "")
	if p, err = ivan.Policy(ctx); err != nil || p.Support != "IT desk: it@example.com, ext. 42" {
		t.Errorf("%q, %v", p.Support, err)
	}
	es := slices.DeleteFunc(x.events(before), func(e model.Event) bool { return e.Key != "" || e.Action == model.ApplicationCreated })
	if len(es) != 2 || es[0].Outcome != model.Denied || es[1].Sentence() != "ada changed the support contact of the team" {
		t.Errorf("%+v", es)
	}
	x.wantSound()

	x.tamper("UPDATE policy SET support = 'call eve'")
	_, err = ivan.Policy(ctx)
	wantCode(t, "a contact from outside", err, model.CodeDamaged)
}

// The words of a query are found wherever a person sees them.
func TestEventText(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "Büro", Purpose: "x"})
	purpose := "y"
	if _, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose}); err != nil {
		t.Fatal(err)
	}
	_, err := max.RevokeKey(ctx, k.ID)
	wantCode(t, "somebody else's key", err, model.CodeNotFound)
	for _, c := range []struct {
		text string
		want []model.Action
	}{
		{"changed", []model.Action{model.KeyEdited}},
		{"ADA Büro", []model.Action{model.KeyEdited, model.KeyCreated, model.ApplicationCreated}},
		{"max not allowed", []model.Action{model.KeyRevoked}},
		{"denied", []model.Action{model.KeyRevoked}},
		{string(k.ID) + " key.created", []model.Action{model.KeyCreated}},
		{"ada max", []model.Action{model.MemberAdded}},
		{"nobody", nil},
		{"%", nil},
		{"_", []model.Action{model.KeyRevoked, model.KeyEdited, model.KeyCreated}},
	} {
		es, err := x.ada.Events(ctx, model.EventQuery{Text: c.text})
		var got []model.Action
		for _, e := range es {
			got = append(got, e.Action)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q finds %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	es, err := x.ada.Events(ctx, model.EventQuery{Member: "max@example.com"})
	if err != nil || len(es) != 2 || es[0].Action != model.KeyRevoked || es[1].Action != model.MemberAdded {
		t.Errorf("by and about max: %+v, %v", es, err)
	}
	_, secret := x.create(model.KeySpec{Application: "billing"})
	_, err = x.ada.Events(ctx, model.EventQuery{Text: secret.Reveal()})
	wantCode(t, "a secret as a filter", err, model.CodeInvalid)
}

// Keys are read by their names as far as the member may see them.
func TestKeysNamed(t *testing.T) {
	x := newTeam(t)
	theirs, _ := x.create(model.KeySpec{Application: "billing"})
	mine, _ := x.create(model.KeySpec{Application: "shop", Owner: x.joined("max")})
	max, err := x.service.SignIn(ctx, model.Identity{Login: "max"})
	if err != nil {
		t.Fatal(err)
	}
	ids := []model.KeyID{theirs.ID, mine.ID, "empk_00000000000000000000"}
	for s, want := range map[*model.Session]string{x.ada: "billing shop", max: "shop"} {
		ks, err := s.KeysNamed(ctx, ids)
		var got []string
		for _, k := range ks {
			got = append(got, k.Application)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s reads %q, %v; want %q", s.Me().Login, got, err, want)
		}
	}
	_, err = x.ada.KeysNamed(ctx, manyIDs(model.MaxBatch+1))
	wantCode(t, "too many", err, model.CodeInvalid)
}
