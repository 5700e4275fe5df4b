package model

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ApplicationID numbers the applications of a team from 1.
type ApplicationID int64

// Application is what uses a key. Its name, and every name that it had, is
// reserved for ever.
type Application struct {
	ID        ApplicationID
	Name      string
	Purpose   string
	Contact   string
	Networks  []netip.Prefix // where it says that it runs; nothing is decided by them
	CreatedAt time.Time
	Seal      []byte

	// Filled in by lists:
	Keys    int      // how many keys that the member may see are not revoked
	Active  int      // how many of those work now
	Partly  bool     // the member may not see every key of it
	Former  []string // names that it had, and that stay reserved for it, by name
	Damaged bool     // the row was changed outside empress
}

// NetworkList is the canonical, stored form of the networks.
func (a Application) NetworkList() string { return joinNetworks(a.Networks, " ") }

// FormerName is a name that an application had.
type FormerName struct {
	Name        string
	Application ApplicationID
	Seal        []byte
}

// ApplicationSpec is what somebody says of a new application. Only Name must be
// given.
type ApplicationSpec struct {
	Name           string
	Purpose        string
	Contact        string // whom to ask about it, in words
	Networks       []string
	NewApplication bool // create it although one with almost the same name exists
}

// ApplicationEdit is a change to an application: nil leaves a field as it is.
type ApplicationEdit struct {
	Seen     *Application // the application that the change is made to, as it was read; nil for whichever has the name
	Name     *string
	Purpose  *string
	Contact  *string
	Networks *[]string
}

// Applications lists, by name, the applications that the member may see: all
// for whoever may see all keys or manage applications, otherwise those of own
// keys and of grants. Those that were changed outside empress are marked.
func (s *Session) Applications(ctx context.Context) ([]Application, error) {
	var as []Application
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		as, err = s.service.listApplications(r, me)
		return err
	})
	return as, err
}

// listApplications reads what me may see, with the names of before. One of
// those that was changed outside empress belongs to nobody.
func (s *Service) listApplications(r Reader, me actor) ([]Application, error) {
	as, err := r.Applications(me.visibleApplications(), me.visible(), Millis(s.instant()))
	if err != nil {
		return nil, err
	}
	fs, err := r.FormerNames(0)
	if err != nil {
		return nil, err
	}
	former, now := map[ApplicationID][]string{}, s.seals()
	for _, f := range fs {
		if sealed(f.Seal, now.sealFormerName(f)) {
			former[f.Application] = append(former[f.Application], f.Name)
		}
	}
	for i := range as {
		as[i].Partly = me.may(KeysView, Target{Application: as[i].ID}) != nil
		as[i].Damaged = !sealed(as[i].Seal, now.sealApplication(as[i]))
		as[i].Former = slices.DeleteFunc(former[as[i].ID], func(name string) bool { return name == as[i].Name })
	}
	return as, nil
}

// Application returns the application of that exact name. One that the member
// may not see is ErrNotFound; so is a name that it had, in other words.
func (s *Session) Application(ctx context.Context, name string) (Application, error) {
	var found Application
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		found, err = s.service.applicationSeenBy(r, me, name)
		return err
	})
	return found, err
}

// applicationSeenBy is applicationNamed for whoever may not see every
// application: what they may not see is not there, nor is a name that it had.
func (s *Service) applicationSeenBy(r Reader, me actor, name string) (Application, error) {
	as, err := s.listApplications(r, me)
	if err != nil {
		return Application{}, err
	}
	if i := slices.IndexFunc(as, func(a Application) bool { return a.Name == name }); i >= 0 {
		return as[i], nil
	}
	now, err := s.calledNow(r, name)
	if errors.Is(err, ErrNotFound) || err == nil && !slices.ContainsFunc(as, func(a Application) bool { return a.ID == now.ID }) {
		return Application{}, Errorf(CodeNotFound, "There is no application %q that you may see.", Printable(name)).Because(ErrNoApplication)
	}
	if err == nil {
		err = renamed(CodeNotFound, name, now)
	}
	return Application{}, err
}

// calledNow reads the application that had a name before.
func (s *Service) calledNow(r Reader, name string) (Application, error) {
	f, err := r.FormerName(name)
	if err != nil {
		return Application{}, err
	}
	if !sealed(f.Seal, s.seals().sealFormerName(f)) {
		return Application{}, damagedRow("the former name " + name)
	}
	return r.Application(f.Application)
}

// renamed says what an application is called now.
func renamed(code Code, before string, now Application) *Error {
	e := Errorf(code, "The application %s is called %s now. Use that name.", Printable(before), now.Name)
	e.Field = "application"
	return e
}

// applicationNamed reads the application of a name, and trusts it only with its
// seal. A name that it had before is ErrNotFound, in words that say the new one.
func (s *Service) applicationNamed(r Reader, name string) (Application, error) {
	name = canonical(strings.TrimSpace(name))
	app, err := r.ApplicationByName(name)
	if errors.Is(err, ErrNotFound) {
		now, err := s.calledNow(r, name)
		if errors.Is(err, ErrNotFound) {
			return app, noApplication(name)
		}
		if err == nil {
			err = renamed(CodeNotFound, name, now)
		}
		return Application{}, err
	}
	if err == nil && !sealed(app.Seal, s.seals().sealApplication(app)) {
		err = damagedRow("application " + app.Name)
	}
	return app, err
}

// applicationEdited reads the application that an edit is about: the one that
// was seen, under whichever name it goes now, and as it was seen.
func (s *Service) applicationEdited(r Reader, name string, seen *Application) (Application, error) {
	if seen == nil {
		return s.applicationNamed(r, name)
	}
	app, err := r.Application(seen.ID)
	switch {
	case err != nil:
		return app, err
	case !sealed(app.Seal, s.seals().sealApplication(app)):
		return app, damagedRow("application " + app.Name)
	case app.Name != seen.Name || len(diff(applicationFields, *seen, app)) > 0:
		return app, Errorf(CodeConflict, "Somebody changed the application %s meanwhile. Look at it again before you change it.", app.Name)
	}
	return app, nil
}

func noApplication(name string) error {
	return Errorf(CodeNotFound, "There is no application %q.", Printable(name)).Because(ErrNoApplication)
}

// namesOf lists every name of the application that has or had one, for finding
// its events.
func (s *Service) namesOf(r Reader, name string) ([]string, error) {
	app, err := r.ApplicationByName(name)
	if errors.Is(err, ErrNotFound) {
		app, err = s.calledNow(r, name)
	}
	if errors.Is(err, ErrNotFound) {
		return nil, noApplication(name)
	}
	if err != nil {
		return nil, err
	}
	names := []string{app.Name}
	fs, err := r.FormerNames(app.ID)
	for _, f := range fs {
		if f.Name != app.Name {
			names = append(names, f.Name)
		}
	}
	return names, err
}

// apply puts the fields of an edit, but for the name, into a,
// and says all that is wrong with them.
func (a *Application) apply(e ApplicationEdit) error {
	return together(
		put(e.Purpose, func(v string) (err error) { a.Purpose, err = cleanPurpose(v); return err }),
		put(e.Contact, func(v string) (err error) { a.Contact, err = cleanContact("contact", v); return err }),
		put(e.Networks, func(v []string) (err error) { a.Networks, err = parseNetworks(v); return err }),
	)
}
