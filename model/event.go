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
	MemberEdited       Action = "member.edited"
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
	KeyNotDelivered    Action = "key.not_delivered" // the note is why
	KeyDamaged         Action = "key.damaged"
	PolicyChanged      Action = "policy.changed"
	SealingKeyReplaced Action = "sealing_key.replaced"
	ClockReset         Action = "clock.reset"
	BackupMade         Action = "backup.made" // that one was begun: whether the copy came to its end is not known yet
	TeamRestored       Action = "team.restored"
	TeamMoved          Action = "team.moved"     // to another database, or from it
	SessionOpened      Action = "session.opened" // over SSH, the note is the command
)

// Actions lists every action.
func Actions() []Action {
	return []Action{TeamCreated, MemberAdded, MemberEdited, MemberRoleChanged, MemberWasSuspended, MemberResumed, MemberWasRemoved, MemberRecovered, GrantGiven, GrantTaken, SSHKeyAdded, SSHKeyRemoved,
		ApplicationCreated, ApplicationEdited, KeyCreated, KeyEdited, KeyRegenerated, KeyConfirmed,
		KeySuspended, KeyResumed, KeyRevoked, KeyKept, KeyNotDelivered, KeyDamaged, PolicyChanged, SealingKeyReplaced, ClockReset, BackupMade, TeamRestored, TeamMoved, SessionOpened}
}

// Words name the kind of event for people: "key resumed".
func (a Action) Words() string {
	words, known := map[Action]string{
		TeamCreated: "team created", MemberAdded: "member added", MemberEdited: "member changed", MemberRoleChanged: "role changed", MemberWasSuspended: "member suspended",
		MemberResumed: "member resumed", MemberWasRemoved: "member removed", GrantGiven: "permission granted", GrantTaken: "grant taken",
		ApplicationCreated: "application added", ApplicationEdited: "application changed", KeyKept: "key kept", KeyNotDelivered: "secret not delivered",
		KeyCreated: "key created", KeyEdited: "key changed", KeyRegenerated: "secret regenerated", KeyConfirmed: "secret confirmed",
		KeySuspended: "key suspended", KeyResumed: "key resumed", KeyRevoked: "key revoked", KeyDamaged: "record altered from outside",
		PolicyChanged: "security policy changed", SealingKeyReplaced: "sealing key replaced", ClockReset: "clock mark set back", BackupMade: "backup begun", TeamRestored: "restored from a backup", TeamMoved: "moved to another database",
		MemberRecovered: "access recovered", SSHKeyAdded: "SSH key added", SSHKeyRemoved: "SSH key removed", SessionOpened: "session opened",
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

// EventQuery asks for events, the latest first. Every condition must hold.
type EventQuery struct {
	Key         KeyID
	Application string // any name that it has or had
	Action      Action
	Member      string    // email of a member who did it, or whom it was about; the session takes a login, too
	By          string    // email of the member who did it
	Text        string    // at most MaxWords words, each of which is somewhere in the event; capitals of ASCII do not count
	Since       time.Time // not before; zero for no bound
	Until       time.Time // before; zero for no bound
	Before      int64     // only events with a smaller number; 0 for no bound
	After       int64     // only events with a greater number
	Limit       int       // 1 to MaxWindow; 0 is MaxWindow

	Names  []string // of the application, filled in by the session
	Called []string // what events call the member whom they are about, filled in by the session
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
// event, and the latest instant that is known to have been: not before that of
// any event since the mark was last set back.
type Head struct {
	Seq  int64
	MAC  []byte
	Mark time.Time
	Seal []byte // over all of it; empty before the first event, and of an empress that sealed none
}
