package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// disposals is what is to be settled about a member, and what was decided.
type disposals struct {
	model.Offboarding
	team    []model.Member
	choices map[model.KeyID]model.Settlement
}

// renew takes over what is so now. What was decided about a key whose secret
// somebody regenerated, or that is none of theirs any more, is forgotten.
func (s *disposals) renew(o model.Offboarding, team []model.Member) {
	s.Offboarding, s.team = o, team
	for id, c := range s.choices {
		if !slices.ContainsFunc(o.Keys, func(h model.HeldKey) bool { return h.Key.ID == id && h.Key.Generation == c.From }) {
			delete(s.choices, id)
		}
	}
}

// choose decides something about a key.
func (s *disposals) choose(id model.KeyID, change func(*model.Settlement)) {
	for _, h := range s.Keys {
		if h.Key.ID == id {
			c := s.choices[id]
			c.Key, c.From = id, h.Key.Generation
			change(&c)
			s.choices[id] = c
		}
	}
}

// lacks says what is not settled about a key, "" for nothing.
func (s *disposals) lacks(h model.HeldKey) string {
	c := s.choices[h.Key.ID]
	switch {
	case h.Owns && c.NewOwner == "" && c.Do != model.Revoke:
		return "needs another owner: t, or X revokes it"
	case h.KnowsSecret && c.Do == "":
		return "has a secret that they know: r, p, X, or m keeps it"
	}
	return ""
}

// firstOpen is the first key that is not settled, -1 for none.
func (s *disposals) firstOpen() (int, string) {
	for i, h := range s.Keys {
		if why := s.lacks(h); why != "" {
			return i, why + "."
		}
	}
	return -1, ""
}

// hiddenWords say why nobody can be removed who has keys that are hidden.
func (s *disposals) hiddenWords() string {
	return s.Member.Name + " owns or knows " + count(s.Hidden, "key") + " that you may not see. Ask somebody who may see every key to remove them."
}

// settlements are the decisions, in the order of the keys. A key that is
// revoked gets no other owner.
func (s *disposals) settlements() []model.Settlement {
	var all []model.Settlement
	for _, h := range s.Keys {
		if c, ok := s.choices[h.Key.ID]; ok {
			if c.Do == model.Revoke {
				c.NewOwner = ""
			}
			all = append(all, c)
		}
	}
	return all
}

// newRemoveQuestion says what removing a member does, and wants their email.
func newRemoveQuestion(s *surroundings, what disposals) *question {
	m, choices := what.Member, what.settlements()
	text := []string{m.Name + " leaves the team at once and for good, and cannot sign in any more."}
	if n := len(what.Grants); n > 0 {
		text[0] += " What was granted to them ends, too: " + count(n, "grant") + "."
	}
	if words := disposedWords(choices); words != "" {
		text = append(text, "", fmt.Sprintf("Of %s: %s.", count(len(what.Keys), "key"), words))
	}
	if words := givenWords(what.Given); words != "" {
		text = append(text, "", words)
	}
	q := newQuestion(s, "Remove "+m.Name+" from the team", "remove for good", text...)
	q.must = m.Email
	q.input.Focus()
	q.run = func(id int) tea.Cmd {
		return s.change(id, func(ctx context.Context) (tea.Msg, error) {
			r, err := s.session.RemoveMember(ctx, m.Email, choices)
			return teamChangedMsg{id: id, member: r.Member, said: m.Name + " was removed from the team.", secrets: r.Secrets}, err
		})
	}
	q.done = func(msg tea.Msg) (transition, bool) {
		done, ok := msg.(teamChangedMsg)
		t := transition{drop: 2} // the question, and the page that it was asked on
		if len(done.secrets) > 0 {
			t.push = []screen{newSecretSeries(s, done.secrets)}
		}
		return t.say(good, done.said), ok
	}
	return q
}

// disposedWords count what becomes of keys.
func disposedWords(choices []model.Settlement) string {
	n, moved := map[model.Disposal]int{}, 0
	for _, c := range choices {
		n[c.Do]++
		if c.NewOwner != "" {
			moved++
		}
	}
	var parts []string
	for _, w := range []struct {
		n     int
		words string
	}{{moved, "to another owner"}, {n[model.Regenerate], "with a new secret, the old one stops working at once"}, {n[model.Suspend], "suspended"}, {n[model.Revoke], "revoked for good"}, {n[model.Keep], "with the secret that they know"}} {
		if w.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", w.n, w.words))
		}
	}
	return strings.Join(parts, "; ")
}
