package ui

import (
	"fmt"
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
		lines = append(lines, "", a.styles.paint(dim, "  "+right("WHEN", 8)+"  WHAT HAPPENED"))
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

// status is the line that says what is listed.
func (a *activity) status() string {
	if a.filtering {
		return "  " + a.filter.View()
	}
	names := []string{"/ filter: ", "since: ", "only: "}
	if a.width < narrow {
		names = []string{"/ ", "", "only "}
	}
	filter := orElse(model.Printable(a.filter.Value()), "none")
	parts := []string{names[0] + fit(filter, max(8, a.width/3)), names[1] + spans[a.within].words}
	if a.only != "" {
		parts = append(parts, names[2]+model.Printable(a.only))
	}
	return a.styles.paint(dim, fit("  "+strings.Join(append(parts, a.checked()), "   "), a.width))
}

// checked says how far the trail was checked.
func (a *activity) checked() string {
	switch {
	case a.checking != 0:
		return "being checked"
	case a.report == nil:
		return ""
	case a.report.Found > 0:
		return "not whole"
	}
	return fmt.Sprintf("whole: %s checked", count(int(a.report.Events), "event"))
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
		return []string{marker + s.paint(look, fit(what, a.width-2)), "  " + s.paint(dim, fit(ago(e.At, a.now())+"  "+via, a.width-2))}
	}
	room := a.width - 12
	if a.width >= 100 {
		room -= viaWidth + 2
		return []string{marker + when + "  " + s.paint(look, left(what, room)) + "  " + s.paint(dim, fit(via, viaWidth))}
	}
	return []string{marker + when + "  " + s.paint(look, fit(what, room))}
}

// viaWidth is how much room the way has by which somebody came.
const viaWidth = 24

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
