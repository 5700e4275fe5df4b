package ui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// keyActions are what can be done with one key, wherever it is shown.
type keyActions struct {
	Regenerate, Edit, Suspend, Revoke, Copy key.Binding
}

func newKeyActions() keyActions {
	return keyActions{
		Regenerate: bind("r", "Regenerate API Secret", "r"),
		Edit:       bind("e", "edit the key", "e"),
		Suspend:    bind("p", "suspend or resume", "p"),
		Revoke:     bind("X", "revoke for good", "X"),
		Copy:       bind("y", "copy the api_key", "y"),
	}
}

func (a keyActions) bindings() []key.Binding {
	return []key.Binding{a.Regenerate, a.Edit, a.Suspend, a.Revoke, a.Copy}
}

// enabledFor returns the actions that work on k, in words short enough for a
// footer.
func (a keyActions) enabledFor(s *model.Session, k model.Key) []key.Binding {
	var bs []key.Binding
	suspend := "suspend"
	if k.State == model.Suspended {
		suspend = "resume"
	}
	for _, c := range []struct {
		b    key.Binding
		word string
		p    model.Permission
	}{{a.Regenerate, "regenerate", model.KeysRegenerate}, {a.Suspend, suspend, model.KeysSuspend}, {a.Revoke, "revoke", model.KeysRevoke}, {a.Edit, "edit", model.KeysEdit}} {
		if k.State != model.Revoked && s.Can(c.p, k.On()) == nil {
			bs = append(bs, short(c.b, c.word))
		}
	}
	return append(bs, short(a.Copy, "copy"))
}

// limits says why actions do nothing for this member, or with this key, by
// their keys. Without a key it is about any.
func (a keyActions) limits(s *model.Session, k *model.Key) map[string]error {
	limits := map[string]error{}
	on := model.Target{}
	if k != nil {
		on = k.On()
	}
	for _, c := range []struct {
		b key.Binding
		p model.Permission
	}{{a.Regenerate, model.KeysRegenerate}, {a.Edit, model.KeysEdit}, {a.Suspend, model.KeysSuspend}, {a.Revoke, model.KeysRevoke}} {
		limits[c.b.Help().Key] = s.Can(c.p, on)
		if k != nil && k.State == model.Revoked {
			limits[c.b.Help().Key] = model.Errorf(model.CodeConflict, "%s", revokedWords(*k))
		}
	}
	return limits
}

// short gives a binding other words.
func short(b key.Binding, words string) key.Binding {
	b.SetHelp(b.Help().Key, words)
	return b
}

// press starts the action that a key stands for. One that cannot be done says
// why.
func (a keyActions) press(s *surroundings, msg tea.KeyPressMsg, chosen *model.Key) (transition, tea.Cmd) {
	if !key.Matches(msg, a.bindings()...) {
		return stay, nil
	}
	if chosen == nil {
		return chooseFirst(), nil
	}
	k := *chosen
	if key.Matches(msg, a.Copy) {
		return stay, copyKey(s, k)
	}
	if k.State == model.Revoked {
		return stay.say(warning, revokedWords(k)), nil
	}
	var needs model.Permission
	var open func() screen
	switch {
	case key.Matches(msg, a.Regenerate):
		needs, open = model.KeysRegenerate, func() screen { return newRegenerate(s, k) }
	case key.Matches(msg, a.Edit):
		needs, open = model.KeysEdit, func() screen { return newEditForm(s, k) }
	case key.Matches(msg, a.Suspend):
		needs, open = model.KeysSuspend, func() screen { return newSuspend(s, k) }
	default:
		needs, open = model.KeysRevoke, func() screen { return newRevoke(s, k) }
	}
	if err := s.session.Can(needs, k.On()); err != nil {
		return s.failure(err), nil
	}
	return push(open()), nil
}

func chooseFirst() transition { return stay.say(warning, "Choose a key first, with the arrows.") }

// revokedWords says why nothing can be done with a revoked key.
func revokedWords(k model.Key) string {
	return fmt.Sprintf("The key of %s is revoked, which is final. Create a new one instead.", k.Application)
}

// keyChangedMsg says that a key was changed, and how, in words.
type keyChangedMsg struct {
	id   int
	key  model.Key
	said string
}

// changeKey runs one change of a key.
func (s *surroundings) changeKey(id int, said string, fn func(context.Context) (model.Key, error)) tea.Cmd {
	return s.change(id, func(ctx context.Context) (tea.Msg, error) {
		k, err := fn(ctx)
		return keyChangedMsg{id, k, said}, err
	})
}

// copiedMsg says that something was copied, and how far that is known.
type copiedMsg struct{ said string }

func copyKey(s *surroundings, k model.Key) tea.Cmd {
	return s.change(0, func(ctx context.Context) (tea.Msg, error) {
		said, err := s.copier.copy(ctx, string(k.ID))
		return copiedMsg{"The api_key of " + k.Application + " was " + said + "."}, err
	})
}
