package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// details is one key: its facts and its history.
type details struct {
	*surroundings
	key    model.Key
	events []model.Event
	asked  int
	page
	width int
	keys  keyActions
	usage key.Binding
	who   key.Binding
	move  movement
	back  key.Binding
}

func newDetails(s *surroundings, k model.Key) *details {
	return &details{surroundings: s, key: k, keys: newKeyActions(), usage: usageBinding(), who: bind("w", "who may regenerate, suspend, revoke or edit it", "w"), move: newMovement(), back: backBinding()}
}

func (d *details) Title() string    { return model.Printable(d.key.Application) }
func (d *details) SetSize(w, h int) { d.width, d.page.height = w, h }

func (d *details) ShortHelp() []key.Binding {
	who := short(d.who, "who may")
	who.SetEnabled(d.mayAsk() == nil)
	usage := short(d.usage, "usage")
	usage.SetEnabled(d.maySeeUsage() == nil)
	actions := d.keys.enabledFor(d.session, d.key)
	return append(slices.Insert(actions, len(actions)-1, usage), who, d.back)
}

func (d *details) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(d.keys.bindings(), d.usage, d.who), append(d.move.bindings(), d.back)}
}

// Limits says which actions do nothing for this member on this key.
func (d *details) Limits() map[string]error {
	limits := d.keys.limits(d.session, &d.key)
	limits[d.who.Help().Key] = d.mayAsk()
	limits[d.usage.Help().Key] = d.maySeeUsage()
	return limits
}

// mayAsk is why the member may not know who may do what with the key.
func (d *details) mayAsk() error { return d.session.Can(model.MembersView, model.Target{}) }

// maySeeUsage is why the member may not see how the key is used.
func (d *details) maySeeUsage() error { return d.session.Can(model.UsageView, d.key.On()) }

// showUsage shows how the key is used.
func (d *details) showUsage() transition {
	if err := d.maySeeUsage(); err != nil {
		return d.failure(err)
	}
	return push(newKeyUsage(d.surroundings, d.key.ID))
}

// whoMay lists who may do what with the key.
func (d *details) whoMay() transition {
	if err := d.mayAsk(); err != nil {
		return d.failure(err)
	}
	return push(whoMayWithKey(d.surroundings, d.key))
}

// whoMayWithKey lists who may do what with a key.
func whoMayWithKey(s *surroundings, k model.Key) *whoMay {
	return newWhoMay(s, "Who may", string(k.ID), model.KeysRegenerate, model.KeysSuspend, model.KeysRevoke, model.KeysEdit)
}

// detailsReadMsg brings a key as it is now, and what happened to it.
type detailsReadMsg struct {
	id     int
	key    model.Key
	events []model.Event
}

func (d *details) Init() tea.Cmd {
	id, session, k := d.request(), d.session, d.key.ID
	d.asked = id
	return d.query(id, func(ctx context.Context) (tea.Msg, error) {
		now, err := readKey(ctx, session, k)
		if err != nil {
			return nil, err
		}
		es, err := session.Events(ctx, model.EventQuery{Key: k, Limit: 100})
		return detailsReadMsg{id, now, es}, err
	})
}

// readKey reads a key, and why it is due. Where the policy cannot be read, as
// somebody changed it outside empress, nothing is due by it.
func readKey(ctx context.Context, session *model.Session, id model.KeyID) (model.Key, error) {
	k, err := session.Key(ctx, id)
	if err != nil {
		return model.Key{}, err
	}
	if p, err := session.Policy(ctx); err == nil {
		k.Findings = p.Due(k, session.Now())
	}
	return k, nil
}

func (d *details) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if by, ok := d.move.step(msg, d.page.height); ok {
			d.page.top = max(0, min(d.page.top+by, len(d.lines())-1))
			return stay, nil
		}
		if key.Matches(msg, d.back) {
			return pop(), nil
		}
		if key.Matches(msg, d.who) {
			return d.whoMay(), nil
		}
		if key.Matches(msg, d.usage) {
			return d.showUsage(), nil
		}
		return d.keys.press(d.surroundings, msg, &d.key)
	case detailsReadMsg:
		if msg.id == d.asked {
			d.key, d.events = msg.key, msg.events
		}
	case keyChangedMsg:
		if msg.key.ID == d.key.ID {
			msg.key.Usage = d.key.Usage
			d.key = msg.key
			return stay, d.Init()
		}
	case keyCreatedMsg:
		return stay, d.Init()
	case secretConfirmedMsg, changedMsg, refreshMsg:
		return stay, d.Init()
	case failedMsg:
		if msg.id == d.asked {
			return d.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (d *details) View() string { return d.page.view(d.lines(), d.styles) }

func (d *details) lines() []string {
	lines := factLines(keyFacts(d.key, d.surroundings)[1:], d.styles, d.width)
	lines = append(lines, "", d.styles.paint(strong, "  History"))
	return append(lines, eventLines(d.events, d.now(), d.styles, d.width)...)
}

// keyFacts are a key as people see it, its application first.
func keyFacts(k model.Key, s *surroundings) []Fact {
	now := s.session.Now()
	state, _ := stateWords(k, now)
	switch {
	case k.Unconfirmed() && k.Due&model.NotDelivered != 0:
		if k.StateAt(now) != model.Active { // which says less than that it is suspended, or expired
			state += ", not delivered"
		}
		state += ": nobody is known to have this secret, regenerate it"
	case k.Unconfirmed():
		state += ": regenerate the secret if it was not stored"
	}
	if k.Weak && state != k.Weakness() {
		state += ", " + k.Weakness()
	}
	if k.Weak {
		state += ": regenerate the secret soon"
	}
	facts := []Fact{
		{"Application", k.Application},
		{"api_key", string(k.ID)},
		{"api_secret", fmt.Sprintf("%s  secret number %d, made %s", model.Mask, k.Generation, since(k.SecretAt, s.now()))},
		{"State", state},
	}
	if len(k.Findings) > 0 {
		facts = append(facts, Fact{"Attention", findingWords(k.Findings)})
	}
	return append(facts, []Fact{
		{"Owner", k.Owner},
		{"Purpose", orElse(k.Purpose, "none given")},
		{"Scopes", orElse(k.ScopeList(), "none")},
		{"Networks", orElse(k.NetworkList(), "anywhere")},
		{"Rate", orElse(k.Rate.String(), "no limit")},
		{"Created", since(k.CreatedAt, s.now())},
		{"Expires", expiry(k, now)},
		{"Last used", usageWords(k, s.now())},
	}...)
}

func usageWords(k model.Key, now time.Time) string {
	u := k.Usage
	if u.At.IsZero() {
		return usedAgo(k, now, ago)
	}
	parts := []string{since(u.At, now)}
	if u.Address != "" {
		parts = append(parts, "from "+u.Address)
	}
	return strings.Join(append(parts, allowedWords(model.Count{Allowed: u.Allowed, Denied: u.Denied})), ", ")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
