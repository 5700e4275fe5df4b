package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// applicationForm adds an application, and is the same form to change one.
type applicationForm struct {
	formPage
	edited  *model.Application // as it was last read, nil to add
	reading int                // number of the latest question how it is now
	rename  *question          // asks whether it is to have another name
	agreed  string             // the name that was agreed to, which is not asked again
}

const (
	hintApplicationName     = "As people call it, such as billing. Every name that it ever has stays reserved for it."
	hintApplicationPurpose  = "A few words for whoever wonders what it does."
	hintApplicationContact  = "Whom to ask about it: a person, a team or an address."
	hintApplicationNetworks = "Where it runs, such as 10.0.0.0/8, for people to know. Each key has its own limits."
)

func newApplicationForm(s *surroundings) *applicationForm {
	return &applicationForm{formPage: formPage{surroundings: s, form: newForm(applicationFields(s, model.Application{})...)}}
}

func newApplicationEdit(s *surroundings, a model.Application) *applicationForm {
	return &applicationForm{edited: &a, formPage: formPage{surroundings: s, form: newForm(applicationFields(s, a)...)}}
}

func applicationFields(s *surroundings, a model.Application) []field {
	is, st := editableOf(a), s.styles
	return []field{
		newField(st, "application", "Name", is["application"], hintApplicationName),
		newField(st, "purpose", "Purpose", is["purpose"], hintApplicationPurpose).or("none given"),
		newField(st, "contact", "Contact", is["contact"], hintApplicationContact).or("none given"),
		newField(st, "networks", "Networks", is["networks"], hintApplicationNetworks).or("none declared"),
	}
}

// editableOf is what can be changed of an application, by the names of the
// fields, as it would be typed.
func editableOf(a model.Application) map[string]string {
	return map[string]string{"application": a.Name, "purpose": a.Purpose, "contact": a.Contact, "networks": a.NetworkList()}
}

func (f *applicationForm) Title() string {
	if f.edited != nil {
		return "Edit " + model.Printable(f.edited.Name)
	}
	return "Add an application"
}

func (f *applicationForm) ShortHelp() []key.Binding {
	if f.edited != nil {
		return f.form.shortHelp("save the changes")
	}
	return f.form.shortHelp("add the application")
}

// applicationChangedMsg says that an application was added or changed, and how,
// in words.
type applicationChangedMsg struct {
	id          int
	application model.Application
	said        string
	added       bool
}

func (f *applicationForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return f.press(msg)
	case agreedMsg:
		if f.rename != nil && msg.id == f.rename.sending {
			f.rename, f.agreed = nil, f.form.value("application")
			return f.save()
		}
	case applicationChangedMsg:
		if msg.id == f.form.sending {
			return pop().say(good, msg.said), nil
		}
	case failedMsg:
		return f.failed(msg)
	case changedMsg, refreshMsg:
		return stay, f.reread()
	case applicationsReadMsg:
		if msg.id == f.reading {
			return f.merge(msg.applications), nil
		}
	}
	return f.answered(msg), nil
}

func (f *applicationForm) press(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := f.typed(msg)
	switch {
	case !send:
		return t, cmd
	case f.edited == nil:
		return f.add()
	case f.edit() == (model.ApplicationEdit{Seen: f.edited}):
		return stay.say(plain, "Nothing was changed. esc leaves."), nil
	case f.renames():
		return f.askRename()
	}
	return f.save()
}

// askRename says what another name changes. When somebody else changes the
// application before the answer, nothing is saved yet.
func (f *applicationForm) askRename() (transition, tea.Cmd) {
	q := newRenameQuestion(f.surroundings, *f.edited, strings.TrimSpace(f.form.value("application")))
	q.done = func(tea.Msg) (transition, bool) {
		if f.form.sending == 0 {
			return pop().say(warning, "Nothing was saved: somebody changed the application meanwhile. Look at it again, then save."), true
		}
		return pop().say(dim, "Saving."), true
	}
	f.rename = q
	return push(q), nil
}

func (f *applicationForm) add() (transition, tea.Cmd) {
	id, session := f.request(), f.session
	f.form.sending = id
	spec := model.ApplicationSpec{
		Name: f.form.value("application"), Purpose: f.form.value("purpose"), Contact: f.form.value("contact"),
		Networks: words(f.form.value("networks")), NewApplication: f.form.insists("application"),
	}
	return stay.say(dim, "Adding the application."), f.change(id, func(ctx context.Context) (tea.Msg, error) {
		a, err := session.CreateApplication(ctx, spec)
		return applicationChangedMsg{id: id, application: a, said: "The application " + a.Name + " was added. It has no key yet.", added: true}, err
	})
}

// renames is whether the application is to have another name that can be one,
// and that nobody agreed to yet.
func (f *applicationForm) renames() bool {
	name := f.form.value("application")
	return strings.TrimSpace(name) != "" && name != f.agreed && !model.SameName(name, f.edited.Name)
}

// edit is what differs from the application that the form was filled in with.
func (f *applicationForm) edit() model.ApplicationEdit {
	e := model.ApplicationEdit{Seen: f.edited}
	single := map[string]**string{"application": &e.Name, "purpose": &e.Purpose, "contact": &e.Contact}
	for _, x := range f.form.fields {
		value := x.input.Value()
		if value == x.given {
			continue
		}
		if to, ok := single[x.name]; ok {
			*to = &value
		} else {
			list := words(value)
			e.Networks = &list
		}
	}
	return e
}

func (f *applicationForm) save() (transition, tea.Cmd) {
	id, session, was, e := f.request(), f.session, *f.edited, f.edit()
	f.form.sending = id
	return stay.say(dim, "Saving."), f.change(id, func(ctx context.Context) (tea.Msg, error) {
		a, err := session.EditApplication(ctx, was.Name, e)
		said := "The application " + a.Name + " was changed."
		if a.Name != was.Name {
			said = fmt.Sprintf("%s is called %s now. The name %s stays reserved for it.", was.Name, a.Name, was.Name)
		}
		return applicationChangedMsg{id: id, application: a, said: said}, err
	})
}

// failed keeps what was typed. When somebody else changed the application
// meanwhile, what they did is fetched.
func (f *applicationForm) failed(msg failedMsg) (transition, tea.Cmd) {
	switch {
	case msg.id == f.reading && f.reading != 0:
		return f.failure(msg.err), nil
	case msg.id != f.form.sending || f.form.sending == 0:
		return stay, nil
	}
	t := f.form.failed(f.surroundings, msg.err)
	if errors.Is(msg.err, model.ErrConflict) && model.FieldOf(msg.err) == "" {
		return t, f.reread()
	}
	return t, nil
}

// reread asks how the application is now.
func (f *applicationForm) reread() tea.Cmd {
	if f.edited == nil || f.form.sending != 0 {
		return nil
	}
	id, cmd := f.askApplications()
	f.reading = id
	return cmd
}

// merge takes over what others changed meanwhile, field by field. What the
// person typed stays, and a field that both changed says what the other wrote.
func (f *applicationForm) merge(all []model.Application) transition {
	i := slices.IndexFunc(all, func(a model.Application) bool { return a.ID == f.edited.ID })
	if i < 0 {
		return stay
	}
	was, now := editableOf(*f.edited), editableOf(all[i])
	f.edited = &all[i]
	var changed []string
	for n := range f.form.fields {
		x := &f.form.fields[n]
		if was[x.name] != now[x.name] {
			changed = append(changed, strings.ToLower(x.label))
		}
		x.become(now[x.name])
	}
	if len(changed) == 0 {
		return stay
	}
	f.rename, f.agreed = nil, "" // what was asked is out of date
	return stay.say(warning, fmt.Sprintf("Meanwhile somebody changed the %s of %s. What you typed is kept.", listWords(changed), f.edited.Name))
}

// agreedMsg says that a question was answered with yes, for the screen beneath.
type agreedMsg struct{ id int }

// newRenameQuestion says what another name changes, and what it does not.
func newRenameQuestion(s *surroundings, a model.Application, to string) *question {
	keys := "Its keys"
	if a.Keys == 1 {
		keys = "Its key"
	} else if a.Keys > 1 {
		keys = "Its " + count(a.Keys, "key")
	}
	q := newQuestion(s, "Rename "+a.Name, "rename",
		fmt.Sprintf("%s is called %s from now on. %s, their secrets and its history stay with it.", a.Name, to, keys), "",
		fmt.Sprintf("Whatever requires the name %s of a request, such as a proxy, refuses its keys until it requires %s.", a.Name, to), "",
		fmt.Sprintf("The name %s stays reserved for it: no other application can ever have it.", a.Name))
	q.run = func(id int) tea.Cmd { return func() tea.Msg { return agreedMsg{id} } }
	return q
}
