package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

func (a *access) search() tea.Cmd {
	a.list.query.Text = a.filter.Value()
	return a.list.read(a.surroundings, afresh)
}

// status is the line above the list.
func (a *access) status() string {
	if a.filter.on {
		return a.filter.line(a.styles, a.width, a.total("match", "matches"))
	}
	filter, total := "none", a.total("key", "keys")
	if a.list.shown.Text != "" {
		total = a.total("match", "matches")
	}
	if v := a.filter.Value(); v != "" {
		filter = model.Printable(v)
		if v != a.list.shown.Text && !a.list.jumping() {
			filter += " (not read yet: F5)"
		}
	}
	order := string(a.list.query.Sort) + " ^"
	if a.list.query.Descending {
		order = string(a.list.query.Sort) + " v"
	}
	if a.list.asMade {
		order = "as made (too many)"
	}
	if of := a.list.query.Application; of != "" {
		label := "only: "
		if a.width < narrow {
			label = "only "
		}
		total = label + fit(model.Printable(of), max(8, a.width/4)) + "   " + total
	}
	form := "  / filter: %s   sort: %s   %s"
	if a.width < narrow {
		form = "  / %s   %s   %s"
	}
	line := fmt.Sprintf(form, fit(filter, max(8, a.width/2)), order, total)
	n := a.marks.count()
	if (n > 0 || a.list.query.Application != "") && a.width < narrow { // they matter more than the order
		line = fmt.Sprintf("  / %s   %s", fit(filter, max(6, a.width-32)), total)
	}
	if n > 0 {
		line += fmt.Sprintf("   %s marked", thousands(n))
	}
	return a.styles.paint(dim, fit(trimmed(line), a.width))
}

// total says how many keys there are, and which of them are in the window; nothing
// until that is known.
func (a *access) total(one, many string) string {
	l := &a.list
	if !l.loaded {
		return ""
	}
	if l.query.Attention == model.Unused { // only what was read is counted
		words := count(len(l.keys), one)
		if l.before || l.after {
			words += " or more"
		}
		return words
	}
	if l.over {
		return thousands(model.MaxCount) + "+ " + many
	}
	if l.count == 1 {
		return "1 " + one
	}
	all := thousands(l.count) + " " + many
	first, last := max(0, l.top), min(len(l.keys), l.top+l.rows)
	if a.filter.on || l.count <= l.rows-1 || l.before && l.after {
		return all
	}
	if l.before { // what was read ends with the last key of all
		first, last = first+l.count-len(l.keys), last+l.count-len(l.keys)
	}
	if a.width < narrow {
		all = thousands(l.count)
	}
	return fmt.Sprintf("%s–%s of %s", thousands(first+1), thousands(last), all)
}
