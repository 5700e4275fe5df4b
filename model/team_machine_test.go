package model_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"empress/model"
)

// TestTeamMachine lets the members of a team do everything to each other and to
// keys at random, beside the rules written down once more. Each outcome must be
// the one of the rules, nobody ends with more than they allow, and the team
// never loses its last administrator.
func TestTeamMachine(t *testing.T) {
	if racing { // it has one goroutine
		checks(t, 15)
	}
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		place, err := os.MkdirTemp(dir, "team")
		if err != nil {
			r.Fatal(err)
		}
		x := foundTeam(t, place)
		defer x.store.Close()
		m := &teamMachine{T: r, x: x, picture: picture{now: x.clock.now}}
		m.begin()
		r.Repeat(rapid.StateMachineActions(m))
		if report, err := x.service.CheckAudit(ctx); err != nil || report.Found != 0 {
			r.Fatalf("audit: %q, %v", report.Problems, err)
		}
	})
}

// checks sets how many runs rapid makes, for the length of a test.
func checks(t *testing.T, n int) {
	flag := flag.Lookup("rapid.checks").Value
	before := flag.String()
	t.Cleanup(func() { _ = flag.Set(before) })
	_ = flag.Set(fmt.Sprint(n))
}

type teamMachine struct {
	*rapid.T
	x *team
	picture
	actor  *human          // of the latest step, nil when nobody could gain by it
	powers map[string]bool // who could do what to everything before the latest step
}

// begin gives the team members of every role, two applications and a key.
func (m *teamMachine) begin() {
	m.humans = []*human{{"ada", model.Administrator, model.MemberActive, m.x.ada}}
	m.enter("eva", model.Administrator)
	m.enter("ivan", model.ITManager)
	m.enter("olga", model.Auditor)
	m.enter("max", model.PlainMember)
	m.enter("gia", model.PlainMember)
	m.endow(m.called("gia@example.com"))
	for _, app := range []string{"billing", "shop"} {
		if _, err := m.x.ada.CreateApplication(ctx, model.ApplicationSpec{Name: app}); err != nil {
			m.Fatal(err)
		}
	}
}

// endow grants somebody much of what only administrators may, so that the rules
// for who holds it by grant come into play.
func (m *teamMachine) endow(h *human) {
	power := rapid.SampledFrom([]string{"members.manage roles.assign", "roles.assign grants.give keys.edit", "members.manage grants.give", roleRules[model.Administrator].all}).Draw(m.T, "endowed")
	for _, what := range strings.Fields(power) {
		g := &gift{holder: h, permission: what}
		if rapid.IntRange(0, 3).Draw(m.T, "dated") == 0 {
			g.until = m.now().Add(3 * time.Hour)
		}
		got, err := m.x.ada.GiveGrant(ctx, h.email(), model.Permission(what), "", g.until)
		if err != nil {
			m.Fatal(err)
		}
		g.id = got.ID
		m.gifts = append(m.gifts, g)
	}
}

func (m *teamMachine) enter(name string, role model.Role) {
	if _, err := m.x.ada.AddMember(ctx, model.MemberSpec{Name: name, Email: name + "@example.com", Login: name, Role: role}); err != nil {
		m.Fatal(err)
	}
	m.join(name, role)
}

func (m *teamMachine) join(name string, role model.Role) {
	s, err := m.x.service.SignIn(ctx, model.Identity{Login: name, Via: model.ViaCommand})
	if err != nil {
		m.Fatal(err)
	}
	m.humans = append(m.humans, &human{name, role, model.MemberActive, s})
}

func (m *teamMachine) human(label string) *human { return rapid.SampledFrom(m.humans).Draw(m.T, label) }

// by draws who acts: half of the time somebody who may do something.
func (m *teamMachine) by(what string) *human {
	able := slices.DeleteFunc(slices.Clone(m.humans), func(h *human) bool { return !m.may(h, what) })
	if len(able) > 0 && rapid.Bool().Draw(m.T, "able") {
		return rapid.SampledFrom(able).Draw(m.T, "by")
	}
	return m.human("by")
}

func (m *teamMachine) role() model.Role { return rapid.SampledFrom(model.Roles()).Draw(m.T, "role") }

func (m *teamMachine) asset() *asset {
	if len(m.assets) == 0 {
		m.Skip("no keys yet")
	}
	return rapid.SampledFrom(m.assets).Draw(m.T, "key")
}

// want compares an outcome with that of the rules, and reports whether it
// should have happened.
func (m *teamMachine) want(by *human, err error, code model.Code) bool {
	m.Helper()
	if got := model.CodeOf(err); err != nil && got != code || err == nil && code != "" {
		m.Fatalf("the outcome for %s is %q (%v), want %q", by.name, got, err, code)
	}
	m.actor = by
	return code == ""
}

// first is the first code that applies, "" when none does.
func first(codes ...model.Code) model.Code { return cmp.Or(codes...) }

func when(applies bool, code model.Code) model.Code {
	if applies {
		return code
	}
	return ""
}

func (m *teamMachine) Add(t *rapid.T) {
	m.T = t
	by, role := m.by("members.manage"), m.role()
	name := rapid.SampledFrom([]string{"max", fmt.Sprint("new", len(m.humans))}).Draw(t, "name")
	if len(m.humans) > 8 {
		name = "max"
	}
	_, err := by.session.AddMember(ctx, model.MemberSpec{Name: name, Email: name + "@example.com", Login: name, Role: role})
	if m.want(by, err, first(when(!m.may(by, "members.manage"), model.CodeDenied),
		when(role != model.PlainMember && !m.mayGiveRole(by, role), model.CodeDenied), when(name == "max", model.CodeConflict))) {
		m.join(name, role)
	}
}

func (m *teamMachine) SetRole(t *rapid.T) {
	m.T = t
	by, who, to := m.by("roles.assign"), m.human("who"), m.role()
	owns := slices.ContainsFunc(m.assets, func(k *asset) bool { return k.owner == who && k.state != model.Revoked })
	_, err := by.session.SetRole(ctx, who.email(), to)
	if m.want(by, err, first(when(!m.may(by, "roles.assign"), model.CodeDenied), when(who.status == model.MemberRemoved, model.CodeNotFound),
		when(by == who, model.CodeDenied), when(who.role == to, model.CodeConflict),
		when(who.role != model.PlainMember && !m.mayGiveRole(by, who.role), model.CodeDenied), when(!m.mayGiveRole(by, to), model.CodeDenied),
		when(m.lastAdministrator(who), model.CodeConflict), when(to == model.Auditor && owns, model.CodeConflict))) {
		m.stepDown(who, to)
		who.role = to
	}
}

func (m *teamMachine) Suspend(t *rapid.T) {
	m.setStatus(t, model.MemberSuspended, (*model.Session).SuspendMember)
}

func (m *teamMachine) Resume(t *rapid.T) {
	m.setStatus(t, model.MemberActive, (*model.Session).ResumeMember)
	m.actor = nil // whoever is resumed has again what they had
}

func (m *teamMachine) setStatus(t *rapid.T, to model.Status, change func(*model.Session, context.Context, string) (model.Member, error)) {
	m.T = t
	by, who := m.by("members.manage"), m.human("who")
	_, err := change(by.session, ctx, who.email())
	if m.want(by, err, first(when(!m.may(by, "members.manage"), model.CodeDenied), when(who.status == model.MemberRemoved, model.CodeNotFound),
		when(!m.mayTouch(by, who), model.CodeDenied), when(who.status == to, model.CodeConflict), when(m.lastAdministrator(who), model.CodeConflict))) {
		who.status = to
	}
}

func (m *teamMachine) Give(t *rapid.T) {
	m.T = t
	by, who := m.by("grants.give"), m.human("who")
	g := &gift{holder: who, app: rapid.SampledFrom([]string{"", "", "billing", "shop"}).Draw(t, "application")}
	g.permission = string(rapid.SampledFrom(model.Permissions()).Draw(t, "permission"))
	if rapid.Bool().Draw(t, "dated") {
		g.until = m.now().Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "hours")) * time.Hour)
	}
	mine := m.until(by, g.permission, g.app, nil)
	again := slices.ContainsFunc(m.gifts, func(o *gift) bool {
		return o.holder == who && o.permission == g.permission && !o.ended && o.until.IsZero() && (o.app == "" || o.app == g.app)
	})
	got, err := by.session.GiveGrant(ctx, who.email(), model.Permission(g.permission), g.app, g.until)
	if m.want(by, err, first(when(!m.may(by, "grants.give"), model.CodeDenied), when(who.status == model.MemberRemoved, model.CodeNotFound),
		when(by == who, model.CodeDenied), when(who.status != model.MemberActive, model.CodeInvalid), when(mine.IsZero(), model.CodeDenied),
		when(mine.Year() != 9000 && (g.until.IsZero() || g.until.After(mine)), model.CodeDenied), when(again, model.CodeConflict))) {
		g.id = got.ID
		m.gifts = append(m.gifts, g)
	}
}

func (m *teamMachine) Take(t *rapid.T) {
	m.T = t
	if len(m.gifts) == 0 {
		t.Skip("no grants yet")
	}
	by, g := m.human("by"), rapid.SampledFrom(m.gifts).Draw(t, "grant")
	err := by.session.TakeGrant(ctx, g.id)
	if m.want(by, err, first(when(by.status != model.MemberActive, model.CodeDenied), when(by != g.holder && !m.may(by, "grants.give"), model.CodeDenied),
		when(g.ended, model.CodeConflict))) {
		g.ended = true
	}
}

func (m *teamMachine) MoveClock(t *rapid.T) {
	m.T = t
	m.x.clock.move(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
	m.actor = nil
}

// access asks an active administrator's session what somebody may do.
func (m *teamMachine) access(h *human) []model.Access {
	i := slices.IndexFunc(m.humans, func(h *human) bool { return h.role == model.Administrator && h.status == model.MemberActive })
	if i < 0 {
		m.Fatal("the rules left the team without an administrator")
	}
	if h.status == model.MemberRemoved {
		return nil
	}
	as, err := m.humans[i].session.Access(ctx, h.email())
	if err != nil {
		m.Fatal(err)
	}
	return as
}

// Check is run after every step: everybody may do exactly what the rules say,
// and nobody gained by a step what whoever took it did not hold.
func (m *teamMachine) Check(t *rapid.T) {
	m.T = t
	administrators := 0
	rows, err := m.rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		i := slices.IndexFunc(m.humans, func(h *human) bool { return h.email() == row.Email })
		if i < 0 || m.humans[i].role != row.Role || m.humans[i].status != row.Status {
			t.Fatalf("the member %+v is not as the rules say", row)
		}
		if row.Role == model.Administrator && row.Status == model.MemberActive {
			administrators++
		}
	}
	if administrators == 0 {
		t.Fatal("the team has no active administrator")
	}
	now := map[string]bool{}
	for _, h := range m.humans {
		for _, a := range m.access(h) {
			if m.wantAccess(h, a); a.All {
				now[h.name+" "+string(a.Permission)] = true
			}
		}
	}
	for power := range now {
		_, what, _ := strings.Cut(power, " ")
		if !m.powers[power] && m.powers != nil && m.actor != nil && !m.powers[m.actor.name+" "+what] {
			t.Fatalf("%s gained by what %s did, who did not hold it", power, m.actor.name)
		}
	}
	m.powers, m.actor = now, nil
}

// wantAccess compares what the program says that somebody may do with the
// rules.
func (m *teamMachine) wantAccess(h *human, a model.Access) {
	what := string(a.Permission)
	all := m.may(h, what)
	own := !all && !m.until(h, what, "none", h).IsZero()
	var apps []string
	for _, app := range []string{"billing", "shop"} {
		if !all && !m.until(h, what, app, nil).IsZero() {
			apps = append(apps, app)
		}
	}
	slices.Sort(a.Applications)
	if a.All != all || a.Own != own || !slices.Equal(a.Applications, apps) {
		m.Fatalf("%s may %s: %+v; the rules say all %v, own %v, %v", h.name, what, a, all, own, apps)
	}
}

func (m *teamMachine) rows() (ms []model.Member, err error) {
	err = m.x.store.Read(ctx, func(r model.Reader) error {
		ms, err = r.Members()
		return err
	})
	return ms, err
}
