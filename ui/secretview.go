package ui

import "empress/model"

// View draws the overlay.
func (o *secretOverlay) View() string {
	out, _, _ := o.draw()
	return out
}

// draw returns the overlay, and where its input stands.
func (o *secretOverlay) draw() (out string, x, y int) {
	inner, at := o.inner(), -1
	secret := o.secret.Reveal()
	if o.hidden || o.secret.Empty() {
		secret = model.Mask
	}
	var lines []string
	if inner < len("api_secret   ")+width(secret) || o.compact() {
		lines = append(lines, o.styles.paint(dim, fit(model.Printable(o.key.Application), inner)), fit(string(o.key.ID), inner))
		for _, part := range chunks(secret, inner) {
			lines = append(lines, o.styles.paint(strong, part))
		}
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
		at = len(lines)
		lines = append(lines, o.input.View())
		if o.status != nil {
			for _, l := range wrap(o.statusText(), inner) {
				lines = append(lines, o.styles.paint(o.status.tone, l))
			}
		}
	}
	return o.view(o.styles, append(lines, ""), at)
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
