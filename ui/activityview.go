package ui

import (
	"fmt"
	"slices"
	"strings"

	"empress/model"
)

// rowHeight is how many lines an event takes: narrow windows put the time and
// the way above what happened.
func (a *activity) rowHeight() int {
	if a.width < narrow {
		return 2
	}
	return 1
}

// above is what stands above the events.
func (a *activity) above() []string {
	lines := append(a.banner(), a.status())
	if a.height >= 10 && a.rowHeight() == 1 {
		lines = append(lines, "", a.styles.paint(dim, a.columnsOf(right("WHEN", 8), "WHAT HAPPENED", fit("HOW", a.how()))))
	}
	return lines
}

// banner says where the trail does not fit, and nothing as long as it does.
func (a *activity) banner() []string {
	if a.report == nil || a.report.Found == 0 {
		return nil
	}
	var lines []string
	for _, l := range wrap("[error] "+model.Printable(brokenWords(*a.report)), a.width-4) {
		lines = append(lines, "  "+a.styles.paint(bad, l))
	}
	if most := max(1, a.height/3); len(lines) > most {
		lines = lines[:most]
	}
	return lines
}

// brokenWords say where the trail does not fit.
func brokenWords(r model.AuditReport) string {
	text := "The trail is not whole: " + r.Problems[0] + "."
	if more := r.Found - 1; more > 0 {
		text += " " + count(more, "more problem") + ": empress audit verify lists them."
	}
	return text
}

// status is the line that says what is listed: in the fullest form that fits.
func (a *activity) status() string {
	if a.filter.on {
		return a.filter.line(a.styles, a.width, a.place())
	}
	filter := orElse(fit(model.Printable(a.filter.Value()), max(8, a.width/3)), "none")
	only := func(label string) string {
		if a.only == "" {
			return ""
		}
		return label + model.Printable(a.only)
	}
	full, brief := a.checked()
	line := ""
	for i, parts := range [][]string{
		{"/ filter: " + filter, spans[a.within].words, only("only: "), a.place(), full},
		{"/ filter: " + filter, spans[a.within].words, only("only: "), a.place(), brief},
		{"/ " + filter, spans[a.within].words, only("only "), a.place(), brief},
		{"/ " + filter, spans[a.within].words, only("only "), a.place()},
		{spans[a.within].words, only("only "), a.place()},
	} {
		line = "  " + strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "   ")
		if width(line) <= a.width || i == 3 && a.filter.Value() != "" {
			break
		}
	}
	return a.styles.paint(dim, fit(line, a.width))
}

// place says how many events are listed, and which of them are in the window.
func (a *activity) place() string {
	l := &a.list
	n := thousands(len(l.events))
	if l.more {
		n += "+"
	}
	last := min(len(l.events), l.top+l.rows)
	switch {
	case !l.loaded:
		return ""
	case !l.more && len(l.events) <= l.rows && l.query.Text != "":
		return matches(len(l.events))
	case !l.more && len(l.events) <= l.rows:
		return count(len(l.events), "event")
	}
	return fmt.Sprintf("%s–%s of %s", thousands(l.top+1), thousands(last), n)
}

func matches(n int) string {
	if n == 1 {
		return "1 match"
	}
	return thousands(n) + " matches"
}

// checked says how far the trail was checked, in full and in brief.
func (a *activity) checked() (full, brief string) {
	switch {
	case a.checking != 0:
		return "being checked", "being checked"
	case a.report == nil:
		return "", ""
	case a.report.Found > 0:
		return "not whole", "not whole"
	}
	return fmt.Sprintf("trail unbroken: %s checked", count(int(a.report.Events), "event")), "trail unbroken"
}

func (a *activity) View() string {
	lines := a.above()
	for i := a.list.top; i < len(a.list.events) && i < a.list.top+a.list.rows; i++ {
		lines = append(lines, a.row(i)...)
	}
	switch {
	case a.list.loaded && len(a.list.events) == 0:
		lines = append(lines, a.styles.paint(dim, "  "+fit("No event is like that. esc shows more.", a.width-2)))
	case len(a.list.events) >= mostEvents && a.list.more && a.list.top+a.list.rows >= len(a.list.events):
		lines[len(lines)-1] = a.styles.paint(dim, fit("  Earlier events: narrow the list with / or o.", a.width))
	}
	return strings.Join(lines, "\n")
}

// row draws an event. One that does not fit the trail is marked.
func (a *activity) row(i int) []string {
	e, s := a.list.events[i], a.styles
	marker, look := "  ", eventTone(e)
	if a.report != nil && a.report.Broken == e.Seq {
		marker, look = s.paint(bad, "! "), bad
	}
	if i == a.list.cursor {
		marker, look = s.paint(accent, "> "), accent
	}
	when, what := s.paint(dim, right(ago(e.At, a.now()), 8)), model.Printable(e.Sentence())
	via := model.Printable(wayIn(e))
	if a.rowHeight() == 2 {
		parts := wrap(what, a.width-2)
		if len(parts) > 2 || len(parts) == 2 && width(parts[1]) > a.width-14 {
			parts = wrap(shortWho(what, 0), a.width-2)
		}
		rest := strings.Join(parts[1:], " ") // goes on before the time
		if rest != "" {
			rest = fit(rest, a.width-14) + "  "
		}
		return []string{marker + s.paint(look, parts[0]), "  " + s.paint(look, rest) + s.paint(dim, fit(ago(e.At, a.now())+"  "+via, a.width-2-width(rest)))}
	}
	return []string{marker + a.columnsOf(when, s.paint(look, fit(shortWho(what, a.what()), a.what())), s.paint(dim, fit(via, a.how())))[2:]}
}

// columnsOf puts what is said of an event beside each other.
func (a *activity) columnsOf(when, what, how string) string {
	return strings.TrimRight("  "+when+"  "+left(what, a.what())+"  "+how, " ")
}

// what is how many cells there are for what happened.
func (a *activity) what() int { return max(12, min(a.widths.what, a.width-16-a.how())) }

// how is how many cells there are for the way in, 0 where what happened needs them.
func (a *activity) how() int {
	if a.width-16-a.widths.how < min(a.widths.what, 40) {
		return 0
	}
	return a.widths.how
}

// shortWho is what happened with the name of who did it shortened, as far as that
// brings it to so many cells: the rest tells one event from another.
func shortWho(what string, w int) string {
	who, rest, _ := strings.Cut(what, " ")
	return fit(who, max(leastWho, w-1-width(rest))) + " " + rest
}

// leastWho is how much of a name there is in any case.
const leastWho = 8

// eventWidths are how many cells the widest of some events take.
type eventWidths struct{ what, how int }

// mostHow is the most room that a way in takes.
const mostHow = 24

func widthsOf(es []model.Event) eventWidths {
	w := eventWidths{how: width("HOW")}
	for _, e := range es {
		w.what = max(w.what, width(model.Printable(e.Sentence())))
		w.how = max(w.how, width(model.Printable(wayIn(e))))
	}
	w.how = min(w.how, mostHow)
	return w
}

// wayIn says how whoever did it reached the program.
func wayIn(e model.Event) string {
	switch {
	case e.Via == "":
		return ""
	case e.From != "":
		return string(e.Via) + ", " + e.From
	}
	return string(e.Via)
}

// eventTone is the look of what an event says.
func eventTone(e model.Event) tone {
	if e.Outcome == model.Denied || e.Action == model.KeyDamaged {
		return warning
	}
	return plain
}
