package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// The smallest window that the screens are drawn for, in cells.
const (
	minWidth  = 40
	minHeight = 12
)

// roomy is the height from which an empty line follows the breadcrumb.
const roomy = 16

func (r *root) tiny() bool { return r.width < minWidth || r.height < minHeight }

// above is how many lines stand above the body: product, breadcrumb and, where
// there is room, one that is empty.
func (r *root) above() int {
	if r.height < roomy {
		return 2
	}
	return 3
}

// body is the room for a screen: what is left of header, result and footer.
func (r *root) body() (width, height int) {
	return r.width, max(0, r.height-r.above()-1-max(1, len(r.toastLines())))
}

// View draws a frame: header, breadcrumb, the top screen, the latest result
// and the keys that work now.
func (r *root) View() (v tea.View) {
	defer func() {
		if recover() != nil { // the next Update ends the program in order
			v = tea.NewView("")
			v.AltScreen = true
		}
	}()
	v = tea.NewView("")
	v.AltScreen = true
	if r.width == 0 || r.height == 0 || r.quitting {
		return v
	}
	if r.tiny() {
		v.Content = r.styles.border.spell(r.tinyView())
		return v
	}
	body, at := r.bodyView()
	lines := make([]string, 0, r.height)
	lines = append(lines, r.header(), "  "+r.breadcrumb())
	if r.above() == 3 {
		lines = append(lines, "")
	}
	lines = append(lines, body...)
	lines = r.withToast(lines)
	lines = append(lines, "  "+r.footer())
	if t, ok := r.top().(typing); ok {
		if c := t.Cursor(); c != nil {
			c.X, c.Y = c.X+at.X, c.Y+at.Y+r.above()
			v.Cursor = c
		}
	}
	if !r.clusters {
		r.countCodePoints(lines, v.Cursor)
	}
	v.Content = r.styles.border.spell(strings.Join(lines, "\n"))
	_, v.ReportFocus = r.top().(*secretOverlay)
	if r.pointable() {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// countCodePoints lays lines out for a terminal that counts code points, and
// moves the cursor along.
func (r *root) countCodePoints(lines []string, c *tea.Cursor) {
	for y, line := range lines {
		at := 0
		if c != nil && c.Y == y {
			at = c.X
		}
		lines[y], at = byCodePoints(line, r.width, at)
		if c != nil && c.Y == y {
			c.X = at
		}
	}
}

func (r *root) tinyView() string {
	text := fmt.Sprintf("empress needs a window of %d×%d; this is %d×%d. q quits.", minWidth, minHeight, r.width, r.height)
	if o, open := r.top().(*secretOverlay); open {
		text = fmt.Sprintf("A secret is open. Enlarge the window to %d×%d.", minWidth, minHeight)
		if o.mode == leaving {
			text = "Leave the secret, unseen for ever? y n"
			if o.ending {
				text = "Quit, with the secret unseen for ever? y n"
			}
		}
	}
	if r.toast != nil && r.toast.tone == warning { // it may ask whether to leave
		text = r.toast.text + " " + text
	}
	lines := wrap(text, r.width)
	return strings.Join(lines[:min(len(lines), r.height)], "\n")
}

// bodyView returns exactly as many lines as the body has, and where the top
// screen begins in it.
func (r *root) bodyView() (lines []string, at tea.Position) {
	w, h := r.body()
	base := len(r.stack) - 1
	for base > 0 && isOverlay(r.stack[base]) {
		base--
	}
	lines = make([]string, h)
	for i, l := range strings.Split(r.stack[base].View(), "\n") {
		if i < h {
			lines[i] = fit(l, w)
		}
	}
	if !isOverlay(r.top()) {
		return lines, at
	}
	return over(lines, strings.Split(r.top().View(), "\n"), w)
}

func isOverlay(s screen) bool {
	_, ok := s.(overlay)
	return ok
}

// over draws a box in the middle of lines, which show above and below it.
func over(lines, box []string, w int) ([]string, tea.Position) {
	inner := 0
	for _, l := range box {
		inner = max(inner, width(l))
	}
	at := tea.Position{X: max(0, (w-inner)/2), Y: max(0, (len(lines)-len(box))/2)}
	for i, l := range box {
		if y := at.Y + i; y < len(lines) {
			lines[y] = fit(strings.Repeat(" ", at.X)+l, w)
		}
	}
	return lines, at
}

func (r *root) header() string {
	name := "  " + r.styles.paint(strong, "Empress")
	who := ""
	if r.session != nil {
		me := r.session.Me()
		parts := []string{r.session.Team(), fmt.Sprintf("%s (%s)", me.Short(), me.Role), r.connection()}
		for len(parts) > 1 && width(strings.Join(parts, "   "))+12 > r.width {
			parts = append(parts[:0:0], parts[1:]...) // the team goes first, then the role
		}
		who = model.Printable(strings.Join(parts, "   "))
	}
	room := r.width - width(name) - 2
	return name + r.styles.paint(dim, right(who, room))
}

// connection says how the person reached the program.
func (r *root) connection() string {
	if r.session.Via() == model.ViaSSH || r.copier.remote {
		return "ssh"
	}
	return "local"
}

// crumb is one step of the way to the screen, and its place on the stack.
type crumb struct {
	title string
	depth int
}

const (
	arrow    = " > "
	cutTrail = "…" + arrow
)

// trail is the way to the screen; where it does not fit, its beginning goes,
// and before says so.
func (r *root) trail() (before string, crumbs []crumb) {
	room := r.width - 2
	for i, s := range r.stack {
		if !isOverlay(s) {
			crumbs = append(crumbs, crumb{s.Title(), i})
			room -= width(s.Title() + arrow)
		}
	}
	for room += width(arrow); room < 0 && len(crumbs) > 1; crumbs = crumbs[1:] {
		if before == "" {
			before, room = cutTrail, room-width(cutTrail)
		}
		room += width(crumbs[0].title + arrow)
	}
	return before, crumbs
}

func (r *root) breadcrumb() string {
	way, crumbs := r.trail()
	last := len(crumbs) - 1
	for _, c := range crumbs[:last] {
		way += c.title + arrow
	}
	return r.styles.paint(dim, way) + r.styles.paint(strong, fit(crumbs[last].title, r.width-2-width(way)))
}

// withToast adds the line for the latest result, or more for a long one, for
// which the body makes room.
func (r *root) withToast(lines []string) []string {
	text := r.toastLines()
	if len(text) == 0 {
		return append(lines, "")
	}
	return append(lines, text...)
}

func (r *root) toastLines() []string {
	if words := r.idle.words(r.now()); words != "" {
		return []string{"  " + r.styles.paint(warning, fit(words, r.width-4))}
	}
	if words := r.waitWords(); words != "" {
		return []string{"  " + r.styles.paint(dim, fit(words, r.width-4))}
	}
	if r.toast == nil {
		return nil
	}
	label := map[tone]string{good: "[ok] ", bad: "[error] ", warning: "[note] "}[r.toast.tone]
	text := wrap(label+model.Printable(r.toast.text), r.width-4)
	text = text[:min(len(text), 4)]
	for i := range text {
		text[i] = r.styles.paint(r.toast.tone, "  "+text[i])
	}
	return text
}
