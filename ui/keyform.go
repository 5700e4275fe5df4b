package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// keyForm is Create New API Key, and the same form to edit a key.
type keyForm struct {
	*surroundings
	form   form
	edited *model.Key // nil to create
	asked  bool       // esc was pressed once with something typed
}

const (
	hintOwner    = "Who answers for this key: an email or a login of the team."
	hintPurpose  = "A few words for whoever finds this key in a year."
	hintScopes   = "What the key may do, such as invoices:read invoices:write."
	hintNetworks = "Where it may be used from, such as 10.0.0.0/8."
	hintRate     = "How many requests it may make, such as 100/min."
	hintExpires  = "When it stops working: 90d, a date like 2027-01-31, or never."
)

func newCreateForm(s *surroundings) *keyForm {
	st := s.styles
	return &keyForm{surroundings: s, form: newForm(
		newField(st, "application", "Application", "", "What will use this key, such as billing. It may be new."),
		newField(st, "owner", "Owner", s.session.Me().Email, hintOwner).offered(),
		newField(st, "purpose", "Purpose", "", hintPurpose).or("optional"),
		newField(st, "scopes", "Scopes", "", hintScopes).or("none needed"),
		newField(st, "networks", "Networks", "", hintNetworks).or("anywhere"),
		newField(st, "rate", "Rate", "", hintRate).or("no limit"),
		newField(st, "expires", "Expires", "365d", hintExpires).offered(),
	)}
}

func newEditForm(s *surroundings, k model.Key) *keyForm {
	st := s.styles
	expires := "never"
	if !k.ExpiresAt.IsZero() {
		expires = k.ExpiresAt.UTC().Format(model.MinuteForm)
	}
	return &keyForm{surroundings: s, edited: &k, form: newForm(
		newField(st, "owner", "Owner", k.Owner, hintOwner),
		newField(st, "purpose", "Purpose", k.Purpose, hintPurpose).or("optional"),
		newField(st, "scopes", "Scopes", k.ScopeList(), hintScopes).or("none needed"),
		newField(st, "networks", "Networks", k.NetworkList(), hintNetworks).or("anywhere"),
		newField(st, "rate", "Rate", k.Rate.String(), hintRate).or("no limit"),
		newField(st, "expires", "Expires", expires, hintExpires),
	)}
}

func (f *keyForm) Title() string {
	if f.edited != nil {
		return "Edit " + model.Printable(f.edited.Application)
	}
	return "Create New API Key"
}

func (f *keyForm) Init() tea.Cmd       { return nil }
func (f *keyForm) SetSize(w, h int)    { f.form.setSize(w, h) }
func (f *keyForm) View() string        { return f.form.view(f.styles) }
func (f *keyForm) Typing() bool        { return true }
func (f *keyForm) Waiting() bool       { return f.form.sending != 0 }
func (f *keyForm) Cursor() *tea.Cursor { return f.form.cursor(f.styles) }

func (f *keyForm) ShortHelp() []key.Binding {
	if f.edited != nil {
		return f.form.shortHelp("save the changes")
	}
	return f.form.shortHelp("create the key")
}

func (f *keyForm) FullHelp() [][]key.Binding {
	k := f.form.keys
	return [][]key.Binding{{k.Next, k.Down, k.Up, k.Leave}}
}

// Leave keeps a form in which something was typed, the first time.
func (f *keyForm) Leave() (transition, tea.Cmd) {
	if t, _ := f.leave(); t.drop == 0 {
		return t, nil
	}
	return quit(), nil
}

func (f *keyForm) leave() (transition, tea.Cmd) {
	switch {
	case f.form.sending != 0:
		return stay, nil // the answer may hold a secret that cannot be had twice
	case f.form.touched && !f.asked:
		f.asked = true
		return stay.say(warning, "Not saved yet. esc again leaves without it."), nil
	}
	return pop(), nil
}

func (f *keyForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if key.Matches(msg, f.form.keys.Leave) {
			return f.leave()
		}
		return f.typed(msg)
	case tea.PasteMsg:
		return f.typed(msg)
	case keyCreatedMsg:
		if msg.id == f.form.sending {
			return replace(newSecretOverlay(f.surroundings, msg.key, msg.secret, "Your new API key")), nil
		}
	case keyChangedMsg:
		if msg.id == f.form.sending {
			return pop().say(good, msg.said), nil
		}
	case failedMsg:
		if msg.id == f.form.sending {
			return f.form.failed(msg.err), nil
		}
	case stylesMsg:
		f.form.restyle(f.styles)
	}
	return stay, nil
}

func (f *keyForm) typed(msg tea.Msg) (transition, tea.Cmd) {
	quiet := stay
	if f.asked {
		f.asked, quiet = false, stay.say(plain, "")
	}
	send, cmd := f.form.update(msg)
	if !send {
		return quiet, cmd
	}
	f.form.sending = f.request()
	if f.edited != nil {
		return stay.say(dim, "Saving."), f.save()
	}
	return stay.say(dim, "Creating the key."), f.create()
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
		Rate: f.form.value("rate"), Expires: f.form.value("expires"),
	}
	return ask(id, func(ctx context.Context) (tea.Msg, error) {
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
	return changeKey(f.form.sending, "The key of "+was.Application+" was changed.", func(ctx context.Context) (model.Key, error) {
		return session.EditKey(ctx, was.ID, was.Revision, edit)
	})
}

// words splits what was typed at blanks and commas.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
}
