package model

import (
	"fmt"
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
	ClockReset         Action = "clock.reset"
)

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
		return fmt.Sprintf("%s was not allowed: %s", who, what)
	}
	return who + " " + what
}

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
		return "changed " + e.changedFields() + " of " + e.Application
	case KeyRegenerated:
		return "regenerated the secret of " + e.Application
	case KeyConfirmed:
		return "confirmed the secret of " + e.Application
	case KeySuspended:
		return "suspended " + e.Application
	case KeyResumed:
		return "resumed " + e.Application
	case KeyRevoked:
		return "revoked " + e.Application
	case KeyDamaged:
		return "found the record of " + e.Application + " altered from outside"
	case ClockReset:
		return "set the clock mark back"
	}
	return string(e.Action) + " " + e.Application
}

func (e Event) changedFields() string {
	if len(e.Changes) == 0 {
		return "the key"
	}
	fields := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		fields[i] = c.Field
	}
	return "the " + strings.Join(fields, ", ")
}

// EventQuery asks for events, the latest first.
type EventQuery struct {
	Key         KeyID
	Application string
	Action      Action
	Before      int64 // only events with a smaller number; 0 for no bound
	Limit       int   // 1 to MaxWindow; 0 is MaxWindow
}

// Head is the end of the audit chain: the number and the MAC of the latest
// event, and the latest instant that any event carried.
type Head struct {
	Seq  int64
	MAC  []byte
	Mark time.Time
}
