package ui

import (
	"context"

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
}

const hintSupport = "Whom people ask when something is wrong: an email, a number, a page. Help and errors name it."

func newPolicyForm(s *surroundings) *policyForm {
	return &policyForm{
		formPage: formPage{surroundings: s, form: newForm(
			newField(s.styles, "support_contact", "Support contact", s.support, hintSupport).or("nobody in particular"),
		)},
		may: s.session.Can(model.PolicyManage, model.Target{}),
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
	for i := range f.form.fields {
		f.form.fields[i].become(p.Support)
	}
}
func (f *policyForm) Typing() bool { return f.may == nil }

func (f *policyForm) Cursor() *tea.Cursor {
	if f.may != nil {
		return nil
	}
	return f.formPage.Cursor()
}

func (f *policyForm) ShortHelp() []key.Binding {
	if f.may != nil {
		return []key.Binding{backBinding()}
	}
	return f.form.shortHelp("save")
}

// policyChangedMsg says that the policy was changed.
type policyChangedMsg struct {
	id     int
	policy model.Policy
}

func (f *policyForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
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
			f.support = msg.policy.Support
			return pop().say(good, "The security policy was changed."), nil
		}
	case failedMsg:
		switch {
		case msg.id == f.reading && f.reading != 0:
			return f.failure(msg.err), nil
		case msg.id == f.form.sending && f.form.sending != 0:
			return f.form.failed(f.surroundings, msg.err), f.read()
		}
	case stylesMsg:
		f.form.restyle(f.styles)
	}
	return stay, nil
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
	support, seen, session, id := f.form.value("support_contact"), f.seen, f.session, f.request()
	f.form.sending = id
	return stay.say(dim, "Saving."), f.change(id, func(ctx context.Context) (tea.Msg, error) {
		p, err := session.EditPolicy(ctx, model.PolicyEdit{Seen: seen, Support: &support})
		return policyChangedMsg{id, p}, err
	})
}

func (f *policyForm) View() string {
	if f.may == nil {
		return f.formPage.View()
	}
	return "  " + f.styles.paint(dim, "Support contact  ") + fit(model.Printable(orElse(f.support, "nobody in particular")), f.form.width-21)
}
