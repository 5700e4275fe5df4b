package ui

import (
	"fmt"
	"strings"

	"empress/model"
)

// rowHeight is how many lines an application takes: narrow windows put what is
// said of it below its name.
func (a *applications) rowHeight() int {
	if a.width < narrow {
		return 2
	}
	return 1
}

// above is what stands above the applications.
func (a *applications) above() []string {
	lines := []string{a.status()}
	if a.rowHeight() == 1 && a.height >= 10 {
		lines = append(lines, "")
	}
	if a.rowHeight() == 1 {
		lines = append(lines, "  "+a.styles.paint(dim, a.columns("APPLICATION", "KEYS", "ACTIVE", "CONTACT", "PURPOSE")))
	}
	return lines
}

// status says how many applications are listed, and by which filter.
func (a *applications) status() string {
	if !a.loaded {
		return ""
	}
	total := count(len(a.all), "application")
	if a.filter.Value() != "" {
		total = matches(len(a.shown))
	}
	if a.filter.on {
		return a.filter.line(a.styles, a.width, total)
	}
	form := "  / filter: %s   %s"
	if a.width < narrow {
		form = "  / %s   %s"
	}
	return a.styles.paint(dim, fit(fmt.Sprintf(form, fit(orElse(model.Printable(a.filter.Value()), "none"), max(8, a.width/2)), total), a.width))
}

// columns puts what is said of an application beside each other. Where the
// window is narrow the contact goes: the application's page says it.
func (a *applications) columns(name, keys, active, contact, purpose string) string {
	names, contacts := width("APPLICATION"), width("CONTACT")
	for _, x := range a.all {
		names, contacts = max(names, width(model.Printable(x.Name))), max(contacts, width(model.Printable(x.Contact)))
	}
	names = min(names, max(16, a.width/3))
	contacts = min(contacts, max(12, a.width/4))
	line := left(name, names) + "  " + right(keys, 6) + "  " + right(active, 6) + "  "
	if a.width >= 72 {
		line += left(contact, contacts) + "  "
	}
	return strings.TrimRight(line+fit(purpose, a.width-4-width(line)), " ")
}

func (a *applications) View() string {
	lines := a.above()
	for i := a.list.top; i < a.list.end(); i++ {
		lines = append(lines, a.row(a.shown[i], i == a.list.cursor)...)
	}
	if a.loaded && len(a.shown) == 0 {
		lines = append(lines, indented(a.styles, dim, a.emptyWords(), 2, a.width)...)
	}
	return strings.Join(lines, "\n")
}

func (a *applications) emptyWords() string {
	switch {
	case len(a.all) > 0:
		return "No application matches. esc clears the filter."
	case a.mayManageApplications() != nil:
		return "There is no application that you may see. You see those of your own keys and of your grants."
	}
	return "No application yet. n adds the first; so does the first key."
}

func (a *applications) row(x model.Application, chosen bool) []string {
	marker, look, rest := "  ", plain, dim
	switch {
	case chosen:
		marker, look, rest = a.styles.paint(accent, "> "), accent, plain
	case x.Damaged:
		look, rest = bad, bad
	case x.Keys == 0:
		look = dim
	}
	about := orElse(calledBefore(x, a.words()), aboutWords(x))
	name, contact, purpose := model.Printable(x.Name), model.Printable(x.Contact), model.Printable(about)
	if a.rowHeight() == 1 {
		return []string{marker + a.styles.paint(look, a.columns(name, thousands(x.Keys), thousands(x.Active), contact, purpose))}
	}
	working := workingWords(x)
	return []string{
		marker + a.styles.paint(look, left(name, a.width-6-width(working))) + "  " + a.styles.paint(rest, working),
		"  " + a.styles.paint(rest, fit(orElse(purpose, contact), a.width-4)),
	}
}

// aboutWords is what an application says of itself, unless somebody else put it there.
func aboutWords(a model.Application) string {
	if a.Damaged {
		return model.DamagedWords
	}
	return a.Purpose
}

// calledBefore says which former name of an application somebody looked for, ""
// when they meant it by the name that it has.
func calledBefore(a model.Application, words []string) string {
	for _, name := range a.Former {
		if len(words) > 0 && holdsAll(strings.ToLower(name), words) && !holdsAll(strings.ToLower(a.Name), words) {
			return "was called " + name
		}
	}
	return ""
}

// workingWords say how many keys there are, and how many of them work now.
func workingWords(a model.Application) string {
	switch {
	case a.Keys == 0:
		return "no key"
	case a.Keys == 1 && a.Active == 1:
		return "1 key, active"
	case a.Active == a.Keys:
		return count(a.Keys, "key") + ", all active"
	}
	return fmt.Sprintf("%s, %s active", count(a.Keys, "key"), thousands(a.Active))
}
