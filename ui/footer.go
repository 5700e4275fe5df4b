package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// footer shows the keys that work now.
func (r *root) footer() string {
	var parts []string
	for _, b := range r.footerKeys() {
		parts = append(parts, r.hint(b))
	}
	return strings.Join(parts, "  ")
}

// footerKeys are the keys that work now, in their order, as many as fit. The
// screen's last one, which is its way out, finds room first; then its first
// one, then help and, in wider windows, the way to everything; then the others.
func (r *root) footerKeys() []key.Binding {
	var all []key.Binding
	for _, b := range r.top().ShortHelp() {
		if b.Enabled() && b.Help().Key != "" {
			all = append(all, b)
		}
	}
	first := []int{len(all) - 1, 0}
	for _, b := range r.generalKeys() {
		first = append(first, len(all))
		all = append(all, b)
	}
	fits, room := make([]bool, len(all)), r.width-2
	take := func(i int) {
		if i < 0 || i >= len(all) || fits[i] {
			return
		}
		if room -= hintWidth(all[i]); room < 0 {
			room = 0 // what comes later matters less
			return
		}
		fits[i] = true
	}
	for _, i := range first {
		take(i)
	}
	var shown []key.Binding
	for i, b := range all {
		if take(i); fits[i] {
			shown = append(shown, b)
		}
	}
	return shown
}

// generalKeys are the keys of the whole program that the footer shows: in a
// narrow window help alone, without its word.
func (r *root) generalKeys() []key.Binding {
	var bs []key.Binding
	if r.offersHelp() {
		help := r.keys.Help
		if r.width < narrow {
			help = short(help, "")
		}
		bs = append(bs, help)
	}
	if r.width >= 80 && r.session != nil && !isOverlay(r.top()) && r.offersHelp() {
		bs = append(bs, short(r.keys.Palette, "find"))
	}
	return bs
}

// hintWidth is how many cells a key takes in the footer, with the gap behind.
func hintWidth(b key.Binding) int {
	return width(strings.TrimSpace(b.Help().Key+" "+b.Help().Desc)) + 2
}

// offersHelp is whether ? opens the help from here.
func (r *root) offersHelp() bool {
	if t, ok := r.top().(typing); ok && t.Typing() || r.waits() {
		return false
	}
	_, open := r.top().(*helpPage)
	return !open
}

func (r *root) hint(b key.Binding) string {
	return strings.TrimSpace(r.styles.paint(strong, b.Help().Key) + " " + r.styles.paint(dim, b.Help().Desc))
}
