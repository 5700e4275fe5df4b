package model

import (
	"context"
	"errors"
	"slices"
	"time"
)

// warnedFor is how long what needs attention is told after it was last seen.
const warnedFor = 24 * time.Hour

// Traffic is what the verifier did in the last 24 hours, for the dashboard, with
// the keys whose usage the member may see.
type Traffic struct {
	Count
	UsageWarnings
	All    bool // with every key of the team
	Keys   int  // with how many keys it is, where not with All
	Hidden bool // it could not be read: the rest is zero
}

// UsageWarnings is what needs attention in the requests of the last 24 hours.
type UsageWarnings struct {
	Superseded []Sighting // secrets that were regenerated away and are still used, the latest first
	Outside    []Caller   // callers from outside of the networks that the application declared, the latest first
}

// Traffic returns what the verifier did in the last 24 hours.
func (s *Session) Traffic(ctx context.Context) (Traffic, error) {
	var team bool // the usage of every key may be seen
	var ks []Key  // otherwise those of which it may be; with team, of applications that declared networks
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if team = me.may(KeysView, Target{}) == nil && me.may(UsageView, Target{}) == nil; team {
			ks, err = declaring(r, me)
		} else {
			ks, err = s.ownTraffic(r, me)
		}
		return err
	})
	if err != nil {
		return Traffic{}, err
	}
	out := Traffic{All: team}
	if !team {
		out.Keys = len(ks)
	}
	if out.Count, err = s.countTraffic(ctx, team, ks); err != nil {
		return Traffic{}, err
	}
	if out.Outside, err = s.outsideCallers(ctx, ks); err != nil {
		return Traffic{}, err
	}
	if team {
		out.Superseded, err = s.teamSightings(ctx)
	} else {
		out.Superseded, err = s.sightings(ctx, ks)
	}
	return out, err
}

// declaring reads the keys of the applications that declared networks.
func declaring(r Reader, me actor) (ks []Key, err error) {
	as, err := r.Applications(Visible{All: true}, Visible{}, 0)
	for _, a := range as {
		if len(a.Networks) == 0 || err != nil {
			continue
		}
		var more []Key
		more, err = usageSeen(r, me, a.ID)
		ks = append(ks, more...)
	}
	return ks, err
}

// ownTraffic reads the keys whose usage me may see, who may not see that of all.
func (s *Session) ownTraffic(r Reader, me actor) (ks []Key, err error) {
	q := KeyQuery{Visible: me.visible(), Now: s.Now()}
	for {
		page, err := r.Keys(q)
		if err != nil {
			return nil, err
		}
		for _, k := range page.Keys {
			if me.may(UsageView, k.On()) == nil {
				ks = append(ks, k)
			}
		}
		if !page.More {
			return ks, nil
		}
		q.From = &page.Keys[len(page.Keys)-1]
	}
}

func (s *Session) countTraffic(ctx context.Context, team bool, ks []Key) (c Count, err error) {
	since, store := s.Now().Add(-warnedFor+time.Hour), s.service.store // 24 hours, with the one under way
	if team {
		hours, err := store.TeamCounts(ctx, since)
		for _, h := range hours {
			c.add(h.Reason, h.Count)
		}
		return c, err
	}
	for part := range slices.Chunk(ks, MaxWindow) {
		counts, err := store.CountsByKey(ctx, idsOf(part), since)
		if err != nil {
			return Count{}, err
		}
		for _, n := range counts {
			c.Allowed, c.Denied = c.Allowed+n.Allowed, c.Denied+n.Denied
		}
	}
	return c, nil
}

// outsideCallers reads who used the keys from outside of the networks that their
// applications declared.
func (s *Session) outsideCallers(ctx context.Context, ks []Key) ([]Caller, error) {
	as := map[ApplicationID]Application{}
	err := s.read(ctx, func(r Reader, _ actor) error {
		clear(as)
		for _, k := range ks {
			if _, read := as[k.ApplicationID]; read {
				continue
			}
			a, err := s.service.applicationOf(r, k)
			if err != nil && !errors.Is(err, ErrDamaged) { // audit verify tells of that; here it declares nothing
				return err
			}
			if err != nil {
				a = Application{}
			}
			as[k.ApplicationID] = a
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ks = slices.DeleteFunc(slices.Clone(ks), func(k Key) bool { return len(as[k.ApplicationID].Networks) == 0 })
	of, since := byID(ks), s.Now().Add(-warnedFor)
	var found []Caller
	for part := range slices.Chunk(ks, MaxWindow) {
		cs, err := s.service.store.Callers(ctx, idsOf(part), since)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if k := of[c.Key]; as[k.ApplicationID].isOutside(c) {
				c.Application, c.Outside = k.Application, true
				found = append(found, c)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Caller) int { return b.Last.Compare(a.Last) })
	return found, nil
}

// sightings reads who still presents superseded secrets of the given keys.
func (s *Session) sightings(ctx context.Context, ks []Key) (found []Sighting, err error) {
	for part := range slices.Chunk(ks, MaxWindow) {
		xs, err := s.service.store.Sightings(ctx, idsOf(part), s.Now().Add(-warnedFor))
		if err != nil {
			return nil, err
		}
		found = append(found, superseded(xs, byID(part))...)
	}
	slices.SortStableFunc(found, func(a, b Sighting) int { return b.Last.Compare(a.Last) })
	return found, nil
}

// teamSightings is sightings for whoever may see the usage of every key.
func (s *Session) teamSightings(ctx context.Context) ([]Sighting, error) {
	xs, err := s.service.store.Sightings(ctx, nil, s.Now().Add(-warnedFor))
	if err != nil {
		return nil, err
	}
	ids := make([]KeyID, len(xs))
	for i, x := range xs {
		ids[i] = x.Key
	}
	ks, err := s.usageKeys(ctx, ids)
	return superseded(xs, ks), err
}

// usageKeys reads those of the given keys whose usage the member may see.
func (s *Session) usageKeys(ctx context.Context, ids []KeyID) (map[KeyID]Key, error) {
	found := map[KeyID]Key{}
	err := s.read(ctx, func(r Reader, me actor) error {
		clear(found)
		asked := map[KeyID]bool{}
		for _, id := range ids {
			if asked[id] {
				continue
			}
			asked[id] = true
			k, err := r.Key(id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if err == nil && me.may(KeysView, k.On()) == nil && me.may(UsageView, k.On()) == nil {
				found[id] = k
			}
		}
		return nil
	})
	return found, err
}

// Live returns what happened after a mark with the keys whose usage the member
// may see, the oldest first, and the mark to go on from. The mark 0 is for all of
// the last minutes, of which at most MaxMoments are kept.
func (s *Session) Live(ctx context.Context, after int64) ([]Moment, int64, error) {
	ms, err := s.service.store.Moments(ctx, after)
	if err != nil || len(ms) == 0 {
		return nil, after, err
	}
	after = ms[len(ms)-1].Mark
	ids := make([]KeyID, len(ms))
	for i, m := range ms {
		ids[i] = m.Key
	}
	ks, err := s.usageKeys(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	ms = slices.DeleteFunc(ms, func(m Moment) bool { _, seen := ks[m.Key]; return !seen })
	for i := range ms {
		ms[i].Application = ks[ms[i].Key].Application
	}
	return ms, after, nil
}
