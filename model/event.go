package model

import (
	"strings"
	"time"
)

// Action names what was done, in the past tense.
type Action string

// The actions.
const (
	TeamCreated        Action = "team.created"
	MemberAdded        Action = "member.added"
	GrantGiven         Action = "grant.given"
	ApplicationCreated Action = "application.created"
	KeyCreated         Action = "key.created"
	KeyEdited          Action = "key.edited"
	KeyRegenerated     Action = "key.regenerated"
	KeyConfirmed       Action = "key.confirmed"
	KeySuspended       Action = "key.suspended"
	KeyResumed         Action = "key.resumed"
	KeyRevoked         Action = "key.revoked"
	KeyDamaged         Action = "key.damaged"
	PolicyChanged      Action = "policy.changed"
	ClockReset         Action = "clock.reset"
	BackupMade         Action = "backup.made"
	TeamRestored       Action = "team.restored"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{TeamCreated, MemberAdded, GrantGiven, ApplicationCreated, KeyCreated, KeyEdited, KeyRegenerated, KeyConfirmed,
		KeySuspended, KeyResumed, KeyRevoked, KeyDamaged, PolicyChanged, ClockReset, BackupMade, TeamRestored}
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
	what := e.words()
	if e.Outcome == Denied {
		return who + " " + notAllowed + what
	}
	return who + " " + what
}

const notAllowed = "was not allowed: "

func (e Event) words() string {
	switch e.Action {
	case TeamCreated:
		return "created the team " + e.Note
	case MemberAdded:
		return "added " + ShortEmail(e.Member) + " as " + e.Note
	case GrantGiven:
		words := "allowed " + ShortEmail(e.Member) + " to " + Permission(e.Note).Words()
		if e.Application != "" {
			words += " of " + e.Application
		}
		return words
	case ApplicationCreated:
		return "added the application " + e.Application
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
	Application string
	Action      Action
	Member      string    // email of a member who did it, or whom it was about
	Text        string    // words, each of which is somewhere in the event; capitals do not count
	Since       time.Time // not before; zero for no bound
	Until       time.Time // before; zero for no bound
	Before      int64     // only events with a smaller number; 0 for no bound
	After       int64     // only events with a greater number
	Limit       int       // 1 to MaxWindow; 0 is MaxWindow
}

// EventWord is one word of a query's text, and what it stands for.
type EventWord struct {
	Word    string   // as it was typed
	Actions []Action // those whose sentence it is in
	Denied  bool     // it says that something was not allowed
}

// Words are the words that q looks for.
func (q EventQuery) Words() []EventWord {
	var ws []EventWord
	for word := range strings.FieldsSeq(q.Text) {
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
