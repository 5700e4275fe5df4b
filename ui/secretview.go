package ui

import "empress/model"

// View draws the overlay.
func (o *secretOverlay) View() string {
	out, _, _ := o.draw()
	return out
}

// draw returns the overlay, and where its input stands. Whatever the size of
// the window, the whole secret is in it: other words give way.
func (o *secretOverlay) draw() (out string, x, y int) {
	inner, at := o.inner(), -1
	lines := o.facts(inner)
	input := []string{}
	if o.Typing() {
		input = append(input, o.input.View())
		if o.status != nil {
			for _, l := range wrap(o.statusText(), inner) {
				input = append(input, o.styles.paint(o.status.tone, l))
			}
		}
	}
	text, t := o.words()
	said := wrap(text, inner)
	if o.compact() {
		said = said[:max(0, min(len(said), o.height-1-len(lines)-len(input)))]
	}
	for _, l := range said {
		lines = append(lines, o.styles.paint(t, l))
	}
	if o.Typing() {
		at = len(lines)
	}
	return o.view(o.styles, append(append(lines, input...), ""), at)
}

// facts are the key and its secret, in as few lines as the width allows.
func (o *secretOverlay) facts(inner int) []string {
	secret := o.secret.Reveal()
	if o.hidden || o.secret.Empty() {
		secret = model.Mask
	}
	if !o.compact() {
		return []string{"",
			o.styles.paint(dim, "Application  ") + fit(model.Printable(o.key.Application), inner-13),
			o.styles.paint(dim, "api_key      ") + string(o.key.ID),
			o.styles.paint(dim, "api_secret   ") + o.styles.paint(strong, secret),
			""}
	}
	lines := []string{fit(string(o.key.ID), inner)}
	for _, part := range chunks(secret, inner) {
		lines = append(lines, o.styles.paint(strong, part))
	}
	return lines
}

// words is what the overlay says under the secret.
func (o *secretOverlay) words() (string, tone) {
	switch {
	case o.mode == leaving:
		return o.question(), warning
	case o.mode == verifying:
		return "Paste the secret back from where you stored it:", plain
	case o.mode == saving:
		return "Save the api_key and the api_secret to a new file:", plain
	case o.status != nil:
		return o.statusText(), o.status.tone
	case o.hidden:
		return "Hidden. s shows the secret again.", plain
	}
	if o.compact() {
		return "Shown only this once. enter copies it; d once it is stored.", plain
	}
	return "This is the only time that the secret can be seen. enter copies it " + o.copier.describe() + ". Press d once it is stored. It masks itself when nobody touches a key for " + span(idleMask) + ".", plain
}

func (o *secretOverlay) statusText() string {
	return map[tone]string{good: "[ok] ", bad: "[error] "}[o.status.tone] + model.Printable(o.status.text)
}

// question is what the overlay asks before it is left.
func (o *secretOverlay) question() string {
	verb, was := "Leave?", "It was neither copied, saved nor verified, and can never be shown again."
	if o.ending {
		verb = "Quit?"
	}
	if o.kept {
		was = "The secret can never be shown again."
	}
	return verb + " " + was + " y leaves, n stays."
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
