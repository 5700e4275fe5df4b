package cli

import (
	"context"

	"empress/model"
	"empress/storage"
)

// server looks at the server that a database is on, and at the way to it.
func (e *examination) server() {
	if e.paths.exposed {
		e.wrong("password", "The password stands on the command line, where every process on this computer can read it. Put the address in EMPRESS_DB, or the password in the file that PGPASSFILE names.")
	}
	server, ok := e.store.(interface {
		InspectServer(context.Context) ([]storage.Finding, error)
	})
	if !ok {
		return
	}
	found, err := server.InspectServer(e.ctx)
	if err != nil {
		e.wrong("server", model.Sentence(err))
	}
	for _, f := range found {
		if f.Wrong {
			e.wrong(f.Check, f.Words)
		} else {
			e.fine(f.Check, "%s", f.Words)
		}
	}
}

// structure looks at the database as its engine sees it, and compares its schema
// with what empress makes.
func (e *examination) structure() {
	var found []string
	for _, inspect := range []func(context.Context) ([]string, error){e.store.Inspect, e.store.InspectSchema} {
		wrong, err := inspect(e.ctx)
		if found = append(found, wrong...); err != nil {
			found = append(found, model.Sentence(err))
		}
	}
	for _, sentence := range found {
		e.wrong("structure", sentence)
	}
	switch {
	case len(found) > 0:
	case e.paths.server != nil:
		e.fine("structure", "The tables are as empress makes them, and what they refer to is there. The files are the server's: its own pg_amcheck reads them.")
	default:
		e.fine("structure", "The database file is sound.")
	}
}
