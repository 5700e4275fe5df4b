package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// ownerForm asks who is to own keys.
type ownerForm struct {
	formPage
	of     string // what they are
	team   []model.Member
	asked  int          // number of the question for the team, 0 where it is known or not to be known
	leaves model.Member // who cannot be it
	choose func(email string) transition
}

func newOwnerForm(s *surroundings, of string, team []model.Member, leaves model.Member, choose func(email string) transition) *ownerForm {
	return &ownerForm{of: of, team: team, leaves: leaves, choose: choose, formPage: formPage{surroundings: s, form: newForm(newField(s.styles, "owner", "Owner", "", hintOwner))}}
}

func (f *ownerForm) Title() string            { return "Owner of " + model.Printable(f.of) }
func (f *ownerForm) ShortHelp() []key.Binding { return f.form.shortHelp("choose") }

// Init reads the team, where it is not known and may be.
func (f *ownerForm) Init() (cmd tea.Cmd) {
	if f.team != nil || f.session.Can(model.MembersView, model.Target{}) != nil {
		return nil
	}
	f.asked, cmd = f.askMembers()
	return cmd
}

func (f *ownerForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		send, t, cmd := f.typed(msg)
		if !send {
			return t, cmd
		}
		owner, err := f.owner(strings.TrimSpace(f.form.value("owner")))
		if err != nil {
			return f.form.failed(f.surroundings, err), nil
		}
		return f.choose(owner), nil
	case membersReadMsg:
		if msg.id == f.asked {
			f.team = msg.members
		}
	case failedMsg:
		if msg.id == f.asked && f.asked != 0 {
			return f.failure(msg.err), nil
		}
	case stylesMsg:
		f.form.restyle(f.styles)
	}
	return stay, nil
}

// owner is the email of whoever was named and can own keys. Where the team is not
// to be known, it is what was typed.
func (f *ownerForm) owner(name string) (string, error) {
	if f.team == nil && f.asked == 0 && name != "" {
		return name, nil
	}
	for _, m := range f.team {
		if name != "" && m.Status == model.MemberActive && m.ID != f.leaves.ID && m.Role.OwnsKeys() && (strings.EqualFold(name, m.Email) || name == m.Login) {
			return m.Email, nil
		}
	}
	why := "Nobody of that name can own keys."
	switch l := f.leaves; {
	case name == "":
		why = "It is empty."
	case l.ID != 0 && (strings.EqualFold(name, l.Email) || name == l.Login):
		why = l.Name + " is the one who leaves."
	}
	e := model.Errorf(model.CodeInvalid, "%s Give the email or the login of another active member who is no Auditor.", why)
	e.Field = "owner"
	return "", e
}
