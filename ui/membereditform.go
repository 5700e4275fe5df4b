package ui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// memberEditForm corrects the name and the login of a member.
type memberEditForm struct {
	formPage
	edited model.Member // as the form was filled in with
}

func newMemberEditForm(s *surroundings, m model.Member) *memberEditForm {
	st := s.styles
	return &memberEditForm{edited: m, formPage: formPage{surroundings: s, form: newForm(
		newField(st, "name", "Name", m.Name, "As others call them, such as Kim. The email stays: the trail names them by it."),
		newField(st, "login", "Login", m.Login, hintLogin+" Whoever has it acts as them.").or("none"),
	)}}
}

func (f *memberEditForm) Title() string            { return "Correct " + model.Printable(f.edited.Name) }
func (f *memberEditForm) ShortHelp() []key.Binding { return f.form.shortHelp("save the changes") }

func (f *memberEditForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		send, t, cmd := f.typed(msg)
		if !send {
			return t, cmd
		}
		f.form.sending = f.request()
		return stay.say(dim, "Saving."), f.save()
	}
	return f.answered(msg), nil
}

// save sends what differs from the member as they were seen.
func (f *memberEditForm) save() tea.Cmd {
	was := f.edited
	e := model.MemberEdit{Seen: &was}
	for _, x := range f.form.fields {
		if value := x.input.Value(); value != x.given {
			*map[string]**string{"name": &e.Name, "login": &e.Login}[x.name] = &value
		}
	}
	return f.changeMember(f.form.sending, was.Name+" was changed.", func(ctx context.Context) (model.Member, error) {
		return f.session.EditMember(ctx, was.Email, e)
	})
}
