package ui

import (
	"context"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rotation is which keys are to get new secrets: some, or all that a query
// finds.
type rotation struct {
	ids []model.KeyID
	all *model.KeyQuery // nil where ids says which
}

// planRow is a key of a plan, as few words as the screen needs: a plan may hold
// a hundred thousand.
type planRow struct {
	turn        model.Turn
	application string
	used        string // when and by whom it was last used
	why         string // why it is due, or left out
	due         bool   // it is due already
}

// unnamed is what a key is called whose application is not to be known, or not to
// be trusted.
const unnamed = "(not known)"

// named is how a key of a plan is called.
func (r planRow) named() string {
	return named(model.Key{ID: r.turn.Key, Application: orElse(r.application, unnamed)})
}

// rotationPlan says what a rotation would do, before anything changes. It is read
// window by window.
type rotationPlan struct {
	*surroundings
	what  rotation
	how   delivery
	renew model.Renewal
	planSoFar
	asked         int // number of the question for the next window, 0 for none
	list          shortList
	width, height int
	keys          planKeys
}

// planSoFar is what was read of a plan.
type planSoFar struct {
	rows, left []planRow
	from       *model.Key // where the next window begins
	whole      bool       // nothing follows
	over       bool       // more are due than one rotation takes
}

type planKeys struct {
	movement
	Start, Extend, Back key.Binding
}

func newRotationPlan(s *surroundings, what rotation, how delivery) *rotationPlan {
	return &rotationPlan{surroundings: s, what: what, how: how, keys: planKeys{
		movement: newMovement(), Start: bind("enter", "start, after a question", "enter"),
		Extend: bind("e", "extend the keys that expire soon, or not", "e"), Back: backBinding(),
	}}
}

func (p *rotationPlan) Title() string { return "Plan" }

func (p *rotationPlan) ShortHelp() []key.Binding {
	start := short(p.keys.Start, "start")
	start.SetEnabled(p.whole && len(p.rows) > 0)
	extend := short(p.keys.Extend, "extend those that expire soon")
	if p.renew {
		extend = short(p.keys.Extend, "extend none")
	}
	return []key.Binding{start, extend, p.keys.Back}
}

func (p *rotationPlan) FullHelp() [][]key.Binding {
	return [][]key.Binding{{p.keys.Start, p.keys.Extend}, append(p.keys.movement.bindings(), p.keys.Back)}
}

func (p *rotationPlan) SetSize(w, h int) {
	p.width, p.height = w, h
	p.list.resize(len(p.rows)+len(p.left), (h-len(p.above()))/p.rowHeight())
}

// Init reads the plan from the beginning.
func (p *rotationPlan) Init() tea.Cmd {
	p.planSoFar = planSoFar{}
	return p.read()
}

// planReadMsg brings one more window of a plan.
type planReadMsg struct {
	id int
	planSoFar
}

// read asks for the next window.
func (p *rotationPlan) read() tea.Cmd {
	id, session, what, renew, now := p.request(), p.session, p.what, p.renew, p.now
	done, from := len(p.rows)+len(p.left), p.from
	p.asked = id
	return p.query(id, func(ctx context.Context) (tea.Msg, error) {
		ids, next, err := what.window(ctx, session, done, from)
		if err != nil {
			return nil, err
		}
		plan, err := session.PlanRotation(ctx, ids, renew)
		read := planReadMsg{id, planSoFar{from: next, whole: what.ends(done+len(ids), next), over: next != nil}}
		for _, k := range plan.Keys {
			if what.all != nil && len(k.Findings) == 0 {
				continue // somebody else rotated it since it was found to be due
			}
			read.rows = append(read.rows, planRow{model.Turn{Key: k.ID, From: k.Generation}, k.Application, usedBy(k, now()), dueWhy(k, plan.Until[k.ID]), len(k.Findings) > 0})
		}
		for _, l := range plan.Left {
			read.left = append(read.left, planRow{turn: model.Turn{Key: l.Key.ID}, application: l.Key.Application, why: "Left out: " + l.Why + "."})
		}
		return read, err
	})
}

// window are the keys that come after so many, and where the next window begins.
func (r rotation) window(ctx context.Context, session *model.Session, after int, from *model.Key) (ids []model.KeyID, next *model.Key, err error) {
	if r.all == nil {
		return r.ids[after:min(len(r.ids), after+model.MaxWindow)], nil, nil
	}
	q := *r.all
	q.From, q.Limit = from, min(model.MaxWindow, model.MaxRotation-after)
	page, err := session.Keys(ctx, q)
	for _, k := range page.Keys {
		ids = append(ids, k.ID)
	}
	return ids, page.Next, err
}

// ends is whether nothing follows after so many.
func (r rotation) ends(after int, next *model.Key) bool {
	if r.all == nil {
		return after >= len(r.ids)
	}
	return next == nil || after >= model.MaxRotation
}

// dueWhy says why a key gets a new secret, and until when it goes on, the zero time
// for as long as it does now.
func dueWhy(k model.Key, until time.Time) string {
	words := "You chose it."
	if len(k.Findings) > 0 {
		words = findingWords(k.Findings)
	}
	if k.State == model.Suspended {
		words += " It stays suspended."
	}
	if !until.IsZero() {
		words += " It goes on until " + until.UTC().Format(time.DateOnly) + "."
	}
	return words
}

// usedBy says when and from where a key was last used.
func usedBy(k model.Key, now time.Time) string {
	words := usedWords(k, now)
	if k.Usage.Address != "" {
		words += " by " + addressWords(k.Usage.Address)
	}
	return words
}

func (p *rotationPlan) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case planReadMsg:
		if msg.id == p.asked {
			return stay, p.receive(msg.planSoFar)
		}
	case refreshMsg:
		return stay, p.Init()
	case failedMsg:
		if msg.id == p.asked {
			p.asked = 0
			return p.failure(msg.err), nil
		}
	}
	return stay, nil
}

// receive adds a window, and asks for the next one.
func (p *rotationPlan) receive(more planSoFar) (cmd tea.Cmd) {
	p.rows, p.left = append(p.rows, more.rows...), append(p.left, more.left...)
	p.from, p.whole, p.over, p.asked = more.from, more.whole, more.over, 0
	if !p.whole {
		cmd = p.read()
	}
	p.SetSize(p.width, p.height)
	return cmd
}

func (p *rotationPlan) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if by, ok := p.keys.step(msg, p.list.rows); ok {
		p.list.move(by)
		return stay, nil
	}
	switch k := p.keys; {
	case key.Matches(msg, k.Extend):
		p.renew = !p.renew
		return stay, p.Init() // others may be left out
	case key.Matches(msg, k.Back):
		return pop(), nil
	case !key.Matches(msg, k.Start):
	case p.asked != 0:
		return stay.say(plain, "One moment: the keys are still being read."), nil
	case !p.whole:
		return stay.say(warning, "Not every key was read. F5 reads them again."), nil
	case len(p.rows) == 0:
		return stay.say(warning, "There is nothing to rotate."), nil
	default:
		return push(newStartQuestion(p)), nil
	}
	return stay, nil
}

// Wheel moves the cursor.
func (p *rotationPlan) Wheel(by int) (transition, tea.Cmd) {
	p.list.move(by)
	return stay, nil
}

// startedMsg says that a rotation can begin: where the secrets go to a file, it
// is there now.
type startedMsg struct {
	id   int
	file SecretsFile
}

// newStartQuestion says what a rotation does, and wants the number of keys.
func newStartQuestion(p *rotationPlan) *question {
	s, n, how := p.surroundings, len(p.rows), p.how
	what, it := fmt.Sprintf("Each of these %s gets a new secret, and its old one stops working at once.", count(n, "key")), "Their expiry stays as it is."
	if n == 1 {
		what, it = p.rows[0].named()+" gets a new secret, and its old one stops working at once.", "Its expiry stays as it is."
	}
	if p.renew {
		it = "What expires within 30 days goes on from now, for as long as it was given."
	}
	q := newQuestion(s, "Rotate "+count(n, "key"), "rotate", what, "", how.words(), "", it+" If you stop on the way, what is left stays due.")
	q.must = fmt.Sprint(n)
	q.input.Focus()
	q.run = func(id int) tea.Cmd {
		return s.change(id, func(context.Context) (tea.Msg, error) {
			if how.by != byFile {
				return startedMsg{id, nil}, nil
			}
			file, err := s.newSecrets(how.place)
			return startedMsg{id, file}, err
		})
	}
	q.done = func(msg tea.Msg) (transition, bool) {
		m, ok := msg.(startedMsg)
		return transition{drop: 2, push: []screen{newRotationRun(s, p.rows, how, p.renew, m.file)}}, ok // the question, and the plan
	}
	return q
}
