package ui

import (
	"context"
	"fmt"

	"empress/model"
)

// members is the list of everybody who belongs to the team, or did.
func (c *conversation) members(ctx context.Context) error {
	from := 0
	return repeat(ctx, func(ctx context.Context) error {
		list := newMembers(c.surroundings)
		var all []model.Member
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			all, err = c.session.Members(ctx)
			return err
		}); err != nil {
			return err
		}
		list.receive(all)
		c.title("Members")
		rows := make([]way, len(list.all))
		for i, m := range list.all {
			rows[i] = way{name: memberRow(m), open: func(ctx context.Context) error { return c.openMember(ctx, m) }}
		}
		add := way{sign: "a", name: "Add a member", bar: list.mayAdd(), open: c.addMember}
		return c.choose(ctx, orBack(append(stretchOf(numbered(rows...), &from), add)...))
	})
}

func memberRow(m model.Member) string {
	words := fmt.Sprintf("%s: %s, %s", m.Name, m.Email, m.Role)
	switch {
	case m.Damaged:
		return words + ", " + model.DamagedWords
	case m.Status != model.MemberActive:
		return words + ", " + string(m.Status)
	}
	return words
}

// stretchOf is the stretch of rows that begins with one, and the ways to those
// after and before it.
func stretchOf(rows []way, from *int) []way {
	if *from >= len(rows) {
		*from = 0
	}
	begin, end := *from, min(*from+stretch, len(rows))
	turn := func(to int) func(context.Context) error {
		return func(context.Context) error {
			*from = to
			return nil
		}
	}
	some := append([]way{}, rows[begin:end]...)
	if end < len(rows) {
		some = append(some, way{sign: "n", name: "The next ones", open: turn(end)})
	}
	if begin > 0 {
		some = append(some, way{sign: "p", name: "The ones before", open: turn(max(0, begin-stretch))})
	}
	return some
}

func (c *conversation) addMember(ctx context.Context) error {
	f := newMemberForm(c.surroundings)
	c.title(f.Title())
	return c.fill(ctx, &f.form, "Add the member", f.add)
}

// memberTold is one member, with what the page of a member leads to.
type memberTold struct {
	*conversation
	*memberPage
	ssh   []model.SSHKey
	owned int
}

func (c *conversation) openMember(ctx context.Context, m model.Member) error {
	p := &memberTold{conversation: c, memberPage: newMemberPage(c.surroundings, m)}
	known := false
	return repeat(ctx, func(ctx context.Context) error {
		if err := c.call(ctx, p.readAll); err != nil {
			return err
		}
		now := p.member
		c.title(fmt.Sprintf("%s: %s, %s", now.Name, now.Role, now.Status))
		if !known {
			p.tellFacts()
			known = true
		}
		return c.choose(ctx, orBack(numbered(p.memberWays()...)...))
	})
}

// readAll reads what may be known of the member.
func (p *memberTold) readAll(ctx context.Context) (err error) {
	s := p.conversation.session
	if p.memberFile, err = readMember(ctx, s, p.member.ID); err != nil || p.member.Status == model.MemberRemoved {
		return err
	}
	if p.ssh, err = s.SSHKeys(ctx, p.member.Email); err != nil {
		return err
	}
	keys, err := s.Keys(ctx, model.KeyQuery{Owner: p.member.Email, Limit: 1})
	p.owned = keys.Count
	return err
}

func (p *memberTold) tellFacts() {
	c := p.conversation
	now := c.session.Now()
	c.facts(p.memberFile.facts(c.now())...)
	if p.member.Status == model.MemberRemoved {
		return
	}
	for _, words := range p.mayWords() {
		c.facts(Fact{"May", words})
	}
	for _, g := range p.grants {
		c.facts(Fact{fmt.Sprintf("Grant %d", g.ID), grantWords(g, now)})
	}
	if len(p.grants) == 0 {
		c.facts(Fact{"Grants", "none"})
	}
	c.facts(Fact{"Owns", count(p.owned, "key") + ", revoked ones included"})
	for _, k := range p.ssh {
		c.facts(Fact{"SSH key", sshKeyWords(k, c.now())})
	}
	if len(p.ssh) == 0 {
		c.facts(Fact{"SSH keys", "none"})
	}
}

// memberWays are the actions of the member's page, then what it leads to.
func (p *memberTold) memberWays() []way {
	c, m := p.conversation, p.member
	var ways []way
	for _, a := range p.actions() {
		name := a.binding.Help().Desc
		if a.binding.Help() == p.keys.Suspend.Help() {
			name = a.word
		}
		ways = append(ways, way{name: sentenceCase(name), bar: a.why, open: func(ctx context.Context) error { return c.follow(ctx, a.open()) }})
	}
	if m.Status != model.MemberRemoved {
		ways = append(ways,
			way{name: "SSH keys", open: func(ctx context.Context) error { return c.sshKeys(ctx, m) }},
			way{name: "Keys that they own", open: func(ctx context.Context) error {
				return c.keysOf(ctx, "Keys of "+m.Name, model.KeyQuery{Owner: m.Email})
			}})
	}
	return append(ways,
		c.may(model.AuditView, model.Target{}, "History", func(ctx context.Context) error {
			return c.events(ctx, "History of "+m.Name, model.EventQuery{Member: m.Email})
		}),
		way{name: "Facts", open: func(context.Context) error {
			p.tellFacts()
			return nil
		}})
}

// follow asks in lines what a screen would ask.
func (c *conversation) follow(ctx context.Context, s screen) error {
	switch s := s.(type) {
	case *question:
		return c.decide(ctx, s)
	case *picker:
		return c.options(ctx, s)
	case *grantForm:
		c.title("Grant a permission to " + s.member.Name)
		return c.fill(ctx, &s.form, "Grant it", s.give)
	case *memberEditForm:
		c.title(s.Title())
		return c.fill(ctx, &s.form, "Save the changes", s.save)
	case *offboardPage:
		return c.offboard(ctx, s)
	}
	return fault()
}

// options lists what a picker offers, and goes where the chosen one leads.
func (c *conversation) options(ctx context.Context, p *picker) error {
	c.title(p.title)
	ways := make([]way, len(p.options))
	for i, o := range p.options {
		ways[i] = way{name: o.words + ". " + o.hint, open: func(ctx context.Context) error {
			t, _ := o.take()
			if t.toast != nil {
				c.tell(t.toast.text)
			}
			for _, s := range t.push {
				if err := c.follow(ctx, s); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	return c.choose(ctx, orBack(numbered(ways...)...))
}

// deliver shows new secrets, one after the other, each when the person is ready
// for it: it stays on the terminal.
func (c *conversation) deliver(ctx context.Context, all []model.NewSecret) (err error) {
	defer func() {
		for i := range all {
			all[i].Secret.Wipe()
		}
	}()
	if len(all) > 1 {
		c.tell(thousands(len(all)) + " keys have a new secret. They are shown one after the other.")
	}
	for i, s := range all {
		if i > 0 {
			_, err = c.ask(ctx, fmt.Sprintf("Press enter to see the new secret of %s, number %d of %d", named(s.Key), i+1, len(all)))
		}
		if back(err) == nil {
			err = c.showSecret(ctx, s.Key, s.Secret)
		}
		if back(err) == nil {
			continue
		}
		for _, left := range all[i:] {
			c.tell("Nobody said that the new secret of " + named(left.Key) + " is stored: regenerate it.")
		}
		return err
	}
	return back(err)
}
