package model

import (
	"context"
	"slices"
	"time"
)

// KeyUsage returns what is known of the requests of one key over a span. It needs
// usage.view for the key.
func (s *Session) KeyUsage(ctx context.Context, id KeyID, span UsageSpan) (UsageReport, error) {
	var out UsageReport
	err := s.read(ctx, func(r Reader, me actor) error {
		k, err := s.service.visibleKey(r, me, id)
		if err != nil {
			return err
		}
		if err := me.may(UsageView, k.On()); err != nil {
			return err
		}
		out.Keys = []Key{k}
		out.Application, err = s.service.applicationOf(r, k)
		return err
	})
	if err != nil {
		return UsageReport{}, err
	}
	return s.report(ctx, out, span)
}

// ApplicationUsage returns what is known of the requests of an application, named
// exactly, over a span: of those of its keys whose usage the member may see. When
// there is no such key it needs usage.view for the application.
func (s *Session) ApplicationUsage(ctx context.Context, name string, span UsageSpan) (UsageReport, error) {
	var out UsageReport
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if out.Application, err = s.service.applicationSeenBy(r, me, canonical(name)); err != nil {
			return err
		}
		if !sealed(out.Application.Seal, s.service.seals().sealApplication(out.Application)) {
			return damagedRow("application " + out.Application.Name)
		}
		if out.Keys, err = usageSeen(r, me, out.Application.ID); err != nil || len(out.Keys) > 0 {
			return err
		}
		return me.may(UsageView, Target{Application: out.Application.ID})
	})
	if err != nil {
		return UsageReport{}, err
	}
	return s.report(ctx, out, span)
}

// usageSeen reads the keys of an application whose usage me may see.
func usageSeen(r Reader, me actor, id ApplicationID) ([]Key, error) {
	ks, err := r.KeysOfApplication(id)
	return slices.DeleteFunc(ks, func(k Key) bool {
		return me.may(KeysView, k.On()) != nil || me.may(UsageView, k.On()) != nil
	}), err
}

// applicationOf reads the application of a key, and trusts it only with its seal.
func (s *Service) applicationOf(r Reader, k Key) (Application, error) {
	app, err := r.Application(k.ApplicationID)
	if err == nil && !sealed(app.Seal, s.seals().sealApplication(app)) {
		err = damagedRow("application " + app.Name)
	}
	return app, err
}

// report fills in what the store knows of the keys in out.
func (s *Session) report(ctx context.Context, out UsageReport, span UsageSpan) (UsageReport, error) {
	now := s.Now()
	bs, err := span.buckets(now)
	if err != nil {
		return UsageReport{}, err
	}
	var counts []HourCount
	for part := range slices.Chunk(out.Keys, MaxWindow) {
		hours, err := s.service.store.HourlyCounts(ctx, idsOf(part), bs[0].From)
		if err == nil {
			err = out.read(ctx, s.service.store, part)
		}
		if err != nil {
			return UsageReport{}, err
		}
		counts = append(counts, hours...)
	}
	for i, c := range out.Callers {
		out.Callers[i].Application, out.Callers[i].Outside = out.Application.Name, out.Application.isOutside(c)
	}
	out.latest()
	out.Series, err = span.series(now, counts)
	return out, err
}

// read adds what the store knows of some of the keys, whenever it was.
func (r *UsageReport) read(ctx context.Context, store UsageStore, part []Key) error {
	ids := idsOf(part)
	totals, err := store.Usages(ctx, ids)
	if err != nil {
		return err
	}
	for i, k := range part {
		part[i].Usage = totals[k.ID]
	}
	callers, err := store.Callers(ctx, ids, time.Time{})
	if err != nil {
		return err
	}
	sightings, err := store.Sightings(ctx, ids, time.Time{})
	r.Callers = append(r.Callers, callers...)
	r.Superseded = append(r.Superseded, superseded(sightings, byID(part))...)
	return err
}

// latest orders and bounds what was read in parts.
func (r *UsageReport) latest() {
	slices.SortStableFunc(r.Callers, func(a, b Caller) int { return b.Last.Compare(a.Last) })
	slices.SortStableFunc(r.Superseded, func(a, b Sighting) int { return b.Last.Compare(a.Last) })
	r.Callers = r.Callers[:min(len(r.Callers), MaxCallers)]
	r.Superseded = r.Superseded[:min(len(r.Superseded), MaxCallers)]
}

func byID(ks []Key) map[KeyID]Key {
	m := make(map[KeyID]Key, len(ks))
	for _, k := range ks {
		m[k.ID] = k
	}
	return m
}

func idsOf(ks []Key) []KeyID {
	ids := make([]KeyID, len(ks))
	for i, k := range ks {
		ids[i] = k.ID
	}
	return ids
}
