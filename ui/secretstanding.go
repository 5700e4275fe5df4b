package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// standingMsg brings a key whose new secret is open, as the key is now.
type standingMsg struct {
	id  int
	key model.Key
}

// readStanding reads the key of the secret again: what somebody else does to
// it meanwhile can make the secret worthless while it is looked at.
func (o *secretOverlay) readStanding() tea.Cmd {
	id, session, key := o.request(), o.session, o.key.ID
	o.asked = id
	return o.quietly(id, patience, func(ctx context.Context) (tea.Msg, error) {
		k, err := session.Key(ctx, key)
		return standingMsg{id, k}, err
	})
}

// worthless says why the secret that is open does not work, "" when it does.
func (o *secretOverlay) worthless(now model.Key) string {
	name := o.key.Application
	switch {
	case now.Generation != o.key.Generation:
		return "Somebody regenerated the secret of " + name + " meanwhile: this one does not work any more."
	case now.State == model.Revoked:
		return "Somebody revoked the key of " + name + " meanwhile: no secret of it works any more."
	case now.State == model.Suspended && o.key.State != model.Suspended:
		return "Somebody suspended the key of " + name + " meanwhile: the secret works once it is resumed."
	}
	return ""
}
