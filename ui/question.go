package ui

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// question is an overlay that says what will happen, and to whom, before it
// does. While the answer is on its way it cannot be dismissed.
type question struct {
	*surroundings
	box
	page      // of the text, where it does not fit
	text      []string
	must      string // what has to be typed, "" for nothing
	input     textinput.Model
	news      string                              // what others did meanwhile
	reading   int                                 // number of the latest reading of that
	meanwhile func(context.Context) (news, error) // what became of it since it was put; nil where nothing is said of it
	tell      func(used string) []string          // the text with when it was last used; nil where it does not say that
	told      bool                                // that was read
	wrong     string
	sending   int
	run       func(id int) tea.Cmd
	done      func(tea.Msg) (transition, bool) // what an answer leads to
	yes, no   key.Binding
	move      movement
}

func newQuestion(s *surroundings, title, yes string, text ...string) *question {
	return &question{
		surroundings: s, box: box{title: title}, text: text, input: newInput(s.styles),
		yes: bind("enter", yes, "enter"), no: bind("esc", "cancel", "esc", "h", "left", "q"), move: newMovement(),
		done: func(msg tea.Msg) (transition, bool) {
			switch m := msg.(type) {
			case keyChangedMsg:
				return pop().say(good, m.said), true
			case teamChangedMsg:
				return pop().say(good, m.said), true
			}
			return stay, false
		},
	}
}

func (q *question) Overlay()      {}
func (q *question) Closes()       {}
func (q *question) Waiting() bool { return q.sending != 0 }
func (q *question) Title() string { return q.title }

// Init reads when that was last used which the question is about.
func (q *question) Init() tea.Cmd {
	if q.tell == nil {
		return nil
	}
	return q.reread()
}

func (q *question) SetSize(w, h int) {
	q.box.setSize(w, h)
	q.input.SetWidth(max(8, q.inner()-2))
}

func (q *question) Typing() bool { return q.must != "" }

func (q *question) Cursor() *tea.Cursor {
	if q.must == "" || q.sending != 0 {
		return nil
	}
	c := cursorOf(q.input)
	_, x, y := q.draw()
	c.X, c.Y = c.X+x, c.Y+y
	return c
}

func (q *question) ShortHelp() []key.Binding {
	if q.sending != 0 {
		return nil
	}
	return []key.Binding{q.yes, q.no}
}

func (q *question) FullHelp() [][]key.Binding {
	return [][]key.Binding{{q.yes, q.no, q.move.PageDown, q.move.PageUp}}
}

// Leave holds the program while an answer is on its way.
func (q *question) Leave() (transition, tea.Cmd) {
	if q.sending != 0 {
		return stay.say(warning, "One moment: the change is being made."), nil
	}
	return quit(), nil
}

func (q *question) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return q.press(msg)
	case tea.PasteMsg:
		return stay, q.typed(msg)
	case failedMsg:
		if msg.id == q.sending && q.sending != 0 {
			q.sending, q.wrong = 0, q.explain(msg.err)
			return stay, q.reread()
		}
		if msg.id == q.reading && q.reading != 0 {
			q.deaf()
		}
		return stay, nil
	case changedMsg, refreshMsg:
		return stay, q.reread()
	case meanwhileMsg:
		if msg.id == q.reading {
			q.hear(msg.news)
		}
	case stylesMsg:
		styleInput(&q.input, q.styles)
	}
	if q.sending != 0 && answers(msg) == q.sending {
		if t, ok := q.done(msg); ok {
			return t, nil
		}
	}
	return stay, nil
}

func (q *question) press(msg tea.KeyPressMsg) (transition, tea.Cmd) {
	switch {
	case q.sending != 0:
		return stay, nil
	case key.Matches(msg, q.no) && (q.must == "" || msg.String() == "esc"):
		return pop(), nil
	case q.turn(msg, q.move):
		return stay, nil
	case key.Matches(msg, q.yes):
		if q.must != "" && !model.SameName(q.input.Value(), q.must) {
			q.wrong = notNamed(q.must)
			return stay, nil
		}
		q.sending, q.wrong = q.request(), ""
		return stay, q.run(q.sending)
	}
	return stay, q.typed(msg)
}

func (q *question) typed(msg tea.Msg) tea.Cmd {
	if q.must == "" {
		return nil
	}
	return typeInto(&q.input, msg)
}

// draw returns the overlay, and where its input stands.
func (q *question) draw() (out string, x, y int) {
	var lines, below []string
	inner, at := q.inner(), -1
	for _, t := range q.text {
		lines = append(lines, wrap(model.Printable(t), inner)...)
	}
	if q.must != "" {
		below = append(below, "", q.styles.paint(dim, fit("Type "+model.Printable(q.must)+" to go on:", inner)))
		at = len(below)
		below = append(below, q.input.View())
	}
	for _, said := range []toast{{warning, q.news}, {bad, q.wrong}} {
		if said.text == "" {
			continue
		}
		below = append(below, "")
		for _, l := range wrap(model.Printable(said.text), inner) {
			below = append(below, q.styles.paint(said.tone, l))
		}
	}
	if room := q.room(below); len(lines)+len(below) > q.box.height-2 {
		lines = withoutEmpty(lines)
		q.page.height = room
		lines = q.window(lines, q.styles, "")
	}
	if at >= 0 {
		at += len(lines)
	}
	return q.box.view(q.styles, append(lines, below...), at)
}

// room is how many lines of the text fit above others in a box without border.
func (q *question) room(below []string) int {
	return max(1, q.box.height-1-len(withoutEmpty(below)))
}

// withoutEmpty returns the lines that say something.
func withoutEmpty(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" })
}

func (q *question) View() string {
	out, _, _ := q.draw()
	return out
}

// answers is the number of the question that a message answers, 0 for none.
func answers(msg tea.Msg) int {
	switch m := msg.(type) {
	case keyChangedMsg:
		return m.id
	case keyCreatedMsg:
		return m.id
	case keysChangedMsg:
		return m.id
	case teamChangedMsg:
		return m.id
	case agreedMsg:
		return m.id
	case startedMsg:
		return m.id
	}
	return 0
}

// notNamed is what whoever typed another name is told.
func notNamed(name string) string { return fmt.Sprintf("That is not %s. Nothing was done.", name) }

// lastUse says in words when a key was last used.
func lastUse(s *surroundings, k model.Key) string {
	if k.Usage.Hidden {
		return "When it was last used is not shown to you."
	}
	if k.Usage.At.IsZero() {
		return "It has not been used yet."
	}
	from := ""
	if k.Usage.Address != "" {
		from = " from " + k.Usage.Address
	}
	if when := ago(k.Usage.At, s.now()); when != "just now" {
		return "It was last used " + when + " ago" + from + "."
	}
	return "It was used just now" + from + "."
}

// named is how a question calls a key: an application may have several.
func named(k model.Key) string { return k.Application + " (" + k.ID.Short() + ")" }

func newRegenerate(s *surroundings, k model.Key) *question {
	q := newQuestion(s, "Regenerate API Secret", "regenerate")
	q.run = func(id int) tea.Cmd {
		return s.change(id, func(ctx context.Context) (tea.Msg, error) {
			after, secret, err := s.session.RegenerateSecret(ctx, k.ID, k.Generation)
			return keyCreatedMsg{id, after, secret}, err
		})
	}
	q.done = func(msg tea.Msg) (transition, bool) {
		m, ok := msg.(keyCreatedMsg)
		if !ok {
			return stay, false
		}
		return replace(newSecretOverlay(s, m.key, m.secret, "The new API secret")), true
	}
	return q.about(k).telling(func(used string) []string {
		return []string{joined("The current secret of "+named(k)+" stops working at once.", used), "", "You see the new secret once, and give it to whoever runs " + k.Application + "."}
	})
}

func newSuspend(s *surroundings, k model.Key) *question {
	if k.State == model.Suspended {
		q := newQuestion(s, "Resume "+k.Application, "resume",
			joined("Requests with the key "+string(k.ID)+" of "+k.Application+" pass again at once, with the same secret.", expiredWords(s, model.Active, k)))
		q.run = func(id int) tea.Cmd {
			return s.changeKey(id, k.Application+" resumed.", func(ctx context.Context) (model.Key, error) { return s.session.ResumeKey(ctx, k.ID) })
		}
		return q.about(k)
	}
	q := newQuestion(s, "Suspend "+k.Application, "suspend")
	q.run = func(id int) tea.Cmd {
		return s.changeKey(id, k.Application+" suspended.", func(ctx context.Context) (model.Key, error) { return s.session.SuspendKey(ctx, k.ID) })
	}
	return q.about(k).telling(func(used string) []string {
		return []string{joined("Every request with the key "+string(k.ID)+" of "+k.Application+" is denied at once, until somebody resumes it.", expiredWords(s, model.Suspended, k), used)}
	})
}

func newRevoke(s *surroundings, k model.Key) *question {
	q := newQuestion(s, "Revoke the key of "+k.Application, "revoke for good")
	q.must = k.Application
	q.input.Focus()
	q.run = func(id int) tea.Cmd {
		return s.changeKey(id, k.Application+" revoked.", func(ctx context.Context) (model.Key, error) { return s.session.RevokeKey(ctx, k.ID) })
	}
	return q.about(k).telling(func(used string) []string {
		return []string{joined("The key "+string(k.ID)+" of "+k.Application+" stops working at once and can never be used again.", expiredWords(s, model.Revoked, k), used), "Its owner is " + k.Owner + "."}
	})
}
