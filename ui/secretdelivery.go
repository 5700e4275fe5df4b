package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// compare says whether the secret is in what was pasted back. The field stays
// open when it is not: a second paste must not be taken for commands.
func (o *secretOverlay) compare() {
	if arrived(o.secret, o.input.Value()) {
		o.mode, o.kept = showing, true
		o.status, o.advice = &toast{good, arrivedWords}, ""
	} else {
		o.status = &toast{bad, "That is not the secret. Paste it again, or esc."}
	}
	o.input.SetValue("")
}

const arrivedWords = "That is the secret: it arrived whole."

// arrived reports whether the secret is in what was pasted back, be it alone or
// in a line that names it.
func arrived(secret model.Secret, pasted string) bool {
	_, after, _ := strings.Cut(pasted, model.SecretPrefix)
	text := model.SecretPrefix + after
	return secret.Matches(text[:min(len(text), model.SecretLen)])
}

type (
	// secretCopiedMsg says how far a copy of the secret is known to have got.
	secretCopiedMsg struct {
		id   int
		said string
	}
	// secretSavedMsg says where the secret was saved.
	secretSavedMsg struct {
		id   int
		path string
	}
)

func (o *secretOverlay) copySecret() tea.Cmd {
	secret, c, id := o.secret, o.copier, o.request()
	o.busy = id
	return o.change(id, func(ctx context.Context) (tea.Msg, error) {
		said, err := c.copySecret(ctx, secret)
		return secretCopiedMsg{id, said}, err
	})
}

// copiedAs notes how far a copy got. What is on a desktop's clipboard is
// forgotten a while later, whatever happens to the overlay.
func (o *secretOverlay) copiedAs(said string) (transition, tea.Cmd) {
	o.busy, o.kept, o.copied = 0, true, true
	o.status, o.advice = &toast{good, "The secret was " + said + "."}, " v checks that it arrived; d once it is stored."
	var forget tea.Cmd
	if o.copier.held.Load() != nil {
		forget = o.after(clipboardStay, forgetMsg{})
	}
	if !o.finish {
		return stay, forget
	}
	t, cmd := o.done()
	return t, tea.Batch(forget, cmd)
}

func (o *secretOverlay) savedTo(path string) (transition, tea.Cmd) {
	o.busy, o.kept = 0, true
	o.status, o.advice = &toast{good, "Saved to " + path + ", which only you can read."}, ""
	if o.mode == saving {
		o.mode = showing
	}
	if o.finish {
		return o.done()
	}
	return stay, nil
}

func (o *secretOverlay) saveSecret(path string) tea.Cmd {
	if o.busy != 0 {
		return nil
	}
	secret, key, s, id := o.secret, o.key.ID, o.surroundings, o.request()
	o.busy = id
	return o.change(id, func(context.Context) (tea.Msg, error) {
		abs, err := s.writeSecret(path, key, secret)
		return secretSavedMsg{id, abs}, err
	})
}

// writeSecret writes a key and its secret to a new file, and says where that is.
func (s *surroundings) writeSecret(path string, key model.KeyID, secret model.Secret) (abs string, err error) {
	abs, err = filepath.Abs(inHome(path))
	if path == "" || err != nil || model.Redact(path) != path || model.Printable(path) != path {
		return "", model.Errorf(model.CodeInvalid, "Give the path of a new file.")
	}
	content := []byte("api_key=" + string(key) + "\napi_secret=" + secret.Reveal() + "\n")
	defer clear(content)
	return abs, s.save(abs, content)
}

// done masks the secret and notes that its holder has it.
func (o *secretOverlay) done() (transition, tea.Cmd) {
	t, cmd := o.close(true, "The secret of "+o.key.Application+" is masked for ever: "+model.Mask+".")
	if o.ended != nil {
		return t, cmd
	}
	session, id, g := o.session, o.key.ID, o.key.Generation
	confirm := o.change(0, func(ctx context.Context) (tea.Msg, error) {
		return secretConfirmedMsg{}, session.ConfirmSecret(ctx, id, g)
	})
	return t, tea.Batch(cmd, confirm)
}

// secretConfirmedMsg says that it was noted that the secret arrived.
type secretConfirmedMsg struct{}

// afterCopy says what remains of a copied secret elsewhere.
func (o *secretOverlay) afterCopy() string {
	if !o.copied {
		return ""
	}
	return " " + o.copier.remains()
}

// defaultFile is where a secret is saved unless the person says otherwise.
func defaultFile(k model.Key) string {
	path, err := filepath.Abs(model.Fold(strings.ReplaceAll(k.Application, "/", "")) + "-api-key.txt")
	if err != nil {
		return ""
	}
	return path
}

// inHome puts the home directory in place of a leading ~/, as a shell would.
func inHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// forgetMsg says that a secret has been on the clipboard for long enough.
type forgetMsg struct{}

// close wipes the secret from memory and from the screen; stored is whether its
// holder said that it is stored.
func (o *secretOverlay) close(stored bool, said string) (transition, tea.Cmd) {
	o.secret.Wipe()
	o.input.SetValue("")
	t := pop()
	if len(o.then) > 0 {
		t = replace(newSecretSeries(o.surroundings, o.then))
	}
	cmd := tea.ClearScreen
	if o.ended != nil {
		cmd = tea.Batch(tea.ClearScreen, o.ended(stored))
	}
	return t.say(good, said+o.afterCopy()), cmd
}
