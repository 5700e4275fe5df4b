package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"empress/model"
)

// applicationWay is one way on from an application's page.
type applicationWay struct {
	text string // as it is drawn
	why  error  // why it cannot be gone
	open func() screen
}

// ways are the keys of the application, then what leads to all that the page
// has no room for.
func (p *applicationPage) ways() []applicationWay {
	if !p.read {
		return nil
	}
	s, name := p.surroundings, p.application.Name
	var ways []applicationWay
	for _, k := range p.listed() {
		ways = append(ways, applicationWay{text: p.keyLine(k), open: func() screen { return newDetails(s, k) }})
	}
	return append(ways,
		applicationWay{text: p.wayLine("API Access", "its keys, to sort, filter and change them"), open: func() screen {
			list := newAccess(s)
			list.only(name)
			return list
		}},
		applicationWay{text: p.wayLine("Activity", "all that happened to it"), why: p.session.Can(model.AuditView, model.Target{}), open: func() screen {
			return newActivityOf(s, model.EventQuery{Application: name})
		}})
}

// keyLine is one key: what names it, who answers for it, when it was used and
// how it is doing.
func (p *applicationPage) keyLine(k model.Key) string {
	state, t := stateWords(k, p.now())
	line, owners := left(k.ID.Short(), 14)+"  ", 12
	switch {
	case p.width < narrow:
		owners = max(4, p.width-22-width(state))
	case p.width >= 110:
		owners = 20
	}
	line += left(model.Printable(model.ShortEmail(k.Owner)), owners) + "  "
	if p.width >= narrow {
		line += right(ago(k.Usage.At, p.now()), 9) + "  "
	}
	return line + p.styles.paint(t, state)
}

func (p *applicationPage) wayLine(name, hint string) string {
	return left(name, 14) + "  " + p.styles.paint(dim, fit(hint, p.width-20))
}

func (p *applicationPage) View() string {
	lines, _ := p.lines()
	return p.page.view(lines, p.styles)
}

// lines are the page; at are the lines of the ways on.
func (p *applicationPage) lines() (lines []string, at []int) {
	s := p.styles
	lines = factLines(p.facts(), s, p.width)
	if !p.read {
		return lines, nil
	}
	way := func(w applicationWay) {
		marker, look := "  ", plain
		if w.why != nil {
			look = dim
		}
		if len(at) == p.cursor {
			marker, look = s.paint(accent, "> "), accent
		}
		at = append(at, len(lines))
		lines = append(lines, marker+s.paint(look, w.text))
	}
	ways := p.ways()
	lines = append(lines, "", s.paint(strong, "  Keys"))
	if len(p.listed()) == 0 {
		lines = append(lines, s.paint(dim, fit(p.noKeyWords(), p.width-2)))
	}
	for _, w := range ways[:len(ways)-1] {
		way(w)
	}
	if more := p.count - len(p.listed()); more > 0 {
		lines[len(lines)-1] += s.paint(dim, ", "+thousands(more)+" more")
	}
	lines = append(lines, "", s.paint(strong, "  Latest events"))
	lines = append(lines, eventLines(p.events, p.now(), s, p.width)...)
	way(ways[len(ways)-1])
	return lines, at
}

func (p *applicationPage) noKeyWords() string {
	if p.mayCreate() != nil {
		return "  No key that you may see."
	}
	return "  No key yet: n creates the first."
}

func (p *applicationPage) facts() []Fact {
	a := p.application
	facts := []Fact{{"Name", a.Name}}
	if a.Damaged {
		facts = append(facts, Fact{"Record", model.DamagedWords + ", so nothing here is to be trusted"})
	}
	if len(a.Former) > 0 {
		facts = append(facts, Fact{"Former names", listWords(a.Former) + ", reserved for it"})
	}
	facts = append(facts,
		Fact{"Purpose", orElse(a.Purpose, "none given")}, Fact{"Contact", orElse(a.Contact, "none given")},
		Fact{"Networks", orElse(a.NetworkList(), "none declared")}, Fact{"Since", since(a.CreatedAt, p.now())})
	if !p.read {
		return facts
	}
	working := workingWords(a)
	if a.Partly {
		working += ", of those that you may see"
	}
	return append(facts, Fact{"Keys", working}, Fact{"Owners", p.ownerWords()})
}

// ownerWords say who answers for the keys that are not revoked, whoever has
// most of them first.
func (p *applicationPage) ownerWords() string {
	keys := map[string]int{}
	var owners []string
	for _, k := range p.issued {
		if ended(k) == 0 {
			if keys[k.Owner]++; keys[k.Owner] == 1 {
				owners = append(owners, k.Owner)
			}
		}
	}
	slices.SortStableFunc(owners, func(a, b string) int {
		return cmp.Or(cmp.Compare(keys[b], keys[a]), strings.Compare(a, b))
	})
	for i, o := range owners {
		if len(owners) > 1 {
			owners[i] = fmt.Sprintf("%s (%s)", o, count(keys[o], "key"))
		}
	}
	words := orElse(listWords(owners), "nobody, without a key")
	switch {
	case p.more:
		words += fmt.Sprintf(", of the first %s", count(len(p.issued), "key"))
	case p.application.Partly:
		words += ", of the keys that you may see"
	}
	return words
}
