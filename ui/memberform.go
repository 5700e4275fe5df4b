package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// memberForm adds somebody to the team.
type memberForm struct{ formPage }

const (
	hintLogin = "The user name by which they sign in on this computer. Without one they cannot."
	hintRole  = "Administrator, IT Manager, Auditor or Member: Roles & permissions says what each may do."
)

func newMemberForm(s *surroundings) *memberForm {
	st := s.styles
	return &memberForm{formPage{surroundings: s, form: newForm(
		newField(st, "name", "Name", "", "As others call them, such as Kim."),
		newField(st, "email", "Email", "", "It names them for good, such as kim@example.com."),
		newField(st, "login", "Login", "", hintLogin).or("none"),
		newField(st, "role", "Role", string(model.PlainMember), hintRole).offered(),
	)}}
}

func (f *memberForm) Title() string            { return "Add a member" }
func (f *memberForm) ShortHelp() []key.Binding { return f.form.shortHelp("add the member") }

// teamChangedMsg says that a member was added or changed, and how, in words.
type teamChangedMsg struct {
	id      int
	member  model.Member
	said    string
	added   bool
	secrets []model.NewSecret // of keys that were regenerated with it
}

func (f *memberForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return f.press(msg)
	}
	return f.answered(msg), nil
}

func (f *memberForm) press(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := f.typed(msg)
	if !send {
		return t, cmd
	}
	f.form.sending = f.request()
	return stay.say(dim, "Adding the member."), f.add()
}

// add sends the form.
func (f *memberForm) add() tea.Cmd {
	id, session := f.form.sending, f.session
	spec := model.MemberSpec{Name: f.form.value("name"), Email: f.form.value("email"), Login: f.form.value("login"), Role: roleTyped(f.form.value("role"))}
	return f.change(id, func(ctx context.Context) (tea.Msg, error) {
		m, err := session.AddMember(ctx, spec)
		return teamChangedMsg{id: id, member: m, said: addedWords(m), added: true}, err
	})
}

// roleTyped is the role that somebody typed, in whichever capitals.
func roleTyped(text string) model.Role {
	text = strings.TrimSpace(text)
	for _, r := range model.Roles() {
		if strings.EqualFold(text, string(r)) {
			return r
		}
	}
	return model.Role(text)
}

// addedWords say who was added, and how they sign in.
func addedWords(m model.Member) string {
	words := m.Name + " belongs to the team now, " + model.Basis{Role: m.Role}.String() + "."
	if m.Login == "" {
		return words + " Without a login they cannot sign in."
	}
	return words + " They sign in as " + m.Login + "."
}
