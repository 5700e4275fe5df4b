package ui

import (
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// heed takes over what changed, here or elsewhere. In Rotation a key that changed
// may ask for attention no more.
func (a *access) heed(msg tea.Msg) (transition, tea.Cmd) {
	t := stay
	switch msg := msg.(type) {
	case keyChangedMsg:
		a.list.put(msg.key)
		a.marks.put(msg.key)
		a.drawing.reset()
		if !a.rotates() {
			return stay, nil
		}
	case keysChangedMsg:
		for _, k := range msg.batch.Changed {
			a.list.put(k)
		}
		a.marks.clear()
		a.drawing.reset()
		if !a.rotates() {
			return stay, nil
		}
		if msg.id == a.forgetting {
			t = stay.say(good, msg.said)
		}
	case keyCreatedMsg:
		if msg.key.Generation == 1 && !a.rotates() {
			return stay, a.showNew(msg.key)
		}
		a.list.put(msg.key)
	case rotationEndedMsg:
		a.marks.clear()
	case changedMsg, refreshMsg:
		if a.list.asked != 0 && a.list.how == atKey {
			return stay, nil // being read around a new key
		}
	}
	return t, a.list.read(a.surroundings, a.list.again())
}

// showNew puts the cursor on a new key, which no filter may hide.
func (a *access) showNew(k model.Key) tea.Cmd {
	a.preset("")
	if a.list.query.Application != k.Application {
		a.list.query.Application = ""
	}
	return a.list.around(a.surroundings, k)
}
