package cli

import (
	"context"
	"strings"

	"empress/model"
)

// standing is what a member has from grants, and others from theirs; nothing
// for whoever may not see it.
func standing(ctx context.Context, s *model.Session, member string) model.Standing {
	at, err := s.Standing(ctx, member)
	if err != nil {
		return model.Standing{}
	}
	return at
}

// noteEnded says which grants a change of role ended.
func (t *tree) noteEnded(before model.Standing, to model.Role) {
	for _, g := range before.Held {
		if g.EndsWith(before.Member.Role, to) {
			t.note("Grant %d ended with it: %s.", g.ID, g.Words())
		}
	}
}

// noteGrants says what a member keeps besides the role, and what others hold by
// their grants.
func (t *tree) noteGrants(at model.Standing) {
	for _, g := range at.Held {
		t.note("They keep grant %d: %s.", g.ID, g.Words())
	}
	t.noteGiven(at.Given)
}

// noteGiven says what others go on holding by grants of somebody.
func (t *tree) noteGiven(given []model.GivenGrant) {
	if len(given) == 0 {
		return
	}
	words := make([]string, len(given))
	for i, g := range given {
		words[i] = g.ToWhom()
	}
	t.note("What they granted to others holds on: %s. Take it with `empress members ungrant` if it was theirs alone to give.", strings.Join(words, "; "))
}
