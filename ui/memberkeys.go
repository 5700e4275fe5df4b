package ui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// memberWays lead on from a member's page.
type memberWays struct{ SSH, Keys, Activity key.Binding }

func newMemberWays() memberWays {
	return memberWays{
		SSH:      bind("s", "SSH keys", "s"),
		Keys:     bind("a", "API keys that they own, in API Access", "a"),
		Activity: bind("t", "what they did, in Activity", "t"),
	}
}

func (w memberWays) bindings() []key.Binding { return []key.Binding{w.SSH, w.Keys, w.Activity} }

// short are the ways in words for the footer.
func (w memberWays) short(p *memberPage) []key.Binding {
	ssh, activity := w.SSH, short(w.Activity, "activity")
	ssh.SetEnabled(p.member.Status != model.MemberRemoved)
	activity.SetEnabled(p.mayTrail() == nil)
	return []key.Binding{ssh, short(w.Keys, "API keys"), activity}
}

func (p *memberPage) mayTrail() error { return p.session.Can(model.AuditView, model.Target{}) }

// lead goes where a key leads; ok is whether it leads anywhere.
func (p *memberPage) lead(msg tea.KeyPressMsg) (t transition, ok bool) {
	switch {
	case key.Matches(msg, p.ways.SSH):
		if p.member.Status == model.MemberRemoved {
			return p.refusal(model.Errorf(model.CodeConflict, "%s was removed from the team, and is known by no SSH key.", p.member.Name)), true
		}
		return push(newSSHKeys(p.surroundings, p.member)), true
	case key.Matches(msg, p.ways.Keys):
		list := newAccess(p.surroundings)
		list.preset(p.member.Email)
		return push(list), true
	case key.Matches(msg, p.ways.Activity):
		if err := p.mayTrail(); err != nil {
			return p.refusal(err), true
		}
		return push(newActivityOf(p.surroundings, model.EventQuery{Member: p.member.Email})), true
	}
	return stay, false
}

// ownedKeys counts the keys that a member owns, as far as they may be seen.
type ownedKeys struct {
	all    int
	over   bool // there are more
	active int
}

func readOwned(ctx context.Context, s *model.Session, m model.Member) (o ownedKeys, err error) {
	if m.Status == model.MemberRemoved {
		return o, nil // keys of theirs went to others or were revoked
	}
	all, err := s.Keys(ctx, model.KeyQuery{Owner: m.Email, Limit: 1})
	if err != nil {
		return o, err
	}
	active, err := s.Keys(ctx, model.KeyQuery{Owner: m.Email, State: model.Active, Limit: 1})
	return ownedKeys{all.Count, all.Over, active.Count}, err
}

// ownedLines say how many keys the member owns, and where they are.
func (p *memberPage) ownedLines() []string {
	if p.member.Status == model.MemberRemoved {
		return nil
	}
	return indented(p.styles, plain, p.ownedWords(), 2, p.width)
}

func (p *memberPage) ownedWords() string {
	o, who, seen := p.owned, "They", ""
	if p.mine(p.member) {
		who = "You"
	} else if p.session.Can(model.KeysView, model.Target{}) != nil {
		seen = " that you may see"
	}
	switch {
	case o.all == 0:
		return who + " own none" + seen + "."
	case o.all == 1 && o.active == 1:
		return "1 key" + seen + ", which is active: a shows it in API Access."
	case o.all == 1:
		return "1 key" + seen + ", which is not active: a shows it in API Access."
	}
	words := fmt.Sprintf("%s%s, %s of them active: a shows them in API Access.", count(o.all, "key"), seen, thousands(o.active))
	if o.over {
		words = "More than " + words
	}
	return words
}

// sshLines list the SSH keys by which the member is known.
func (p *memberPage) sshLines() []string {
	if p.member.Status == model.MemberRemoved {
		return nil
	}
	var lines []string
	for _, k := range p.ssh {
		lines = append(lines, "  "+p.styles.paint(plain, fit(model.Printable(k.Name), p.width-4)))
		lines = append(lines, sshKeyLines(k, p.now(), p.styles, p.width)...)
	}
	words := ""
	switch may := newSSHKeys(p.surroundings, p.member).mayAdd() == nil; {
	case may && len(p.ssh) == 0:
		words = "None: s adds one."
	case len(p.ssh) == 0:
		words = "None."
	case may:
		words = "s adds and removes them."
	}
	if words != "" {
		lines = append(lines, indented(p.styles, dim, words, 2, p.width)...)
	}
	return lines
}

// eventLines say what the member did and what was done with them, the latest
// first, and when they last did something themselves.
func (p *memberPage) eventLines() []string {
	if p.mayTrail() != nil {
		return nil
	}
	whom := p.member.Name
	if p.mine(p.member) {
		whom = "You"
	}
	words := whom + " did nothing yet that is in the trail."
	if p.last != nil {
		words = whom + " last did something " + since(p.last.At, p.now()) + "."
	}
	return append(eventLines(p.events, p.now(), p.styles, p.width), indented(p.styles, dim, words+" t opens Activity.", 2, p.width)...)
}
