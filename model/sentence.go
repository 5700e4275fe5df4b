package model

import "strings"

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

func (e Event) words() string {
	switch e.Action {
	case TeamCreated:
		return "created the team " + e.Note
	case MemberAdded:
		if e.Note == "" {
			return "added the member " + ShortEmail(e.Member)
		}
		return "added " + ShortEmail(e.Member) + " as " + e.Note
	case MemberEdited:
		return "changed " + e.changedFields("the description") + " of the member " + ShortEmail(e.Member)
	case MemberRoleChanged:
		if e.Note == "" {
			return "changed the role of " + ShortEmail(e.Member)
		}
		return "made " + ShortEmail(e.Member) + " " + article(Role(e.Note))
	case MemberWasSuspended:
		return "suspended the member " + ShortEmail(e.Member)
	case MemberResumed:
		return "resumed the member " + ShortEmail(e.Member)
	case MemberWasRemoved:
		return "removed " + ShortEmail(e.Member) + " from the team"
	case MemberRecovered:
		words := "let somebody who can change the files of the database sign in as the administrator " + ShortEmail(e.Member)
		if login := e.change("login").After; login != "" {
			words += ", by the login " + login
		}
		return strings.ToUpper(words)
	case GrantGiven:
		return "allowed " + ShortEmail(e.Member) + " to " + e.granted()
	case GrantTaken:
		if e.Member == e.ActorEmail && e.Member != "" {
			return "gave back the permission to " + e.granted()
		}
		return "took from " + ShortEmail(e.Member) + " the permission to " + e.granted()
	case SSHKeyAdded:
		return "added an SSH key for " + ShortEmail(e.Member)
	case SSHKeyRemoved:
		return "removed an SSH key of " + ShortEmail(e.Member)
	case ApplicationCreated:
		return "added the application " + e.Application
	case ApplicationEdited:
		if name := e.change(applicationName); name.Before != "" && len(e.Changes) == 1 {
			return "renamed the application " + name.Before + " to " + name.After
		}
		return "changed " + e.changedFields("the description") + " of the application " + e.Application
	case KeyCreated:
		return "created a key for " + e.Application
	case KeyEdited:
		return "changed " + e.changedFields("the key") + " of " + e.Application
	case KeyRegenerated:
		return "regenerated the secret of " + e.Application
	case KeyConfirmed:
		return "confirmed the secret of " + e.Application
	case KeySuspended:
		return "suspended " + e.Application + e.amongOthers()
	case KeyResumed:
		return "resumed " + e.Application + e.amongOthers()
	case KeyRevoked:
		return "revoked " + e.Application + e.amongOthers()
	case KeyKept:
		return "kept the secret of " + e.Application + e.amongOthers()
	case KeyDamaged:
		return "found the record of " + e.Application + " altered from outside"
	case PolicyChanged:
		return "changed " + e.changedFields("the security policy") + " of the team"
	case ClockReset:
		return "set the clock mark back"
	case BackupMade:
		return "began a backup"
	case TeamRestored:
		return "restored the team from a backup" + e.amongOthers()
	}
	return string(e.Action) + " " + e.Application
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
