package model

import "strings"

// naming is one name that an application was given after the end of a trail.
type naming struct {
	of   string // what it was called until then, "" for a new one
	name string
	made Event // by which a new one was added
}

// ReservedName is a name that an application was given after a backup, and that
// is reserved for it again.
type ReservedName struct {
	Name        string
	Application string // what that is called now; Name itself for one that was made after the backup
}

// takeName learns whether an event gives an application a name, and reports
// whether that is all it does and made again by [change.reserve].
func (l *Later) takeName(e Event) (all bool) {
	to, reserved := e.change(applicationName), e.change(reservedName).After
	switch {
	case e.Action == ApplicationCreated:
		l.namings = append(l.namings, naming{name: e.Application, made: e})
		return true
	case e.Action == ApplicationEdited && reserved != "":
		l.namings = append(l.namings, naming{of: e.Application, name: reserved})
		return true
	case e.Action == ApplicationEdited && to.After != "":
		l.namings = append(l.namings, naming{of: to.Before, name: to.After})
	}
	return false
}

// reserve keeps every name that an application was given after the backup from
// others. One that was made since is made again, without its keys; the others
// are called again as in the backup.
func (c *change) reserve(later *Later, done *Restored) error {
	if later == nil {
		return nil
	}
	of := map[string]Application{} // by what they were called at the time
	for _, n := range later.namings {
		app, added, err := c.reserveOne(n, of)
		if err != nil {
			return err
		}
		of[n.name] = app
		if added {
			done.Reserved = append(done.Reserved, ReservedName{n.name, app.Name})
		}
	}
	return nil
}

func (c *change) reserveOne(n naming, of map[string]Application) (app Application, added bool, err error) {
	c.event = Event{Via: ViaCommand, Outcome: Done, Note: restoredNote}
	if n.of == "" {
		app, err = c.addAgain(n.made)
		return app, true, err
	}
	app, known := of[n.of]
	if !known {
		app, err = c.ApplicationByName(n.of)
	}
	if err != nil || app.Name == n.name {
		return app, false, err
	}
	if added, err = c.keepName(n.name, app.ID); err != nil || !added {
		return app, false, err
	}
	c.event.Action, c.event.Application, c.event.Changes = ApplicationEdited, app.Name, []Change{{reservedName, "", n.name}}
	return app, true, c.tell()
}

// addAgain adds an application as the event says that it was added.
func (c *change) addAgain(e Event) (Application, error) {
	networks, err := parseNetworks(strings.Fields(e.change("networks").After))
	if err != nil {
		return Application{}, err
	}
	return c.insertApplication(Application{Name: e.Application, Purpose: e.change("purpose").After, Contact: e.change("contact").After, Networks: networks})
}
