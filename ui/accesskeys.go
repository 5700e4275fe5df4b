package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"empress/model"
)

func (a *access) ShortHelp() []key.Binding {
	if a.filtering {
		return []key.Binding{bind("enter", "keep the filter", "enter"), bind("esc", "clear it", "esc")}
	}
	if a.width < narrow {
		if few := a.fewKeys(); few != nil {
			return few
		}
	}
	if n := a.marks.count(); n > 0 {
		return append(a.marks.actions(a.surroundings, a.keys), a.keys.Back)
	}
	create := short(a.keys.New, "new")
	create.SetEnabled(a.session.Can(model.KeysCreate, model.Target{}) == nil)
	mark := short(a.keys.Mark, "mark")
	if k := a.list.chosen(); k != nil {
		actions := a.keys.enabledFor(a.session, *k)
		rare := max(0, len(actions)-2) // edit and copy
		return slices.Concat([]key.Binding{create}, actions[:rare], []key.Binding{a.keys.Filter, mark, short(a.keys.Open, "open")}, actions[rare:], []key.Binding{a.keys.Back})
	}
	return []key.Binding{create, a.keys.Filter, short(a.keys.Sort, "sort"), a.keys.Back}
}

// fewKeys are what a narrow window has room for: what can be done with the
// marked keys or with the chosen one, nil when nothing can.
func (a *access) fewKeys() []key.Binding {
	if a.marks.count() > 0 {
		bs := a.marks.actions(a.surroundings, a.keys)
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
		{k.Filter, k.Sort, k.Reverse, k.Wide},
	}
}

func (a *access) Limits() map[string]error {
	on := model.Target{}
	if k := a.list.chosen(); k != nil {
		on = k.On()
	}
	limits := a.keys.keyActions.limits(a.session, on)
	limits[a.keys.New.Help().Key] = a.session.Can(model.KeysCreate, model.Target{})
	return limits
}
