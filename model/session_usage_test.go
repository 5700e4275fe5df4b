package model_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// watched is a team with traffic: two keys of billing, which declared networks,
// and one of edge, which did not.
type watched struct {
	*team
	mine, theirs, edge model.Key // mine is max's
	max, lea, kim      *model.Session
}

func newWatched(t *testing.T) *watched {
	x := &watched{team: newTeam(t)}
	if _, err := x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: "billing", Networks: []string{"10.0.0.0/8", "2001:db8::/32"}}); err != nil {
		t.Fatal(err)
	}
	x.join("max", model.PlainMember, model.MemberActive)
	var secrets [3]model.Secret
	for i, k := range []*model.Key{&x.mine, &x.theirs, &x.edge} {
		spec := model.KeySpec{Application: []string{"billing", "billing", "edge"}[i], Owner: []string{"max", "ada", "ada"}[i]}
		*k, secrets[i] = x.create(spec)
	}
	x.max = x.signedIn("max")
	x.kim = x.join("kim", model.Auditor, model.MemberActive)
	x.lea = x.join("lea", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView}, model.Grant{Permission: model.UsageView, ApplicationID: 2})
	x.clock.move(time.Minute)
	for i, k := range []model.Key{x.mine, x.theirs, x.edge} {
		q := model.Request{Key: k.ID, Secret: secrets[i], UserAgent: "curl"}
		inside, outside, wrong := q, q, q
		inside.Address, outside.Address, wrong.Address = from("10.1.2.3"), from("192.0.2.9"), from("198.51.100.6")
		wrong.Secret = otherSecretOf(x.team)
		x.recorded(inside, outside, wrong, wrong)
		x.regenerate(k)
		x.clock.move(time.Second)
		x.recorded(inside)
	}
	return x
}

func (x *team) signedIn(login string) *model.Session {
	x.Helper()
	s, err := x.service.SignIn(ctx, model.Identity{Login: login})
	if err != nil {
		x.Fatal(err)
	}
	return s
}

// Usage is shown of the keys whose usage a member may see, one by one and summed.
func TestUsageReportsByPermission(t *testing.T) {
	x := newWatched(t)
	for _, c := range []struct {
		name string
		who  *model.Session
		keys map[model.KeyID]model.Code // that are not shown, and why
		apps map[string]any             // how many keys are summed, or why not
		live int                        // keys
	}{
		{"an administrator", x.ada, nil, map[string]any{"billing": 2, "edge": 1}, 3},
		{"an auditor", x.kim, nil, map[string]any{"billing": 2, "edge": 1}, 3},
		{"the owner of one", x.max, map[model.KeyID]model.Code{x.theirs.ID: model.CodeNotFound, x.edge.ID: model.CodeNotFound},
			map[string]any{"billing": 1, "edge": model.CodeNotFound}, 1},
		{"who was granted one application", x.lea, map[model.KeyID]model.Code{x.mine.ID: model.CodeDenied, x.theirs.ID: model.CodeDenied},
			map[string]any{"billing": model.CodeDenied, "edge": 1}, 1},
	} {
		seen := 0
		for _, k := range []model.Key{x.mine, x.theirs, x.edge} {
			r, err := c.who.KeyUsage(ctx, k.ID, model.LastDay)
			wantCode(t, c.name+": of "+k.Application, err, c.keys[k.ID])
			if (err == nil) != (r.Count == (model.Count{Allowed: 2, Denied: 3})) || (err == nil) != (len(r.Callers) == 3) || (err == nil) != (len(r.Superseded) == 1) {
				t.Errorf("%s: of one key %+v", c.name, r)
			}
			if err == nil {
				seen++
			}
		}
		for app, want := range c.apps {
			r, err := c.who.ApplicationUsage(ctx, app, model.LastWeek)
			n, shown := want.(int)
			if code, _ := want.(model.Code); true {
				wantCode(t, c.name+": "+app, err, code)
			}
			if shown && (len(r.Keys) != n || r.Count != (model.Count{Allowed: int64(2 * n), Denied: int64(3 * n)}) || len(r.Callers) != 3*n || r.Application.Name != app || !r.Callers[0].Last.Equal(r.LastUsed().At.Add(time.Second))) {
				t.Errorf("%s: of %s %+v", c.name, app, r)
			}
		}
		tr, err := c.who.Traffic(ctx)
		if err != nil || tr.Count != (model.Count{Allowed: int64(2 * seen), Denied: int64(3 * seen)}) || len(tr.Superseded) != seen {
			t.Errorf("%s: traffic %+v, %v", c.name, tr, err)
		}
		ms, mark, err := c.who.Live(ctx, 0)
		live := map[model.KeyID]bool{}
		for _, m := range ms {
			live[m.Key] = true
			if m.Application == "" {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
		if more, again, err := c.who.Live(ctx, mark); err != nil || len(live) != c.live || len(more) != 0 || again != mark {
			t.Errorf("%s: live %+v, then %+v, %v", c.name, ms, more, err)
		}
		if err != nil {
			t.Error(err)
		}
		page, err := c.who.Usages(ctx, model.KeyQuery{}, model.LastDay)
		shown := 0
		for i, row := range page.Rows {
			if row.Key.ID != page.Keys[i].ID || row.Key.Usage.Hidden != (row.Count == model.Count{}) || row.Key.Usage.Hidden != (row.Superseded == 0) {
				t.Errorf("%s: a row %+v", c.name, row)
			}
			if !row.Key.Usage.Hidden {
				shown++
			}
		}
		if err != nil || shown != seen || len(page.Rows) != len(page.Keys) {
			t.Errorf("%s: %d rows of %d are shown, %v", c.name, shown, len(page.Rows), err)
		}
	}
}

// A member whose grants let them see usage and not keys, or keys and not usage, of
// everything is shown what they may see of both.
func TestTrafficNeedsBothPermissions(t *testing.T) {
	x := newWatched(t)
	for name, grants := range map[string][]model.Grant{"keys": {{Permission: model.KeysView}}, "usage": {{Permission: model.UsageView}}} {
		s := x.join(name, model.PlainMember, model.MemberActive, grants...)
		tr, err := s.Traffic(ctx)
		if err != nil || tr.Count != (model.Count{}) || len(tr.Superseded)+len(tr.Outside) != 0 || tr.All || tr.Keys != 0 {
			t.Errorf("who may see %s alone: %+v, %v", name, tr, err)
		}
		if ms, _, err := s.Live(ctx, 0); err != nil || len(ms) != 0 {
			t.Errorf("who may see %s alone: %+v, %v", name, ms, err)
		}
		for _, app := range []string{"billing", "edge"} {
			if r, err := s.ApplicationUsage(ctx, app, model.LastDay); len(r.Keys) != 0 || name == "keys" && model.CodeOf(err) != model.CodeDenied {
				t.Errorf("who may see %s alone: %+v, %v", name, r, err)
			}
		}
	}
	maker := x.join("maker", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysCreate, ApplicationID: 1}, model.Grant{Permission: model.UsageView, ApplicationID: 1})
	if r, err := maker.ApplicationUsage(ctx, "billing", model.LastDay); err != nil || len(r.Keys)+len(r.Callers) != 0 || r.Count != (model.Count{}) {
		t.Errorf("who may see the application and its usage, and no key: %+v, %v", r, err)
	}
	both := x.join("both", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView}, model.Grant{Permission: model.UsageView})
	if tr, err := both.Traffic(ctx); err != nil || tr.Count != (model.Count{Allowed: 6, Denied: 9}) || len(tr.Superseded) != 3 || len(tr.Outside) != 2 || !tr.All {
		t.Errorf("who may see both: %+v, %v", tr, err)
	}
	if tr, err := x.max.Traffic(ctx); err != nil || tr.All || tr.Keys != 1 {
		t.Errorf("who owns one key: %+v, %v", tr, err)
	}
}

// Whoever knows the secret and is in none of the networks that the application
// declared is told of; others are no sign of anything.
func TestCallersOutside(t *testing.T) {
	x := newWatched(t)
	outside := func(s *model.Session) (told []string) {
		t.Helper()
		o, err := s.Overview(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range o.Traffic.Outside {
			told = append(told, fmt.Sprint(c.Application, " ", c.Address, " ", c.Outside, " ", c.Key == x.mine.ID))
		}
		return told
	}
	if got := outside(x.ada); !slices.Equal(got, []string{"billing 192.0.2.9 true false", "billing 192.0.2.9 true true"}) {
		t.Errorf("ada is told of %q", got)
	}
	if got := outside(x.max); !slices.Equal(got, []string{"billing 192.0.2.9 true true"}) {
		t.Errorf("max is told of %q", got)
	}
	if got := outside(x.lea); len(got) != 0 {
		t.Errorf("lea is told of %q", got)
	}
	for app, want := range map[string]int{"billing": 2, "edge": 0} {
		r, err := x.ada.ApplicationUsage(ctx, app, model.LastDay)
		n := 0
		for _, c := range r.Callers {
			if c.Outside {
				n++
			}
			if c.Application != app {
				t.Errorf("%+v", c)
			}
		}
		if err != nil || n != want {
			t.Errorf("of %s %d are outside, %v", app, n, err)
		}
	}
	page, err := x.ada.Usages(ctx, model.KeyQuery{Application: "billing"}, model.LastDay)
	if err != nil || len(page.Rows) != 2 || page.Rows[0].Outside != 1 || page.Rows[1].Superseded != 1 {
		t.Errorf("%+v, %v", page.Rows, err)
	}
	q := model.Request{Key: x.mine.ID, Secret: x.regenerate(x.mine), Address: from("2001:db8::7")}
	unknown := q
	unknown.Address = model.Request{}.Address
	x.recorded(q, unknown)
	if got := outside(x.max); len(got) != 1 {
		t.Errorf("after somebody inside and somebody unknown: %q", got)
	}

	x.clock.move(24 * time.Hour)
	if got := outside(x.ada); len(got) != 0 {
		t.Errorf("a day later: %q", got)
	}
	x.recorded(q)
	if got := outside(x.ada); len(got) != 0 {
		t.Errorf("after somebody inside, a day later: %q", got)
	}
	x.tamper("UPDATE applications SET networks = '192.168.0.0/16' WHERE name = 'billing'")
	if got := outside(x.ada); len(got) != 0 {
		t.Errorf("networks from outside count: %q", got)
	}
	_, err = x.ada.KeyUsage(ctx, x.mine.ID, model.LastDay)
	wantCode(t, "networks from outside, of a key", err, model.CodeDamaged)
	_, err = x.ada.ApplicationUsage(ctx, "billing", model.LastDay)
	wantCode(t, "networks from outside, of the application", err, model.CodeDamaged)
}

// A replaced secret is warned of while it is used, and a day longer.
func TestSupersededWarnings(t *testing.T) {
	x := newWatched(t)
	told := func(s *model.Session) (apps []string) {
		t.Helper()
		o, err := s.Overview(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range o.Traffic.Superseded {
			apps = append(apps, fmt.Sprint(w.Application, " ", w.Address, " ", w.Count))
		}
		return apps
	}
	if got := strings.Join(told(x.ada), ", "); got != "edge 10.1.2.3 1, billing 10.1.2.3 1, billing 10.1.2.3 1" {
		t.Errorf("ada is told of %s", got)
	}
	if got := strings.Join(told(x.lea), ", "); got != "edge 10.1.2.3 1" {
		t.Errorf("lea is told of %s", got)
	}
	x.clock.move(24*time.Hour - 1500*time.Millisecond) // the latest was a moment ago, the others seconds before
	for who, want := range map[*model.Session]string{x.ada: "edge 10.1.2.3 1, billing 10.1.2.3 1", x.lea: "edge 10.1.2.3 1", x.max: ""} {
		if got := strings.Join(told(who), ", "); got != want {
			t.Errorf("a day later %s is told of %q", who.Me().Login, got)
		}
	}
	if r, err := x.ada.KeyUsage(ctx, x.mine.ID, model.LastWeek); err != nil || len(r.Superseded) != 1 {
		t.Errorf("its own page still tells: %+v, %v", r.Superseded, err)
	}
	x.tamper("UPDATE keys SET generation = 1") // as after a restore: the number is not superseded any more
	if r, err := x.ada.ApplicationUsage(ctx, "edge", model.LastWeek); err != nil || len(r.Superseded) != 0 {
		t.Errorf("of a number that came again: %+v, %v", r.Superseded, err)
	}
	if got := told(x.ada); len(got) != 0 {
		t.Errorf("of a number that came again: %v", got)
	}
}

// The spans end with the hour or day under way.
func TestUsageSpans(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "never"})
	x.clock.set(time.Date(2026, 3, 31, 0, 30, 0, 0, time.UTC).Add(-40 * day))
	for range 40 {
		x.recorded(model.Request{Key: k.ID, Secret: s})
		x.clock.move(day)
	}
	// Requests at 00:30 of each day; the latest was yesterday.
	for span, want := range map[model.UsageSpan]struct {
		first string
		n     int
		count int64
	}{
		model.LastDay:   {"2026-03-30 01:00", 24, 0},
		model.LastWeek:  {"2026-03-25 00:00", 7, 6},
		model.LastMonth: {"2026-03-02 00:00", 30, 29},
	} {
		r, err := x.ada.KeyUsage(ctx, k.ID, span)
		if err != nil {
			t.Fatal(err)
		}
		if first := r.Buckets[0].From.Format("2006-01-02 15:04"); first != want.first || len(r.Buckets) != want.n || r.Allowed != want.count || r.Span != span {
			t.Errorf("%s: %d buckets from %s with %d requests", span, len(r.Buckets), first, r.Allowed)
		}
		for i, b := range r.Buckets[1:] {
			if b.From.Sub(r.Buckets[i].From) != span.Step() || b.Allowed > 1 {
				t.Errorf("%s: %+v after %+v", span, b, r.Buckets[i])
			}
		}
		page, err := x.ada.Usages(ctx, model.KeyQuery{}, span)
		if err != nil || page.Rows[0].Allowed != want.count {
			t.Errorf("%s: in the list %+v, %v", span, page.Rows, err)
		}
	}
	if tr, err := x.ada.Traffic(ctx); err != nil || tr.Count != (model.Count{}) {
		t.Errorf("in the last 24 hours: %+v, %v", tr, err)
	}
	_, err := x.ada.KeyUsage(ctx, k.ID, "1y")
	wantCode(t, "of a key", err, model.CodeInvalid)
	_, err = x.ada.ApplicationUsage(ctx, "billing", "")
	wantCode(t, "of an application", err, model.CodeInvalid)
	_, err = x.ada.Usages(ctx, model.KeyQuery{}, "24")
	wantCode(t, "of all", err, model.CodeInvalid)
}

// unreadable is a store whose usage cannot be read.
type unreadable struct{ model.Store }

func (unreadable) TeamCounts(context.Context, time.Time) ([]model.HourCount, error) {
	return nil, model.ErrUnavailable
}

// The dashboard tells of the keys also where their usage cannot be read, and then
// says so.
func TestOverviewWithoutUsage(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	for hidden, store := range map[bool]model.Store{false: x.store, true: unreadable{x.store}} {
		ada, err := model.NewService(store, x.seal, x.clock.now).SignIn(ctx, model.Identity{Login: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		if o, err := ada.Overview(ctx); err != nil || o.Counts.Active != 1 || o.Traffic.Hidden != hidden {
			t.Errorf("%+v, %v", o, err)
		}
	}
}
