package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// about says in words what a query is narrowed to.
func about(q model.EventQuery) string {
	switch {
	case q.Key != "":
		return "the key " + q.Key.Short()
	case q.Application != "":
		return q.Application
	case q.Member != "":
		return q.Member
	case q.Action != "":
		return q.Action.Words()
	}
	return ""
}

// goBack clears the filter first, then what the list is narrowed to, then
// leaves.
func (a *activity) goBack() (transition, tea.Cmd) {
	switch {
	case a.filter.Value() != "":
		a.filter.SetValue("")
		return stay, a.ask()
	case a.only != "" || a.within != 0:
		a.within = 0
		return stay, a.narrow(model.EventQuery{})
	}
	return pop(), nil
}

// narrow asks for the events of a query, with the words and the time as they
// are.
func (a *activity) narrow(q model.EventQuery) tea.Cmd {
	a.only = about(q)
	a.list.query = q
	return a.ask()
}

// ask reads the trail anew, from its latest event.
func (a *activity) ask() tea.Cmd {
	q := a.list.query
	q.Text, q.Since = a.filter.Value(), time.Time{}
	if long := spans[a.within].long; long > 0 {
		q.Since = a.session.Now().Add(-long)
	}
	a.list.restart(q)
	return a.list.read(a.surroundings, false)
}
