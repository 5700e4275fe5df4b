package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// formPage is a screen that is one form. No way of leaving it loses what was typed
// before it was asked for twice.
type formPage struct {
	*surroundings
	form  form
	asked string // how to leave it all the same, as it was asked last; "" for not asked
	first bool   // it is the first screen, so that leaving it ends the program
}

func (f *formPage) gone() transition {
	if f.first {
		return quit()
	}
	return pop()
}

func (f *formPage) Init() tea.Cmd       { return nil }
func (f *formPage) SetSize(w, h int)    { f.form.setSize(w, h) }
func (f *formPage) View() string        { return f.form.view(f.styles) }
func (f *formPage) Typing() bool        { return true }
func (f *formPage) Waiting() bool       { return f.form.sending != 0 }
func (f *formPage) Cursor() *tea.Cursor { return f.form.cursor(f.styles) }

func (f *formPage) FullHelp() [][]key.Binding {
	k := f.form.keys
	return [][]key.Binding{{k.Next, k.Down, k.Up, k.Leave}}
}

// answered takes in what every form does with an answer: when a change to the team
// is done, the form goes; when what it sent is refused, it stays with what was
// typed.
func (f *formPage) answered(msg tea.Msg) transition {
	switch msg := msg.(type) {
	case teamChangedMsg:
		if msg.id == f.form.sending {
			return pop().say(good, msg.said)
		}
	case failedMsg:
		if msg.id == f.form.sending && f.form.sending != 0 {
			return f.form.failed(f.surroundings, msg.err)
		}
	case stylesMsg:
		f.form.restyle(f.styles)
	}
	return stay
}

// Click goes to the field that was clicked.
func (f *formPage) Click(_, y int) (transition, tea.Cmd) {
	if i := f.form.fieldAt(f.styles, y); i >= 0 && f.form.sending == 0 {
		return stay, f.form.focus(i)
	}
	return stay, nil
}

// Leave keeps a form in which something was typed, the first time.
func (f *formPage) Leave() (transition, tea.Cmd) {
	return f.leave(quit(), "The same key again quits without it."), nil
}

// leave goes, or asks first, and says how to go all the same: another way of
// leaving leads elsewhere, and asks for itself.
func (f *formPage) leave(gone transition, how string) transition {
	switch {
	case f.form.sending != 0:
		return stay // the answer may hold a secret that cannot be had twice
	case f.form.touched && f.asked != how:
		f.asked = how
		return stay.say(warning, "Not saved yet. "+how)
	}
	return gone
}

// typed hands a key to the form; send is whether the form is complete and
// wanted. Whatever is typed takes back the question whether to leave.
func (f *formPage) typed(msg tea.Msg) (send bool, t transition, cmd tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok && key.Matches(k, f.form.keys.Leave) {
		return false, f.leave(f.gone(), "esc again leaves without it."), nil
	}
	if f.asked != "" {
		f.asked, t = "", stay.say(plain, "")
	}
	send, cmd = f.form.update(msg)
	return send, t, cmd
}
