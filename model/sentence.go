package model

import (
	"cmp"
	"fmt"
	"strings"
)

// Sentence says what happened in plain words: "ada regenerated the secret of
// billing".
func (e Event) Sentence() string {
	who := "empress"
	if e.ActorEmail != "" {
		who = ShortEmail(e.ActorEmail)
	}
	if e.Outcome == Denied {
		one, more := e.repeated()
		if more != "" {
			more = ", " + more
		}
		return who + " " + notAllowed + one.words() + more
	}
	if e.Action == MemberRecovered {
		who = strings.ToUpper(who)
	}
	return who + " " + e.words()
}

const notAllowed = "was not allowed: "

// words say what was done, without who did it.
func (e Event) words() string {
	if say, known := sentences[e.Action]; known {
		return say(e)
	}
	return string(e.Action) + " " + e.Application
}

// sentences are the words for each action.
var sentences = map[Action]func(Event) string{
	TeamCreated: func(e Event) string { return "created the team " + e.Note },
	MemberAdded: Event.added,
	MemberEdited: func(e Event) string {
		return "changed " + e.changedFields("the description") + " of the member " + ShortEmail(e.Member)
	},
	MemberRoleChanged:  Event.roleGiven,
	MemberWasSuspended: func(e Event) string { return "suspended the member " + ShortEmail(e.Member) },
	MemberResumed:      func(e Event) string { return "resumed the member " + ShortEmail(e.Member) },
	MemberWasRemoved:   func(e Event) string { return "removed " + ShortEmail(e.Member) + " from the team" },
	MemberRecovered:    Event.recovered,
	GrantGiven:         func(e Event) string { return "allowed " + ShortEmail(e.Member) + " to " + e.granted() },
	GrantTaken:         Event.taken,
	SSHKeyAdded:        func(e Event) string { return "added an SSH key for " + ShortEmail(e.Member) },
	SSHKeyRemoved:      func(e Event) string { return "removed an SSH key of " + ShortEmail(e.Member) },
	ApplicationCreated: func(e Event) string { return "added the application " + e.Application },
	ApplicationEdited:  Event.described,
	KeyCreated: func(e Event) string {
		return "created a key for " + cmp.Or(e.Application, "an application") + e.amongOthers()
	},
	KeyEdited: func(e Event) string {
		return "changed " + e.changedFields("the key") + " of " + e.Application + e.amongOthers()
	},
	KeyRegenerated:     func(e Event) string { return "regenerated the secret of " + e.Application + e.amongOthers() },
	KeyConfirmed:       func(e Event) string { return "confirmed the secret of " + e.Application },
	KeySuspended:       func(e Event) string { return "suspended " + e.Application + e.amongOthers() },
	KeyResumed:         func(e Event) string { return "resumed " + e.Application + e.amongOthers() },
	KeyRevoked:         func(e Event) string { return "revoked " + e.Application + e.amongOthers() },
	KeyKept:            func(e Event) string { return "kept the secret of " + e.Application + e.amongOthers() },
	KeyNotDelivered:    func(e Event) string { return "could not deliver the new secret of " + e.Application + e.amongOthers() },
	KeyDamaged:         func(e Event) string { return "found the record of " + e.Application + " altered from outside" },
	PolicyChanged:      func(e Event) string { return "changed " + e.changedFields("the security policy") + " of the team" },
	SealingKeyReplaced: Event.resealed,
	ClockReset:         func(Event) string { return "set the clock mark back" },
	BackupMade:         func(Event) string { return "began a backup" },
	SessionOpened:      Event.opened,
	TeamMoved:          func(Event) string { return "moved the team to another database" },
	TeamRestored:       func(e Event) string { return "restored the team from a backup" + e.amongOthers() },
}

func (e Event) resealed() string {
	from, to, known := e.replacement()
	if !known {
		return "replaced the sealing key"
	}
	return fmt.Sprintf("replaced sealing key %d by number %d", from, to)
}

func (e Event) opened() string {
	if e.Note == "" {
		return "came in over SSH"
	}
	return "asked for " + e.Note + " over SSH"
}

func (e Event) added() string {
	if e.Note == "" {
		return "added the member " + ShortEmail(e.Member)
	}
	return "added " + ShortEmail(e.Member) + " as " + e.Note
}

func (e Event) roleGiven() string {
	if e.Note == "" {
		return "changed the role of " + ShortEmail(e.Member)
	}
	return "made " + ShortEmail(e.Member) + " " + article(Role(e.Note))
}

func (e Event) recovered() string {
	words := "let somebody who can change the files of the database sign in as the administrator " + ShortEmail(e.Member)
	if login := e.change("login").After; login != "" {
		words += ", by the login " + login
	}
	return strings.ToUpper(words)
}

func (e Event) taken() string {
	if e.Member == e.ActorEmail && e.Member != "" {
		return "gave back the permission to " + e.granted()
	}
	return "took from " + ShortEmail(e.Member) + " the permission to " + e.granted()
}

func (e Event) described() string {
	if name := e.change(applicationName); name.Before != "" && len(e.Changes) == 1 {
		return "renamed the application " + name.Before + " to " + name.After
	}
	if name := e.change(reservedName).After; name != "" {
		return "reserved the name " + name + " for the application " + e.Application + e.amongOthers()
	}
	return "changed " + e.changedFields("the description") + " of the application " + e.Application
}

// granted says what a grant allows: "see keys of billing".
func (e Event) granted() string {
	words := Permission(e.Note).Words()
	if words == "" {
		words = "do something"
	}
	if e.Application != "" {
		words += " of " + e.Application
	}
	return words
}

// change returns what an event says of a field.
func (e Event) change(field string) Change {
	for _, c := range e.Changes {
		if c.Field == field {
			return c
		}
	}
	return Change{Field: field}
}

// amongOthers says what else there is to a change, such as that it was one of a
// batch.
func (e Event) amongOthers() string {
	if e.Note == "" {
		return ""
	}
	return " (" + e.Note + ")"
}

// changedFields names what was changed, or else the whole.
func (e Event) changedFields(whole string) string {
	if len(e.Changes) == 0 {
		return whole
	}
	fields := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		fields[i] = c.Field
	}
	last := len(fields) - 1
	if last == 0 {
		return "the " + fields[0]
	}
	return "the " + strings.Join(fields[:last], ", ") + " and " + fields[last]
}
