package ui

import (
	"strings"

	"empress/model"
)

// compact is whether the overlay goes without a border, to make room.
func (o *secretOverlay) compact() bool { return o.width < 60 || o.height < 13 }

func (o *secretOverlay) indent() int {
	if o.compact() {
		return 2
	}
	return boxIndent
}

// edge is how many lines stand above the text.
func (o *secretOverlay) edge() int {
	if o.compact() {
		return 0
	}
	return 1
}

// View draws the overlay: a box, or in a small window the whole body.
func (o *secretOverlay) View() string {
	lines, _ := o.body()
	if !o.compact() {
		return box(o.styles, o.title, lines, o.width)
	}
	out := make([]string, o.height)
	for i := range out {
		if i < len(lines) {
			out[i] = left("  "+lines[i], o.width)
		} else {
			out[i] = strings.Repeat(" ", o.width)
		}
	}
	return strings.Join(out, "\n")
}

// body is the text, and the line at which the input stands.
func (o *secretOverlay) body() (lines []string, input int) {
	inner := o.width - 2*o.indent()
	secret := o.secret.Reveal()
	if o.hidden || o.secret.Empty() {
		secret = model.Mask
	}
	if o.compact() {
		lines = append(lines, o.styles.paint(strong, fit(o.title+": "+model.Printable(o.key.Application), inner)), fit(string(o.key.ID), inner))
		lines = append(lines, chunks(secret, inner)...)
	} else {
		lines = append(lines, "",
			o.styles.paint(dim, "Application  ")+fit(model.Printable(o.key.Application), inner-13),
			o.styles.paint(dim, "api_key      ")+string(o.key.ID),
			o.styles.paint(dim, "api_secret   ")+o.styles.paint(strong, secret),
			"")
	}
	text, t := o.words()
	for _, l := range wrap(text, inner) {
		lines = append(lines, o.styles.paint(t, l))
	}
	if o.Typing() {
		input = len(lines)
		lines = append(lines, o.input.View())
	}
	if !o.compact() {
		lines = append(lines, "")
	}
	return lines, input
}

// words is what the overlay says under the secret.
func (o *secretOverlay) words() (string, tone) {
	switch {
	case o.mode == leaving && o.kept:
		return "Leave? The secret can never be shown again. y leaves, n stays.", warning
	case o.mode == leaving:
		return "Leave? It was neither copied, saved nor verified, and can never be shown again. y leaves, n stays.", warning
	case o.mode == verifying:
		return "Paste the secret back from where you stored it:", plain
	case o.mode == saving:
		return "Save the api_key and the api_secret to a new file:", plain
	case o.status != nil:
		mark := map[tone]string{good: "[ok] ", bad: "[error] "}[o.status.tone]
		return mark + model.Printable(o.status.text), o.status.tone
	case o.hidden:
		return "Hidden. s shows the secret again.", plain
	}
	return "This is the only time that the secret can be seen. enter copies it " + o.copier.describe() + "; d is for when it is stored.", plain
}

// chunks breaks a secret, which has no blanks, into lines.
func chunks(s string, w int) []string {
	var lines []string
	for w > 0 && width(s) > w {
		lines = append(lines, s[:w])
		s = s[w:]
	}
	return append(lines, s)
}
