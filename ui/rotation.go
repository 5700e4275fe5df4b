package ui

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// attentionView is one of the views of Rotation: the keys that ask for attention
// for one kind of reason.
type attentionView struct {
	kind  model.Attention
	name  string
	empty string
}

func attentionViews() []attentionView {
	return []attentionView{
		{model.Due, "Due for a new secret", "No key is due for a new secret."},
		{model.OldSecretUsed, "Old secret still used", "Nobody uses a replaced secret."},
		{model.Unused, "Never used or unused", "Every key that works is in use."},
	}
}

// rotationKeys are the bindings that Rotation has beside those of API Access.
type rotationKeys struct {
	Rotation, Next, View, Forget, Policy key.Binding
}

func newRotationKeys() rotationKeys {
	return rotationKeys{
		Rotation: bind("d", "Rotation: the keys that are due for a new secret, old secrets still used, unused keys", "d"),
		Next:     bind("tab", "the next view", "tab"),
		View:     bind("1…3", "due, old secret still used, unused", "1", "2", "3"),
		Forget:   bind("o", "no longer chosen to be rotated", "o"),
		Policy:   bind("P", "the security policy, which says when a secret is due", "P"),
	}
}

// choose enables the bindings of Rotation, or those of API Access.
func (k *accessKeys) choose(rotates bool) {
	for _, b := range []*key.Binding{&k.Next, &k.View, &k.Forget, &k.Policy} {
		b.SetEnabled(rotates)
	}
	k.Rotation.SetEnabled(!rotates)
	k.New.SetEnabled(!rotates)
}

// newRotation is Rotation: API Access with the keys alone that ask for
// attention, and why.
func newRotation(s *surroundings) *access {
	a := newAccess(s)
	a.list.query.Attention = model.Due
	a.keys.choose(true)
	return a
}

// rotates is whether this is Rotation.
func (a *access) rotates() bool { return a.list.query.Attention != "" }

// view is the view of Rotation that is shown, and its place among them.
func (a *access) view() (attentionView, int) {
	all := attentionViews()
	i := slices.IndexFunc(all, func(v attentionView) bool { return v.kind == a.list.query.Attention })
	return all[max(0, i)], max(0, i)
}

// show goes to a view of Rotation. Marks are of the view in which they were
// made.
func (a *access) show(i int) tea.Cmd {
	all := attentionViews()
	a.list.query.Attention = all[i%len(all)].kind
	a.list.headless = a.list.query.Attention != model.Due
	a.list.forget()
	a.marks.clear()
	a.drawing.reset()
	return a.list.read(a.surroundings, afresh)
}

// turn obeys the keys that Rotation has beside those of API Access, and the one
// that leads to it; ok is whether it was one.
func (a *access) turn(msg tea.KeyPressMsg) (t transition, cmd tea.Cmd, ok bool) {
	_, now := a.view()
	switch k := a.keys.rotationKeys; {
	case key.Matches(msg, k.Rotation):
		return push(newRotation(a.surroundings)), nil, true
	case key.Matches(msg, k.Next):
		return stay, a.show(now + 1), true
	case key.Matches(msg, k.View):
		return stay, a.show(int(msg.String()[0] - '1')), true
	case key.Matches(msg, k.Policy):
		return push(newPolicyForm(a.surroundings)), nil, true
	case key.Matches(msg, k.Forget):
		t, cmd = a.forget()
		return t, cmd, true
	}
	return stay, nil, false
}

// forget takes away what says that keys were chosen to be rotated.
func (a *access) forget() (transition, tea.Cmd) {
	var ids []model.KeyID
	meant := a.meant()
	if len(meant) == 0 {
		return chooseFirst(), nil
	}
	for _, k := range meant {
		if k.Due&model.RotationPlanned == 0 {
			continue
		}
		if err := a.session.Can(model.KeysRegenerate, k.On()); err != nil {
			return a.failure(err), nil
		}
		ids = append(ids, k.ID)
	}
	if len(ids) == 0 {
		return stay.say(warning, "Nobody chose that to be rotated, so there is nothing to take back."), nil
	}
	id, session := a.request(), a.session
	a.forgetting = id
	return stay, a.change(id, func(ctx context.Context) (tea.Msg, error) {
		b, err := session.MarkForRotation(ctx, ids, false)
		return keysChangedMsg{id, b, areKeys(len(b.Changed)) + " no longer chosen to be rotated."}, err
	})
}

// meant are the marked keys, or the one under the cursor, none on the first row.
func (a *access) meant() []model.Key {
	if a.marks.count() > 0 {
		return a.marks.sorted()
	}
	if k := a.list.chosen(); k != nil {
		return []model.Key{*k}
	}
	return nil
}

// ageWords say that the policy names no age at which a secret is due, "" where
// it does, or is not known.
func (a *access) ageWords() string {
	if !a.ageless || a.list.query.Attention != model.Due {
		return ""
	}
	words := "The security policy names no age at which a secret is due."
	if a.session.Can(model.PolicyManage, model.Target{}) == nil {
		words += " P leads there."
	}
	return words
}

// mine are how many of the keys that are due, and fit the filter, the member may
// rotate; known is whether they can be counted. Whoever may rotate nothing at all
// is told so elsewhere.
func (a *access) mine() (n int, known bool) {
	l := &a.list
	if a.session.Can(model.KeysRegenerate, model.Target{}) == nil || a.mayRotate() != nil {
		return l.count, true
	}
	for _, k := range l.keys {
		if a.session.Can(model.KeysRegenerate, k.On()) == nil {
			n++
		}
	}
	return n, !l.before && !l.after
}

// dueRow is the first row of Rotation: all that are due, and fit the filter.
func (a *access) dueRow() string {
	n := a.list.count
	mine, known := a.mine()
	switch words := "+ Rotate all " + thousands(n) + " that are due"; {
	case !known:
		return "+ Rotate those that are due and that you may rotate"
	case mine == 0:
		return "+ Rotate none: you may rotate none of those that are due"
	case mine < n:
		return fmt.Sprintf("+ Rotate %s of the %s that are due: you may rotate no others", thousands(mine), thousands(n))
	case a.list.over:
		return "+ Rotate all that are due, which are more than " + thousands(n)
	case filters(a.list.shown) || a.list.shown.Application != "":
		return words + " and match"
	case n == 1:
		return "+ Rotate the one that is due"
	default:
		return words
	}
}

// rotateAll plans new secrets for all keys that are due and fit the filter.
func (a *access) rotateAll() transition {
	if err := a.mayRotate(); err != nil {
		return a.failure(err)
	}
	if a.list.query.Attention != model.Due || a.list.count == 0 {
		return stay
	}
	if mine, known := a.mine(); known && mine == 0 {
		return a.failure(a.session.Can(model.KeysRegenerate, a.list.keys[0].On()))
	}
	due := a.list.shown
	return push(newDeliveryPicker(a.surroundings, rotation{all: &due}))
}

// mayRotate is why the member may regenerate no secret, be it of keys of their
// own.
func (a *access) mayRotate() error {
	if a.session.Can(model.KeysRegenerate, model.Target{Owner: a.session.Me().ID}) == nil {
		return nil
	}
	return a.session.Can(model.KeysRegenerate, model.Target{})
}

// rotate plans new secrets for the marked keys. The plan leaves out those whose
// secret the member may not regenerate.
func (m *marks) rotate(s *surroundings) transition {
	var ids []model.KeyID
	var may bool
	for _, k := range m.sorted() {
		may = may || s.session.Can(model.KeysRegenerate, k.On()) == nil
		ids = append(ids, k.ID)
	}
	if !may {
		t, _ := m.barred(s, model.KeysRegenerate)
		return t
	}
	return push(newDeliveryPicker(s, rotation{ids: ids}))
}

// viewsLine says which view is shown, and which others there are.
func (a *access) viewsLine() string {
	v, now := a.view()
	if a.width < besideViews {
		return a.styles.paint(accent, fit(fmt.Sprintf("  %d of 3 (tab): %s", now+1, v.name), a.width))
	}
	line := " "
	for i, v := range attentionViews() {
		words := fmt.Sprintf("%d %s", i+1, v.name)
		if i == now {
			line += " " + a.styles.paint(accent, "["+words+"]")
		} else {
			line += " " + a.styles.paint(dim, " "+words+" ")
		}
	}
	return line
}

// besideViews is the width from which the names of all views fit beside each
// other.
const besideViews = 78

// whyLine says why a key asks for attention, what the view is about first.
func (a *access) whyLine(k model.Key) string {
	rule := map[model.Attention]model.Rule{model.OldSecretUsed: model.RuleOldSecretUsed, model.Unused: model.RuleUnused}[a.list.query.Attention]
	fs := slices.Clone(k.Findings)
	if a.list.query.Attention == model.Due {
		fs = slices.DeleteFunc(fs, func(f model.Finding) bool { return f.Rule == model.RuleUnused })
	}
	if i := slices.IndexFunc(fs, func(f model.Finding) bool { return f.Rule == rule }); i > 0 {
		fs[0], fs[i] = fs[i], fs[0]
	}
	words := ""
	if len(fs) > 0 {
		words = findingWords(fs)
	}
	return a.styles.paint(dim, fit("    "+a.markGap()+model.Printable(words), a.listWidth()-2))
}

// dueWords say how many keys are due for a new secret, at least or in all.
func dueWords(n int, least bool) string {
	words := count(n, "key")
	if least {
		words += " or more"
	}
	if n == 1 {
		return words + " is due for a new secret"
	}
	return words + " are due for a new secret"
}
