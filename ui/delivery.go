package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// SecretsFile takes the new secrets of a rotation into a new file that only its
// owner can read. Deliver writes one, and Settle makes all that were written
// durable. Accept says that the keys of all of them were changed, Undo that those
// since the last Accept were not. Leave ends the file, which does not stay where
// nothing in it was accepted.
type SecretsFile interface {
	Deliver(k model.Key, secret model.Secret) error
	Settle() error
	Accept()
	Undo() error
	Leave() error
}

// Undelivered is why a command did not take a secret.
type Undelivered struct {
	Why  string // in a few words for the trail: "exit status 3"
	Said string // what the command said last, without any part of the secret; "" for nothing
}

// Error is all that there is to say.
func (u *Undelivered) Error() string {
	if u.Said == "" {
		return u.Why
	}
	return u.Why + ": " + u.Said
}

// delivery is how the new secrets of a rotation reach their places.
type delivery struct {
	by    deliveryKind
	place string // the path of the file, or the command
}

type deliveryKind int

const (
	byReveal  deliveryKind = iota // shown one after the other
	byFile                        // into one new file
	byCommand                     // to a command for each key, on its standard input
)

// words say how, in a sentence.
func (d delivery) words() string {
	switch d.by {
	case byFile:
		return "The new secrets go to the new file " + d.place + ", which only you can read."
	case byCommand:
		return "Each new secret goes to the standard input of: " + d.place
	}
	return "You see each new secret once, one after the other."
}

// arrived says of one key that its new secret is where it was to go.
func (d delivery) arrived() string {
	switch d.by {
	case byFile:
		return "Its new secret is in the file."
	case byCommand:
		return "The command took its new secret."
	}
	return "Its new secret is stored, as you said."
}

// deliveries are the ways to choose from. Whoever is connected over SSH has
// nothing of the computer that empress runs on.
func (s *surroundings) deliveries() []deliveryWay {
	elsewhere := func(there bool, what string) error {
		if there {
			return nil
		}
		return model.Errorf(model.CodeConflict, "Over SSH the screens %s of the computer that empress runs on. Show the secrets one after the other.", what)
	}
	return []deliveryWay{
		{byReveal, "Show them one after the other", "You copy, save or verify each, and go on to the next.", nil},
		{byFile, "Write them to one new file", "A line for each key, as API_KEY:SECRET, in a file that only you can read.", elsewhere(s.newSecrets != nil, "write no files")},
		{byCommand, "Hand each to a command", "The command runs once for each key, with the secret on its standard input. Where it fails, the key is called not delivered.", elsewhere(s.deliver != nil, "run no commands")},
	}
}

// deliveryWay is one way to choose, and why it cannot be.
type deliveryWay struct {
	by         deliveryKind
	name, hint string
	bar        error
}

// newDeliveryPicker asks how the new secrets reach their places, and goes on to
// the plan.
func newDeliveryPicker(s *surroundings, what rotation) *picker {
	var options []pick
	for _, w := range s.deliveries() {
		options = append(options, pick{words: w.name, hint: w.hint, bar: w.bar, take: func() (transition, tea.Cmd) {
			return replace(afterDelivery(s, what, w.by)), nil
		}})
	}
	return newPicker(s, "How do the new secrets reach their places?", options...)
}

// afterDelivery asks for the place, where the delivery has one, or shows the
// plan.
func afterDelivery(s *surroundings, what rotation, by deliveryKind) screen {
	if by == byReveal {
		return newRotationPlan(s, what, delivery{})
	}
	return newPlaceForm(s, what, by)
}

// placeForm asks for the file or the command of a delivery.
type placeForm struct {
	formPage
	what rotation
	by   deliveryKind
}

func newPlaceForm(s *surroundings, what rotation, by deliveryKind) *placeForm {
	name, label, value, hint := "command", "Command", "", "what sh runs once for each key, with the secret on its standard input and the key's facts in EMPRESS_API_KEY, EMPRESS_APPLICATION, EMPRESS_OWNER and more"
	if by == byFile {
		name, label, value, hint = "file", "File", defaultSecretsFile(s.now()), "the path of a new file, which only you will be able to read"
	}
	return &placeForm{formPage{surroundings: s, form: newForm(newField(s.styles, name, label, value, hint))}, what, by}
}

// defaultSecretsFile is where the secrets of a rotation go unless the person says
// otherwise.
func defaultSecretsFile(now time.Time) string {
	path, err := filepath.Abs("rotation-" + now.UTC().Format("2006-01-02-1504") + ".secrets")
	if err != nil {
		return ""
	}
	return path
}

func (f *placeForm) Title() string {
	if f.by == byFile {
		return "File for the new secrets"
	}
	return "Command for the new secrets"
}

func (f *placeForm) ShortHelp() []key.Binding { return f.form.shortHelp("show the plan") }

func (f *placeForm) Update(msg tea.Msg) (transition, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		send, t, cmd := f.typed(msg)
		if !send {
			return t, cmd
		}
		x := f.form.fields[0]
		how, err := deliveryTo(f.by, x.input.Value())
		if err != nil {
			return f.form.failed(f.surroundings, err), nil
		}
		return replace(newRotationPlan(f.surroundings, f.what, how)), nil
	case stylesMsg:
		f.form.restyle(f.styles)
	}
	return stay, nil
}

// deliveryTo is a delivery to a place, or what is wrong with the place.
func deliveryTo(by deliveryKind, typed string) (delivery, error) {
	place, field, means := strings.TrimSpace(typed), "command", "Give the command that takes each secret, with no secret in it."
	if by == byFile {
		field, means = "file", "Give the path of a new file."
	}
	if place == "" || model.Redact(place) != place || model.Printable(place) != place {
		e := model.Errorf(model.CodeInvalid, "%s", means)
		e.Field = field
		return delivery{}, e
	}
	if by != byFile {
		return delivery{by, place}, nil
	}
	path, err := filepath.Abs(inHome(place))
	if err != nil {
		return delivery{}, fmt.Errorf("path of the file: %w", err)
	}
	return delivery{by, path}, nil
}
