package ui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"empress/model"
)

// need is something that somebody should look after.
type need struct {
	words string
	open  func(*surroundings) screen // where it is looked after, nil for nowhere in particular
}

// needsAttention says in words what somebody should look after.
func needsAttention(o overview, now time.Time) (found []need) {
	c := o.Counts
	for _, k := range o.Expiring {
		found = append(found, need{fmt.Sprintf("%s expires in %s", model.Printable(k.Application), until(k.ExpiresAt, now)),
			func(s *surroundings) screen { return newDetails(s, k) }})
	}
	if more := c.Expiring - len(o.Expiring); more > 0 {
		found = append(found, need{fmt.Sprintf("%s more within %s", thousands(more), span(model.ExpiringSoon)), nil})
	}
	if c.Expired > 0 {
		found = append(found, need{fmt.Sprintf("%s expired: create a new one, or revoke", thousands(c.Expired)), nil})
	}
	if c.Unconfirmed > 0 {
		found = append(found, need{fmt.Sprintf("%s not confirmed: regenerate if not stored", count(c.Unconfirmed, "secret")), nil})
	}
	return append(found, usageWarnings(o.Traffic.UsageWarnings)...)
}

// overview is what the dashboard shows, and of how many keys it tells the
// requests.
type overview struct {
	model.Overview
	sight usageSight
}

// usageSight is of how many keys somebody may see the usage.
type usageSight int

const (
	ofAll usageSight = iota
	ofSome
	ofNone
)

func readOverview(ctx context.Context, s *model.Session) (o overview, err error) {
	if o.Overview, err = s.Overview(ctx); err != nil {
		return o, err
	}
	o.sight, err = readSight(ctx, s)
	return o, err
}

// readSight reads of how many keys the member may see the usage: not of those
// that they may not see themselves.
func readSight(ctx context.Context, s *model.Session) (usageSight, error) {
	if s.Can(model.KeysView, model.Target{}) == nil && s.Can(model.UsageView, model.Target{}) == nil {
		return ofAll, nil
	}
	me := s.Me()
	if s.Can(model.UsageView, model.Target{Owner: me.ID}) == nil {
		if own, err := s.Keys(ctx, model.KeyQuery{Owner: me.Email, Limit: 1}); err != nil || own.Count > 0 {
			return ofSome, err
		}
	}
	as, err := s.Access(ctx, me.Email)
	if err != nil {
		return ofNone, err
	}
	reach := map[model.Permission]model.Access{}
	for _, a := range as {
		reach[a.Permission] = a
	}
	keys, usage := reach[model.KeysView], reach[model.UsageView]
	both := func(application string) bool { return usage.All || slices.Contains(usage.Applications, application) }
	if keys.All && len(usage.Applications) > 0 || slices.ContainsFunc(keys.Applications, both) {
		return ofSome, nil
	}
	return ofNone, nil
}

// trafficWords say what the verifier did in the last day, "" where no key is
// there to be used.
func trafficWords(o overview) string {
	c, words := o.Counts, "none"
	switch {
	case o.Traffic.Hidden:
		return "not known: what was counted cannot be read"
	case o.Traffic.Count != (model.Count{}):
		words = allowedWords(o.Traffic.Count)
	case c.Active+c.Suspended+c.Expired+c.Revoked == 0:
		return ""
	case o.sight == ofNone:
		return "not shown"
	}
	words += " in the last 24 hours"
	if o.sight != ofAll {
		words += " with the keys whose usage you may see"
	}
	return words
}
