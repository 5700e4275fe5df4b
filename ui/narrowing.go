package ui

import (
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// newNarrowing asks what the trail is to be narrowed to: who, which
// application, which key or which kind of event. narrow shows that alone.
func newNarrowing(s *surroundings, e model.Event, narrow func(model.EventQuery) tea.Cmd) *picker {
	var ways []pick
	for _, w := range []struct {
		exists bool
		words  string
		query  model.EventQuery
	}{
		{e.ActorEmail != "", "by or about " + e.ActorEmail, model.EventQuery{Member: e.ActorEmail}},
		{e.Member != "" && e.Member != e.ActorEmail, "by or about " + e.Member, model.EventQuery{Member: e.Member}},
		{e.Application != "", "of the application " + e.Application, model.EventQuery{Application: e.Application}},
		{e.Key != "", "of the key " + e.Key.Short(), model.EventQuery{Key: e.Key}},
		{true, "of the kind: " + e.Action.Words(), model.EventQuery{Action: e.Action}},
	} {
		if w.exists {
			ways = append(ways, pick{words: w.words, take: func() (transition, tea.Cmd) { return pop(), narrow(w.query) }})
		}
	}
	return newPicker(s, "Only events like this one", ways...)
}
