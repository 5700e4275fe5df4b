package ui

import (
	"fmt"
	"time"

	"empress/model"
)

// endingSoon is how long before its end a grant warns.
const endingSoon = 14 * 24 * time.Hour

// endsSoon is whether a grant runs out before long.
func endsSoon(g model.GivenGrant, now time.Time) bool {
	return !g.Until.IsZero() && g.Until.Sub(now) < endingSoon
}

// givenWords say what others go on holding by grants of a member, "" for
// nothing.
func givenWords(given []model.GivenGrant) string {
	if len(given) == 0 {
		return ""
	}
	return "What they granted to others holds on: " + someOf(given, model.GivenGrant.ToWhom) + "."
}

// mostGrants is how many grants a question names.
const mostGrants = 4

func someOf(gs []model.GivenGrant, words func(model.GivenGrant) string) string {
	var list []string
	for _, g := range gs[:min(len(gs), mostGrants)] {
		list = append(list, words(g))
	}
	if more := len(gs) - len(list); more > 0 {
		list = append(list, thousands(more)+" more")
	}
	return listWords(list)
}

// stepWords say what becomes of the grants of a member with another role.
func stepWords(f memberFile, to model.Role) []string {
	var ends, stays []model.GivenGrant
	for _, g := range f.grants {
		if g.EndsWith(f.member.Role, to) {
			ends = append(ends, g)
		} else {
			stays = append(stays, g)
		}
	}
	var text []string
	if len(ends) > 0 {
		text = append(text, "These grants end, which only administrators hold: "+someOf(ends, model.GivenGrant.Words)+".")
	}
	if len(stays) > 0 {
		text = append(text, "They keep by grants: "+someOf(stays, model.GivenGrant.Words)+".")
	}
	if words := givenWords(f.given); words != "" {
		text = append(text, words)
	}
	return text
}

// grantWords say what a grant allows, for how long, and who gave it.
func grantWords(g model.GivenGrant, now time.Time) string {
	end := "for good"
	if !g.Until.IsZero() {
		end = fmt.Sprintf("until %s, in %s", exactly(g.Until), until(g.Until, now))
	}
	if endsSoon(g, now) {
		end = "ends soon: " + end
	}
	return g.Words() + ", " + end + ", given by " + model.ShortEmail(g.Giver)
}
