package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Moved is what became of a team that moved to another database.
type Moved struct {
	Team   string
	Ended  int64 // number of the last event before it moved
	Keys   int64
	Before bool    // all was there already: an earlier move was broken off before its end
	Logged []Entry // what the trail there says of it
}

// Moving copies, within the transaction of here, everything into another store
// within one transaction of that, compares both, and has here changed no more
// once its transaction is committed. Within the other transaction it calls begin
// first, and settle once all is copied; when begin returns true all that is
// missing is the end of here.
type Moving func(here Writer, begin func(there Writer) (bool, error), settle func(there Writer) error) error

// Move moves the team from the database here to the one at there, in which there
// is no team yet: names for the trails of both. Everything is checked on both
// sides, the chain and every seal: nothing has moved when one of them is not
// whole. It takes policy.manage. A team that is there already is ErrConflict, but
// for this one as it is here now, of which an earlier move was broken off.
func (s *Session) Move(ctx context.Context, here, there string, run Moving) (Moved, error) {
	m := moving{service: s.service, here: here, there: there, done: Moved{Team: s.Team()}}
	err := s.write(ctx, TeamMoved, func(c *change) error {
		c.event.Note = "to " + Redact(Printable(there))
		if err := c.me.may(PolicyManage, Target{}); err != nil {
			return err
		}
		m.event = c.event
		m.now = c.now
		return m.run(c, run)
	})
	if errors.Is(err, ErrDenied) {
		err = Errorf(CodeDenied, "Whoever moves the team has all that it has, so it takes the permission %s. %s", PolicyManage, Sentence(err)).Because(err)
	}
	return m.done, err
}

// moving is one move under way.
type moving struct {
	service     *Service
	here, there string
	now         time.Time
	event       Event // by whom
	head        Head  // of here
	done        Moved
}

func (m *moving) run(c *change, run Moving) (err error) {
	if m.head, err = c.Head(); err != nil {
		return err
	}
	m.done.Ended = m.head.Seq
	keys, err := m.whole(c, m.here)
	if err != nil {
		return err
	}
	m.done.Keys = keys
	return run(beneathLog(c.Writer), m.begin, m.settle)
}

// whole checks one side, and returns how many keys it has.
func (m *moving) whole(r Reader, place string) (int64, error) {
	report, err := m.service.audit(r, nil)
	if err == nil && report.Found > 0 {
		err = Errorf(CodeDamaged, "The database %s is not whole, so nothing was moved: %s. `empress audit verify` tells all of it.", place, report.Problems[0])
	}
	if err == nil && report.Events != m.head.Seq {
		err = Errorf(CodeDamaged, "The database %s has %d events and not %d, so nothing was moved.", place, report.Events, m.head.Seq)
	}
	return report.Keys, err
}

// begin looks for a team that is there already.
func (m *moving) begin(w Writer) (bool, error) {
	there, err := w.Team()
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if bytes.Equal(there.Database, m.service.team.Load().Database) {
		es, err := w.Events(EventQuery{Before: m.head.Seq + 2, Limit: 2}) // the latest first
		if err != nil {
			return false, err
		}
		if len(es) == 2 && es[0].Action == TeamMoved && es[1].Seq == m.head.Seq && sealed(es[1].MAC, m.head.MAC) {
			m.done.Before = true
			return true, nil
		}
		return false, Errorf(CodeConflict, "This team is in %s already, but not as it is here: something was changed here since. Empty that database first, if nothing was changed there that is to stay.", m.there)
	}
	return false, Errorf(CodeConflict, "There is a team in %s already, and nothing is moved over it. Give the address of a database that is empty.", m.there)
}

// settle checks the copy, and notes in its trail where it came from.
func (m *moving) settle(w Writer) error {
	keys, err := m.whole(w, m.there)
	if err == nil && keys != m.done.Keys {
		err = Errorf(CodeDamaged, "The copy in %s has %d keys and not %d, so nothing was moved.", m.there, keys, m.done.Keys)
	}
	if err != nil {
		return err
	}
	var noted told
	e := m.event
	e.Note = fmt.Sprintf("from %s, from event %d on", Redact(Printable(m.here)), m.head.Seq)
	err = m.service.append(loggedWriter{w, &noted, 1}, m.now, e)
	m.done.Logged = noted.entries
	return err
}
