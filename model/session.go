package model

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Session is what one authenticated member may do. One method is one use case
// and one transaction; the member is read afresh in each, so that a role that
// was taken away a moment ago does not count any more.
type Session struct {
	service  *Service
	id       MemberID
	identity Identity
	seen     atomic.Pointer[actor] // the member as of the latest transaction
}

func newSession(s *Service, a actor, id Identity) *Session {
	x := &Session{service: s, id: a.ID, identity: id}
	x.seen.Store(&a)
	return x
}

// Me returns the member as last read.
func (s *Session) Me() Member { return s.seen.Load().Member }

// Team returns the name of the team.
func (s *Session) Team() string { return s.service.teamName() }

// Via says how the member reached the program.
func (s *Session) Via() Via { return s.identity.Via }

// Now is the instant by which states and expiry are judged.
func (s *Session) Now() time.Time {
	now, _ := s.service.clock()
	return now
}

// Can returns nil when the member, as last read, may do p to the target;
// otherwise why not, in words. It is what screens grey actions out by; the
// methods check again for themselves.
func (s *Session) Can(p Permission, on Target) error { return s.seen.Load().may(p, on) }

// Changes yields a value soon after anything changed, in any process.
func (s *Session) Changes(ctx context.Context) <-chan struct{} { return s.service.Changes(ctx) }

// read runs fn in one reading transaction, with the member as of then. Where the
// sealing key was replaced meanwhile fn runs again, and begins anew.
func (s *Session) read(ctx context.Context, fn func(r Reader, me actor) error) error {
	return s.service.store.Read(ctx, func(r Reader) error {
		me, err := s.fresh(r)
		if err != nil {
			return err
		}
		return fn(r, me)
	})
}

// change is one writing use case under way: the member as of this
// transaction, its one instant, and the event that it will leave.
type change struct {
	Writer
	service *Service
	me      actor
	now     time.Time
	event   Event
	hidden  bool    // the member may not even see what the change was about
	told    bool    // every event that belongs to it is in the trail already
	denied  []Event // what of it the member may not do, where the rest is done
}

// tell appends the event as it is now: a change to several things leaves one
// for each.
func (c *change) tell() error {
	c.told = true
	return c.service.append(c, c.now, c.event)
}

// write runs fn in one writing transaction and appends the event that fn
// filled in. Without the event nothing has changed. When fn denies the
// member, or pretends that a hidden key is not there, the attempt itself is
// recorded, and so is what c.denied holds of a change whose rest goes on.
func (s *Session) write(ctx context.Context, action Action, fn func(c *change) error) error {
	var tried Event
	var denied []Event
	hidden := false
	err := s.service.store.Write(ctx, func(w Writer) error {
		tried = s.attempt(action)
		me, err := s.fresh(w)
		if err != nil {
			return err
		}
		c := &change{Writer: w, service: s.service, me: me, now: s.service.instant(), event: tried}
		err = fn(c)
		tried, hidden, denied = c.event, c.hidden, c.denied
		if err != nil || c.told {
			return err
		}
		return c.tell()
	})
	for _, e := range denied {
		s.recordDenial(ctx, e)
	}
	switch {
	case hidden || errors.Is(err, ErrDenied):
		s.recordDenial(ctx, tried)
	case err == nil:
		s.service.settleDenials(ctx, false)
	}
	return err
}

// attempt begins the event of something that the member does.
func (s *Session) attempt(a Action) Event {
	return Event{Actor: s.id, ActorEmail: s.Me().Email, Via: s.identity.Via, From: s.identity.From, Action: a, Outcome: Done}
}

// trailPatience bounds how long an event beside the answer may take.
const trailPatience = 10 * time.Second

// fresh reads the session's member and remembers it for Can.
func (s *Session) fresh(r Reader) (actor, error) {
	me, err := s.service.actor(r, s.id)
	if err != nil {
		return actor{}, err
	}
	s.seen.Store(&me)
	if me.Status != MemberActive {
		return actor{}, Errorf(CodeDenied, "Your membership of team %s is %s. Ask its administrator.", s.Team(), me.Status)
	}
	return me, nil
}
