package ui

import (
	"empress/model"

	tea "charm.land/bubbletea/v2"
)

const (
	besideFrom  = 120 // the width from which the chosen key is shown beside the list
	besideWidth = 48
)

// beside is whether the chosen key is shown beside the list.
func (a *access) beside() bool { return a.width >= besideFrom && !a.wide }

// aboutNew says what a new key is, beside the way to it.
var aboutNew = []string{
	"A key has two parts: the api_key, which may be seen by anyone, and the api_secret, which proves who calls.",
	"The secret is shown once, right after the key is made. Have the place ready where it will be kept.",
	"An application may have several keys. Each has an owner in the team, who answers for it.",
}

// aboutRotation says what a rotation is, beside the way to one.
var aboutRotation = []string{
	"A key is due when its secret is older than the security policy allows, when it expires soon, when it may be weak, or when somebody knows it who left.",
	"Rotating gives each key a new secret. The old one stops working at once, so whatever uses the key needs the new one.",
	"Before anything changes you see every key, and choose how its new secret reaches its place.",
}

// besideLines are the facts of the chosen key, or what a new one is.
func (a *access) besideLines() []string {
	k := a.list.chosen()
	if k == nil {
		title, about := "  Create New API Key", aboutNew
		if a.rotates() {
			title, about = "  Rotation", aboutRotation
		}
		lines := []string{a.styles.paint(strong, title)}
		for i, text := range about {
			if i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, indented(a.styles, dim, text, 2, besideWidth)...)
		}
		return lines[:min(len(lines), a.height-a.chrome()+1)]
	}
	facts := keyFacts(*k, a.surroundings)
	lines := append([]string{a.styles.paint(strong, fit("  "+model.Printable(facts[0].Value), besideWidth))}, factLines(facts[1:], a.styles, besideWidth)...)
	lines = append(lines, "", a.styles.paint(dim, "  enter shows its history"))
	return lines[:min(len(lines), a.height-a.chrome()+1)]
}

// Wheel moves the cursor.
func (a *access) Wheel(by int) (transition, tea.Cmd) {
	if a.unsettled() {
		return stay, nil
	}
	return stay, a.moveBy(by)
}

// Click chooses a row and opens the one that is chosen already; on a title it
// sorts, and on the line above it filters.
func (a *access) Click(x, y int) (transition, tea.Cmd) {
	first := a.chrome()
	row := a.list.top + (y-first)/a.rowHeight()
	switch {
	case a.unsettled() || x >= a.listWidth():
		return stay, nil
	case y < a.statusAt():
		_, now := a.view()
		return stay, a.show(now + 1)
	case y == a.statusAt():
		return stay, a.filter.begin()
	case y == first-1:
		return stay, a.sortAt(x)
	case y < first || row >= len(a.list.keys):
		return stay, nil
	case row == a.list.cursor:
		return a.press(keyNamed("enter"))
	}
	return stay, a.moveBy(row - a.list.cursor)
}

// sortAt orders the list by the column at a place, or turns its order round.
func (a *access) sortAt(x int) tea.Cmd {
	at := 2 + width(a.markGap())
	for _, c := range a.drawing.columns {
		w := c.width
		if w == 0 {
			w = a.drawing.gap
		}
		if x >= at && x < at+w && c.sort != "" {
			a.list.query.Descending = c.sort == a.list.query.Sort && !a.list.query.Descending
			a.list.query.Sort = c.sort
			return a.list.read(a.surroundings, afresh)
		}
		at += w + 2
	}
	return nil
}
