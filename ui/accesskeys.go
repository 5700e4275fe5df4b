package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"empress/model"
)

func (a *access) ShortHelp() []key.Binding {
	if a.filter.on {
		return a.filter.help()
	}
	if a.width < narrow {
		if few := a.fewKeys(); few != nil {
			return few
		}
	}
	if n := a.marks.count(); n > 0 {
		return append(a.marks.actions(a.keys), a.back())
	}
	create := a.leading()
	mark := short(a.keys.Mark, "mark")
	if k := a.list.chosen(); k != nil {
		actions := a.keys.enabledFor(a.session, *k)
		rare := max(0, len(actions)-2) // edit and copy
		return slices.Concat([]key.Binding{create}, actions[:rare], []key.Binding{short(a.keys.Filter, "filter"), mark, short(a.keys.Rotation, "due"), short(a.keys.Open, "open")}, actions[rare:], []key.Binding{a.back()})
	}
	if a.rotates() && a.list.count > 0 && a.mayRotate() == nil {
		rotate := short(a.keys.Open, "rotate all")
		if mine, known := a.mine(); !known || mine < a.list.count {
			rotate = short(a.keys.Open, "rotate")
			rotate.SetEnabled(!known || mine > 0)
		}
		return []key.Binding{rotate, create, short(a.keys.Filter, "filter"), short(a.keys.Sort, "sort"), a.back()}
	}
	return []key.Binding{create, short(a.keys.Filter, "filter"), short(a.keys.Rotation, "due"), short(a.keys.Sort, "sort"), a.back()}
}

// leading is what comes first in the footer: a new key, or another view of
// Rotation.
func (a *access) leading() key.Binding {
	if a.rotates() {
		return short(a.keys.Next, "next view")
	}
	create := short(a.keys.New, "new")
	create.SetEnabled(a.session.Can(model.KeysCreate, model.Target{}) == nil)
	return create
}

// back says what esc does now.
func (a *access) back() key.Binding {
	switch {
	case a.filter.Value() != "":
		return short(a.keys.Back, "no filter")
	case a.marks.count() > 0 || a.marks.from != nil:
		return short(a.keys.Back, "no marks")
	case a.list.query.Application != "":
		return short(a.keys.Back, "all keys")
	}
	return a.keys.Back
}

// fewKeys are what a narrow window has room for: what can be done with the
// marked keys or with the chosen one, nil when nothing can.
func (a *access) fewKeys() []key.Binding {
	if a.marks.count() > 0 {
		bs := a.marks.actions(a.keys)
		return []key.Binding{bs[0], bs[1], short(a.keys.None, "none")}
	}
	if k := a.list.chosen(); k != nil {
		if bs := a.keys.enabledFor(a.session, *k); len(bs) > 3 {
			return bs[:3]
		}
	}
	return nil
}

func (a *access) FullHelp() [][]key.Binding {
	k := a.keys
	return [][]key.Binding{
		append(k.movement.bindings(), k.Open, k.Back),
		append([]key.Binding{k.New}, k.keyActions.bindings()...),
		k.marking.bindings(),
		{k.Next, k.View, k.Forget, k.Policy, k.Rotation},
		{k.Filter, k.Sort, k.Reverse, k.Wide},
	}
}

// Idle is whether a key is about a key to be chosen, and none is.
func (a *access) Idle(b key.Binding) bool {
	if a.list.chosen() != nil {
		return false
	}
	k := a.keys
	idle := []key.Binding{k.Mark, k.Range}
	if a.marks.count() == 0 {
		idle = append(idle, k.Edit, k.Suspend, k.Revoke, k.Copy, k.Forget)
		if !a.rotates() {
			idle = append(idle, k.Regenerate)
		}
	}
	return slices.ContainsFunc(idle, func(i key.Binding) bool { return i.Help() == b.Help() })
}

// Limits says which actions do nothing for this member on the chosen key.
func (a *access) Limits() map[string]error {
	limits := a.keys.keyActions.limits(a.session, a.list.chosen())
	limits[a.keys.New.Help().Key] = a.session.Can(model.KeysCreate, model.Target{})
	if a.rotates() {
		limits[a.keys.Forget.Help().Key] = limits[a.keys.Regenerate.Help().Key]
	}
	return limits
}
