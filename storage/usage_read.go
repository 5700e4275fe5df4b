package storage

import (
	"context"
	"fmt"
	"time"

	"empress/model"
)

// usageRows hands every row of a query on the usage file to scan. Without a file
// there are none.
func (u *usageTables) usageRows(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	db, err := u.open(ctx, false)
	if err != nil || db == nil {
		return u.mapError(err)
	}
	rs, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return u.mapError(err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return u.mapError(err)
		}
	}
	return u.mapError(rs.Err())
}

// ofKeys keeps to the given keys.
func ofKeys(ids []model.KeyID) *filter {
	values := make([]string, len(ids))
	for i, id := range ids {
		values[i] = string(id)
	}
	f := &filter{}
	f.among("key_id", values)
	return f
}

// Usages implements [model.UsageStore].
func (u *usageTables) Usages(ctx context.Context, ids []model.KeyID) (map[model.KeyID]model.Usage, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	f, found := ofKeys(ids), map[model.KeyID]model.Usage{}
	err := u.usageRows(ctx, func(r scanner) error {
		var u model.Usage
		var at int64
		err := r.Scan(&u.Key, &at, &u.Address, &u.UserAgent, &u.Allowed, &u.Denied, &u.Unlisted)
		u.At = model.FromMillis(at)
		found[u.Key] = u
		return err
	}, "SELECT key_id, at, address, user_agent, allowed, denied, unlisted FROM usage"+f.where(), f.args...)
	return found, err
}

// hourOf is the beginning of the hour of an instant, in UTC.
func hourOf(t time.Time) int64 { return model.Millis(t.Truncate(time.Hour)) }

// HourlyCounts implements [model.UsageStore].
func (u *usageTables) HourlyCounts(ctx context.Context, ids []model.KeyID, since time.Time) ([]model.HourCount, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	f := ofKeys(ids)
	return u.hourCounts(ctx, "hours", f, since)
}

// TeamCounts implements [model.UsageStore].
func (u *usageTables) TeamCounts(ctx context.Context, since time.Time) ([]model.HourCount, error) {
	return u.hourCounts(ctx, "team_hours", &filter{}, since)
}

func (u *usageTables) hourCounts(ctx context.Context, table string, f *filter, since time.Time) (found []model.HourCount, err error) {
	f.add("hour >= ?", hourOf(since))
	err = u.usageRows(ctx, func(r scanner) error {
		var c model.HourCount
		var hour int64
		err := r.Scan(&hour, &c.Reason, &c.Count)
		c.Hour = model.FromMillis(hour)
		found = append(found, c)
		return err
	}, "SELECT hour, reason, sum(count) FROM "+table+f.where()+" GROUP BY hour, reason ORDER BY hour, reason", f.args...)
	return found, err
}

// CountsByKey implements [model.UsageStore].
func (u *usageTables) CountsByKey(ctx context.Context, ids []model.KeyID, since time.Time) (map[model.KeyID]model.Count, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	f, found := ofKeys(ids), map[model.KeyID]model.Count{}
	f.add("hour >= ?", hourOf(since))
	err := u.usageRows(ctx, func(r scanner) error {
		var id model.KeyID
		var c model.Count
		err := r.Scan(&id, &c.Allowed, &c.Denied)
		found[id] = c
		return err
	}, "SELECT key_id, sum(CASE WHEN reason = 'ok' THEN count ELSE 0 END), sum(CASE WHEN reason = 'ok' THEN 0 ELSE count END) FROM hours"+f.where()+" GROUP BY key_id", f.args...)
	return found, err
}

// Callers implements [model.UsageStore].
func (u *usageTables) Callers(ctx context.Context, ids []model.KeyID, since time.Time) (found []model.Caller, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	f := ofKeys(ids)
	f.add("last >= ?", model.Millis(since))
	err = u.usageRows(ctx, func(r scanner) error {
		var c model.Caller
		var first, last int64
		err := r.Scan(&c.Key, &c.Address, &c.UserAgent, &first, &last, &c.Allowed, &c.Denied)
		c.First, c.Last = model.FromMillis(first), model.FromMillis(last)
		found = append(found, c)
		return err
	}, "SELECT key_id, address, user_agent, first, last, allowed, denied FROM callers"+f.where()+" ORDER BY last DESC, key_id, address, user_agent", f.args...)
	return found, err
}

// Sightings implements [model.UsageStore].
func (u *usageTables) Sightings(ctx context.Context, ids []model.KeyID, since time.Time) (found []model.Sighting, err error) {
	f, limit := &filter{}, fmt.Sprint(" LIMIT ", model.MaxWindow)
	switch {
	case ids == nil:
	case len(ids) == 0:
		return nil, nil
	default:
		f, limit = ofKeys(ids), ""
	}
	f.add("last >= ?", model.Millis(since))
	err = u.usageRows(ctx, func(r scanner) error {
		var x model.Sighting
		var first, last int64
		err := r.Scan(&x.Key, &x.Generation, &x.Address, &first, &last, &x.Count)
		x.First, x.Last = model.FromMillis(first), model.FromMillis(last)
		found = append(found, x)
		return err
	}, "SELECT key_id, generation, address, first, last, count FROM sightings"+f.where()+" ORDER BY last DESC, key_id, generation DESC, address"+limit, f.args...)
	return found, err
}

// Moments implements [model.UsageStore].
func (u *usageTables) Moments(ctx context.Context, after int64) (found []model.Moment, err error) {
	err = u.usageRows(ctx, func(r scanner) error {
		var m model.Moment
		var at int64
		err := r.Scan(&m.Mark, &at, &m.Key, &m.Address, &m.Reason, &m.Count, &m.UserAgent, &m.Agents)
		m.At = model.FromMillis(at)
		found = append(found, m)
		return err
	}, "SELECT mark, at, key_id, address, reason, count, user_agent, agents FROM moments WHERE mark > ? ORDER BY mark", after)
	return found, err
}
