package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// CreateApplication adds an application without a key. It needs
// applications.manage. A name that an application has or had is ErrConflict.
func (s *Session) CreateApplication(ctx context.Context, spec ApplicationSpec) (Application, error) {
	var app Application
	err := s.write(ctx, ApplicationCreated, func(c *change) error {
		c.event.Application = Printable(spec.Name)
		if err := c.me.may(ApplicationsManage, Target{}); err != nil {
			return err
		}
		name, err := c.newName(spec.Name, spec.NewApplication)
		app = Application{Name: name}
		if err := together(err, app.apply(ApplicationEdit{Purpose: &spec.Purpose, Contact: &spec.Contact, Networks: &spec.Networks})); err != nil {
			return err
		}
		app, err = c.addApplication(app)
		c.told = true // by that
		return err
	})
	if err != nil {
		return Application{}, err
	}
	return app, nil
}

// newName checks the name of a new application. Whoever insists may take one
// that is almost another's.
func (c *change) newName(typed string, insist bool) (string, error) {
	name, err := cleanName("application", typed)
	if err != nil {
		return "", err
	}
	c.event.Application = name
	if err := c.freeName(name, 0); err != nil || insist {
		return name, err
	}
	return name, c.unlike(name, 0)
}

// EditApplication changes the fields of an application that the edit names. It
// needs applications.manage. Another name is copied into every key of the
// application; the name of before stays reserved for it, and its events are
// found under each of its names.
func (s *Session) EditApplication(ctx context.Context, name string, e ApplicationEdit) (Application, error) {
	var app Application
	err := s.write(ctx, ApplicationEdited, func(c *change) error {
		c.event.Application = Printable(name)
		if err := c.me.may(ApplicationsManage, Target{}); err != nil {
			return err
		}
		before, err := c.service.applicationEdited(c, name, e.Seen)
		if err != nil {
			return err
		}
		app = before
		app.Networks = slices.Clone(before.Networks)
		wrong := app.apply(e)
		c.event.Changes = diff(applicationFields, before, app)
		if err := together(put(e.Name, func(to string) error { return c.rename(before, &app, to) }), wrong); err != nil {
			return err
		}
		if len(c.event.Changes) == 0 {
			return Errorf(CodeConflict, "The application %s is like that already, so nothing changed.", app.Name)
		}
		c.event.Application = app.Name
		return c.replaceApplication(before, &app)
	})
	if err != nil {
		return Application{}, err
	}
	return app, nil
}

// rename checks and notes another name.
func (c *change) rename(before Application, app *Application, to string) error {
	name, err := cleanName("application", to)
	if err != nil || name == before.Name {
		return err
	}
	if err := c.freeName(name, before.ID); err != nil {
		return err
	}
	if err := c.unlike(name, before.ID); err != nil {
		return err
	}
	app.Name = name
	c.event.Changes = append(c.event.Changes, Change{applicationName, before.Name, name})
	return nil
}

// replaceApplication puts an application back, along with the copies of its
// name, and makes sure that the database kept it.
func (c *change) replaceApplication(before Application, app *Application) error {
	app.Seal = c.service.seals().sealApplication(*app)
	if err := c.UpdateApplication(*app); err != nil {
		return err
	}
	if kept, err := c.Application(app.ID); err != nil || !sealed(kept.Seal, app.Seal) || !sealed(kept.Seal, c.service.seals().sealApplication(kept)) || kept.Purpose != app.Purpose {
		return unkept("application " + app.Name).Because(err)
	}
	if app.Name == before.Name {
		return nil
	}
	if _, err := c.keepName(before.Name, app.ID); err != nil {
		return err
	}
	return c.copyName(*app)
}

// keepName keeps a name that an application had, and reports whether that is
// new.
func (c *change) keepName(name string, of ApplicationID) (added bool, err error) {
	if _, err := c.FormerName(name); !errors.Is(err, ErrNotFound) {
		return false, err
	}
	f := FormerName{Name: name, Application: of}
	f.Seal = c.service.seals().sealFormerName(f)
	return true, c.InsertFormerName(f)
}

// copyName gives every key of an application its new name, and a new seal: a
// key that cannot be trusted stops it all.
func (c *change) copyName(app Application) error {
	ks, err := c.KeysOfApplication(app.ID)
	if err != nil {
		return err
	}
	for _, k := range ks {
		if !sealed(k.Seal, c.service.seals().sealCredential(k.credential())) {
			return damagedRow("key " + string(k.ID))
		}
		from := k.Revision
		k.Application = app.Name
		k.Revision++
		k.Seal = c.service.seals().sealCredential(k.credential())
		if err := c.UpdateKey(k, from, k.Generation); err != nil {
			return err
		}
		if err := c.stands(k); err != nil {
			return err
		}
	}
	return nil
}

// freeName refuses a name that another application than own has or had.
func (c *change) freeName(name string, own ApplicationID) error {
	if app, err := c.ApplicationByName(name); err == nil && app.ID != own {
		return taken("application", "There is an application %s already. Give another name.", name)
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	now, err := c.service.calledNow(c, name)
	if err == nil && now.ID != own {
		return taken("application", "%s was the name of the application that is called %s now, and stays reserved for it. Give another name.", name, now.Name)
	}
	return notFoundIsFine(err)
}

// unlike refuses a name that people would mistake for one that another
// application than own has or had.
func (c *change) unlike(name string, own ApplicationID) error {
	alike, err := c.ApplicationsByFold(Fold(name))
	if err != nil {
		return err
	}
	former, err := c.FormerNamesByFold(Fold(name))
	for _, f := range former {
		alike = append(alike, Application{ID: f.Application, Name: f.Name})
	}
	for _, a := range alike {
		switch said := fmt.Sprintf("There is an application %s already, which differs from %s only in case, blanks, - or _.", a.Name, name); {
		case a.ID == own:
		case own != 0:
			return taken("application", "%s Give another name.", said)
		default:
			return taken("application", "%s Use that name.", said).Because(ErrAlike)
		}
	}
	return err
}

// ErrAlike is in the chain of an error that refuses a name because it is almost
// another's, and would not if it were asked for with NewApplication.
var ErrAlike = errors.New("the name is almost another's")

// addApplication adds one with its event, for a member who may.
func (c *change) addApplication(app Application) (Application, error) {
	if err := c.me.may(ApplicationsManage, Target{}); err != nil {
		return Application{}, err
	}
	return c.insertApplication(app)
}

// insertApplication adds one with its event.
func (c *change) insertApplication(app Application) (Application, error) {
	var err error
	if app.ID, err = c.NextApplication(); err != nil {
		return Application{}, err
	}
	app.CreatedAt = c.now
	app.Seal = c.service.seals().sealApplication(app)
	if err := c.InsertApplication(app); err != nil {
		return Application{}, err
	}
	made := c.event
	made.Action, made.Application, made.Changes = ApplicationCreated, app.Name, diff(applicationFields, Application{}, app)
	return app, c.service.append(c, c.now, made)
}
