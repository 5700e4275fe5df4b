package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// grantForm gives a member a permission beyond the role.
type grantForm struct {
	formPage
	member model.Member
}

const (
	hintPermission       = "In the words of Roles & permissions, such as see keys, or by its name, such as keys.view."
	hintGrantApplication = "The one whose keys it is about, such as billing."
	hintUntil            = "When it ends by itself: 30d, or a date like 2027-01-31."
)

func newGrantForm(s *surroundings, m model.Member) *grantForm {
	st := s.styles
	return &grantForm{member: m, formPage: formPage{surroundings: s, form: newForm(
		newField(st, "permission", "Permission", "", hintPermission),
		newField(st, "application", "Application", "", hintGrantApplication).or("all"),
		newField(st, "until", "Until", "", hintUntil).or("for good"),
	)}}
}

func (f *grantForm) Title() string            { return "Grant" }
func (f *grantForm) ShortHelp() []key.Binding { return f.form.shortHelp("grant it") }

func (f *grantForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return f.press(msg)
	}
	return f.answered(msg), nil
}

func (f *grantForm) press(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := f.typed(msg)
	if !send {
		return t, cmd
	}
	f.form.sending = f.request()
	return stay.say(dim, "Granting it."), f.give()
}

// give sends the form, unless something in it cannot be understood.
func (f *grantForm) give() tea.Cmd {
	p, wrong := permissionTyped(f.form.value("permission"))
	until, err := untilTyped(f.form.value("until"), f.session.Now())
	wrong = alsoWrong(wrong, err)
	session, m, application := f.session, f.member, strings.TrimSpace(f.form.value("application"))
	return f.changeMember(f.form.sending, m.Name+" may "+p.Words()+" now.", func(ctx context.Context) (model.Member, error) {
		if wrong != nil {
			return m, wrong
		}
		_, err := session.GiveGrant(ctx, m.Email, p, application, until)
		return m, aboutApplication(err)
	})
}

// aboutApplication puts that an application was not found beside its name.
func aboutApplication(err error) error {
	e, ok := errors.AsType[*model.Error](err)
	if !ok || !errors.Is(err, model.ErrNoApplication) {
		return err
	}
	about := *e
	about.Field = "application"
	return &about
}

// permissionTyped is the permission that somebody typed, by its name or in
// words.
func permissionTyped(text string) (model.Permission, error) {
	if p, ok := model.PermissionNamed(text); ok {
		return p, nil
	}
	e := model.Errorf(model.CodeInvalid, "There is no permission %q. Roles & permissions lists them all, in words such as: see keys.", model.Printable(strings.TrimSpace(text)))
	e.Field = "permission"
	return "", e
}

// untilTyped is when a grant ends: as the expiry of a key, but nothing typed is
// for good.
func untilTyped(text string, now time.Time) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" || strings.EqualFold(text, "for good") {
		return time.Time{}, nil
	}
	at, err := model.ParseExpiry(text, now)
	if e, ok := errors.AsType[*model.Error](err); ok {
		e.Field = "until"
	}
	return at, err
}

// alsoWrong makes one error of what is wrong with two inputs.
func alsoWrong(a, b error) error {
	first, ok := errors.AsType[*model.Error](a)
	if !ok {
		return b
	}
	if second, ok := errors.AsType[*model.Error](b); ok {
		first.Also = append(first.Also, second)
	}
	return first
}
