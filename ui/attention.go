package ui

import (
	"fmt"
	"time"

	"empress/model"
)

// need is something that somebody should look after.
type need struct {
	words string
	open  func(*surroundings) screen // where it is looked after, nil for nowhere in particular
}

// listing leads to the keys in a state.
func listing(state string) func(*surroundings) screen {
	return func(s *surroundings) screen { return newAccessTo(s, state, model.ByApplication) }
}

// toldApart is what a key is called among others, of whose applications it is
// known how often they come: by its application where that comes once.
func toldApart(n map[string]int, application string, id model.KeyID) string {
	if n[application] > 1 {
		return named(model.Key{Application: application, ID: id})
	}
	return application
}

// needsAttention says in words what somebody should look after.
func needsAttention(o model.Overview, now time.Time) (found []need) {
	c := o.Counts
	apart := map[string]int{}
	for _, k := range o.Expiring {
		apart[k.Application]++
	}
	for _, k := range o.Expiring {
		found = append(found, need{fmt.Sprintf("%s expires in %s", model.Printable(toldApart(apart, k.Application, k.ID)), until(k.ExpiresAt, now)),
			func(s *surroundings) screen { return newDetails(s, k) }})
	}
	if more := c.Expiring - len(o.Expiring); more > 0 {
		found = append(found, need{fmt.Sprintf("%s more within %s", thousands(more), span(model.ExpiringSoon)), func(s *surroundings) screen { return newAccessTo(s, string(model.Active), model.ByExpiry) }})
	}
	if c.Expired > 0 {
		found = append(found, need{fmt.Sprintf("%s expired: create a new one, or revoke", thousands(c.Expired)), listing(string(model.Expired))})
	}
	if n := c.Unconfirmed - c.Undelivered; n > 0 {
		found = append(found, need{fmt.Sprintf("%s not confirmed: regenerate if not stored", count(n, "secret")), listing(notConfirmed)})
	}
	if n := c.Undelivered; n > 0 {
		them := "them"
		if n == 1 {
			them = "it"
		}
		found = append(found, need{fmt.Sprintf("%s not delivered: regenerate %s in Rotation", count(n, "secret"), them),
			func(s *surroundings) screen { return newRotation(s) }})
	}
	return append(found, usageWarnings(o.Traffic.UsageWarnings)...)
}

// trafficWords say what the verifier did in the last day, "" where no key is
// there to be used.
func trafficWords(o model.Overview) string {
	c, words := o.Counts, "none"
	switch {
	case o.Traffic.Hidden:
		return "not known: what was counted cannot be read"
	case o.Traffic.Count != (model.Count{}):
		words = allowedWords(o.Traffic.Count)
	case c.Active+c.Suspended+c.Expired+c.Revoked == 0:
		return ""
	case !o.Traffic.All && o.Traffic.Keys == 0:
		return "not shown"
	}
	words += " in the last 24 hours"
	if !o.Traffic.All {
		words += " with the keys whose usage you may see"
	}
	return words
}
