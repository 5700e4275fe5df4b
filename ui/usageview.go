package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"empress/model"
)

// spanWords says how far back a span goes, after "the last".
func spanWords(s model.UsageSpan) string {
	return map[model.UsageSpan]string{model.LastDay: "24 hours", model.LastWeek: "7 days", model.LastMonth: "30 days"}[s]
}

func (p *usagePage) lines() []string {
	s := p.styles
	if p.refused != nil {
		return indented(s, dim, "Not shown. "+p.explain(p.refused), 2, p.width)
	}
	if p.report == nil {
		return nil
	}
	r := *p.report
	lines := append([]string{p.spanLine(r.Span)}, indented(s, plain, p.totalWords(r), 2, p.width)...)
	if r.Count != (model.Count{}) {
		if p.page.height >= roomy {
			lines = append(lines, "")
		}
		lines = append(lines, p.chartLines(r.Series)...)
	}
	lines = append(lines, indented(s, dim, keysWords(r), 2, p.width)...)
	section := func(title string, more []string) {
		if len(more) > 0 {
			lines = append(append(lines, "", s.paint(strong, "  "+title)), more...)
		}
	}
	section("Replaced secrets that were used", p.sightingLines(r))
	section("Denied, and why", p.denialLines(r.Denials))
	section("Callers", p.callerLines(r))
	return lines
}

// spanLine names what can be looked at, the one that is shown in brackets.
func (p *usagePage) spanLine(shown model.UsageSpan) string {
	var parts []string
	for _, span := range model.UsageSpans() {
		words := p.styles.paint(dim, spanWords(span))
		if span == shown {
			words = p.styles.paint(accent, "["+spanWords(span)+"]")
		}
		parts = append(parts, words)
	}
	return "  " + p.styles.paint(dim, "Last") + " " + strings.Join(parts, "  ")
}

// totalWords say how many requests there were, and where more can be found.
func (p *usagePage) totalWords(r model.UsageReport) string {
	words := totalWords(r, p.session.Now())
	if r.Count == (model.Count{}) && len(r.Callers) > 0 && r.Span != model.LastMonth {
		words += " t looks further back."
	}
	return words
}

// totalWords say how many requests there were, or that there were none and what
// to do.
func totalWords(r model.UsageReport, now time.Time) string {
	span, last := spanWords(r.Span), r.LastUsed()
	switch {
	case r.Count != (model.Count{}):
		return requestWords(r.Count) + " in the last " + span + "."
	case len(r.Keys) == 0:
		return "No key yet, so no request. Create New API Key makes one."
	case last.At.IsZero() && len(r.Callers) == 0:
		return "No request yet. Give the api_key and the api_secret to the application: what it does shows here a second after it was checked."
	case last.At.IsZero():
		return "No request in the last " + span + ", and none that was allowed before."
	}
	return "No request in the last " + span + "; the latest that was allowed was " + agoWords(last.At, now) + "."
}

// keysWords say which keys the requests were made with.
func keysWords(r model.UsageReport) string {
	keys := count(len(r.Keys), "key")
	if len(r.Keys) == 1 {
		keys = string(r.Keys[0].ID)
	}
	return "With " + keys + " of " + r.Application.Name + "."
}

// requestWords say how many requests were allowed and denied.
func requestWords(c model.Count) string {
	noun := "requests"
	if c.Allowed == 1 {
		noun = "request"
	}
	return fmt.Sprintf("%s %s allowed, %s denied", thousands(int(c.Allowed)), noun, thousands(int(c.Denied)))
}

// allowedWords are requestWords where it is clear what is counted.
func allowedWords(c model.Count) string {
	return thousands(int(c.Allowed)) + " allowed, " + thousands(int(c.Denied)) + " denied"
}

// chartLines are the requests over time: those that were allowed, and below
// those that were denied, each on a scale of its own.
func (p *usagePage) chartLines(all model.Series) []string {
	var allowed, denied []int64
	var at []time.Time
	for _, b := range all.Buckets {
		allowed, denied, at = append(allowed, b.Allowed), append(denied, b.Denied), append(at, b.From)
	}
	c, form, step := chart{room: p.width, bars: len(at), rows: 1}, "15:04", "an hour"
	if all.Span.Step() != time.Hour {
		form, step = "2 Jan", "a day"
	}
	switch {
	case p.page.height >= 30:
		c.rows = 6
	case p.page.height >= roomy:
		c.rows = 3
	}
	lines := p.barLines(c, plain, "Allowed", step, allowed)
	c.rows = (c.rows + 1) / 2
	lines = append(lines, p.barLines(c, warning, "Denied", step, denied)...)
	return append(lines, c.times(p.styles, at, form))
}

// barLines are the bars of one outcome, under a line that says what they are.
func (p *usagePage) barLines(c chart, look tone, outcome, step string, values []int64) []string {
	top := slices.Max(values)
	if top <= 0 {
		return []string{"  " + p.styles.paint(strong, outcome) + p.styles.paint(dim, ": none")}
	}
	title := "  " + p.styles.paint(strong, outcome) + p.styles.paint(dim, fmt.Sprintf(", at most %s %s", thousands(int(top)), step))
	return append([]string{title}, c.draw(p.styles, look, values)...)
}

func (p *usagePage) denialLines(ds []model.Denial) []string {
	var lines []string
	for _, d := range ds {
		for i, words := range wrap(model.Printable(d.Reason.Words()), max(10, p.width-15)) {
			number := ""
			if i == 0 {
				number = thousands(int(d.Count))
			}
			lines = append(lines, "  "+right(number, 9)+"  "+words)
		}
	}
	return lines
}

func (p *usagePage) sightingLines(r model.UsageReport) []string {
	var lines []string
	for _, x := range r.Superseded {
		look := warning
		if !usedStill(x, p.session.Now()) {
			look = plain
		}
		lines = append(lines, indented(p.styles, look, sightingWords(r, x, p.session.Now()), 2, p.width)...)
	}
	return lines
}

// usedStill is whether a replaced secret was used in the last day.
func usedStill(x model.Sighting, now time.Time) bool { return now.Sub(x.Last) < 24*time.Hour }

// sightingWords say who uses a secret that was replaced.
func sightingWords(r model.UsageReport, x model.Sighting, now time.Time) string {
	words := fmt.Sprintf("Secret number %d", x.Generation)
	if len(r.Keys) > 1 {
		words += " of " + x.Key.Short()
	}
	verb := "was used"
	if usedStill(x, now) {
		verb = "is still used"
	}
	return fmt.Sprintf("%s %s by %s, %s since it was regenerated, last seen %s.", words, verb, addressWords(x.Address), times(x.Count), agoWords(x.Last, now))
}

func addressWords(address string) string { return orElse(address, "an unknown address") }

// callerLines are who made the requests, the latest first, whenever that was.
func (p *usagePage) callerLines(r model.UsageReport) []string {
	s, now := p.styles, p.session.Now()
	var lines []string
	for _, c := range r.Callers {
		lines = append(lines, "  "+fit(model.Printable(addressWords(c.Address)), p.width-2))
		lines = append(lines, indented(s, dim, callerWords(r, c, now), 4, p.width)...)
		if c.Outside {
			lines = append(lines, indented(s, warning, outsideNetworks, 4, p.width)...)
		}
	}
	if n := r.Unlisted(); n > 0 {
		lines = append(lines, indented(s, dim, unlistedWords(n), 2, p.width)...)
	}
	return lines
}

// outsideNetworks is said of a caller from somewhere that the application did
// not declare.
const outsideNetworks = "outside the declared networks"

// callerWords say what is known of a caller beside the address.
func callerWords(r model.UsageReport, c model.Caller, now time.Time) string {
	var parts []string
	if c.UserAgent != "" {
		parts = append(parts, "calls itself "+c.UserAgent)
	}
	parts = append(parts, allowedWords(model.Count{Allowed: c.Allowed, Denied: c.Denied}), "first seen "+agoWords(c.First, now), "last seen "+agoWords(c.Last, now))
	if len(r.Keys) > 1 {
		parts = append(parts, "with "+c.Key.Short())
	}
	return strings.Join(parts, ", ")
}

func unlistedWords(n int64) string {
	return count(int(n), "more request") + " by callers that are not listed any more."
}
