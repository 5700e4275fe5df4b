package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// press moves the cursor over the menu and, below its last entry, over what
// needs attention; enter opens what it is on.
func (d *dashboard) press(msg tea.KeyPressMsg) transition {
	m := &d.menu
	onMenu := d.need < 0
	switch {
	case key.Matches(msg, d.policy.key()):
		return push(d.policy.leads(d.surroundings))
	case key.Matches(msg, d.due.key()):
		return push(d.due.leads(d.surroundings))
	case key.Matches(msg, m.move.Down) && (!onMenu || !d.hidden() && m.cursor == len(m.entries)-1):
		d.step(1)
		return stay
	case key.Matches(msg, m.move.Up) && !onMenu:
		d.step(-1)
		return stay
	case key.Matches(msg, m.open) && !onMenu:
		return d.follow()
	case key.Matches(msg, m.move.Top, m.move.Bottom, m.choose):
		d.point(-1)
	}
	t, _ := d.menuPage.press(msg)
	return t
}

// point puts the cursor on something that needs attention, -1 for the menu.
func (d *dashboard) point(to int) { d.need, d.menu.away = to, to >= 0 }

// settle brings the cursor back to the menu when what it is on is no more.
func (d *dashboard) settle() {
	if needs := d.needs(); d.need >= len(needs) || d.need >= 0 && needs[d.need].open == nil {
		d.point(-1)
	}
}

// step moves the cursor to the next thing that leads somewhere, if there is one;
// above the first it comes back to the menu.
func (d *dashboard) step(by int) {
	needs, to := d.needs(), d.need+by
	for to >= 0 && to < len(needs) && needs[to].open == nil {
		to += by
	}
	if to >= len(needs) {
		return
	}
	d.point(max(-1, to))
	d.show()
}

// show scrolls to the cursor.
func (d *dashboard) show() {
	if d.need < 0 {
		d.reveal(d.menu.cursor)
		return
	}
	lines, at := d.lines()
	if end := d.need + 1; end < len(at) {
		d.reveal(at[end]) // and of the line below, where the page may say that more follows
	} else {
		d.reveal(min(len(lines)-1, at[d.need]+2))
	}
	d.reveal(at[d.need])
}

// follow opens what the cursor is on. What cannot be seen is shown first.
func (d *dashboard) follow() transition {
	_, at := d.lines()
	if line := at[d.need]; line < d.top || line >= d.top+d.page.height {
		d.show()
		return stay
	}
	return push(d.needs()[d.need].open(d.surroundings))
}

// Click opens the entry on a line, or what needs attention there.
func (d *dashboard) Click(x, y int) (transition, tea.Cmd) {
	_, at := d.lines()
	if i := slices.Index(at, y+d.top); i >= 0 && d.needs()[i].open != nil && (d.width < abreast || x >= besideCounts) {
		d.point(i)
		return d.follow(), nil
	}
	d.point(-1)
	return d.menuPage.Click(x, y)
}
