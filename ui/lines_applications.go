package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// applications is the list of the applications, and what its rows lead to.
func (c *conversation) applications(ctx context.Context) error {
	list, from := newApplications(c.surroundings), 0
	return repeat(ctx, func(ctx context.Context) error {
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			list.all, err = c.session.Applications(ctx)
			return err
		}); err != nil {
			return err
		}
		list.narrow()
		c.title("Applications")
		filter := list.filter.Value()
		switch {
		case filter != "":
			c.facts(Fact{"Matches", fmt.Sprintf("%s for %s", thousands(len(list.shown)), filter)})
		case len(list.all) == 0:
			c.tell("There is no application that you may see.")
		}
		rows := make([]way, len(list.shown))
		for i, a := range list.shown {
			words := a.Name + ": " + workingWords(a)
			if about := aboutWords(a); about != "" {
				words += ", " + about
			}
			rows[i] = way{name: words, open: func(ctx context.Context) error { return c.openApplication(ctx, a) }}
		}
		return c.choose(ctx, orBack(append(stretchOf(numbered(rows...), &from),
			way{sign: "a", name: "Add an application", bar: c.mayManageApplications(), open: c.addApplication},
			way{sign: "f", name: "Filter", open: func(ctx context.Context) error {
				text, err := c.ask(ctx, "Part of a name, a purpose, a contact or a network, or an empty line for all")
				if err == nil {
					list.filter.SetValue(typable(text))
					from = 0
				}
				return err
			}})...))
	})
}

func (c *conversation) addApplication(ctx context.Context) error {
	f := newApplicationForm(c.surroundings)
	c.title(f.Title())
	return c.fill(ctx, &f.form, "Add the application", func() tea.Cmd {
		_, cmd := f.add()
		return cmd
	})
}

func (c *conversation) openApplication(ctx context.Context, a model.Application) error {
	p, known := newApplicationPage(c.surroundings, a), false
	return repeat(ctx, func(ctx context.Context) error {
		switch m := c.result(p.Init()).(type) {
		case applicationReadMsg:
			p.receive(m.file)
		case failedMsg:
			c.fail(m.err)
			return io.EOF
		default:
			return fault()
		}
		now := p.application
		c.title(now.Name + ": " + workingWords(now))
		if !known {
			c.facts(p.facts()...)
			known = true
		}
		return c.choose(ctx, orBack(numbered(
			way{name: "Edit or rename", bar: c.mayManageApplications(), open: func(ctx context.Context) error { return c.editApplication(ctx, now) }},
			way{name: "Create New API Key for it", bar: p.mayCreate(), open: func(ctx context.Context) error { return c.createFor(ctx, now.Name) }},
			way{name: "Its keys", open: func(ctx context.Context) error {
				return c.keysOf(ctx, "Keys of "+now.Name, model.KeyQuery{Application: now.Name})
			}},
			c.may(model.AuditView, model.Target{}, "History", func(ctx context.Context) error {
				return c.events(ctx, "History of "+now.Name, model.EventQuery{Application: now.Name})
			}),
			way{name: "Facts", open: func(context.Context) error {
				c.facts(p.facts()...)
				return nil
			}},
			way{name: "Usage", bar: p.maySeeUsage(), open: func(ctx context.Context) error {
				return c.usage(ctx, "Usage of "+now.Name, newApplicationUsage(c.surroundings, now))
			}},
		)...))
	})
}

// editApplication changes what is said of an application. What another name
// means is asked before it is saved.
func (c *conversation) editApplication(ctx context.Context, a model.Application) error {
	const save = "Save the changes"
	f := newApplicationEdit(c.surroundings, a)
	c.title(f.Title())
	c.tell(accepting)
	err := c.review(ctx, &f.form, save)
	for done := false; err == nil && !done; {
		if f.edit() == (model.ApplicationEdit{Seen: f.edited}) {
			c.tell("Nothing was changed.")
			return nil
		}
		agreed := true
		if agreed, err = c.agreesToRename(ctx, f); err != nil {
			break
		}
		if !agreed {
			c.tell("Nothing was saved yet.")
			err = c.review(ctx, &f.form, save)
			continue
		}
		if done, err = c.attempt(ctx, &f.form, save, func() tea.Cmd {
			_, cmd := f.save()
			return cmd
		}, func(err error) { c.mergeApplication(f, err) }); err != nil {
			return err // which was told
		}
	}
	return c.unsent(err)
}

// agreesToRename is whether the person wants another name, where there is one.
func (c *conversation) agreesToRename(ctx context.Context, f *applicationForm) (bool, error) {
	if !f.renames() {
		return true, nil
	}
	q := newRenameQuestion(c.surroundings, *f.edited, strings.TrimSpace(f.form.value("application")))
	c.put(q)
	agreed, err := c.agrees(ctx, q)
	if agreed {
		f.agreed = f.form.value("application")
	}
	return agreed, err
}

// mergeApplication takes over what somebody else made of the application
// meanwhile, and tells.
func (c *conversation) mergeApplication(f *applicationForm, err error) {
	if !errors.Is(err, model.ErrConflict) || model.FieldOf(err) != "" {
		return
	}
	if m, ok := c.result(f.reread()).(applicationsReadMsg); ok {
		c.tellMerged(&f.form, f.merge(m.applications))
	}
}
