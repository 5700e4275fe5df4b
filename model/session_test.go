package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"empress/model"
)

func wantCode(t *testing.T, what string, err error, want model.Code) {
	t.Helper()
	got := model.Code("")
	if err != nil {
		got = model.CodeOf(err)
	}
	if got != want {
		t.Errorf("%s: outcome is %q (%v), want %q", what, got, err, want)
	}
}

func TestFound(t *testing.T) {
	x := newTeam(t)
	es := x.events(0)
	if len(es) != 1 || es[0].Action != model.TeamCreated || es[0].Note != "Acme" || es[0].Member != "ada@example.com" {
		t.Errorf("founding leaves %+v", es)
	}
	if me := x.ada.Me(); me.Role != model.Administrator || me.Status != model.MemberActive || x.ada.Team() != "Acme" {
		t.Errorf("the founder is %+v of %q", me, x.ada.Team())
	}
	good := model.Founding{Team: "Acme", Name: "Eve", Email: "eve@example.com", Login: "eve"}
	_, err := x.service.Found(ctx, good, model.Identity{Login: "eve"})
	wantCode(t, "a second team", err, model.CodeConflict)
	for field, f := range map[string]model.Founding{
		"team": {Team: "", Name: "Eve", Email: "eve@example.com", Login: "eve"}, "name": {Team: "Acme", Name: "\x1b", Email: "eve@example.com", Login: "eve"},
		"email": {Team: "Acme", Name: "Eve", Email: "eve", Login: "eve"}, "login": {Team: "Acme", Name: "Eve", Email: "eve@example.com", Login: "a b"},
	} {
		_, err := x.service.Found(ctx, f, model.Identity{})
		wantCode(t, "a bad "+field, err, model.CodeInvalid)
		if model.FieldOf(err) != field {
			t.Errorf("a bad %s is blamed on %q", field, model.FieldOf(err))
		}
	}
	if _, err := x.service.SignIn(ctx, model.Identity{Login: "eve"}); !errors.Is(err, model.ErrDenied) {
		t.Errorf("who was refused signs in: %v", err)
	}
	x.wantSound()
}

func TestSignIn(t *testing.T) {
	x := newTeam(t)
	x.join("sam", model.ITManager, model.MemberSuspended)
	x.join("ron", model.ITManager, model.MemberRemoved)
	for _, login := range []string{"sam", "ron", "nobody", "", "ADA", "\x1b[2J"} {
		s, err := x.service.SignIn(ctx, model.Identity{Login: login})
		wantCode(t, "login "+login, err, model.CodeDenied)
		if s != nil {
			t.Errorf("%q has a session", login)
		}
		if words := model.Sentence(err); !strings.Contains(words, "administrator") || model.Printable(words) != words {
			t.Errorf("%q is told %q", login, words)
		}
	}
}

// What a member may do is read afresh for each action: a session that was
// opened before does not keep a role, and a row without its seal none at all.
func TestMemberIsReadAfresh(t *testing.T) {
	x := newTeam(t)
	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	if err := ivan.Can(model.KeysEdit, k.On()); err != nil {
		t.Fatal(err)
	}
	m := ivan.Me()
	for _, c := range []struct {
		role   model.Role
		status model.Status
		seal   bool
		want   model.Code
	}{
		{model.ITManager, model.MemberActive, true, ""},
		{model.Auditor, model.MemberActive, true, model.CodeDenied},
		{model.PlainMember, model.MemberActive, true, model.CodeNotFound},
		{model.ITManager, model.MemberSuspended, true, model.CodeDenied},
		{model.ITManager, model.MemberRemoved, true, model.CodeDenied},
		{model.Administrator, model.MemberActive, false, model.CodeDamaged},
	} {
		m.Role, m.Status = c.role, c.status
		seal := m.Seal
		if c.seal {
			seal = x.service.Seals().Sealed(m).Seal
		}
		x.clock.move(time.Minute) // so that each denial is an event of its own
		x.tamper("UPDATE members SET role = ?, status = ?, seal = ? WHERE id = ?", string(m.Role), string(m.Status), seal, int64(m.ID))
		m.Seal = seal
		before := x.head().Seq
		_, secret, err := ivan.RegenerateSecret(ctx, k.ID, 0)
		wantCode(t, fmt.Sprint("as ", c.role, ", ", c.status), err, c.want)
		if secret.Empty() != (c.want != "") {
			t.Errorf("as %s: a secret is shown: %v", c.role, !secret.Empty())
		}
		es := x.events(before)
		switch {
		case c.want == model.CodeDamaged:
			if len(es) != 0 {
				t.Errorf("as %s: events %+v", c.role, es)
			}
		case len(es) != 1 || (es[0].Outcome == model.Denied) != (c.want != "") || es[0].ActorEmail != "ivan@example.com" || es[0].Via != model.ViaTerminal:
			t.Errorf("as %s, %s: events %+v", c.role, c.status, es)
		}
		if c.want == model.CodeDenied && ivan.Can(model.KeysEdit, k.On()) == nil {
			t.Errorf("as %s, %s the screens would still offer it", c.role, c.status)
		}
	}
}

func TestTamperedGrant(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView, ApplicationID: 1, Until: x.clock.now().Add(time.Hour)})
	if _, err := max.Keys(ctx, model.KeyQuery{}); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{"permission = 'keys.create'", "application_id = 0", "until = 0", "given_by = 2", "seal = x''"} {
		x.tamper("UPDATE grants SET " + change)
		_, err := max.Keys(ctx, model.KeyQuery{})
		wantCode(t, change, err, model.CodeDamaged)
		if report, err := x.service.CheckAudit(ctx); err != nil || report.Found != 1 {
			t.Errorf("%s: the audit says %q, %v", change, report.Problems, err)
		}
	}
}

// Without its event a change does not happen, and no secret is shown.
func TestNoChangeWithoutItsEvent(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	before, err := x.ada.Key(ctx, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	x.tamper("CREATE TRIGGER stop BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'no'); END")
	purpose := "other"
	for name, change := range map[string]func() (model.Key, model.Secret, error){
		"create": func() (model.Key, model.Secret, error) {
			return x.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
		},
		"regenerate": func() (model.Key, model.Secret, error) { return x.ada.RegenerateSecret(ctx, k.ID, 0) },
		"edit": func() (model.Key, model.Secret, error) {
			k, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose})
			return k, model.Secret{}, err
		},
		"suspend": func() (model.Key, model.Secret, error) {
			k, err := x.ada.SuspendKey(ctx, k.ID)
			return k, model.Secret{}, err
		},
		"revoke": func() (model.Key, model.Secret, error) {
			k, err := x.ada.RevokeKey(ctx, k.ID)
			return k, model.Secret{}, err
		},
		"confirm": func() (model.Key, model.Secret, error) {
			return model.Key{}, model.Secret{}, x.ada.ConfirmSecret(ctx, k.ID, 1)
		},
	} {
		got, secret, err := change()
		if err == nil || !secret.Empty() || got.ID != "" {
			t.Errorf("%s without its event: %+v, %v", name, got, err)
		}
	}
	after, err := x.ada.Key(ctx, k.ID)
	if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the key was %v and is %v, %v", before, after, err)
	}
	x.wantReason("the old secret", model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	if page, err := x.ada.Keys(ctx, model.KeyQuery{}); err != nil || page.Count != 1 {
		t.Errorf("there are %d keys, %v", page.Count, err)
	}
	if _, err := max.RevokeKey(ctx, k.ID); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("a denial that cannot be recorded: %v", err)
	}
	x.tamper("DROP TRIGGER stop")
	x.wantSound()
}

func TestRandomFailsInAUseCase(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	head := x.head()
	x.service.WithRandom(iotest.ErrReader(errors.New("no entropy")))
	for name, fn := range map[string]func() (model.Key, model.Secret, error){
		"create": func() (model.Key, model.Secret, error) {
			return x.ada.CreateKey(ctx, model.KeySpec{Application: "new"})
		},
		"regenerate": func() (model.Key, model.Secret, error) { return x.ada.RegenerateSecret(ctx, k.ID, 0) },
	} {
		got, secret, err := fn()
		if err == nil || !secret.Empty() || got.ID != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if words := model.Sentence(err); !strings.Contains(words, "random") || strings.Contains(words, "database") {
			t.Errorf("%s: a person is told %q", name, words)
		}
	}
	if now := x.head(); now.Seq != head.Seq {
		t.Errorf("%d events were left", now.Seq-head.Seq)
	}
	x.wantReason("the old secret", model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
}

func TestEditKey(t *testing.T) {
	x := newTeam(t)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("olga", model.Auditor, model.MemberActive)
	x.join("sam", model.PlainMember, model.MemberSuspended)
	x.join("ron", model.PlainMember, model.MemberRemoved)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	p := func(s string) *string { return &s }
	l := func(s ...string) *[]string { return &s }
	got, err := x.ada.EditKey(ctx, k.ID, k.Revision, model.KeyEdit{Owner: p("max"), Purpose: p("Invoices"), Scopes: l("b", "a"), Networks: l("192.0.2.0/24"), Rate: p("5/min"), Expires: p("never")})
	if err != nil {
		t.Fatal(err)
	}
	if got.Owner != "max@example.com" || got.Purpose != "Invoices" || got.ScopeList() != "a b" || got.NetworkList() != "192.0.2.0/24" || got.Rate.String() != "5/min" || !got.ExpiresAt.IsZero() {
		t.Errorf("the key is %+v", got)
	}
	if got.Generation != k.Generation || got.Revision != k.Revision+1 {
		t.Errorf("generation %d, revision %d", got.Generation, got.Revision)
	}
	e := x.events(0)
	want := []model.Change{{Field: "owner", Before: "ada@example.com", After: "max@example.com"}, {Field: "purpose", After: "Invoices"}, {Field: "scopes", After: "a b"},
		{Field: "networks", After: "192.0.2.0/24"}, {Field: "rate", After: "5/min"}, {Field: "expiry", Before: "2026-03-31T12:00:00Z", After: "never"}}
	if diff := cmp.Diff(want, e[len(e)-1].Changes); diff != "" {
		t.Error("the event tells something else:", diff)
	}
	if again, err := x.ada.Key(ctx, k.ID); err != nil || fmt.Sprint(again) != fmt.Sprint(got) {
		t.Errorf("read again it is %v, %v; want %v", again, err, got)
	}
	x.wantReason("from outside the new networks", model.Request{Key: k.ID, Secret: s}, model.ReasonNetworkNotAllowed)

	for name, c := range map[string]struct {
		edit  model.KeyEdit
		code  model.Code
		field string
	}{
		"auditor":   {model.KeyEdit{Owner: p("olga")}, model.CodeInvalid, "owner"},
		"suspended": {model.KeyEdit{Owner: p("sam")}, model.CodeInvalid, "owner"},
		"removed":   {model.KeyEdit{Owner: p("ron")}, model.CodeNotFound, "owner"},
		"nobody":    {model.KeyEdit{Owner: p("")}, model.CodeNotFound, "owner"},
		"purpose":   {model.KeyEdit{Purpose: p("\x1b")}, model.CodeInvalid, "purpose"},
		"scopes":    {model.KeyEdit{Scopes: l("A")}, model.CodeInvalid, "scopes"},
		"networks":  {model.KeyEdit{Networks: l("x")}, model.CodeInvalid, "networks"},
		"rate":      {model.KeyEdit{Rate: p("x")}, model.CodeInvalid, "rate"},
		"expires":   {model.KeyEdit{Expires: p("")}, model.CodeInvalid, "expires"},
	} {
		head := x.head().Seq
		_, err := x.ada.EditKey(ctx, k.ID, 0, c.edit)
		wantCode(t, name, err, c.code)
		if model.FieldOf(err) != c.field || x.head().Seq != head {
			t.Errorf("%s: blamed on %q; %d events", name, model.FieldOf(err), x.head().Seq-head)
		}
	}
	x.wantSound()
}

func TestConfirmSecret(t *testing.T) {
	x := newTeam(t)
	olga := x.join("olga", model.Auditor, model.MemberActive)
	max := x.join("max", model.PlainMember, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	wantCode(t, "by who may only look", olga.ConfirmSecret(ctx, k.ID, 1), model.CodeDenied)
	wantCode(t, "by who may not see it", max.ConfirmSecret(ctx, k.ID, 1), model.CodeNotFound)
	wantCode(t, "of a generation to come", x.ada.ConfirmSecret(ctx, k.ID, 2), "")
	confirmed := func() model.Generation {
		got, err := x.ada.Key(ctx, k.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got.Confirmed
	}
	if confirmed() != 0 {
		t.Error("it is confirmed already")
	}
	wantCode(t, "by who made it", x.ada.ConfirmSecret(ctx, k.ID, 1), "")
	head := x.head().Seq
	wantCode(t, "twice", x.ada.ConfirmSecret(ctx, k.ID, 1), "")
	if confirmed() != 1 || x.head().Seq != head {
		t.Errorf("confirmed %d, %d events more", confirmed(), x.head().Seq-head)
	}
	if _, _, err := x.ada.RegenerateSecret(ctx, k.ID, 1); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "of a secret that was replaced", x.ada.ConfirmSecret(ctx, k.ID, 1), "")
	if confirmed() != 1 {
		t.Error("the new secret counts as confirmed")
	}
	x.wantSound()
}

func TestApplicationsThatLookAlike(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "Billing API"})
	for _, name := range []string{"billing-api", "BILLING_API", "billingapi"} {
		_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: name})
		wantCode(t, name, err, model.CodeConflict)
		if !strings.Contains(model.Sentence(err), "Billing API") {
			t.Errorf("%s: %q does not name the other", name, model.Sentence(err))
		}
	}
	k, _ := x.create(model.KeySpec{Application: "billing-api", NewApplication: true})
	again, _ := x.create(model.KeySpec{Application: "  billing-api "})
	if k.ApplicationID != again.ApplicationID || k.ApplicationID == 1 {
		t.Errorf("applications %d and %d", k.ApplicationID, again.ApplicationID)
	}
	_, err := x.ada.Application(ctx, "nothing")
	wantCode(t, "a missing application", err, model.CodeNotFound)
	x.wantSound()
}

func TestEventsAreForThoseWhoMay(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	mine, _ := x.create(model.KeySpec{Application: "billing", Owner: "max"})
	theirs, _ := x.create(model.KeySpec{Application: "billing"})
	_, err := max.Events(ctx, model.EventQuery{})
	wantCode(t, "all events", err, model.CodeDenied)
	_, err = max.Events(ctx, model.EventQuery{Key: theirs.ID})
	wantCode(t, "events of a hidden key", err, model.CodeNotFound)
	es, err := max.Events(ctx, model.EventQuery{Key: mine.ID})
	if err != nil || len(es) != 1 || es[0].Key != mine.ID {
		t.Errorf("events of an own key: %+v, %v", es, err)
	}
	es, err = max.Events(ctx, model.EventQuery{Key: mine.ID, Member: "nobody", Application: "nothing"})
	if err != nil || len(es) != 0 {
		t.Errorf("events of an own key by nobody: %+v, %v", es, err)
	}
	_, err = max.VerifyAudit(ctx, nil)
	wantCode(t, "the audit", err, model.CodeDenied)
	_, err = max.AuditCheckpoint(ctx)
	wantCode(t, "a checkpoint", err, model.CodeDenied)
	_, err = max.Members(ctx)
	wantCode(t, "the members", err, model.CodeDenied)
}

func TestOverview(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	x.create(model.KeySpec{Application: "billing", Owner: "max", Expires: "10d"})
	x.create(model.KeySpec{Application: "billing", Expires: "29d"})
	x.create(model.KeySpec{Application: "shop", Expires: "31d"})
	dead, _ := x.create(model.KeySpec{Application: "shop", Expires: "never"})
	if _, err := x.ada.RevokeKey(ctx, dead.ID); err != nil {
		t.Fatal(err)
	}
	o, err := x.ada.Overview(ctx)
	want := model.KeyCounts{Active: 3, Revoked: 1, Expiring: 2, Unconfirmed: 3, Applications: 2}
	if err != nil || o.Counts != want || len(o.Expiring) != 2 || o.Members != 2 || len(o.Latest) != 9 {
		t.Errorf("ada sees %+v, %v", o, err)
	}
	o, err = max.Overview(ctx)
	want = model.KeyCounts{Active: 1, Expiring: 1, Unconfirmed: 1, Applications: 1}
	if err != nil || o.Counts != want || len(o.Expiring) != 1 || o.Members != 0 || o.Latest != nil {
		t.Errorf("max sees %+v, %v", o, err)
	}
}

func TestKeysVisible(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	gita := x.join("gita", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView, ApplicationID: 1})
	x.create(model.KeySpec{Application: "billing", Owner: "max"})
	x.create(model.KeySpec{Application: "shop", Owner: "gita"})
	x.create(model.KeySpec{Application: "éclair"})
	for _, c := range []struct {
		who  *model.Session
		q    model.KeyQuery
		want int
	}{
		{x.ada, model.KeyQuery{}, 4}, {max, model.KeyQuery{}, 1}, {gita, model.KeyQuery{}, 3}, {max, model.KeyQuery{Text: "bill"}, 1}, {max, model.KeyQuery{Text: "shop"}, 0},
		{max, model.KeyQuery{Owner: "ada"}, 0}, {max, model.KeyQuery{Owner: "nobody"}, 0}, {max, model.KeyQuery{Owner: "max"}, 1},
		{x.ada, model.KeyQuery{Owner: "MAX@example.com"}, 1}, {x.ada, model.KeyQuery{Owner: "max"}, 1}, {x.ada, model.KeyQuery{Text: "e\u0301cl"}, 1}, {x.ada, model.KeyQuery{Text: "É"}, 1},
		// What a member may see is not for the caller to say.
		{max, model.KeyQuery{Visible: model.Visible{All: true}}, 1},
	} {
		page, err := c.who.Keys(ctx, c.q)
		if err != nil || page.Count != c.want || len(page.Keys) != c.want {
			t.Errorf("%s asks for %+v: %d keys, %v; want %d", c.who.Me().Login, c.q, page.Count, err, c.want)
		}
	}
	_, err := x.ada.Keys(ctx, model.KeyQuery{Owner: "nobody"})
	wantCode(t, "keys of nobody", err, model.CodeNotFound)
}

// What the database makes of a change is looked at before it counts.
func TestChangesAreReadBack(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	for name, c := range map[string]struct {
		trigger string
		change  func() error
	}{
		"revoke": {"AFTER UPDATE ON keys BEGIN UPDATE keys SET state = 'active' WHERE id = new.id; END", func() error {
			_, err := x.ada.RevokeKey(ctx, k.ID)
			return err
		}},
		"regenerate": {"BEFORE UPDATE ON keys BEGIN SELECT raise(IGNORE); END", func() error {
			_, _, err := x.ada.RegenerateSecret(ctx, k.ID, 0)
			return err
		}},
		"confirm": {"AFTER UPDATE ON keys BEGIN UPDATE keys SET confirmed = 0 WHERE id = new.id; END", func() error {
			return x.ada.ConfirmSecret(ctx, k.ID, 1)
		}},
		"count": {"AFTER UPDATE ON keys BEGIN UPDATE keys SET revision = revision + 1 WHERE id = new.id; END", func() error {
			_, err := x.ada.SuspendKey(ctx, k.ID)
			return err
		}},
		"create": {"AFTER INSERT ON keys BEGIN UPDATE keys SET scopes = 'admin' WHERE id = new.id; END", func() error {
			_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
			return err
		}},
		"vanish": {"AFTER INSERT ON keys BEGIN DELETE FROM keys WHERE id = new.id; END", func() error {
			_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
			return err
		}},
	} {
		x.tamper("CREATE TRIGGER alter_it " + c.trigger)
		before := x.head().Seq
		if err := c.change(); err == nil || x.head().Seq != before {
			t.Errorf("%s: %v, %d events", name, err, x.head().Seq-before)
		} else if name != "regenerate" && !errors.Is(err, model.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		x.tamper("DROP TRIGGER alter_it")
	}
	x.wantReason("after all", model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	x.wantSound()
}

// A filter of the trail finds the fields that changed and the way in, and is
// bounded.
func TestEventWords(t *testing.T) {
	x := newTeam(t)
	k, _ := x.create(model.KeySpec{Application: "billing"})
	purpose := "invoices"
	if _, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"purpose": 1, "purpose ada billing": 1, "INVOICES": 1, "before": 0, "after": 0, "field": 0, "nothing-like-it": 0,
		strings.Repeat("purpose ", 1000): 1,
	} {
		if es, err := x.ada.Events(ctx, model.EventQuery{Text: text}); err != nil || len(es) != want {
			t.Errorf("%.40q finds %d events, want %d: %v", text, len(es), want, err)
		}
	}
	var many strings.Builder
	for i := range model.MaxWords + 1 {
		fmt.Fprintf(&many, "w%d ", i)
	}
	if _, err := x.ada.Events(ctx, model.EventQuery{Text: many.String()}); !errors.Is(err, model.ErrInvalid) || model.FieldOf(err) != "filter" {
		t.Errorf("too many words: %v", err)
	}
}

// Whoever was removed or only tried is found, under every name; a name that
// nobody has and no event tells of is refused, for those who see it anyhow.
// What was denied has the name that was typed: it is found by every name of whom
// or what it was about.
func TestEventsOfWhatWasTyped(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	x.join("kim", model.PlainMember, model.MemberActive)
	for _, typed := range []string{"kim", " kim", "kim@example.com"} {
		_, err := max.GiveGrant(ctx, typed, model.KeysEdit, " billing", time.Time{})
		wantCode(t, "an attempt", err, model.CodeDenied)
		x.clock.move(2 * time.Minute) // so that it is not one of several
	}
	for name, want := range map[string]int{"kim": 4, " kim ": 4, "kim@example.com": 4} {
		if es, err := x.ada.Events(ctx, model.EventQuery{Member: name}); err != nil || len(es) != want {
			t.Errorf("of %q: %d events, %v", name, len(es), err)
		}
	}
	if es, err := x.ada.Events(ctx, model.EventQuery{Application: "billing", Action: model.GrantGiven}); err != nil || len(es) != 3 {
		t.Errorf("of the application: %d events, %v", len(es), err)
	}
}

func TestEventsOfNames(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	kim := x.join("kim", model.PlainMember, model.MemberActive, model.Grant{Permission: model.AuditView})
	x.create(model.KeySpec{Application: "billing"})
	x.renames(x.ada, "billing", "invoices")
	_, err := max.GiveGrant(ctx, "pat@example.com", model.KeysEdit, "the  shop", time.Time{})
	wantCode(t, "an attempt", err, model.CodeDenied)
	find := func(s *model.Session, q model.EventQuery, want int, code model.Code) {
		t.Helper()
		es, err := s.Events(ctx, q)
		entries, err2 := s.Entries(ctx, q)
		wantCode(t, "events", err, code)
		wantCode(t, "entries", err2, code)
		if len(es) != want || len(entries) != want {
			t.Errorf("%+v: %d events and %d entries; want %d", q, len(es), len(entries), want)
		}
	}
	by := func(name string) model.EventQuery { return model.EventQuery{Member: name} }
	of := func(name string) model.EventQuery { return model.EventQuery{Application: name} }
	find(x.ada, by("max"), 2, "")
	find(x.ada, by("MAX@Example.com "), 2, "")
	find(x.ada, by("pat@example.com"), 1, "")
	find(x.ada, of("the  shop"), 1, "") // as it was typed
	find(x.ada, of(" billing"), 3, "")
	find(x.ada, by("nobody"), 0, model.CodeNotFound)
	find(x.ada, of("nothing"), 0, model.CodeNotFound)

	find(kim, by("kim"), 2, "")
	find(kim, by("max"), 0, "")
	find(kim, by("nobody"), 0, "")
	find(kim, by("max@example.com"), 2, "")
	find(kim, of("nothing"), 0, model.CodeNotFound)

	if _, err := x.ada.RemoveMember(ctx, "max", nil); err != nil {
		t.Fatal(err)
	}
	find(x.ada, by("max@example.com"), 3, "")
	find(x.ada, by("max"), 0, model.CodeNotFound)
}
