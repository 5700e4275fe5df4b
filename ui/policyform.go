package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// policyForm is the security policy: what the team decided for everybody.
type policyForm struct {
	formPage
	may     error         // why the member may not change it, nil when they may
	seen    *model.Policy // the policy as it was last read, nil until then
	reading int           // number of the latest question for it
	outside key.Binding   // leads to the keys that are outside it
}

func newPolicyForm(s *surroundings) *policyForm {
	fields := make([]field, len(policyRules))
	for i, r := range policyRules {
		fields[i] = newField(s.styles, r.name, r.label, "", r.hint).or(r.none).counts(r.unit)
	}
	return &policyForm{
		formPage: formPage{surroundings: s, form: newForm(fields...)},
		may:      s.session.Can(model.PolicyManage, model.Target{}),
		outside:  bind("ctrl+o", "keys outside the policy", "ctrl+o"),
	}
}

func (f *policyForm) Title() string { return "Security policy" }
func (f *policyForm) Init() tea.Cmd { return f.read() }

func (f *policyForm) read() tea.Cmd {
	id, cmd := f.askPolicy()
	f.reading = id
	return cmd
}

// take shows the policy as it is now. What the person typed stays.
func (f *policyForm) take(p model.Policy) {
	f.seen = &p
	for i, r := range policyRules {
		x := &f.form.fields[i]
		x.become(r.of(p))
		switch r.name {
		case neverAllowed:
			x.tellRuledOut(p)
		case defaultLifetime:
			undecided := p
			undecided.DefaultLifetime = 0
			*x = x.or(undecided.LifetimeWords())
		}
	}
}

// tellRuledOut notes that the answer of the field does not count.
func (x *field) tellRuledOut(p model.Policy) {
	const note = "Not allowed, as there is a longest lifetime. This counts once there is none."
	switch {
	case x.note == "" && ruledOut(p):
		x.note = note
	case x.note == note && !ruledOut(p):
		x.note = ""
	}
}

// ruledOut reports whether keys that never expire are allowed in vain.
func ruledOut(p model.Policy) bool { return p.NeverAllowed && !p.MayNeverExpire() }

func (f *policyForm) Typing() bool { return f.may == nil }

func (f *policyForm) Cursor() *tea.Cursor {
	if f.may != nil {
		return nil
	}
	return f.formPage.Cursor()
}

func (f *policyForm) ShortHelp() []key.Binding {
	list := short(f.outside, "keys outside it")
	if f.may != nil {
		return []key.Binding{list, backBinding()}
	}
	keys := f.form.shortHelp("save")
	if len(keys) == 0 {
		return nil
	}
	return slices.Insert(keys, len(keys)-1, list)
}

func (f *policyForm) FullHelp() [][]key.Binding {
	if f.may != nil {
		return [][]key.Binding{{f.outside, backBinding()}}
	}
	return append(f.formPage.FullHelp(), []key.Binding{f.outside})
}

// policyChangedMsg says that the policy was changed.
type policyChangedMsg struct {
	id     int
	policy model.Policy
}

func (f *policyForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if key.Matches(msg, f.outside) && f.form.sending == 0 {
			return push(newOutside(f.surroundings)), nil // what was typed stays
		}
		if f.may != nil {
			return f.look(msg)
		}
		return f.press(msg)
	case tea.PasteMsg:
		if f.may == nil {
			return f.press(msg)
		}
	case policyReadMsg:
		f.take(msg.policy)
	case policyChangedMsg:
		if msg.id == f.form.sending {
			f.learn(msg.policy)
			return pop().say(good, "The security policy was changed."), nil
		}
	case failedMsg:
		switch {
		case msg.id == f.reading && f.reading != 0:
			return f.failure(msg.err), nil
		case msg.id == f.form.sending && f.form.sending != 0:
			return f.form.failed(f.surroundings, msg.err), f.read()
		}
	}
	return f.answered(msg), nil
}

// look is for whoever may not change anything: any key that would says why.
func (f *policyForm) look(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	if key.Matches(msg, backBinding()) {
		return pop(), nil
	}
	return f.failure(f.may), nil
}

func (f *policyForm) press(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := f.typed(msg)
	if !send {
		return t, cmd
	}
	if edit, err := f.edit(); err == nil && edit == (model.PolicyEdit{Seen: f.seen}) {
		return stay.say(bad, "Nothing was changed. esc leaves."), nil
	}
	f.form.sending = f.request()
	return stay.say(dim, "Saving."), f.save()
}

// save sends what differs, unless something in it cannot be understood.
func (f *policyForm) save() tea.Cmd {
	edit, wrong := f.edit()
	session, id := f.session, f.form.sending
	return f.change(id, func(ctx context.Context) (tea.Msg, error) {
		if wrong != nil {
			return nil, wrong
		}
		p, err := session.EditPolicy(ctx, edit)
		return policyChangedMsg{id, p}, err
	})
}

// edit is what differs from the policy that the form shows.
func (f *policyForm) edit() (model.PolicyEdit, error) {
	e := model.PolicyEdit{Seen: f.seen}
	for i, r := range policyRules {
		x := &f.form.fields[i]
		if value := strings.TrimSpace(x.input.Value()); value != x.given {
			if err := r.put(&e, value); err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

func (f *policyForm) View() string {
	if f.may == nil {
		return f.formPage.View()
	}
	return f.form.page.view(factLines(f.facts(), f.styles, f.form.width), f.styles)
}

// facts is the policy for reading.
func (f *policyForm) facts() []Fact {
	facts := make([]Fact, len(policyRules))
	for i, r := range policyRules {
		facts[i] = Fact{r.label, f.form.fields[i].meaning()}
		if r.name == neverAllowed && f.seen != nil && ruledOut(*f.seen) {
			facts[i].Value = "not allowed, as there is a longest lifetime"
		}
	}
	return facts
}
