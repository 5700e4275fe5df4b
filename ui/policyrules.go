package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"empress/model"
)

// policyRule is one line of the security policy, as it is read and typed.
type policyRule struct {
	name, label string
	none        string // what an empty line means
	unit        string // one of what is counted, where it is a number
	hint        string
	of          func(model.Policy) string
	put         func(e *model.PolicyEdit, value string) error
}

// neverAllowed and defaultLifetime name the rules that a longest lifetime
// overrules.
const (
	neverAllowed    = "never_allowed"
	defaultLifetime = "default_lifetime"
)

var policyRules = []policyRule{
	{
		name: "support_contact", label: "Support contact", none: "nobody in particular",
		hint: "Whom people ask when something is wrong: an email, a number, a page. Help and errors name it.",
		of:   func(p model.Policy) string { return p.Support },
		put:  func(e *model.PolicyEdit, value string) error { e.Support = &value; return nil },
	},
	numberRule(defaultLifetime, "Default lifetime", "day", "a year, or the longest", "How many days a new key works when nobody says otherwise.",
		func(p model.Policy) int { return p.DefaultLifetime }, func(e *model.PolicyEdit) **int { return &e.DefaultLifetime }),
	numberRule("longest_lifetime", "Longest lifetime", "day", "any", "How many days a key may work at most, from when it is made or changed.",
		func(p model.Policy) int { return p.LongestLifetime }, func(e *model.PolicyEdit) **int { return &e.LongestLifetime }),
	{
		name: neverAllowed, label: "Never expires", none: "allowed",
		hint: "Whether keys may work for ever: yes or no.",
		of: func(p model.Policy) string {
			if p.NeverAllowed {
				return "yes"
			}
			return "no"
		},
		put: func(e *model.PolicyEdit, value string) error {
			answers := map[string]bool{"yes": true, "y": true, "allowed": true, "": true, "no": false, "n": false}
			allowed, known := answers[strings.ToLower(value)]
			if !known {
				return wrongField(neverAllowed, "Answer yes or no.")
			}
			e.NeverAllowed = &allowed
			return nil
		},
	},
	numberRule("unused_after", "Unused after", "day", "never", "After how many days a key that nobody uses is listed as outside the policy.",
		func(p model.Policy) int { return p.UnusedAfter }, func(e *model.PolicyEdit) **int { return &e.UnusedAfter }),
	numberRule("secret_due_after", "Secret due after", "day", "never", "After how many days a secret is due to be regenerated.",
		func(p model.Policy) int { return p.SecretDueAfter }, func(e *model.PolicyEdit) **int { return &e.SecretDueAfter }),
	numberRule("idle_sign_out", "Idle sign-out", "minute", "never; over SSH after an hour", "After how many minutes without a key press the program ends by itself.",
		func(p model.Policy) int { return p.IdleSignOut }, func(e *model.PolicyEdit) **int { return &e.IdleSignOut }),
}

// learn takes over what the policy says to every screen.
func (s *surroundings) learn(p model.Policy) {
	s.support = p.Support
	s.lifetime = fmt.Sprintf("%dd", int(p.Lifetime()/(24*time.Hour)))
}

// numberRule is a rule that is a number of units, none of which is 0.
func numberRule(name, label, unit, none, hint string, of func(model.Policy) int, to func(*model.PolicyEdit) **int) policyRule {
	return policyRule{
		name: name, label: label, none: none, unit: unit, hint: hint,
		of: func(p model.Policy) string {
			if n := of(p); n > 0 {
				return fmt.Sprint(n)
			}
			return ""
		},
		put: func(e *model.PolicyEdit, value string) error {
			n := 0
			if value != "" {
				var err error
				if n, err = strconv.Atoi(value); err != nil {
					return wrongField(name, fmt.Sprintf("%q is not a whole number. Write one, or nothing for: %s.", value, none))
				}
			}
			*to(e) = &n
			return nil
		},
	}
}

func wrongField(name, words string) error {
	e := model.Errorf(model.CodeInvalid, "%s", words)
	e.Field = name
	return e
}
