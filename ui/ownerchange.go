package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// changeOwners asks for another owner of the marked keys.
func (m *marks) changeOwners(s *surroundings, hidden bool) transition {
	if t, barred := m.barred(s, model.KeysEdit); barred {
		return t
	}
	keys := m.sorted()
	form := newOwnerForm(s, count(len(keys), "key"), nil, model.Member{}, func(owner string) transition {
		change, left := ownedByOthers(keys, owner)
		if len(change) == 0 {
			return stay.say(warning, fmt.Sprintf("Nothing would change: %s marked, and revoked or owned by %s already.", areKeys(len(keys)), owner))
		}
		return replace(newOwnersQuestion(s, change, left, owner, hidden))
	})
	if len(keys) > 1 {
		form.form.fields[0].hint = "Who answers for these keys: an email or a login of the team."
	}
	return push(form)
}

// ownedByOthers sorts keys into those that would get another owner, and those that
// would not.
func ownedByOthers(keys []model.Key, owner string) (change, left []model.Key) {
	for _, k := range keys {
		if k.State == model.Revoked || k.Owner == owner {
			left = append(left, k)
		} else {
			change = append(change, k)
		}
	}
	return change, left
}

// newOwnersQuestion asks whether many keys are to have another owner, with their
// number typed, or the name of the only one.
func newOwnersQuestion(s *surroundings, change, left []model.Key, owner string, hidden bool) *question {
	n := count(len(change), "key")
	text := []string{
		fmt.Sprintf("%s owns these %s from then on, and answers for what they do. They go on working with the same secrets.", owner, n), "",
		someNames(change) + ".", "", "Until now they are owned by " + someOwners(change) + ".",
	}
	if len(change) == 1 {
		text = []string{
			fmt.Sprintf("%s owns %s from then on, and answers for what it does. It goes on working with the same secret.", owner, named(change[0])), "",
			"Until now it is owned by " + change[0].Owner + ".",
		}
	}
	if hidden {
		text = append(text, "", hiddenMarks)
	}
	if len(left) > 0 {
		text = append(text, "", "Left as they are: "+someNames(left)+".")
	}
	q := newQuestion(s, "Another owner for "+n, "change the owner", text...)
	q.must = countOrName(change)
	q.input.Focus()
	ids := make([]model.KeyID, len(change))
	for i, k := range change {
		ids[i] = k.ID
	}
	q.run = func(id int) tea.Cmd {
		return s.change(id, func(ctx context.Context) (tea.Msg, error) {
			b, err := s.session.ChangeOwners(ctx, ids, owner)
			return keysChangedMsg{id, b, batchSaid(b, "given to "+owner)}, err
		})
	}
	q.done = batchDone
	return q
}

// someOwners are the owners of keys.
func someOwners(keys []model.Key) string {
	var owners []string
	for _, k := range keys {
		if !slices.Contains(owners, k.Owner) {
			owners = append(owners, k.Owner)
		}
	}
	return listSome(owners, len(owners))
}
