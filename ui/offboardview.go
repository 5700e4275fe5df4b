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
	choice, mood := p.choiceWords(h)
	name, id := model.Printable(h.Key.Application), h.Key.ID.Short()
	holds := p.holdWords(h, usedWords(h.Key, p.now()))
	first := left(name, p.names()) + "  "
	rest := p.styles.paint(dim, left(id, 14)) + "  " + p.styles.paint(tone, fit(state, p.width-22-p.names()))
	if p.width < narrow { // there is no room for the state, which says more than the use of a key that does not work
		if h.Key.StateAt(p.session.Now()) != model.Active {
			holds = p.holdWords(h, state)
		}
		first, rest = left(name, p.width-20)+"  ", p.styles.paint(dim, left(id, 14))
	}
	return []string{
		trimmed(marker + p.styles.paint(look, first) + rest),
		"    " + p.styles.paint(dim, fit(holds, p.width-4)),
		"    " + p.styles.paint(mood, fit(model.Printable(choice), p.width-4)),
	}
}

// names is how many cells the column of the applications takes.
func (p *offboardPage) names() int {
	longest := 0
	for _, h := range p.Keys {
		longest = max(longest, width(model.Printable(h.Key.Application)))
	}
	return min(longest, p.width-38)
}

// holdWords say what the member has to do with a key, and how that is doing.
func (p *offboardPage) holdWords(h model.HeldKey, doing string) string {
	var parts []string
	for _, is := range []struct {
		so    bool
		words string
	}{{h.Owns, "owns"}, {h.KnowsSecret, "knows the secret"}, {h.Shown && !h.KnowsSecret, "saw an earlier secret"}} {
		if is.so {
			parts = append(parts, is.words)
		}
	}
	return strings.Join(append(parts, doing), ", ")
}

// choiceWords say what will become of a key.
func (p *offboardPage) choiceWords(h model.HeldKey) (string, tone) {
	c := p.choices[h.Key.ID]
	var parts []string
	if c.Do != "" {
		parts = append(parts, disposalWords[c.Do])
	}
	if c.NewOwner != "" && c.Do != model.Revoke {
		parts = append(parts, "go to "+model.ShortEmail(c.NewOwner))
	}
	will := ""
	if len(parts) > 0 {
		will = "will " + listWords(parts)
	}
	if why := p.lacks(h); why != "" {
		if p.width < narrow {
			why, _, _ = strings.Cut(why, ":") // enter says the rest
		}
		return strings.TrimPrefix(will+", open: "+why, ", "), warning
	}
	if will == "" {
		return "nothing to do", dim
	}
	return will, good
}

// disposalWords say what will become of a key.
var disposalWords = map[model.Disposal]string{
	model.Keep: "keep the secret", model.Regenerate: "get a new secret", model.Suspend: "be suspended", model.Revoke: "be revoked",
}
