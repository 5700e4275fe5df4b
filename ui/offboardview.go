package ui

import (
	"fmt"
	"strings"

	"empress/model"
)

// settledLines is how many lines a key takes: what it is, what they have to do
// with it, and what becomes of it.
const settledLines = 3

// above says how far it is.
func (p *offboardPage) above() []string {
	words := p.progress()
	if !p.loaded || len(p.Keys)+p.Hidden == 0 {
		words = ""
	}
	return []string{"  " + p.styles.paint(dim, fit(words, p.width-4))}
}

// progress says how many keys are settled.
func (s *disposals) progress() string {
	done := 0
	for _, h := range s.Keys {
		if s.lacks(h) == "" {
			done++
		}
	}
	words := fmt.Sprintf("%d of %s settled", done, count(len(s.Keys), "key"))
	if s.Hidden > 0 {
		words += fmt.Sprintf(", %d more hidden from you", s.Hidden)
	}
	return words
}

func (p *offboardPage) View() string {
	lines := p.above()
	for i := p.list.top; i < p.list.end(); i++ {
		lines = append(lines, p.row(p.Keys[i], i == p.list.cursor)...)
	}
	if p.loaded && len(p.Keys)+p.Hidden == 0 {
		lines = append(lines, indented(p.styles, plain, holdsNothing+" enter goes on.", 2, p.width)...)
	}
	return strings.Join(lines, "\n")
}

const holdsNothing = "They own no key that could still be used, and were shown the secret of none."

func (p *offboardPage) row(h model.HeldKey, chosen bool) []string {
	marker, look := "  ", plain
	if chosen {
		marker, look = p.styles.paint(accent, "> "), accent
	}
	state, tone := stateWords(h.Key, p.session.Now())
	room := p.width - 6
	name := model.Printable(h.Key.Application)
	if p.width >= narrow {
		name += "  " + h.Key.ID.Short()
	}
	name = fit(name, room-width(state)-2)
	choice, mood := p.choiceWords(h)
	return []string{
		marker + p.styles.paint(look, name) + "  " + p.styles.paint(tone, state),
		"    " + p.styles.paint(dim, fit(p.holdWords(h), room)),
		"    " + p.styles.paint(mood, fit(model.Printable(choice), room)),
	}
}

// holdWords say what the member has to do with a key, and when it was used.
func (p *offboardPage) holdWords(h model.HeldKey) string {
	var parts []string
	for _, is := range []struct {
		so    bool
		words string
	}{{h.Owns, "owns"}, {h.KnowsSecret, "knows the secret"}, {h.Shown && !h.KnowsSecret, "saw an earlier secret"}} {
		if is.so {
			parts = append(parts, is.words)
		}
	}
	return strings.Join(append(parts, usedWords(h.Key, p.now())), ", ")
}

// choiceWords say what becomes of a key.
func (p *offboardPage) choiceWords(h model.HeldKey) (string, tone) {
	c := p.choices[h.Key.ID]
	var parts []string
	if c.NewOwner != "" && c.Do != model.Revoke {
		parts = append(parts, "goes to "+model.ShortEmail(c.NewOwner))
	}
	if c.Do != "" {
		parts = append(parts, disposalWords[c.Do])
	}
	if why := p.lacks(h); why != "" {
		if p.width < narrow {
			why, _, _ = strings.Cut(why, ":") // enter says the rest
		}
		return strings.Join(append(parts, "open: "+why), ", "), warning
	}
	if len(parts) == 0 {
		return "nothing to do", dim
	}
	return strings.Join(parts, ", "), good
}

// disposalWords say what becomes of a key.
var disposalWords = map[model.Disposal]string{
	model.Keep: "keeps the secret", model.Regenerate: "gets a new secret", model.Suspend: "is suspended", model.Revoke: "is revoked",
}
