package ui

import (
	"context"
	"errors"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// offboardPage settles the keys of a member who is to be removed.
type offboardPage struct {
	*surroundings
	disposals
	list          shortList
	loaded        bool
	asked         int
	leaving       bool // it was to be left once with something decided
	width, height int
	keys          offboardKeys
}

type offboardKeys struct {
	movement
	Owner, Regenerate, Suspend, Revoke, Keep, GoOn, Back key.Binding
}

func newOffboardPage(s *surroundings, m model.Member) *offboardPage {
	p := &offboardPage{surroundings: s, disposals: disposals{Offboarding: model.Offboarding{Member: m}, choices: map[model.KeyID]model.Settlement{}}}
	p.keys = offboardKeys{
		movement: newMovement(),
		GoOn:     bind("enter", "go on, when every key is settled", "enter"),
		Owner:    bind("t", "transfer the key to another owner", "t"), Regenerate: bind("r", "regenerate the secret", "r"),
		Suspend: bind("p", "suspend the key", "p"), Revoke: bind("X", "revoke the key", "X"),
		Keep: bind("m", "keep the secret that they know", "m"), Back: backBinding(),
	}
	return p
}

func (p *offboardPage) Title() string { return "Remove" }

func (p *offboardPage) ShortHelp() []key.Binding {
	bs := []key.Binding{short(p.keys.GoOn, "go on")}
	if len(p.Keys) > 0 {
		for _, w := range p.ways() {
			b := short(w.binding, w.word)
			b.SetEnabled(p.bars(w, p.Keys[p.list.cursor]) == nil)
			bs = append(bs, b)
		}
	}
	return append(bs, p.keys.Back)
}

// keyWay is one thing to do about a key: to give it another owner, or to dispose
// of its secret.
type keyWay struct {
	binding key.Binding
	word    string
	do      model.Disposal // "" for another owner
	needs   model.Permission
}

func (p *offboardPage) ways() []keyWay {
	k := p.keys
	return []keyWay{
		{k.Owner, "owner", "", model.KeysEdit}, {k.Regenerate, "regenerate", model.Regenerate, model.KeysRegenerate},
		{k.Suspend, "suspend", model.Suspend, model.KeysSuspend}, {k.Revoke, "revoke", model.Revoke, model.KeysRevoke}, {k.Keep, "keep", model.Keep, model.KeysView},
	}
}

// Limits says what cannot be done about the key that the cursor is on.
func (p *offboardPage) Limits() map[string]error {
	limits := map[string]error{}
	for _, w := range p.ways() {
		if len(p.Keys) > 0 {
			limits[w.binding.Help().Key] = p.bars(w, p.Keys[p.list.cursor])
		}
	}
	return limits
}

func (p *offboardPage) FullHelp() [][]key.Binding {
	k := p.keys
	return [][]key.Binding{{k.Owner, k.Regenerate, k.Suspend, k.Revoke, k.Keep, k.GoOn}, append(k.movement.bindings(), k.Back)}
}

// offboardingReadMsg brings what is to be settled, and who could own keys.
type offboardingReadMsg struct {
	id int
	model.Offboarding
	team []model.Member
}

func (p *offboardPage) Init() tea.Cmd {
	id, session, email := p.request(), p.session, p.Member.Email
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		o, err := session.Offboarding(ctx, email)
		if err != nil {
			return nil, err
		}
		team, err := session.Members(ctx)
		return offboardingReadMsg{id, o, team}, err
	})
}

func (p *offboardPage) SetSize(w, h int) {
	p.width, p.height = w, h
	p.list.resize(len(p.Keys), (h-len(p.above()))/settledLines)
}

func (p *offboardPage) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg), nil
	case offboardingReadMsg:
		if msg.id == p.asked {
			p.loaded = true
			p.renew(msg.Offboarding, msg.team)
			p.SetSize(p.width, p.height)
		}
	case changedMsg, refreshMsg:
		return stay, p.Init()
	case failedMsg:
		switch {
		case msg.id != p.asked:
		case !p.loaded && (errors.Is(msg.err, model.ErrDenied) || errors.Is(msg.err, model.ErrConflict)): // they cannot be removed
			return pop().say(warning, p.explain(msg.err)), nil
		default:
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

func (p *offboardPage) press(msg tea.KeyPressMsg) transition {
	if key.Matches(msg, p.keys.Back) {
		if len(p.choices) > 0 && !p.leaving {
			p.leaving = true
			return stay.say(warning, "What you decided is not kept. esc again leaves without it.")
		}
		return pop()
	}
	p.leaving = false
	if by, ok := p.keys.step(msg, p.list.rows); ok {
		p.list.move(by)
		return stay
	}
	if key.Matches(msg, p.keys.GoOn) {
		return p.goOn()
	}
	if !p.loaded || len(p.Keys) == 0 {
		return stay
	}
	return p.settle(msg, p.Keys[p.list.cursor])
}

// settle decides about one key, or says why that cannot be.
func (p *offboardPage) settle(msg tea.KeyPressMsg, h model.HeldKey) transition {
	for _, way := range p.ways() {
		if !key.Matches(msg, way.binding) {
			continue
		}
		if err := p.bars(way, h); err != nil {
			return p.refusal(err)
		}
		if way.do == "" {
			return push(p.ownerForm(h))
		}
		p.choose(h.Key.ID, func(s *model.Settlement) { s.Do = way.do })
	}
	return stay
}

// bars says why something cannot be done about a key.
func (p *offboardPage) bars(way keyWay, h model.HeldKey) error {
	if err := p.session.Can(way.needs, h.Key.On()); err != nil {
		return err
	}
	switch {
	case way.do == "" && !h.Owns:
		return model.Errorf(model.CodeConflict, "%s has another owner already: %s.", named(h.Key), h.Key.Owner)
	case way.do == model.Keep && !h.KnowsSecret:
		return model.Errorf(model.CodeConflict, "%s does not know the secret of %s, so it stays anyway.", p.Member.Name, named(h.Key))
	}
	return nil
}

// ownerForm asks who is to own a key.
func (p *offboardPage) ownerForm(h model.HeldKey) *ownerForm {
	return newOwnerForm(p.surroundings, h.Key.Application, p.team, p.Member, func(email string) transition {
		p.choose(h.Key.ID, func(s *model.Settlement) { s.NewOwner = email })
		return pop()
	})
}

// goOn asks for the last time, when every key is settled.
func (p *offboardPage) goOn() transition {
	switch i, why := p.firstOpen(); {
	case !p.loaded:
		return stay
	case p.Hidden > 0:
		return stay.say(warning, p.hiddenWords())
	case i >= 0:
		p.list.move(i - p.list.cursor)
		return stay.say(warning, named(p.Keys[i].Key)+" "+why)
	}
	return push(newRemoveQuestion(p.surroundings, p.disposals))
}

// Wheel moves the cursor, and Click goes to a key.
func (p *offboardPage) Wheel(by int) (transition, tea.Cmd) {
	p.list.move(by)
	return stay, nil
}

func (p *offboardPage) Click(_, y int) (transition, tea.Cmd) {
	if y -= len(p.above()); y >= 0 {
		p.list.click(y / settledLines)
	}
	return stay, nil
}
