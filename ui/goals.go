package ui

import (
	"slices"
	"strings"

	"empress/model"
)

// goals are what fits what was typed: actions and screens, those whose name
// begins with it first, then keys and members.
func (p *palette) goals() []goal {
	words := strings.Fields(strings.ToLower(p.input.Value()))
	var begin, hold []goal
	for _, g := range p.fixed {
		switch name := strings.ToLower(g.name); {
		case len(words) > 0 && strings.HasPrefix(name, strings.Join(words, " ")):
			begin = append(begin, g)
		case holdsAll(name, words):
			hold = append(hold, g)
		}
	}
	found := append(begin, hold...)
	if len(words) == 0 {
		return found
	}
	for _, k := range p.keys {
		found = append(found, p.keyGoal(k))
	}
	for _, m := range p.members {
		if holdsAll(strings.ToLower(m.Name+" "+m.Email+" "+m.Login), words) {
			found = append(found, p.memberGoals(m)...)
		}
	}
	return found
}

func holdsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func (p *palette) keyGoal(k model.Key) goal {
	s := p.surroundings
	return goal{k.Application, "key", k.ID.Short() + "  " + model.ShortEmail(k.Owner), func() transition {
		return jump(append(walk(s, AtAccess), newDetails(s, k)))
	}}
}

// memberGoals lead to the keys of a member and, for whoever may see the trail,
// to what they did.
func (p *palette) memberGoals(m model.Member) []goal {
	s := p.surroundings
	goals := []goal{{m.Name, "member", "keys of " + m.Email, func() transition {
		stack := walk(s, AtAccess)
		stack[len(stack)-1].(*access).preset(m.Email)
		return jump(stack)
	}}}
	if s.session.Can(model.AuditView, model.Target{}) == nil {
		goals = append(goals, goal{m.Name, "member", "activity of " + m.Email, func() transition {
			return jump([]screen{newDashboard(s), newActivityOf(s, model.EventQuery{Member: m.Email})})
		}})
	}
	return goals
}

// rows is how many goals fit under the input.
func (p *palette) rows() int { return max(1, min(12, p.height-5)) }

// first is the first goal that is drawn, so that the cursor is in the window.
func (p *palette) first() int { return max(0, p.cursor-p.rows()+1) }

// draw returns the overlay, and where its input stands. It is as high whatever
// is found, so that nothing jumps while somebody types.
func (p *palette) draw() (out string, x, y int) {
	inner, goals := p.inner(), p.goals()
	lines := []string{p.input.View()}
	names := min(28, inner/2)
	for i := p.first(); i < p.first()+p.rows(); i++ {
		switch {
		case i < len(goals):
			lines = append(lines, p.line(goals[i], i == p.cursor, names, inner))
		case i == 0 && p.asked == 0:
			lines = append(lines, p.styles.paint(dim, fit("Nothing has that name.", inner)))
		default:
			lines = append(lines, " ")
		}
	}
	return p.view(p.styles, lines, 0)
}

func (p *palette) line(g goal, chosen bool, names, inner int) string {
	marker, look := "  ", plain
	if chosen {
		marker, look = p.styles.paint(accent, "> "), accent
	}
	const kinds = 6
	return marker + p.styles.paint(look, left(model.Printable(g.name), names)) + "  " +
		p.styles.paint(dim, left(g.kind, kinds)+"  "+fit(model.Printable(g.hint), max(0, inner-names-kinds-6)))
}

func (p *palette) View() string {
	out, _, _ := p.draw()
	return out
}
