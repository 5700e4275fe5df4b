package model

import (
	"context"
	"time"
)

// ExpiringSoon is how long before its expiry a key asks for attention.
const ExpiringSoon = 30 * 24 * time.Hour

// LatestEvents is how many events an overview holds: enough for any window.
const LatestEvents = 100

// Overview is what the dashboard shows.
type Overview struct {
	Counts   KeyCounts
	Members  int     // active ones; 0 when the member may not see them
	Expiring []Key   // the next to expire, at most five
	Latest   []Event // at most LatestEvents; nil when the member may not see the trail
	Traffic  Traffic
}

// Overview returns the state of the team's keys at a glance, as far as the
// member may see them.
func (s *Session) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	err := s.read(ctx, func(r Reader, me actor) error {
		o = Overview{}
		now, v := s.Now(), me.visible()
		var err error
		if o.Counts, err = r.KeyCounts(v, Millis(now), Millis(now.Add(ExpiringSoon))); err != nil {
			return err
		}
		if o.Counts.Expiring > 0 {
			page, err := r.Keys(KeyQuery{State: Active, Sort: ByExpiry, Limit: 5, Visible: v, Now: now})
			if err != nil {
				return err
			}
			for _, k := range page.Keys {
				if !k.ExpiresAt.IsZero() && k.ExpiresAt.Before(now.Add(ExpiringSoon)) {
					o.Expiring = append(o.Expiring, k)
				}
			}
		}
		if me.may(AuditView, Target{}) == nil {
			if o.Latest, err = r.Events(EventQuery{Limit: LatestEvents}); err != nil {
				return err
			}
		}
		return s.countPeople(r, me, &o)
	})
	if err != nil {
		return o, err
	}
	if o.Traffic, err = s.Traffic(ctx); err != nil {
		o.Traffic = Traffic{Hidden: true} // the keys can be told of all the same
	}
	return o, nil
}

func (s *Session) countPeople(r Reader, me actor, o *Overview) error {
	if me.may(MembersView, Target{}) != nil {
		return nil
	}
	ms, err := r.Members()
	for _, m := range ms {
		if m.Status == MemberActive {
			o.Members++
		}
	}
	return err
}

// Members lists the members of the team, by email. Those whose row was changed
// outside empress are marked.
func (s *Session) Members(ctx context.Context) ([]Member, error) {
	var ms []Member
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if err := me.may(MembersView, Target{}); err != nil {
			return err
		}
		ms, err = r.Members()
		for i, m := range ms {
			ms[i].Damaged = !sealed(m.Seal, s.service.seals().sealMember(m))
		}
		return err
	})
	return ms, err
}

// Member returns one member, named by email or login. It needs members.view;
// everybody sees themselves.
func (s *Session) Member(ctx context.Context, member string) (Member, error) {
	var m Member
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		m, err = s.service.memberSeenBy(r, me, member)
		return err
	})
	return m, err
}
