package model_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"empress/model"
)

// TestMachine lets members of every role change keys at random on a real
// service and a real database, beside a simple picture of what should happen.
func TestMachine(t *testing.T) {
	x := newTeam(t)
	for range 3 {
		x.prepared()
	}
	x.create(model.KeySpec{Application: "billing"})
	billing, err := x.ada.Application(ctx, "billing")
	if err != nil {
		t.Fatal(err)
	}
	actors := []*player{
		{name: "ada", session: x.ada, id: 1, may: "create edit regenerate suspend revoke view never application"},
		{name: "ivan", session: x.join("ivan", model.ITManager, model.MemberActive), id: 2, may: "create edit regenerate suspend revoke view application"},
		{name: "olga", session: x.join("olga", model.Auditor, model.MemberActive), id: 3, may: "view"},
		{name: "max", session: x.join("max", model.PlainMember, model.MemberActive), id: 4, own: "view regenerate suspend revoke"},
		{name: "gita", session: x.join("gita", model.PlainMember, model.MemberActive,
			model.Grant{Permission: model.KeysView, ApplicationID: billing.ID}, model.Grant{Permission: model.KeysEdit, ApplicationID: billing.ID},
			model.Grant{Permission: model.KeysCreate, ApplicationID: billing.ID},
			model.Grant{Permission: model.KeysRevoke, Until: x.clock.now().Add(-time.Hour)}),
			id: 5, own: "view regenerate suspend revoke", granted: "view edit create"},
	}
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{T: t, x: x, actors: actors, seq: x.head().Seq, high: x.clock.now()}
		defer func() { x.clock.set(m.high) }() // whatever this run made of the clock
		t.Repeat(rapid.StateMachineActions(m))
	})
	x.wantSound()
}

// player is a member, and what the test expects of its role and grants.
type player struct {
	name    string
	session *model.Session
	id      model.MemberID
	may     string // on every key
	own     string // on its own keys
	granted string // on the keys of billing
}

func (p *player) can(what string, k *twin) bool {
	has := func(list string) bool { return strings.Contains(" "+list+" ", " "+what+" ") }
	return has(p.may) || has(p.own) && k.owner == p.id || has(p.granted) && k.app == "billing"
}

// twin is the picture of one key.
type twin struct {
	id         model.KeyID
	app        string
	owner      model.MemberID
	state      model.State
	scopes     string
	expires    time.Time
	generation model.Generation
	revision   model.Revision
	secrets    []model.Secret // all that it ever had
}

type machine struct {
	*rapid.T
	x      *team
	actors []*player
	keys   []*twin
	seq    int64     // the number of the latest event that is accounted for
	high   time.Time // the latest instant that the service has seen
}

func (m *machine) player() *player { return rapid.SampledFrom(m.actors).Draw(m.T, "player") }

func (m *machine) key() *twin {
	if len(m.keys) == 0 {
		m.Skip("no keys yet")
	}
	return rapid.SampledFrom(m.keys).Draw(m.T, "key")
}

// want compares an outcome, and the events that it left, with the picture.
// The events are written like "key.created" or "denied key.created".
func (m *machine) want(err error, code model.Code, events ...string) {
	m.Helper()
	got := model.Code("")
	if err != nil {
		got = model.CodeOf(err)
	}
	if got != code {
		m.Fatalf("outcome is %q (%v), want %q", got, err, code)
	}
	var left []string
	for _, e := range m.x.events(m.seq) {
		word := string(e.Action)
		if e.Outcome == model.Denied {
			word = "denied " + word
		}
		left, m.seq = append(left, word), e.Seq
	}
	if strings.Join(left, ", ") != strings.Join(events, ", ") {
		m.Fatalf("events are %q, want %q", left, events)
	}
}

func (m *machine) Create(t *rapid.T) {
	m.T = t
	p := m.player()
	spec := model.KeySpec{
		Application: rapid.SampledFrom([]string{"billing", "shop", fmt.Sprintf("app %d", m.seq)}).Draw(t, "application"),
		Owner:       rapid.SampledFrom([]string{"", "max", "olga", "gita@example.com", "nobody"}).Draw(t, "owner"),
		Expires:     rapid.SampledFrom([]string{"", "never", "1d", "0d"}).Draw(t, "expires"),
	}
	_, missing := m.x.ada.Application(ctx, spec.Application)
	before := m.x.clock.now()
	k, s, err := p.session.CreateKey(ctx, spec)
	twin := &twin{app: spec.Application}
	denial := "denied " + string(model.KeyCreated)
	switch {
	case !p.can("create", twin) || missing != nil && !p.can("application", twin):
		m.want(err, model.CodeDenied, denial)
	case spec.Expires == "never" && !p.can("never", twin):
		m.want(err, model.CodeDenied, denial)
	case p.name == "gita" && spec.Expires == "0d": // who may not see the team is told of nobody
		m.want(err, model.CodeInvalid)
	case spec.Owner == "nobody" || p.name == "gita" && spec.Owner == "olga":
		m.want(err, model.CodeNotFound)
	case spec.Owner == "olga" || spec.Owner == "" && p.name == "olga" || spec.Expires == "0d":
		m.want(err, model.CodeInvalid)
	default:
		events := []string{string(model.KeyCreated)}
		if missing != nil {
			events = []string{string(model.ApplicationCreated), string(model.KeyCreated)}
		}
		m.want(err, "", events...)
		twin.owner = map[string]model.MemberID{"": p.id, "max": 4, "gita@example.com": 5}[spec.Owner]
		twin.expires = map[string]time.Time{"": before.Add(365 * 24 * time.Hour), "1d": before.Add(24 * time.Hour)}[spec.Expires]
		twin.id, twin.state, twin.generation, twin.revision, twin.secrets = k.ID, model.Active, 1, 1, []model.Secret{s}
		m.keys = append(m.keys, twin)
		m.wantKey(k, twin)
		return
	}
	if !s.Empty() || k.ID != "" {
		m.Fatalf("a creation that failed returns %+v", k)
	}
}

// wantKey compares what the service returned with the picture.
func (m *machine) wantKey(k model.Key, want *twin) {
	m.Helper()
	if k.ID != want.id || k.Application != want.app || k.OwnerID != want.owner || k.State != want.state || k.Generation != want.generation ||
		k.Revision != want.revision || k.ScopeList() != want.scopes || !k.ExpiresAt.Equal(want.expires) {
		m.Fatalf("the key is %+v, want %+v", k, want)
	}
}

// change runs one change to a key and settles what is denied, hidden or too
// late. It reports whether the change should have happened.
func (m *machine) change(p *player, k *twin, what string, action model.Action, err error, conflict bool) bool {
	m.Helper()
	switch {
	case !p.can("view", k):
		m.want(err, model.CodeNotFound, "denied "+string(action))
	case !p.can(what, k):
		m.want(err, model.CodeDenied, "denied "+string(action))
	case conflict || k.state == model.Revoked:
		m.want(err, model.CodeConflict)
	default:
		m.want(err, "", string(action))
		k.revision++
		return true
	}
	return false
}

func (m *machine) Regenerate(t *rapid.T) {
	m.T = t
	p, k := m.player(), m.key()
	from := rapid.SampledFrom([]model.Generation{0, k.generation, k.generation - 1, k.generation + 1}).Draw(t, "from")
	got, s, err := p.session.RegenerateSecret(ctx, k.id, from)
	if !m.change(p, k, "regenerate", model.KeyRegenerated, err, from != 0 && from != k.generation) {
		if !s.Empty() || got.ID != "" {
			t.Fatalf("a failed regeneration returns %+v", got)
		}
		return
	}
	k.generation++
	k.secrets = append(k.secrets, s)
	m.wantKey(got, k)
}

func (m *machine) Edit(t *rapid.T) {
	m.T = t
	p, k := m.player(), m.key()
	scopes := rapid.SampledFrom([]string{"", "read", "read write"}).Draw(t, "scopes")
	list := strings.Fields(scopes)
	from := rapid.SampledFrom([]model.Revision{0, k.revision, k.revision + 1}).Draw(t, "from")
	got, err := p.session.EditKey(ctx, k.id, from, model.KeyEdit{Scopes: &list})
	if m.change(p, k, "edit", model.KeyEdited, err, from != 0 && from != k.revision) {
		k.scopes = scopes
		m.wantKey(got, k)
	}
}

func (m *machine) HandOver(t *rapid.T) {
	m.T = t
	p, k := m.player(), m.key()
	owner := rapid.SampledFrom([]string{"ada", "max", "gita"}).Draw(t, "owner")
	got, err := p.session.EditKey(ctx, k.id, 0, model.KeyEdit{Owner: &owner})
	to := map[string]model.MemberID{"ada": 1, "max": 4, "gita": 5}[owner]
	if p.name == "gita" && k.owner != p.id && owner != "ada" && to != k.owner && p.can("edit", k) && k.state != model.Revoked {
		m.want(err, model.CodeDenied, "denied "+string(model.KeyEdited)) // she may not do all that an owner may
		return
	}
	if m.change(p, k, "edit", model.KeyEdited, err, false) {
		k.owner = to
		m.wantKey(got, k)
	}
}

func (m *machine) Suspend(t *rapid.T) {
	m.set(t, "suspend", model.KeySuspended, model.Suspended, (*model.Session).SuspendKey)
}

func (m *machine) Resume(t *rapid.T) {
	m.set(t, "suspend", model.KeyResumed, model.Active, (*model.Session).ResumeKey)
}

func (m *machine) Revoke(t *rapid.T) {
	m.set(t, "revoke", model.KeyRevoked, model.Revoked, (*model.Session).RevokeKey)
}

func (m *machine) set(t *rapid.T, what string, action model.Action, to model.State, fn func(*model.Session, context.Context, model.KeyID) (model.Key, error)) {
	m.T = t
	p, k := m.player(), m.key()
	got, err := fn(p.session, ctx, k.id)
	if m.change(p, k, what, action, err, k.state == to) {
		k.state = to
		m.wantKey(got, k)
	}
}

// ReplaceSealingKey changes nothing that anybody sees of a key.
func (m *machine) ReplaceSealingKey(t *rapid.T) {
	m.T = t
	p := m.player()
	uses, err := m.x.service.SealingKeys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.session.ReplaceSealingKey(ctx)
	switch {
	case p.name != "ada":
		m.want(err, model.CodeDenied, "denied "+string(model.SealingKeyReplaced))
	case uses[len(uses)-1].Current:
		m.want(err, model.CodeConflict)
	default:
		m.want(err, "", string(model.SealingKeyReplaced))
	}
}

// Many changes several keys at once: all of them that can change, or none.
func (m *machine) Many(t *rapid.T) {
	m.T = t
	m.key() // there is one
	p := m.player()
	to := rapid.SampledFrom([]model.State{model.Suspended, model.Active, model.Revoked}).Draw(t, "to")
	what := map[model.State]string{model.Suspended: "suspend", model.Active: "suspend", model.Revoked: "revoke"}[to]
	action := map[model.State]model.Action{model.Suspended: model.KeySuspended, model.Active: model.KeyResumed, model.Revoked: model.KeyRevoked}[to]
	var ids []model.KeyID
	var chosen, changing []*twin
	code, events := model.Code(""), []string{}
	for range rapid.IntRange(1, 4).Draw(t, "keys") {
		k := m.key()
		if slices.Contains(chosen, k) {
			continue
		}
		ids, chosen = append(ids, k.id), append(chosen, k)
		switch {
		case code != "":
		case !p.can("view", k):
			code, events = model.CodeNotFound, []string{"denied " + string(action)}
		case !p.can(what, k):
			code, events = model.CodeDenied, []string{"denied " + string(action)}
		case k.state != to && k.state != model.Revoked:
			changing, events = append(changing, k), append(events, string(action))
		}
	}
	if code == "" && len(changing) == 0 {
		code = model.CodeConflict
	}
	b, err := p.session.ChangeStates(ctx, ids, to)
	m.want(err, code, events...)
	if code != "" {
		return
	}
	for i, k := range changing {
		k.state = to
		k.revision++
		m.wantKey(b.Changed[i], k)
	}
}

func (m *machine) MoveClock(t *rapid.T) {
	m.T = t
	m.advance(rapid.SampledFrom([]time.Duration{time.Second, 23 * time.Hour, 400 * 24 * time.Hour, -time.Second, -4 * time.Minute, -time.Hour, -2 * 365 * 24 * time.Hour}).Draw(t, "by"))
}

// Check is run after every step: each secret that a key ever had gets the
// decision that the picture says.
func (m *machine) Check(t *rapid.T) {
	m.T = t
	for _, k := range m.keys {
		for i, s := range k.secrets {
			want := m.reason(k)
			if i < len(k.secrets)-1 {
				want = model.ReasonUnauthenticated
			}
			d, err := m.x.service.Verify(ctx, model.Request{Key: k.id, Secret: s})
			if err != nil || d.Reason != want || d.Allowed != (want == model.ReasonOK) {
				t.Fatalf("secret %d of %d of a key that is %s: %s, %v; want %s", i+1, len(k.secrets), k.state, d.Reason, err, want)
			}
		}
	}
	m.want(nil, "") // deciding leaves no event
	m.advance(time.Minute)
	// Within a minute of each other denials of a kind are counted together, and
	// a clock that goes back can come to a minute again: from here on they are
	// none of the same.
	m.x.service.Flush(ctx)
	m.want(nil, "")
}

func (m *machine) advance(by time.Duration) {
	m.x.clock.move(by)
	m.x.ada.Now() // the service looks at it
	if m.x.clock.now().After(m.high) {
		m.high = m.x.clock.now()
	}
}

func (m *machine) reason(k *twin) model.Reason {
	switch {
	case k.state == model.Suspended:
		return model.ReasonSuspended
	case k.state == model.Revoked:
		return model.ReasonRevoked
	case k.expires.IsZero():
		return model.ReasonOK
	case m.high.Sub(m.x.clock.now()) > 5*time.Minute:
		return model.ReasonClockDoubtful
	case !m.high.Before(k.expires):
		return model.ReasonExpired
	}
	return model.ReasonOK
}
