package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// notConfirmed is the state of a key of which nobody said that the secret arrived.
const notConfirmed = "not confirmed"

// looksFor makes a query look for what was typed: the name of a state, as a word
// of its own, for the keys in that state, and the rest for a text.
func looksFor(q *model.KeyQuery, typed string) {
	q.Text, q.State, q.Unconfirmed = typed, "", false
	words := strings.Fields(typed)
	is := func(i int, word string) bool { return i >= 0 && i < len(words) && strings.EqualFold(words[i], word) }
	for i := range words {
		if is(i, "not") && is(i+1, "confirmed") {
			words, q.Unconfirmed = slices.Delete(words, i, i+2), true
			break
		}
	}
	for _, state := range []model.State{model.Active, model.Suspended, model.Expired, model.Revoked} {
		if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, string(state)) }); i >= 0 && q.State == "" {
			words, q.State = slices.Delete(words, i, i+1), state
		}
	}
	if filtersState(*q) {
		q.Text = strings.Join(words, " ")
	}
}

// filtersState is whether a query looks for a state.
func filtersState(q model.KeyQuery) bool { return q.State != "" || q.Unconfirmed }

// filters is whether a query looks for what was typed.
func filters(q model.KeyQuery) bool { return q.Text != "" || filtersState(q) }

// sameFilter is whether two queries look for the same of what can be typed.
func sameFilter(a, b model.KeyQuery) bool {
	return a.Text == b.Text && a.State == b.State && a.Unconfirmed == b.Unconfirmed
}

func (a *access) search() tea.Cmd {
	looksFor(&a.list.query, a.filter.Value())
	return a.list.read(a.surroundings, afresh)
}

// status is the line above the list.
func (a *access) status() string {
	if a.filter.on {
		return a.filter.line(a.styles, a.width, a.total("match", "matches"))
	}
	filter, total := "none", a.total("key", "keys")
	if filters(a.list.shown) {
		total = a.total("match", "matches")
	}
	if v := a.filter.Value(); v != "" {
		filter = model.Printable(v)
		if !sameFilter(a.list.query, a.list.shown) && !a.list.jumping() {
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
