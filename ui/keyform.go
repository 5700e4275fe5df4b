package ui

import (
	"context"
	"errors"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// keyForm is Create New API Key, and the same form to edit a key.
type keyForm struct {
	formPage
	edited  *model.Key // nil to create
	reading int        // number of the latest question how the edited key is now
}

const (
	hintOwner    = "Who answers for this key: an email or a login of the team."
	hintPurpose  = "A few words for whoever finds this key in a year."
	hintScopes   = "What the key may do, such as invoices:read invoices:write."
	hintNetworks = "Where it may be used from, such as 10.0.0.0/8."
	hintRate     = "How many requests it may make, such as 100/min."
	hintExpires  = "When it stops working: 90d, a date like 2027-01-31, or never."
)

func newCreateForm(s *surroundings) *keyForm { return newCreateFormFor(s, "") }

// newCreateFormFor creates a key for an application, "" for one that is yet to
// be named.
func newCreateFormFor(s *surroundings, application string) *keyForm {
	st := s.styles
	return &keyForm{formPage: formPage{surroundings: s, form: newForm(
		newField(st, "application", "Application", application, "What will use this key, such as billing. It may be new."),
		newField(st, "owner", "Owner", s.session.Me().Email, hintOwner).offered(),
		newField(st, "purpose", "Purpose", "", hintPurpose).or("optional"),
		newField(st, "scopes", "Scopes", "", hintScopes).or("none needed"),
		newField(st, "networks", "Networks", "", hintNetworks).or("anywhere"),
		newField(st, "rate", "Rate", "", hintRate).or("no limit"),
		newField(st, "expires", "Expires", orElse(s.lifetime, "365d"), hintExpires).offered(),
	)}}
}

func newEditForm(s *surroundings, k model.Key) *keyForm {
	st, is := s.styles, editable(k)
	return &keyForm{edited: &k, formPage: formPage{surroundings: s, form: newForm(
		newField(st, "owner", "Owner", is["owner"], hintOwner),
		newField(st, "purpose", "Purpose", is["purpose"], hintPurpose).or("optional"),
		newField(st, "scopes", "Scopes", is["scopes"], hintScopes).or("none needed"),
		newField(st, "networks", "Networks", is["networks"], hintNetworks).or("anywhere"),
		newField(st, "rate", "Rate", is["rate"], hintRate).or("no limit"),
		newField(st, "expires", "Expires", is["expires"], hintExpires),
	)}}
}

// editable is what can be changed of a key, by the names of the fields, as it
// would be typed.
func editable(k model.Key) map[string]string {
	expires := "never"
	if !k.ExpiresAt.IsZero() {
		expires = k.ExpiresAt.UTC().Format(model.MinuteForm)
	}
	return map[string]string{"owner": k.Owner, "purpose": k.Purpose, "scopes": k.ScopeList(), "networks": k.NetworkList(), "rate": k.Rate.String(), "expires": expires}
}

func (f *keyForm) Title() string {
	if f.edited != nil {
		return "Edit " + model.Printable(f.edited.Application)
	}
	return "Create New API Key"
}

func (f *keyForm) ShortHelp() []key.Binding {
	if f.edited != nil {
		return f.form.shortHelp("save the changes")
	}
	return f.form.shortHelp("create the key")
}

func (f *keyForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return f.press(msg)
	case keyCreatedMsg:
		if msg.id == f.form.sending {
			return replace(newSecretOverlay(f.surroundings, msg.key, msg.secret, "Your new API key")), nil
		}
	case keyChangedMsg:
		if msg.id == f.form.sending {
			return pop().say(good, msg.said), nil
		}
	case failedMsg:
		return f.failed(msg)
	case changedMsg, refreshMsg:
		return stay, f.reread()
	case rereadMsg:
		if msg.id == f.reading {
			return f.merge(msg), nil
		}
	}
	return f.answered(msg), nil
}

func (f *keyForm) press(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := f.typed(msg)
	if !send {
		return t, cmd
	}
	f.form.sending = f.request()
	if f.edited != nil {
		return stay.say(dim, "Saving."), f.save()
	}
	return stay.say(dim, "Creating the key."), f.create()
}

// failed keeps what was typed. When somebody else changed the key meanwhile,
// what they did is fetched.
func (f *keyForm) failed(msg failedMsg) (transition, tea.Cmd) {
	switch {
	case msg.id == f.reading && f.reading != 0:
		return f.failure(msg.err), nil
	case msg.id != f.form.sending || f.form.sending == 0:
		return stay, nil
	}
	t := f.form.failed(f.surroundings, msg.err)
	if f.edited != nil && errors.Is(msg.err, model.ErrConflict) {
		return t, f.reread()
	}
	return t, nil
}

// keyCreatedMsg brings a new key, or one with a new secret. The secret shows
// itself to nobody but the overlay.
type keyCreatedMsg struct {
	id     int
	key    model.Key
	secret model.Secret
}

func (f *keyForm) create() tea.Cmd {
	id, session := f.form.sending, f.session
	spec := model.KeySpec{
		Application: f.form.value("application"), Owner: f.form.value("owner"), Purpose: f.form.value("purpose"),
		Scopes: words(f.form.value("scopes")), Networks: words(f.form.value("networks")),
		Rate: f.form.value("rate"), Expires: f.form.value("expires"), NewApplication: f.form.insists("application"),
	}
	return f.change(id, func(ctx context.Context) (tea.Msg, error) {
		k, secret, err := session.CreateKey(ctx, spec)
		return keyCreatedMsg{id, k, secret}, err
	})
}

// save sends what differs from what the form was opened with.
func (f *keyForm) save() tea.Cmd {
	session, was := f.session, *f.edited
	edit := model.KeyEdit{}
	single := map[string]**string{"owner": &edit.Owner, "purpose": &edit.Purpose, "rate": &edit.Rate, "expires": &edit.Expires}
	several := map[string]**[]string{"scopes": &edit.Scopes, "networks": &edit.Networks}
	for _, x := range f.form.fields {
		value := x.input.Value()
		if value == x.given {
			continue
		}
		if to, ok := single[x.name]; ok {
			*to = &value
		} else {
			list := words(value)
			*several[x.name] = &list
		}
	}
	return f.changeKey(f.form.sending, "The key of "+was.Application+" was changed.", func(ctx context.Context) (model.Key, error) {
		return session.EditKey(ctx, was.ID, was.Revision, edit)
	})
}

// words splits what was typed at blanks and commas.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
}
