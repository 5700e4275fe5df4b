package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// page shows lines that may not fit, from the line top on.
type page struct {
	top, height int
	quiet       bool // nothing is said of lines below
}

// view returns the lines in the window. When some are below it, the last line
// says so.
func (p *page) view(lines []string, s *styles) string {
	return strings.Join(p.window(lines, s, "  "), "\n")
}

// window is view as lines; what is said of those below is indented.
func (p *page) window(lines []string, s *styles, indent string) []string {
	p.top = max(0, min(p.top, len(lines)-p.height))
	shown := lines[p.top:min(len(lines), p.top+max(0, p.height))]
	if below := len(lines) - p.top - len(shown); below > 0 && len(shown) > 0 && !p.quiet {
		shown = append(append([]string(nil), shown[:len(shown)-1]...), s.paint(dim, indent+count(below+1, "more line")+" below: PgDn"))
	}
	return shown
}

// turn scrolls by whole pages when the key says so.
func (p *page) turn(k tea.KeyPressMsg, m movement) bool {
	switch {
	case key.Matches(k, m.PageDown):
		p.top += max(1, p.height-1)
	case key.Matches(k, m.PageUp):
		p.top = max(0, p.top-max(1, p.height-1))
	default:
		return false
	}
	return true
}

// Wheel scrolls by lines. View keeps the page within what there is.
func (p *page) Wheel(by int) (transition, tea.Cmd) {
	p.top = max(0, p.top+by)
	return stay, nil
}

// reveal scrolls until the line is in the window.
func (p *page) reveal(line int) {
	if line < p.top {
		p.top = line
	}
	if last := p.top + p.height - 1; line > last {
		p.top += line - last
	}
}
