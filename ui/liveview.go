package ui

import (
	"fmt"
	"strings"

	"empress/model"
)

// rowHeight is how many lines a row takes: narrow windows put the outcome below
// the application.
func (l *live) rowHeight() int {
	if l.width < narrow {
		return 2
	}
	return 1
}

// above is what stands above the rows.
func (l *live) above() []string {
	lines := []string{l.status()}
	if l.height >= 10 && l.rowHeight() == 1 {
		lines = append(lines, "")
		if len(l.shown) > 0 {
			lines = append(lines, l.styles.paint(dim, trimmed("  "+l.columnsOf("TIME UTC", "APPLICATION", "API KEY", "ADDRESS", "COUNT", "OUTCOME"))))
		}
	}
	return lines
}

// status is the line that says what is listed, and whether it goes on.
func (l *live) status() string {
	total := count(len(l.shown), "row")
	switch {
	case !l.loaded:
		total = "" // nobody knows yet
	case l.filter.Value() != "":
		total = matches(len(l.shown))
	}
	if l.filter.on {
		return l.filter.line(l.styles, l.width, total)
	}
	how := l.styles.paint(dim, "as it happens")
	switch {
	case l.paused:
		how = l.styles.paint(warning, "paused")
	case l.lost:
		how = l.styles.paint(warning, "cannot be read")
	}
	filter := "/ filter: "
	if l.width < narrow {
		filter = "/ "
	}
	filter += orElse(fit(model.Printable(l.filter.Value()), max(6, l.width/3)), "none")
	return fit("  "+how+l.styles.paint(dim, trimmed("   "+filter+"   "+total)), l.width)
}

// below is what stands below the rows: the key of the chosen one and what became of
// the request, which its row may have no room for, and what the clients call
// themselves.
func (l *live) below() []string {
	if len(l.shown) == 0 || l.height < 8 || l.height < 10 && l.rowHeight() == 1 {
		return nil
	}
	c := l.shown[min(l.list.cursor, len(l.shown)-1)] // of fewer rows the last one will be chosen
	lines := indented(l.styles, dim, c.Key.Short()+"  "+outcomeWords(c.Reason), 2, l.width)
	if l.width < keyAndOutcome+4 { // as many lines for each, so that nothing jumps
		lines = append(lines, "")[:2]
	}
	if l.rowHeight() == 1 {
		lines = append(lines, l.styles.paint(dim, fit("  "+agentWords(c), l.width)))
	}
	return append([]string{""}, lines...)
}

// keyAndOutcome is enough for a short key and every outcome.
const keyAndOutcome = 14 + 2 + outcomeWidth

// agentWords say what the clients of a moment call themselves.
func agentWords(m model.Moment) string {
	switch {
	case m.Agents == 0:
		return "From several addresses."
	case m.UserAgent == "" && m.Agents == 1:
		return "The client does not say what it is."
	}
	words := "The client calls itself " + orElse(model.Printable(m.UserAgent), "nothing")
	if others := m.Agents - 1; others > 0 {
		words += ", and " + count(int(others), "other name")
	}
	return words + "."
}

func (l *live) View() string {
	lines := l.above()
	for i := l.list.top; i < l.list.end(); i++ {
		lines = append(lines, l.row(l.shown[i], i == l.list.cursor)...)
	}
	if l.loaded && len(l.shown) == 0 {
		lines = append(lines, indented(l.styles, dim, l.emptyWords(), 2, l.width)...)
	}
	return strings.Join(append(lines, l.below()...), "\n")
}

func (l *live) emptyWords() string {
	if l.filter.Value() != "" {
		return "No request is like that. esc clears the filter."
	}
	if l.session.Can(model.UsageView, model.Target{}) != nil {
		return "No request in the last minutes with a key whose usage you may see. The next one shows here a second after it is checked."
	}
	return "No request in the last minutes. The next one shows here a second after it is checked."
}

// row draws what one caller did with one key within a second.
func (l *live) row(m model.Moment, chosen bool) []string {
	s := l.styles
	marker, look := s.rowMarker(chosen)
	outcome, tone := model.Printable(outcomeWords(m.Reason)), warning
	if m.Reason == model.ReasonOK {
		tone = plain
	}
	at, name, address := m.At.UTC().Format("15:04:05"), model.Printable(m.Application), model.Printable(orElse(m.Address, "unknown"))
	number := thousands(int(m.Count))
	if l.rowHeight() == 2 {
		number = "×" + number
		address = fit(address, l.width-13) // allowed or denied can be seen in any case
		return []string{marker + s.paint(dim, at) + "  " + s.paint(look, left(name, l.width-16-width(number))) + "  " + number,
			"  " + s.paint(dim, address) + "  " + s.paint(tone, fit(outcome, l.width-4-width(address)))}
	}
	c := l.columns()
	return []string{marker + trimmed(l.columnsOf(s.paint(dim, at), s.paint(look, fit(name, c.name)), s.paint(dim, m.Key.Short()), fit(address, c.address), number, s.paint(tone, fit(outcome, c.outcome))))}
}

// outcomeWidth is enough for every outcome.
const outcomeWidth = 44

// liveColumns are how many cells each column takes that depends on the window.
type liveColumns struct {
	name, key, address, outcome int // 0 for a column that there is no room for
}

func (l *live) columns() liveColumns {
	c, room := liveColumns{name: 12}, l.width-2-8-2-12-2-2-6-2
	if l.width >= 110 {
		c.name, c.key = 14, 14
		room -= 2 + 14 + 2
	}
	c.address = max(15, min(39, room-outcomeWidth))
	c.outcome = room - c.address
	return c
}

// columnsOf puts what is said of a row beside each other.
func (l *live) columnsOf(at, name, id, address, number, outcome string) string {
	c := l.columns()
	line := left(at, 8) + "  " + left(name, c.name) + "  "
	if c.key > 0 {
		line += left(id, c.key) + "  "
	}
	return fmt.Sprintf("%s%s  %s  %s", line, left(address, c.address), right(number, 6), outcome)
}

// outcomeWords say what became of a request.
func outcomeWords(r model.Reason) string {
	if r == model.ReasonOK {
		return r.Words()
	}
	return "denied: " + r.Words()
}
