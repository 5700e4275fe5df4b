package model

import (
	"fmt"
	"strings"
	"time"
)

// MemberID numbers the members of a team from 1. Zero is nobody: the program
// itself.
type MemberID int64

// Status is whether a member may act.
type Status string

// The statuses.
const (
	MemberActive    Status = "active"
	MemberSuspended Status = "suspended"
	MemberRemoved   Status = "removed"
)

// Member is a person of the team.
type Member struct {
	ID        MemberID
	Name      string
	Email     string // unique, lower case
	Login     string // operating-system user, unique, "" for none
	Role      Role
	Status    Status
	CreatedAt time.Time
	Seal      []byte

	Damaged bool // filled in by lists: the row was changed outside empress
}

// Short is what a list shows of a member: the email up to the @.
func (m Member) Short() string { return ShortEmail(m.Email) }

// ShortEmail returns the part of an email before the @.
func ShortEmail(email string) string {
	short, _, _ := strings.Cut(email, "@")
	return short
}

// Grant gives a member one permission beyond the role.
type Grant struct {
	ID            int64
	Member        MemberID
	Permission    Permission
	ApplicationID ApplicationID // 0 for every application
	Until         time.Time     // zero for good
	By            MemberID
	CreatedAt     time.Time
	EndedAt       time.Time // when it was taken, zero for not yet
	Seal          []byte
}

func (g Grant) holds(now time.Time) bool {
	return g.EndedAt.IsZero() && (g.Until.IsZero() || now.Before(g.Until))
}

// outlasts reports whether g can hold longer than h.
func (g Grant) outlasts(h Grant) bool {
	return !h.Until.IsZero() && (g.Until.IsZero() || g.Until.After(h.Until))
}

// GivenGrant is a grant with the names that its numbers stand for.
type GivenGrant struct {
	Grant
	Email       string // of the member
	Application string // "" for every application
	Giver       string // email
	Holds       bool   // now: it was not taken, and has not run out
}

// Words says what the grant allows: "regenerate secrets of billing".
func (g GivenGrant) Words() string {
	if g.Application == "" {
		return g.Permission.Words()
	}
	return g.Permission.Words() + " of " + g.Application
}

// ToWhom says who holds what by which grant: "max may create keys (grant 3)".
func (g GivenGrant) ToWhom() string {
	return fmt.Sprintf("%s may %s (grant %d)", ShortEmail(g.Email), g.Words(), g.ID)
}

// Team is the organisation that a database belongs to.
type Team struct {
	Database  []byte // random, tells this database from all others
	Name      string
	CreatedAt time.Time
	KeyNumber int    // the number of the current sealing key
	Check     []byte // proves which sealing key belongs to the database
	Seal      []byte
}

// Identity is who the operating system, or the SSH handshake, says is here.
type Identity struct {
	Login  string // effective user of the process
	SSHKey string // fingerprint of the key that the handshake proved; it alone counts then, and "" is no key
	Via    Via
	From   string // network address, "" when local
	Glance bool   // a shell completes a word: nobody would call that a sign-in
}

// Via is the way in which somebody reached the program.
type Via string

// The ways in.
const (
	ViaTerminal Via = "terminal"
	ViaCommand  Via = "command"
	ViaSSH      Via = "ssh"
	ViaVerifier Via = "verifier"
)
