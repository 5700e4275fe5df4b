package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"empress/model"
)

func TestCreateApplication(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	before := x.head().Seq
	app, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: " Front  desk ", Purpose: "Greets", Contact: "it@example.com", Networks: []string{"10.0.0.0/8"}})
	if err != nil {
		t.Fatal(err)
	}
	x.wantLeft("a creation", before, "ada added the application Front desk")
	if got, err := x.ada.Application(ctx, "Front desk"); err != nil || got.Purpose != "Greets" || got.Contact != "it@example.com" || got.NetworkList() != "10.0.0.0/8" || got.ID != app.ID {
		t.Errorf("%+v, %v", got, err)
	}
	for _, c := range []struct {
		by   *model.Session
		spec model.ApplicationSpec
		want model.Code
	}{
		{max, model.ApplicationSpec{Name: "shop"}, model.CodeDenied},
		{x.ada, model.ApplicationSpec{Name: "Front desk"}, model.CodeConflict},
		{x.ada, model.ApplicationSpec{Name: "front-desk"}, model.CodeConflict},
		{x.ada, model.ApplicationSpec{Name: "front-desk", NewApplication: true}, ""},
		{x.ada, model.ApplicationSpec{Name: ""}, model.CodeInvalid},
		{x.ada, model.ApplicationSpec{Name: "shop", Networks: []string{"everywhere"}}, model.CodeInvalid},
		{x.ada, model.ApplicationSpec{Name: "shop", Contact: "a\x1bb"}, model.CodeInvalid},
	} {
		_, err := c.by.CreateApplication(ctx, c.spec)
		wantCode(t, c.spec.Name, err, c.want)
	}
	x.wantSound()
}

func TestRenameApplication(t *testing.T) {
	x := newTeam(t)
	k, secret := x.create(model.KeySpec{Application: "billing"})
	dead, _ := x.create(model.KeySpec{Application: "billing"})
	if _, err := x.ada.RevokeKey(ctx, dead.ID); err != nil {
		t.Fatal(err)
	}
	x.create(model.KeySpec{Application: "shop"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	if _, err := x.ada.GiveGrant(ctx, "max", model.KeysCreate, "billing", time.Time{}); err != nil {
		t.Fatal(err)
	}
	rename := func(by *model.Session, from, to string) error {
		_, err := by.EditApplication(ctx, from, model.ApplicationEdit{Name: &to})
		return err
	}
	wantCode(t, "by who may not", rename(max, "billing", "invoices"), model.CodeDenied)
	wantCode(t, "to another's name", rename(x.ada, "billing", "shop"), model.CodeConflict)
	wantCode(t, "to almost another's name", rename(x.ada, "billing", "Shop"), model.CodeConflict)
	wantCode(t, "to the same name", rename(x.ada, "billing", "billing"), model.CodeConflict)
	before := x.head().Seq
	wantCode(t, "renamed", rename(x.ada, "billing", "invoices"), "")
	x.wantLeft("a rename", before, "ada renamed the application billing to invoices")
	x.wantSound()

	page, err := x.ada.Keys(ctx, model.KeyQuery{Application: "invoices", Text: "invoices"})
	if err != nil || page.Count != 2 {
		t.Errorf("the keys are %+v, %v", page, err)
	}
	x.wantReason("under the new name", model.Request{Key: k.ID, Secret: secret, Application: "invoices"}, model.ReasonOK)
	x.wantReason("under the old name", model.Request{Key: k.ID, Secret: secret, Application: "billing"}, model.ReasonWrongApplication)

	_, _, err = x.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
	if wantCode(t, "a key for the old name", err, model.CodeConflict); !strings.Contains(model.Sentence(err), "is called invoices now") {
		t.Error(err)
	}
	_, _, err = max.CreateKey(ctx, model.KeySpec{Application: "billing", Owner: "max"})
	wantCode(t, "a key for the old name, by who may", err, model.CodeConflict)
	_, _, err = max.CreateKey(ctx, model.KeySpec{Application: "invoices", Owner: "max"})
	wantCode(t, "a key for the new name, by the grant of before", err, "")
	_, err = x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "billing"})
	wantCode(t, "an application of the old name", err, model.CodeConflict)
	_, err = x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "Bill-ing"})
	wantCode(t, "an application of almost the old name", err, model.CodeConflict)
	wantCode(t, "another renamed to it", rename(x.ada, "shop", "billing"), model.CodeConflict)
	_, err = x.ada.GiveGrant(ctx, "max", model.KeysEdit, "billing", time.Time{})
	if wantCode(t, "a grant for the old name", err, model.CodeNotFound); !strings.Contains(model.Sentence(err), "is called invoices now") {
		t.Error(err)
	}
	_, err = x.ada.Application(ctx, "billing")
	wantCode(t, "looked up", err, model.CodeNotFound)

	purpose := "Sends them"
	if _, err := x.ada.EditApplication(ctx, "invoices", model.ApplicationEdit{Purpose: &purpose}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"billing", "invoices"} {
		es, err := x.ada.Events(ctx, model.EventQuery{Application: name})
		if err != nil || len(es) != 9 {
			t.Errorf("%d events under %s, %v", len(es), name, err)
		}
	}
	wantCode(t, "called as before", rename(x.ada, "invoices", "billing"), "")
	wantCode(t, "and on", rename(x.ada, "billing", "ledger"), "")
	for _, name := range []string{"billing", "invoices"} {
		if _, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: name}); err == nil || !strings.Contains(model.Sentence(err), "ledger") {
			t.Errorf("a key for %s: %v", name, err)
		}
	}
	if gs, err := max.Grants(ctx, "max"); err != nil || gs[0].Application != "ledger" {
		t.Errorf("%+v, %v", gs, err)
	}
	x.wantSound()
	x.tamper("UPDATE keys SET scopes = 'admin' WHERE state = 'revoked'")
	wantCode(t, "with an altered key", rename(x.ada, "ledger", "book"), model.CodeDamaged)
}

// All that is wrong with an application is said at once, each for its field.
func TestApplicationMistakesAtOnce(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	evil, networks := "a\x1bb", []string{"everywhere"}
	_, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "Billing", Purpose: evil, Contact: evil, Networks: networks})
	x.wantFields("created", err, "application purpose contact networks")
	if !errors.Is(err, model.ErrAlike) {
		t.Error("nothing tells that insisting would help")
	}
	name := ""
	_, err = x.ada.EditApplication(ctx, "billing", model.ApplicationEdit{Name: &name, Purpose: &evil, Contact: &evil, Networks: &networks})
	x.wantFields("edited", err, "application purpose contact networks")
	name = "Bil-ling"
	x.create(model.KeySpec{Application: "shop"})
	_, err = x.ada.EditApplication(ctx, "shop", model.ApplicationEdit{Name: &name})
	if x.wantFields("renamed", err, "application"); errors.Is(err, model.ErrAlike) {
		t.Error("a rename cannot be insisted on")
	}
	x.wantSound()
}

func (x *team) wantFields(what string, err error, want string) {
	x.Helper()
	var fields []string
	for _, m := range model.Mistakes(err) {
		fields = append(fields, m.Field)
	}
	if got := strings.Join(fields, " "); got != want {
		x.Errorf("%s: wrong are %q, want %q: %v", what, got, want, err)
	}
}

// Whoever saw an application as it is no more changes nothing, whichever of its
// fields somebody else changed, its name too.
func TestEditOfApplicationThatWasSeen(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	text, networks, name, mine := "other", []string{"10.0.0.0/8"}, "invoices", "mine"
	for _, theirs := range []model.ApplicationEdit{{Purpose: &text}, {Contact: &text}, {Networks: &networks}, {Name: &name}} {
		seen := x.applications()["billing"]
		if _, err := x.ada.EditApplication(ctx, "billing", theirs); err != nil {
			t.Fatal(err)
		}
		_, err := x.ada.EditApplication(ctx, "billing", model.ApplicationEdit{Seen: &seen, Purpose: &mine})
		if wantCode(t, "seen before", err, model.CodeConflict); !strings.Contains(model.Sentence(err), "Somebody changed the application") {
			t.Error(err)
		}
	}
	seen := x.applications()["invoices"]
	if app, err := x.ada.EditApplication(ctx, "billing", model.ApplicationEdit{Seen: &seen, Purpose: &mine}); err != nil || app.Name != "invoices" || app.Purpose != mine {
		t.Errorf("%+v, %v", app, err)
	}
	x.tamper("UPDATE applications SET contact = 'eve'")
	seen = x.applications()["invoices"]
	_, err := x.ada.EditApplication(ctx, "invoices", model.ApplicationEdit{Seen: &seen, Purpose: &text})
	wantCode(t, "changed outside", err, model.CodeDamaged)
}

// A row that was changed outside empress is marked where it is listed, and no
// other is.
func TestAlteredRowsAreMarked(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "edge"})
	x.join("kim", model.PlainMember, model.MemberActive)
	altered := func() string {
		t.Helper()
		var names []string
		ms, err := x.ada.Members(ctx)
		for _, m := range ms {
			if m.Damaged {
				names = append(names, m.Email)
			}
		}
		for name, a := range x.applications() {
			if one, failed := x.ada.Application(ctx, name); failed != nil || one.Damaged != a.Damaged {
				t.Errorf("alone %s is %+v, %v", name, one, failed)
			}
			if a.Damaged {
				names = append(names, name)
			}
		}
		if err != nil || len(ms) != 2 || len(x.applications()) != 2 {
			t.Errorf("%+v, %v", ms, err)
		}
		return strings.Join(names, " ")
	}
	if got := altered(); got != "" {
		t.Errorf("untouched, %q are marked", got)
	}
	x.tamper("UPDATE members SET role = 'Administrator' WHERE login = 'kim'; UPDATE applications SET contact = 'eve' WHERE name = 'edge'")
	if got := altered(); got != "kim@example.com edge" {
		t.Errorf("%q are marked", got)
	}
}

// applications are those that ada sees, by name.
func (x *team) applications() map[string]model.Application {
	x.Helper()
	as, err := x.ada.Applications(ctx)
	if err != nil {
		x.Fatal(err)
	}
	byName := map[string]model.Application{}
	for _, a := range as {
		byName[a.Name] = a
	}
	return byName
}

// The list says which keys work now, and which names stay reserved; a former
// name that was written from outside is nobody's.
func TestApplicationsCountAndRemember(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	gone, _ := x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "shop"})
	for _, name := range []string{"invoices", "ledger", "billing", "ledger"} {
		from := "billing"
		for current := range x.applications() {
			if current != "shop" {
				from = current
			}
		}
		if _, err := x.ada.EditApplication(ctx, from, model.ApplicationEdit{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.ada.RevokeKey(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	x.clock.move(2 * 24 * time.Hour)
	want := func(keys, active int, former string) {
		t.Helper()
		a := x.applications()["ledger"]
		if a.Keys != keys || a.Active != active || strings.Join(a.Former, " ") != former {
			t.Errorf("%+v", a)
		}
	}
	want(2, 1, "billing invoices")
	if _, err := x.ada.SuspendKey(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	want(2, 0, "billing invoices")
	x.tamper("UPDATE application_names SET application_id = 2 WHERE name = 'invoices'")
	want(2, 0, "billing")
	if shop := x.applications()["shop"]; len(shop.Former) > 0 || shop.Active != 1 {
		t.Errorf("%+v", shop)
	}
}
