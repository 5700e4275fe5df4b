package ui

import (
	"slices"
	"strings"

	"empress/model"
)

// goals are what fits what was typed, what is nearest first; of what is equally
// near, actions and screens first, then keys, applications and members.
func (p *palette) goals() []goal {
	words := p.words()
	if len(words) == 0 {
		return p.fixed
	}
	var found []goal
	for _, g := range p.fixed {
		if holdsAll(strings.ToLower(g.name+" "+g.also), words) {
			found = append(found, g)
		}
	}
	for _, k := range p.keys {
		found = append(found, p.keyGoal(k))
	}
	for _, a := range p.apps {
		if holdsAll(strings.ToLower(strings.Join(append([]string{a.Name}, a.Former...), " ")), words) {
			found = append(found, p.applicationGoal(a))
		}
	}
	for _, m := range p.members {
		if holdsAll(strings.ToLower(m.Name+" "+m.Email+" "+m.Login), words) {
			found = append(found, p.memberGoals(m)...)
		}
	}
	slices.SortStableFunc(found, func(a, b goal) int { return int(p.closeness(a) - p.closeness(b)) })
	return found
}

func (p *palette) words() []string { return strings.Fields(strings.ToLower(p.input.Value())) }

// nearness is how well the name of a goal fits what was typed.
type nearness int

const (
	entireName nearness = iota
	startOfName
	partOfName
	elsewhere // the words are not in the name
)

func (p *palette) closeness(g goal) nearness {
	name, words := strings.ToLower(g.name), p.words()
	switch typed := strings.Join(words, " "); {
	case name == typed:
		return entireName
	case strings.HasPrefix(name, typed):
		return startOfName
	case holdsAll(name, words):
		return partOfName
	}
	return elsewhere
}

func holdsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func (p *palette) keyGoal(k model.Key) goal {
	s := p.surroundings
	return goal{name: k.Application, kind: "key", hint: left(k.ID.Short(), 14) + "  " + model.ShortEmail(k.Owner), lead: func() transition {
		stack := walk(s, AtAccess)
		stack[len(stack)-1].(*access).begin = &k
		return jump(append(stack, newDetails(s, k)))
	}}
}

// applicationGoal leads to an application, which is found by its names of
// before too.
func (p *palette) applicationGoal(a model.Application) goal {
	s, hint := p.surroundings, orElse(calledBefore(a, p.words()), orElse(a.Purpose, workingWords(a)))
	return goal{name: a.Name, kind: application, hint: hint, lead: func() transition {
		list := newApplications(s)
		list.show = a.ID
		return jump(append(walk(s, AtTeam), list, newApplicationPage(s, a)))
	}}
}

// memberGoals lead to a member, to the keys of the member and, for whoever may
// see the trail, to what they did.
func (p *palette) memberGoals(m model.Member) []goal {
	s := p.surroundings
	goals := []goal{{name: m.Name, kind: "member", hint: m.Email, lead: func() transition {
		list := newMembers(s)
		list.show = m.ID
		return jump(append(walk(s, AtTeam), list, newMemberPage(s, m)))
	}}, {name: m.Name, kind: "member", hint: "keys of " + m.Email, lead: func() transition {
		stack := walk(s, AtAccess)
		stack[len(stack)-1].(*access).preset(m.Email)
		return jump(stack)
	}}}
	if s.session.Can(model.AuditView, model.Target{}) == nil {
		goals = append(goals, goal{name: m.Name, kind: "member", hint: "activity of " + m.Email, lead: func() transition {
			return jump([]screen{newDashboard(s), newActivityOf(s, model.EventQuery{Member: m.Email})})
		}})
	}
	return goals
}

// rows is how many goals fit under the input. In a small window the hint of the
// chosen one stands below them.
func (p *palette) rows() int {
	if p.compact() {
		return max(1, p.height-3)
	}
	return max(1, min(12, p.height-5))
}

// first is the first goal that is drawn, so that the cursor is in the window.
func (p *palette) first() int { return max(0, p.cursor-p.rows()+1) }

// draw returns the overlay, and where its input stands. It is as high whatever
// is found, so that nothing jumps while somebody types.
func (p *palette) draw() (out string, x, y int) {
	inner, goals := p.inner(), p.goals()
	lines := []string{p.input.View()}
	for i := p.first(); i < p.first()+p.rows(); i++ {
		switch {
		case i < len(goals):
			lines = append(lines, p.line(goals[i], i == p.cursor, inner))
		case i == 0 && p.asked == 0:
			lines = append(lines, p.styles.paint(dim, fit("Nothing has that name.", inner)))
		default:
			lines = append(lines, " ")
		}
	}
	if p.compact() && p.cursor < len(goals) {
		g := goals[p.cursor]
		hint := model.Printable(g.hint)
		if g.kind == here {
			hint = "without the palette: " + hint
		}
		lines = append(lines, p.styles.paint(dim, fit("  "+hint, inner)))
	}
	return p.view(p.styles, lines, 0)
}

// line is a goal: its name, what is behind it and, on the right, its kind. A
// name that is long takes the room of the hint.
func (p *palette) line(g goal, chosen bool, inner int) string {
	marker, look := "  ", plain
	if chosen {
		marker, look = p.styles.paint(accent, "> "), accent
	}
	const names = 22
	room := inner - 4 - width(g.kind)
	name := fit(model.Printable(g.name), room)
	name += strings.Repeat(" ", max(0, min(names, room)-width(name)))
	hint := fit("  "+model.Printable(g.hint), room-width(name))
	switch {
	case p.compact():
		hint = ""
	case g.kind == here:
		hint = right(hint, room-width(name))
	}
	return marker + p.styles.paint(look, name) + p.styles.paint(dim, left(hint, room-width(name))+"  "+g.kind)
}

func (p *palette) View() string {
	out, _, _ := p.draw()
	return out
}
