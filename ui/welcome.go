package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// welcome is the first run: it asks for the team and its first administrator,
// filled in so that enter accepts.
type welcome struct {
	formPage
	width int
}

func newWelcome(s *surroundings) *welcome {
	w := &welcome{formPage: formPage{surroundings: s, first: true, form: newForm(
		newField(s.styles, "team", "Team", s.founding.Team, "What your organisation is called.").offered(),
		newField(s.styles, "name", "Your name", s.founding.Name, "You become the team's first administrator.").offered(),
		newField(s.styles, "email", "Your email", s.founding.Email, "How others find you, and whom they ask.").offered(),
	)}}
	w.form.keys.Leave = bind("esc", "quit", "esc")
	return w
}

func (w *welcome) Title() string     { return "Welcome" }
func (w *welcome) SetSize(wd, h int) { w.width = wd; w.form.setSize(wd, h-len(w.intro())) }

// Click goes to the field that was clicked.
func (w *welcome) Click(x, y int) (transition, tea.Cmd) { return w.formPage.Click(x, y-len(w.intro())) }

func (w *welcome) Cursor() *tea.Cursor {
	c := w.form.cursor(w.styles)
	if c != nil {
		c.Y += len(w.intro())
	}
	return c
}

func (w *welcome) ShortHelp() []key.Binding { return w.form.shortHelp("begin") }

const introduction = "empress issues, rotates and checks the API keys of your team."

func (w *welcome) intro() []string {
	if w.width < 60 {
		return []string{w.styles.paint(dim, fit("  New: "+w.place(), w.width)), ""}
	}
	return []string{
		"  " + introduction,
		w.styles.paint(dim, "  Three questions, then the first key. enter accepts what is filled in."),
		w.styles.paint(dim, fit("  Nothing is here yet: the team is kept in "+w.place(), w.width)),
		"",
	}
}

// place is where the team will be kept.
func (w *welcome) place() string {
	if len(w.about) == 0 {
		return "a new database"
	}
	return model.Printable(w.about[0].Value)
}

// foundedMsg says that the team exists, and who is signed in.
type foundedMsg struct{ session *model.Session }

func (w *welcome) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return w.entered(msg)
	case tea.PasteMsg:
		return w.entered(msg)
	case foundedMsg:
		w.session = msg.session
		return replace(newDashboard(w.surroundings)).say(good, "Team "+msg.session.Team()+" is ready. enter walks on to the first key."), nil
	case failedMsg:
		if msg.id == w.form.sending {
			return w.form.failed(w.surroundings, msg.err), nil
		}
	case stylesMsg:
		w.form.restyle(w.styles)
	}
	return stay, nil
}

func (w *welcome) entered(msg tea.Msg) (transition, tea.Cmd) {
	send, t, cmd := w.typed(msg)
	if !send {
		return t, cmd
	}
	w.form.sending = w.request()
	return stay.say(dim, "Making the database."), w.begin()
}

// begin makes the team that the form names.
func (w *welcome) begin() tea.Cmd {
	id, found := w.form.sending, w.found
	f := model.Founding{Team: w.form.value("team"), Name: w.form.value("name"), Email: w.form.value("email"), Login: w.founding.Login}
	return w.change(id, func(ctx context.Context) (tea.Msg, error) {
		session, err := found(ctx, f)
		return foundedMsg{session}, err
	})
}

func (w *welcome) View() string {
	return strings.Join(w.intro(), "\n") + "\n" + w.form.view(w.styles)
}
