package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// sshKeyForm lets a member be known by an SSH key.
type sshKeyForm struct {
	formPage
	member model.Member
	deaf   bool // a private key is being typed, or was: letters are dropped
}

const (
	hintSSHKeyLine = "Paste the line of the .pub file: ssh-ed25519 AAAA…"
	hintSSHKeyFile = hintSSHKeyLine + " Or type the file's path, such as ~/.ssh/id_ed25519.pub."
	// longestSSHKey is more letters than a public key has.
	longestSSHKey = 16 << 10
)

func newSSHKeyForm(s *surroundings, m model.Member) *sshKeyForm {
	hint := hintSSHKeyLine
	if s.readKey != nil {
		hint = hintSSHKeyFile
	}
	line := newField(s.styles, "ssh_key", "SSH key", "", hint)
	line.input.CharLimit = longestSSHKey
	return &sshKeyForm{member: m, formPage: formPage{surroundings: s, form: newForm(
		line, newField(s.styles, "name", "Name", "", "To tell it from others, such as laptop.").or("the key's comment"),
	)}}
}

func (f *sshKeyForm) Title() string { return "Add an SSH key" }

func (f *sshKeyForm) ShortHelp() []key.Binding {
	if f.deaf {
		return []key.Binding{bind("esc", "type again", "esc")}
	}
	return f.form.shortHelp("add the key")
}

// sshKeyAddedMsg says that a key was added.
type sshKeyAddedMsg struct {
	id  int
	key model.SSHKey
}

func (f *sshKeyForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return f.press(msg)
	case sshKeyAddedMsg:
		if msg.id == f.form.sending {
			return pop().say(good, f.addedWords(msg.key)), nil
		}
	}
	return f.answered(msg), nil
}

func (f *sshKeyForm) addedWords(k model.SSHKey) string {
	if f.mine(f.member) {
		return "You are known by the SSH key " + k.Name + " now."
	}
	return f.member.Name + " is known by the SSH key " + k.Name + " now."
}

func (f *sshKeyForm) press(msg tea.Msg) (transition, tea.Cmd) {
	if f.dropped(msg) {
		return stay, nil
	}
	send, t, cmd := f.typed(msg)
	if f.holdsPrivate() {
		return f.forget(), nil
	}
	if !send {
		return t, cmd
	}
	id, session, m, read := f.request(), f.session, f.member, f.readKey
	given, name := strings.TrimSpace(f.form.value("ssh_key")), f.form.value("name")
	f.form.sending = id
	return stay.say(dim, "Adding the key."), f.change(id, func(ctx context.Context) (tea.Msg, error) {
		line, err := sshKeyGiven(given, read)
		if err != nil {
			return nil, err
		}
		k, err := session.AddSSHKey(ctx, m.Email, line, name)
		return sshKeyAddedMsg{id, k}, err
	})
}

// dropped is whether a key press is dropped, as a part of the private key that
// somebody pastes into a terminal that cannot tell pasting from typing. esc, of
// which no key is made, ends that; so does what is known to be pasted.
func (f *sshKeyForm) dropped(msg tea.Msg) bool {
	if !f.deaf {
		return false
	}
	k, isKey := msg.(tea.KeyPressMsg)
	if isKey && !key.Matches(k, f.form.keys.Leave) {
		return true
	}
	f.deaf = false
	return isKey
}

// holdsPrivate is whether a private key is in one of the fields.
func (f *sshKeyForm) holdsPrivate() bool {
	return model.LooksPrivate(f.form.value("ssh_key")) || model.LooksPrivate(f.form.value("name"))
}

// forget empties the fields of a private key before they are drawn.
func (f *sshKeyForm) forget() transition {
	for i := range f.form.fields {
		f.form.fields[i].input.Reset()
	}
	f.form.focus(0)
	f.deaf, f.form.touched = true, false
	f.form.fields[0].wrong = "That is a private key, which belongs to nobody but its owner. It was not kept. Paste the line of the file that ends in .pub: esc first, if you type it."
	return stay.say(plain, "")
}

// sshKeyGiven is the line of a key that somebody pasted, or whose file they
// named where files can be read.
func sshKeyGiven(given string, read func(string) (string, error)) (string, error) {
	if read == nil || given == "" || model.LooksLikeSSHKey(given) {
		return given, nil
	}
	line, err := read(inHome(given))
	if e, ok := errors.AsType[*model.Error](err); ok {
		e.Field = "ssh_key"
	}
	return line, err
}

// newSSHKeyRemove says what ends before it does.
func newSSHKeyRemove(s *surroundings, m model.Member, k model.SSHKey) *question {
	whom := m.Name + " is"
	if s.mine(m) {
		whom = "you are"
	}
	q := newQuestion(s, "Remove the SSH key "+k.Name, "remove",
		fmt.Sprintf("From now on %s not known by the key %s:", whom, k.Name), k.Fingerprint, "",
		"It can be added again later. Other SSH keys and API keys stay as they are.")
	q.run = func(id int) tea.Cmd {
		return s.changeMember(id, "The SSH key "+k.Name+" was removed.", func(ctx context.Context) (model.Member, error) {
			return model.Member{ID: m.ID}, s.session.RemoveSSHKey(ctx, k.ID)
		})
	}
	return q
}
