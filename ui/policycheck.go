package ui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// policyCheck counts the keys that are outside the security policy. It looks at
// many keys, so nobody waits for it, and it is under way once at a time.
type policyCheck struct {
	asked int  // number of the question under way, 0 for none
	again bool // something changed meanwhile
	count int
	least bool // there may be more
	open  key.Binding
}

func newPolicyCheck() policyCheck {
	return policyCheck{open: bind("o", "the keys outside the policy", "o")}
}

// key is the way to the keys, where there are some.
func (c *policyCheck) key() key.Binding {
	open := c.open
	open.SetEnabled(c.count > 0)
	return open
}

func (c *policyCheck) read(s *surroundings) tea.Cmd {
	if c.asked != 0 {
		c.again = true
		return nil
	}
	id, session := s.request(), s.session
	c.asked = id
	return s.quietly(id, patience, func(ctx context.Context) (tea.Msg, error) {
		n, least, err := session.CountOutside(ctx)
		return outsideCountedMsg{id, n, least}, err
	})
}

// outsideCountedMsg brings how many keys are outside the policy.
type outsideCountedMsg struct {
	id, count int
	least     bool
}

func (c *policyCheck) receive(s *surroundings, msg outsideCountedMsg) tea.Cmd {
	if msg.id != c.asked {
		return nil
	}
	c.count, c.least = msg.count, msg.least
	return c.next(s)
}

// failed takes the count away: a wrong one is worse than none, and the list
// says what failed.
func (c *policyCheck) failed(s *surroundings, msg failedMsg) tea.Cmd {
	if msg.id != c.asked || c.asked == 0 {
		return nil
	}
	c.count = 0
	return c.next(s)
}

// next looks again when something changed meanwhile.
func (c *policyCheck) next(s *surroundings) tea.Cmd {
	c.asked = 0
	if !c.again {
		return nil
	}
	c.again = false
	return c.read(s)
}

// needs are what somebody should look after, nothing where all is well.
func (c *policyCheck) needs() []need {
	if c.count == 0 {
		return nil
	}
	return []need{{outsideWords(c.count, c.least) + ": o lists them", func(s *surroundings) screen { return newOutside(s) }}}
}
