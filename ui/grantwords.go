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

// grantedWords say what a grant allows: "regenerate secrets of billing".
func grantedWords(g model.GivenGrant) string {
	if g.Application == "" {
		return g.Permission.Words()
	}
	return g.Permission.Words() + " of " + g.Application
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
	return grantedWords(g) + ", " + end + ", given by " + model.ShortEmail(g.Giver)
}
