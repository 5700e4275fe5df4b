package model_test

import (
	"cmp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"empress/model"
)

// Remove settles what somebody owns and knows at random, sometimes but for one
// key, and removes them.
func (m *teamMachine) Remove(t *rapid.T) {
	m.T = t
	by, who := m.by("members.manage"), m.human("who")
	var held []*asset
	for _, k := range m.assets {
		if k.state != model.Revoked && (k.owner == who || k.shown[who] == k.gen) {
			held = append(held, k)
		}
	}
	slices.SortFunc(held, func(a, b *asset) int {
		return cmp.Or(strings.Compare(a.app, b.app), strings.Compare(string(a.id), string(b.id)))
	})
	var choices []model.Settlement
	left := model.Code("")
	for _, k := range held {
		if rapid.IntRange(0, 9).Draw(t, "left out") == 0 {
			left = model.CodeConflict
			continue
		}
		choices = append(choices, m.settlement(who, k))
	}
	shuffled := rapid.Permutation(choices).Draw(t, "order")
	code := first(when(!m.may(by, "members.manage"), model.CodeDenied), when(who.status == model.MemberRemoved, model.CodeNotFound),
		when(!m.mayTouch(by, who), model.CodeDenied), when(m.lastAdministrator(who), model.CodeConflict), left)
	for i := 0; code == "" && i < len(choices); i++ {
		code = m.settling(by, who, held[i], choices[i])
	}
	out, err := by.session.RemoveMember(ctx, who.email(), shuffled)
	if !m.want(by, err, code) {
		if len(out.Secrets) > 0 {
			t.Fatal("a removal that failed shows secrets")
		}
		return
	}
	for i, k := range held {
		m.settle(by, k, choices[i])
	}
	who.status = model.MemberRemoved
	for _, g := range m.gifts {
		g.ended = g.ended || g.holder == who
	}
}

// settlement draws one that is enough for a key.
func (m *teamMachine) settlement(who *human, k *asset) model.Settlement {
	s := model.Settlement{Key: k.id}
	s.Do = rapid.SampledFrom([]model.Disposal{model.Keep, model.Regenerate, model.Suspend, model.Revoke}).Draw(m.T, "do")
	if k.owner == who && s.Do != model.Revoke {
		s.NewOwner = m.human("new owner").email()
	}
	return s
}

// settling says what becomes of one settlement.
func (m *teamMachine) settling(by, who *human, k *asset, s model.Settlement) model.Code {
	do := s.Do
	if do == model.Suspend && k.state == model.Suspended || do == model.Keep && k.shown[who] != k.gen {
		do = ""
	}
	if s.NewOwner == "" && do == "" {
		return ""
	}
	what := map[model.Disposal]string{"": "keys.view", model.Keep: "keys.view", model.Regenerate: "keys.regenerate", model.Suspend: "keys.suspend", model.Revoke: "keys.revoke"}[do]
	code := m.touch(by, what, k)
	if to := m.called(s.NewOwner); to != nil {
		code = first(code, when(!m.mayTo(by, "keys.edit", k), model.CodeDenied), m.ownable(by, to, k), when(!m.mayHandOver(by, to, k), model.CodeDenied), when(to == who, model.CodeInvalid))
	}
	return code
}

func (m *teamMachine) called(email string) *human {
	for _, h := range m.humans {
		if h.email() == email {
			return h
		}
	}
	return nil
}

// settle does to the picture of a key what was settled.
func (m *teamMachine) settle(by *human, k *asset, s model.Settlement) {
	if to := m.called(s.NewOwner); to != nil {
		k.owner = to
	}
	switch s.Do {
	case model.Regenerate:
		k.gen++
		k.shown[by] = k.gen
	case model.Suspend:
		k.state = model.Suspended
	case model.Revoke:
		k.state = model.Revoked
	}
}
