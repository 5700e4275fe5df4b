package ui

import (
	"context"
	"fmt"

	"empress/model"
)

// dashboard says how the keys are doing and leads on, until the person quits.
func (c *conversation) dashboard(ctx context.Context) error {
	return repeat(ctx, func(ctx context.Context) error {
		c.title("Dashboard")
		var leads []way
		err := c.overview(ctx)
		if err == nil {
			leads, err = c.attention(ctx)
		}
		if back(err) != nil {
			return err
		}
		return c.choose(ctx, append(append(numbered(
			way{name: "Settings", open: c.settings},
			way{name: "API Access", open: c.access},
			c.may(model.KeysCreate, model.Target{}, "Create New API Key", c.create),
			c.may(model.AuditView, model.Target{}, "Activity", c.trail),
			way{name: "Help, as a ? brings at every choice", open: c.help},
		), leads...), way{sign: "q", name: "Quit"}))
	})
}

// attention counts the keys that somebody should look after, tells of them, and
// returns the ways to them.
func (c *conversation) attention(ctx context.Context) (leads []way, err error) {
	due, policy := newDueCheck(), newPolicyCheck()
	for _, x := range []struct {
		check *countCheck
		name  string
		open  func(context.Context) error
	}{{&due, rotationName, c.rotation}, {&policy, outsideName, c.outside}} {
		check := x.check
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			check.count, check.least, err = check.read(ctx, c.session)
			return err
		}); err != nil {
			return leads, err
		}
		if check.count > 0 {
			c.facts(Fact{"Needs attention", check.said()})
			leads = append(leads, way{sign: check.open.Help().Key, name: x.name, open: x.open})
		}
	}
	return leads, nil
}

func (c *conversation) overview(ctx context.Context) error {
	me := c.session.Me()
	c.facts(Fact{"Team", c.session.Team()}, Fact{"You", fmt.Sprintf("%s, %s", me.Name, me.Role)})
	var o model.Overview
	if err := c.call(ctx, func(ctx context.Context) (err error) {
		if o, err = c.session.Overview(ctx); err != nil {
			return err
		}
		p, err := c.session.Policy(ctx)
		if err == nil {
			c.obey(p)
		}
		return err
	}); err != nil {
		return err
	}
	n := o.Counts
	c.facts(Fact{"Keys", fmt.Sprintf("%s active, %s suspended, %s expired, %s revoked",
		thousands(n.Active), thousands(n.Suspended), thousands(n.Expired), thousands(n.Revoked))})
	if words := trafficWords(o); words != "" {
		c.facts(Fact{"Requests", words})
	}
	for _, need := range needsAttention(o, c.session.Now()) {
		c.facts(Fact{"Needs attention", need.words})
	}
	return nil
}

// obey takes over what the policy says about the conversation itself.
func (c *conversation) obey(p model.Policy) {
	c.learn(p)
	c.limit = c.idleLimit(p)
}

// settings says where things are kept, and leads on to the people.
func (c *conversation) settings(ctx context.Context) error {
	copying := "not offered, because this terminal has no clipboard"
	if c.copies() {
		copying = c.copier.describe()
	}
	return repeat(ctx, func(ctx context.Context) error {
		c.title("Settings")
		c.facts(Fact{"Team", c.session.Team()}, Fact{"Support contact", orElse(c.support, "nobody in particular")})
		c.facts(c.about...)
		c.facts(Fact{"Copying", copying})
		return c.choose(ctx, orBack(numbered(way{name: "Profile & Team", open: c.team}, way{name: "Security policy", open: c.policy})...))
	})
}

// team is Profile & Team.
func (c *conversation) team(ctx context.Context) error {
	return repeat(ctx, func(ctx context.Context) error {
		me := c.session.Me()
		c.title("Profile & Team")
		var as []model.Access
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			as, err = c.session.Access(ctx, me.Email)
			return err
		}); back(err) != nil {
			return err
		}
		c.facts(Fact{"Name", me.Name}, Fact{"Email", me.Email}, Fact{"Role", string(me.Role)}, Fact{"You may", c.mayDo(as)})
		return c.choose(ctx, orBack(numbered(
			way{name: "API Access", open: c.access},
			c.may(model.MembersView, model.Target{}, "Members", c.members),
			way{name: "Roles & permissions", open: c.roles},
			way{name: "Applications", open: c.applications},
			way{name: "Your SSH keys", open: func(ctx context.Context) error { return c.sshKeys(ctx, me) }},
			way{name: "Your profile", open: func(ctx context.Context) error { return c.openMember(ctx, me) }},
		)...))
	})
}

// help says how the conversation works, and what everybody should know.
func (c *conversation) help(context.Context) error {
	c.title("Help")
	c.tell("Each prompt ends with a colon. Type what stands before a choice, then press enter.")
	c.tell("ctrl+d goes back, as an empty line does, and as a single dot does where an empty line accepts. ctrl+c quits at once.")
	c.facts(guide(c.support)...)
	return nil
}
