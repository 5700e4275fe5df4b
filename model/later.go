package model

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"time"
)

// Later is what the events after the end of a trail, up to a last one, say of
// what the trail knows.
type Later struct {
	From, To int64     // numbers of the last event of the trail, and of the last one after it
	At       time.Time // of that one, zero when there is none after it
	Missing  []MissingKey
	Undone   []string // changes to anything but keys that are not made again, as sentences; the first 100
	Others   int      // how many of them there are in all

	keys         map[KeyID]State // as settled; Suspended where it is not known
	members      map[string]bool // emails of those that keys depend on
	applications map[string]bool
	namings      []naming        // in the order of their events
	less         map[string]bool // emails of those who may do less since, or nothing
	sshKeys      map[string]bool // numbers of those that were removed
	grants       map[string]bool // numbers of those that were taken
}

// MissingKey is a key that was made after a backup.
type MissingKey struct {
	ID          KeyID
	Application string
}

// maxUndone is how many sentences are kept.
const maxUndone = 100

// take learns what an event says. Attempts that were denied changed nothing.
func (l *Later) take(e Event) {
	l.To, l.At = e.Seq, e.At
	if e.Outcome != Done {
		return
	}
	if e.Key != "" {
		l.takeKey(e)
		return
	}
	if l.takeName(e) {
		return
	}
	switch e.Action {
	case BackupMade, ClockReset, TeamRestored, TeamMoved, SessionOpened:
		return
	case MemberAdded, GrantGiven, PolicyChanged, SealingKeyReplaced: // no key depends on these
	case SSHKeyRemoved: // once more
		l.sshKeys[e.change(sshKeyNumber).Before] = true
		l.members[e.Member] = true
		return
	case GrantTaken:
		l.grants[e.change(grantNumber).Before] = true
		l.members[e.Member], l.applications[e.Application] = true, true
		return
	default:
		switch e.Action {
		case MemberWasRemoved, MemberWasSuspended, MemberRoleChanged, MemberRecovered:
			l.less[e.Member] = true
		case MemberEdited:
			if e.change("login").Before != "" { // which the backup would let in again
				l.less[e.Member] = true
			}
		}
		l.members[e.Member], l.applications[e.Application] = true, true
		l.applications[e.change(applicationName).Before] = true // what the backup's keys call it
	}
	if l.Others++; l.Others <= maxUndone {
		l.Undone = append(l.Undone, e.Sentence())
	}
}

func (l *Later) takeKey(e Event) {
	switch {
	case e.Action == KeyConfirmed: // the same secret
	case e.Action == KeyCreated:
		l.Missing = append(l.Missing, MissingKey{e.Key, e.Application})
	case e.State == Revoked:
		l.keys[e.Key] = Revoked
	case l.keys[e.Key] != Revoked:
		l.keys[e.Key] = Suspended
	}
}

// settle is the state that a key of a backup is to have. Only where events
// prove that nothing has touched it since does it stay active.
func (l *Later) settle(k Key) State {
	switch {
	case k.State == Revoked || l != nil && l.keys[k.ID] == Revoked:
		return Revoked
	case k.State != Active || l == nil || l.keys[k.ID] != "" || l.members[k.Owner] || l.applications[k.Application]:
		return Suspended
	}
	return Active
}

// maxEntry is more than the longest line of an export, in bytes.
const maxEntry = 4 << 20

// ReadLater reads lines as a log or an export has them, and checks that those
// after the end of the trail continue its chain without a gap. Lines may be out
// of order, as several processes write them, and may be there twice. The error
// names the line that does not fit.
func (s *Service) ReadLater(ctx context.Context, r io.Reader) (*Later, error) {
	var head Head
	if err := s.store.Read(ctx, func(r Reader) (err error) {
		head, err = r.Head()
		return err
	}); err != nil {
		return nil, err
	}
	c := newContinuation(s.seals(), head)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxEntry)
	n := 0
	for lines.Scan() && ctx.Err() == nil {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		e, err := ParseEntry(lines.Bytes())
		if err != nil {
			return nil, refused(n, "is not an event as `empress audit export` writes it")
		}
		if err := c.add(n, e); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, Errorf(CodeFailed, "The events cannot be read beyond line %d.", n).Because(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.end()
}

// continuation follows a chain on from its end.
type continuation struct {
	chain chainEnd // at the event later.To
	later Later
	macs  map[int64][]byte   // of all events from later.From on that were met
	ahead map[int64]lineNote // events that wait for those before them
	met   bool               // the file reaches back to the end of the trail
}

type lineNote struct {
	line  int
	entry Entry
}

func newContinuation(seal *SealingKey, head Head) *continuation {
	end := chainEnd{ring: seal, number: seal.number, key: seal, mac: head.MAC}
	return &continuation{chain: end, macs: map[int64][]byte{head.Seq: head.MAC}, ahead: map[int64]lineNote{},
		later: Later{From: head.Seq, To: head.Seq, keys: map[KeyID]State{}, members: map[string]bool{}, applications: map[string]bool{}, less: map[string]bool{},
			sshKeys: map[string]bool{}, grants: map[string]bool{}}}
}

func (c *continuation) add(line int, e Entry) error {
	if e.Seq < c.later.From {
		return nil
	}
	if mac, twice := c.macs[e.Seq]; twice {
		if !sealed(e.MAC, mac) {
			return refused(line, "has another event %d than the trail or a line before it", e.Seq)
		}
		c.met = true
		return nil
	}
	c.macs[e.Seq], c.ahead[e.Seq] = e.MAC, lineNote{line, e}
	for {
		next, ok := c.ahead[c.later.To+1]
		if !ok {
			return nil
		}
		delete(c.ahead, next.entry.Seq)
		if !sealed(next.entry.Previous, c.chain.mac) || !c.chain.take(next.entry.Event) {
			return refused(next.line, "does not fit the chain: it, or what it follows, was changed, or it is of another database")
		}
		if c.chain.key == nil {
			return refused(next.line, "cannot be checked without sealing key %d, which the key file lacks", c.chain.number)
		}
		c.met = true
		c.later.take(next.entry.Event)
	}
}

func (c *continuation) end() (*Later, error) {
	first := lineNote{}
	for _, note := range c.ahead {
		if first.line == 0 || note.entry.Seq < first.entry.Seq {
			first = note
		}
	}
	if first.line != 0 {
		return nil, refused(first.line, "has event %d, but those after event %d are missing", first.entry.Seq, c.later.To)
	}
	if !c.met {
		return nil, Errorf(CodeDamaged, "The events do not reach event %d, with which the backup ends, so they prove nothing about it. Give a log or an export that does, or leave --events out.", c.later.From)
	}
	return &c.later, nil
}

func refused(line int, format string, args ...any) *Error {
	return Errorf(CodeDamaged, "Line %d of the events "+format+". Give a log or an export that is whole, or leave --events out.", append([]any{line}, args...)...)
}
