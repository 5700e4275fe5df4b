package ui

import (
	"slices"
	"strings"

	"empress/model"
)

// spare is how many lines above the secret can go where there is no room.
const spare = 2

// View draws the overlay.
func (o *secretOverlay) View() string {
	out, _, _ := o.draw()
	return out
}

// draw returns the overlay, and where its input stands. Whatever the size of
// the window, the whole secret is in it: other words give way.
func (o *secretOverlay) draw() (out string, x, y int) {
	inner, at := o.inner(), -1
	facts := o.facts(inner)
	said, input, status := o.said(inner), []string{}, []string{}
	if o.Typing() {
		input = append(input, o.input.View())
		status = o.statusLines(inner)
	}
	if o.compact() {
		room := o.height - 1 - len(facts) - len(input)
		status = status[:max(0, min(len(status), room+spare))]
		said = said[:max(0, min(len(said), room-len(status)))]
		if o.mode == showing && len(said) < room {
			said = append(said, o.keyLine(inner))
		}
	}
	if o.Typing() {
		at = len(facts) + len(said)
	}
	lines := slices.Concat(facts, said, input, status)
	for !o.compact() && len(lines) < len(facts)+o.reserved(inner) {
		lines = append(lines, "")
	}
	return o.view(o.styles, lines, at)
}

// said are the lines that the overlay says under the secret.
func (o *secretOverlay) said(inner int) []string {
	text, t := o.words()
	lines := wrap(text, inner)
	for i := range lines {
		lines[i] = o.styles.paint(t, lines[i])
	}
	return lines
}

func (o *secretOverlay) statusLines(inner int) []string {
	if o.status == nil {
		return nil
	}
	lines := wrap(o.statusText(), inner)
	for i := range lines {
		lines[i] = o.styles.paint(o.status.tone, lines[i])
	}
	return lines
}

// reserved is how many lines there are under the secret, whatever is said: a
// question, its answer and what is wrong with it move nothing.
func (o *secretOverlay) reserved(inner int) int {
	if o.mode == saving {
		return 4 // what is wrong with a path may take two lines
	}
	return max(3, len(wrap(o.welcome(), inner)))
}

// keyLine names the keys that the footer of a small window has no room for.
func (o *secretOverlay) keyLine(inner int) string {
	var words []string
	for _, b := range o.ShortHelp() {
		if b.Enabled() && b.Help().Key != o.keys.Copy.Help().Key && b.Help().Key != o.keys.Done.Help().Key {
			words = append(words, b.Help().Key+" "+b.Help().Desc)
		}
	}
	return o.styles.paint(dim, fit(strings.Join(words, "  "), inner))
}

// facts are the key and its secret, in as few lines as the width allows. The
// two above the secret may go in a small window.
func (o *secretOverlay) facts(inner int) []string {
	secret := o.secret.Reveal()
	if o.hidden || o.secret.Empty() {
		secret = model.Mask
	}
	if !o.compact() {
		return []string{
			o.styles.paint(dim, "Application  ") + fit(model.Printable(o.key.Application), inner-13),
			o.styles.paint(dim, "api_key      ") + string(o.key.ID),
			o.styles.paint(dim, "api_secret   ") + o.styles.paint(strong, secret),
			""}
	}
	lines := []string{o.styles.paint(dim, "api_key  ") + fit(string(o.key.ID), inner-9), o.styles.paint(dim, "api_secret")}
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
		return "Paste the secret back from where you stored it.", plain
	case o.mode == saving:
		return "Save the api_key and the api_secret to a new file.", plain
	case o.status != nil && o.compact():
		return o.statusText(), o.status.tone
	case o.status != nil:
		return o.statusText() + o.advice, o.status.tone
	case o.hidden:
		return "Hidden. s shows the secret again.", plain
	}
	return o.welcome(), plain
}

// welcome is what is said of a secret that was just made.
func (o *secretOverlay) welcome() string {
	if o.compact() {
		return "Shown only this once. enter copies it; d once it is stored."
	}
	return "This is the only time that the secret can be seen. enter copies it " + o.copier.describe() + ". Press d once it is stored. It masks itself when nobody touches a key for " + span(idleMask) + "."
}

func (o *secretOverlay) statusText() string {
	return map[tone]string{good: "[ok] ", bad: "[error] "}[o.status.tone] + model.Printable(o.status.text)
}

// question is what the overlay asks before it is left.
func (o *secretOverlay) question() string {
	verb, leaves, was := "Leave?", "y leaves", "It was neither copied, saved nor verified, and can never be shown again."
	if o.ending {
		verb, leaves = "Quit?", "y quits"
	}
	if o.kept {
		was = "The secret can never be shown again."
	}
	return verb + " " + was + " " + leaves + ", n stays."
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
