package model

import (
	"context"
	"time"
)

// Store is what the domain needs of a database. It decides nothing: it keeps
// what it is given, in transactions, and reports failures as *[Error].
//
// A change is durable when Write returns nil. When Write returns ErrUnknown the
// change may or may not have happened; any other error means that it did not.
type Store interface {
	// Read runs fn on one consistent view of the data.
	Read(ctx context.Context, fn func(Reader) error) error
	// Write runs fn in the only transaction that writes at that time, in this
	// and every other process. An error from fn undoes everything.
	Write(ctx context.Context, fn func(Writer) error) error
	// Credential is the verifier's one indexed read, outside any transaction.
	// An unknown key is ErrNotFound. It waits a few seconds at most.
	Credential(ctx context.Context, id KeyID) (Credential, error)
	UsageStore
	// RecordSignIn keeps the latest time that a member came in by a login, or by
	// one SSH key, in place of the one before. Like RecordUsage, it disturbs
	// nothing.
	RecordSignIn(ctx context.Context, in SignIn) error
	// SignIns returns what is kept of a member, for the login and for each SSH
	// key, the latest first.
	SignIns(ctx context.Context, of MemberID) ([]SignIn, error)
	// Changes yields a value soon after something changed, in any process, and
	// is closed when ctx ends. Values may be merged, and may be spurious.
	Changes(ctx context.Context) <-chan struct{}
	Close() error
}

// Reader reads within one transaction. Missing things are ErrNotFound.
type Reader interface {
	Team() (Team, error)
	Head() (Head, error)
	Policy() (Policy, error)

	Member(id MemberID) (Member, error)
	MemberByEmail(email string) (Member, error)
	MemberByLogin(login string) (Member, error)
	Members() ([]Member, error) // by email
	Grant(id int64) (Grant, error)
	Grants(id MemberID) ([]Grant, error) // in order of their numbers, those that ended too

	SSHKey(id int64) (SSHKey, error)
	SSHKeyByFingerprint(fingerprint string) (SSHKey, error) // that was not removed
	SSHKeys(of MemberID) ([]SSHKey, error)                  // in order of their numbers, removed ones too

	Application(id ApplicationID) (Application, error)
	ApplicationByName(name string) (Application, error)
	ApplicationsByFold(fold string) ([]Application, error)
	FormerName(name string) (FormerName, error)
	FormerNames(of ApplicationID) ([]FormerName, error) // by name; 0 for those of all
	FormerNamesByFold(fold string) ([]FormerName, error)
	// Applications reads those of the applications named by v, and of the keys
	// of its owner, by name, with the number of their keys within counted, and
	// of those that work at an instant; with 0 for it none are counted.
	Applications(v, counted Visible, nowMillis int64) ([]Application, error)

	Key(id KeyID) (Key, error)
	Keys(q KeyQuery) (KeyPage, error)
	KeyCounts(v Visible, nowMillis, soonMillis int64) (KeyCounts, error)
	EachKey(fn func(Key) error) error
	// KeysAfter reads keys in the order of their api_keys, from the first after that
	// one on; at most limit.
	KeysAfter(after KeyID, limit int) ([]Key, error)
	// SealedKeys counts, for each sealing key that a secret is hashed by, its keys,
	// and those that work at an instant or could be resumed then.
	SealedKeys(nowMillis int64) ([]SealedKeys, error)
	KeysOfApplication(id ApplicationID) ([]Key, error)
	// KeysOwned reads the keys of an owner that are not revoked, at most limit.
	KeysOwned(owner MemberID, limit int) ([]Key, error)
	// SecretsShown returns, for each key that m ever created or regenerated, the
	// latest secret that m was shown by that; at most limit of them.
	SecretsShown(m Member, limit int) (map[KeyID]Generation, error)
	// Superseded reads what is kept of the secrets that a key had, the latest first.
	Superseded(id KeyID) ([]Superseded, error)

	Events(q EventQuery) ([]Event, error)
	Entries(q EventQuery) ([]Entry, error) // the oldest first
	EachEvent(fn func(Event) error) error  // in order of Seq
}

// Writer writes within one transaction. An insert that collides with what is
// unique, and an update that finds another revision or generation than the one
// it replaces, are ErrConflict.
type Writer interface {
	Reader
	// ExpectMany says that the transaction is going to write very many rows.
	ExpectMany()
	InsertTeam(t Team) error
	SetPolicy(p Policy) error
	InsertMember(m Member) error
	UpdateMember(m Member) error // all but email and creation
	InsertGrant(g Grant) error
	EndGrant(g Grant) error // keeps its EndedAt
	InsertSSHKey(k SSHKey) error
	EndSSHKey(k SSHKey) error // keeps its RemovedAt
	InsertApplication(a Application) error
	UpdateApplication(a Application) error // all but its creation
	InsertFormerName(f FormerName) error
	InsertKey(k Key) error
	// UpdateKey replaces the row of k.ID that has the revision from, and the
	// generation fromGen.
	UpdateKey(k Key, from Revision, fromGen Generation) error
	// SetTeamKey keeps the number of the sealing key, its check and the seal.
	SetTeamKey(t Team) error
	ResealKeys(ks []Key) error // keeps their seals and their due marks alone
	ResealFormerName(f FormerName) error
	KeepSuperseded(s Superseded) error // in place of one of that generation
	// ForgetSuperseded removes what is kept of the secrets of a key up to a
	// generation, and of every key from before an instant.
	ForgetSuperseded(id KeyID, upTo Generation, before time.Time) error
	// AppendEvent adds e and moves the head of the chain to it.
	AppendEvent(e Event, head Head) error
	// SetHead replaces the end of the chain and the mark, without an event.
	SetHead(head Head) error

	NextMember() (MemberID, error)
	NextApplication() (ApplicationID, error)
	NextGrant() (int64, error)
	NextSSHKey() (int64, error)
}
