package model

import (
	"slices"
	"strings"
	"time"
)

// Action names what was done, in the past tense.
type Action string

// The actions.
const (
	TeamCreated        Action = "team.created"
	MemberAdded        Action = "member.added"
	MemberRoleChanged  Action = "member.role_changed"
	MemberWasSuspended Action = "member.suspended"
	MemberResumed      Action = "member.resumed"
	MemberWasRemoved   Action = "member.removed"
	MemberRecovered    Action = "member.recovered"
	GrantGiven         Action = "grant.given"
	GrantTaken         Action = "grant.taken"
	SSHKeyAdded        Action = "ssh_key.added"
	SSHKeyRemoved      Action = "ssh_key.removed"
	ApplicationCreated Action = "application.created"
	ApplicationEdited  Action = "application.edited"
	KeyCreated         Action = "key.created"
	KeyEdited          Action = "key.edited"
	KeyRegenerated     Action = "key.regenerated"
	KeyConfirmed       Action = "key.confirmed"
	KeySuspended       Action = "key.suspended"
	KeyResumed         Action = "key.resumed"
	KeyRevoked         Action = "key.revoked"
	KeyKept            Action = "key.kept"
	KeyDamaged         Action = "key.damaged"
	PolicyChanged      Action = "policy.changed"
	ClockReset         Action = "clock.reset"
	BackupMade         Action = "backup.made"
	TeamRestored       Action = "team.restored"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{TeamCreated, MemberAdded, MemberRoleChanged, MemberWasSuspended, MemberResumed, MemberWasRemoved, MemberRecovered, GrantGiven, GrantTaken, SSHKeyAdded, SSHKeyRemoved,
		ApplicationCreated, ApplicationEdited, KeyCreated, KeyEdited, KeyRegenerated, KeyConfirmed,
		KeySuspended, KeyResumed, KeyRevoked, KeyKept, KeyDamaged, PolicyChanged, ClockReset, BackupMade, TeamRestored}
}

// Words name the kind of event for people: "key resumed".
func (a Action) Words() string {
	words, known := map[Action]string{
		TeamCreated: "team created", MemberAdded: "member added", MemberRoleChanged: "role changed", MemberWasSuspended: "member suspended",
		MemberResumed: "member resumed", MemberWasRemoved: "member removed", GrantGiven: "permission granted", GrantTaken: "grant taken",
		ApplicationCreated: "application added", ApplicationEdited: "application changed", KeyKept: "key kept",
		KeyCreated: "key created", KeyEdited: "key changed", KeyRegenerated: "secret regenerated", KeyConfirmed: "secret confirmed",
		KeySuspended: "key suspended", KeyResumed: "key resumed", KeyRevoked: "key revoked", KeyDamaged: "record altered from outside",
		PolicyChanged: "security policy changed", ClockReset: "clock mark set back", BackupMade: "backup made", TeamRestored: "restored from a backup",
		MemberRecovered: "access recovered", SSHKeyAdded: "SSH key added", SSHKeyRemoved: "SSH key removed",
	}[a]
	if !known {
		return string(a)
	}
	return words
}

// saying lists the actions in whose sentence the word is, which is in small
// letters.
func saying(word string) []Action {
	var as []Action
	for _, a := range Actions() {
		if strings.Contains(strings.ToLower(Event{Action: a}.words()), word) {
			as = append(as, a)
		}
	}
	return as
}

// Outcome is whether the action happened.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "done"
	Denied Outcome = "denied"
)

// Event is one entry of the audit trail. No field ever holds a secret.
type Event struct {
	Seq         int64
	At          time.Time // UTC, milliseconds
	Actor       MemberID  // 0 for the program itself
	ActorEmail  string    // as it was then
	Via         Via
	From        string
	Action      Action
	Outcome     Outcome
	Key         KeyID
	Application string
	Member      string     // email of the member that the action was about
	Generation  Generation // of the key, after the action
	State       State      // of the key, after the action
	Changes     []Change
	Note        string
	MAC         []byte
}

// Change is one field before and after.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

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
		return "made a backup"
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

// EventQuery asks for events, the latest first. Every condition must hold.
type EventQuery struct {
	Key         KeyID
	Application string // any name that it has or had
	Action      Action
	Member      string    // email of a member who did it, or whom it was about
	Text        string    // at most MaxWords words, each of which is somewhere in the event; capitals of ASCII do not count
	Since       time.Time // not before; zero for no bound
	Until       time.Time // before; zero for no bound
	Before      int64     // only events with a smaller number; 0 for no bound
	After       int64     // only events with a greater number
	Limit       int       // 1 to MaxWindow; 0 is MaxWindow

	Names []string // of the application, filled in by the session
}

// EventWord is one word of a query's text, and what it stands for.
type EventWord struct {
	Word    string   // as it was typed
	Actions []Action // those whose sentence it is in
	Denied  bool     // it says that something was not allowed
}

// MaxWords bounds how many words a query looks for.
const MaxWords = 16

// Words are the words that q looks for, each once.
func (q EventQuery) Words() []EventWord {
	var ws []EventWord
	for word := range strings.FieldsSeq(q.Text) {
		if slices.ContainsFunc(ws, func(w EventWord) bool { return w.Word == word }) {
			continue
		}
		small := strings.ToLower(word)
		ws = append(ws, EventWord{word, saying(small), strings.Contains(notAllowed+string(Denied), small)})
	}
	return ws
}

// Head is the end of the audit chain: the number and the MAC of the latest
// event, and the latest instant that any event carried.
type Head struct {
	Seq  int64
	MAC  []byte
	Mark time.Time
}
