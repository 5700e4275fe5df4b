package ui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// countCheck counts keys that somebody should look after. It may look at every
// key, so nobody waits for it, and it is under way once at a time.
type countCheck struct {
	asked int  // number of the question under way, 0 for none
	again bool // something changed meanwhile
	count int
	least bool // there may be more
	open  key.Binding
	read  func(context.Context, *model.Session) (n int, least bool, err error)
	words func(n int, least bool) string
	leads func(*surroundings) screen // to the keys
}

// newPolicyCheck counts the keys that are outside the security policy.
func newPolicyCheck() countCheck {
	return countCheck{
		open:  bind("o", "the keys outside the policy", "o"),
		read:  func(ctx context.Context, s *model.Session) (int, bool, error) { return s.CountOutside(ctx) },
		words: outsideWords,
		leads: func(s *surroundings) screen { return newOutside(s) },
	}
}

// newDueCheck counts the keys that are due for a new secret.
func newDueCheck() countCheck {
	return countCheck{
		open: bind("d", "the keys that are due for a new secret", "d"),
		read: func(ctx context.Context, s *model.Session) (int, bool, error) {
			page, err := s.Keys(ctx, model.KeyQuery{Attention: model.Due, Limit: 1})
			return page.Count, page.Over, err
		},
		words: dueWords,
		leads: func(s *surroundings) screen { return newRotation(s) },
	}
}

// key is the way to the keys, where there are some.
func (c *countCheck) key() key.Binding {
	open := c.open
	open.SetEnabled(c.count > 0)
	return open
}

// countedMsg says how many keys there are that somebody should look after.
type countedMsg struct {
	id, count int
	least     bool
}

func (c *countCheck) look(s *surroundings) tea.Cmd {
	if c.asked != 0 {
		c.again = true
		return nil
	}
	id, session, read := s.request(), s.session, c.read
	c.asked = id
	return s.quietly(id, patience, func(ctx context.Context) (tea.Msg, error) {
		n, least, err := read(ctx, session)
		return countedMsg{id, n, least}, err
	})
}

func (c *countCheck) receive(s *surroundings, msg countedMsg) tea.Cmd {
	if msg.id != c.asked {
		return nil
	}
	c.count, c.least = msg.count, msg.least
	return c.next(s)
}

// failed takes the count away: a wrong one is worse than none, and the list
// says what failed.
func (c *countCheck) failed(s *surroundings, msg failedMsg) tea.Cmd {
	if msg.id != c.asked || c.asked == 0 {
		return nil
	}
	c.count = 0
	return c.next(s)
}

// next looks again when something changed meanwhile.
func (c *countCheck) next(s *surroundings) tea.Cmd {
	c.asked = 0
	if !c.again {
		return nil
	}
	c.again = false
	return c.look(s)
}

// said are the words for what was counted.
func (c *countCheck) said() string { return c.words(c.count, c.least) }

// needs are what somebody should look after, nothing where all is well.
func (c *countCheck) needs() []need {
	if c.count == 0 {
		return nil
	}
	lists := "lists them"
	if c.count == 1 {
		lists = "lists it"
	}
	return []need{{c.said() + ": " + c.open.Help().Key + " " + lists, c.leads}}
}
