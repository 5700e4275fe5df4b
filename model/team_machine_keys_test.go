package model_test

import (
	"pgregory.net/rapid"

	"empress/model"
)

func (m *teamMachine) Create(t *rapid.T) {
	m.T = t
	by, owner := m.human("by"), m.human("owner")
	k := &asset{app: rapid.SampledFrom([]string{"billing", "shop"}).Draw(t, "application"), owner: owner, state: model.Active, gen: 1}
	got, _, err := by.session.CreateKey(ctx, model.KeySpec{Application: k.app, Owner: owner.email()})
	if m.want(by, err, first(when(m.until(by, "keys.create", k.app, nil).IsZero(), model.CodeDenied), m.ownable(by, owner, nil))) {
		k.id, k.shown = got.ID, map[*human]model.Generation{by: 1}
		m.assets = append(m.assets, k)
	}
}

// touch says what becomes of somebody's change to a key before it is looked at.
func (m *teamMachine) touch(by *human, what string, k *asset) model.Code {
	return first(when(by.status != model.MemberActive, model.CodeDenied), when(!m.mayTo(by, "keys.view", k), model.CodeNotFound), when(!m.mayTo(by, what, k), model.CodeDenied))
}

func (m *teamMachine) HandOver(t *rapid.T) {
	m.T = t
	by, k, to := m.human("by"), m.asset(), m.human("to")
	_, err := by.session.EditKey(ctx, k.id, 0, model.KeyEdit{Owner: new(to.email())})
	if m.want(by, err, first(m.touch(by, "keys.edit", k), when(k.state == model.Revoked, model.CodeConflict), m.ownable(by, to, k),
		when(!m.mayHandOver(by, to, k), model.CodeDenied))) {
		k.owner = to
	}
}

func (m *teamMachine) Regenerate(t *rapid.T) {
	m.T = t
	by, k := m.human("by"), m.asset()
	_, _, err := by.session.RegenerateSecret(ctx, k.id, 0)
	if m.want(by, err, first(m.touch(by, "keys.regenerate", k), when(k.state == model.Revoked, model.CodeConflict))) {
		k.gen++
		k.shown[by] = k.gen
	}
}

func (m *teamMachine) SetState(t *rapid.T) {
	m.T = t
	by, k := m.human("by"), m.asset()
	to := rapid.SampledFrom([]model.State{model.Active, model.Suspended, model.Suspended, model.Revoked}).Draw(t, "to")
	change, what := by.session.ResumeKey, "keys.suspend"
	switch to {
	case model.Suspended:
		change = by.session.SuspendKey
	case model.Revoked:
		change, what = by.session.RevokeKey, "keys.revoke"
	}
	_, err := change(ctx, k.id)
	if m.want(by, err, first(m.touch(by, what, k), when(k.state == model.Revoked || k.state == to, model.CodeConflict))) {
		k.state = to
	}
}
