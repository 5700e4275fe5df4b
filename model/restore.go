package model

import (
	"context"
	"errors"
	"fmt"
)

// Restored is what became of a team that came out of a backup.
type Restored struct {
	Team                       string
	Ended                      int64 // number of the last event of the backup
	Active, Suspended, Revoked int   // keys, by what they are now
	Members                    int   // who were suspended
	SSHKeys, Grants            int   // that were removed and taken once more
	Reserved                   []ReservedName
}

const restoredNote = "restored from a backup"

// Restore checks everything in a database that came out of a backup, then
// settles its keys in one transaction: since the backup any of them may have been
// revoked or given another secret. Without later events every active key is
// suspended; with them those stay as they were that none of the events touches,
// members are suspended who were removed, were suspended or were given another
// role or login, but for the last administrator, SSH keys that were removed and
// grants that were taken end once more, and names that applications were given
// since stay reserved. By is the login of whoever restores.
func (s *Service) Restore(ctx context.Context, by string, later *Later) (Restored, error) {
	done := Restored{Team: s.teamName()}
	err := s.store.Write(ctx, func(w Writer) error {
		if err := s.whole(w); err != nil {
			return err
		}
		head, err := w.Head()
		if err != nil {
			return err
		}
		done = Restored{Team: done.Team, Ended: head.Seq}
		c := &change{Writer: w, service: s, now: s.instant(), event: Event{Via: ViaCommand, Outcome: Done}}
		c.event.Action, c.event.Note = TeamRestored, fmt.Sprintf("by %s, from event %d on", Redact(Printable(by)), head.Seq)
		if later != nil {
			if later.From != head.Seq {
				return Errorf(CodeConflict, "The trail of the backup changed meanwhile, so nothing was restored. Try again.")
			}
			c.event.Note += fmt.Sprintf(", with events up to %d at hand", later.To)
		}
		if err := c.tell(); err != nil {
			return err
		}
		if err := c.settleSince(later, &done); err != nil {
			return err
		}
		if err := c.keepOut(later, &done); err != nil {
			return err
		}
		if err := c.endAgain(later, &done); err != nil {
			return err
		}
		return c.reserve(later, &done)
	})
	return done, err
}

// whole returns an error that says what does not fit.
func (s *Service) whole(r Reader) error {
	report, err := s.audit(r, nil)
	if err != nil || report.Found == 0 {
		return err
	}
	if report.Lacks != 0 { // which is no fault of the backup
		return s.seals().lacks(report.Lacks)
	}
	more := ""
	if report.Found > 1 {
		more = fmt.Sprintf(" (and %d more)", report.Found-1)
	}
	return Errorf(CodeDamaged, "The backup is not whole: %s%s. Use another one.", report.Problems[0], more)
}

// settleSince brings every key to the state that it is to have, and counts.
func (c *change) settleSince(later *Later, done *Restored) error {
	wanted := map[State][]KeyID{}
	err := c.EachKey(func(k Key) error {
		to := later.settle(k)
		switch to {
		case Active:
			done.Active++
		case Revoked:
			done.Revoked++
		default:
			done.Suspended++
		}
		if to != k.State {
			wanted[to] = append(wanted[to], k.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, to := range []State{Suspended, Revoked} {
		for _, id := range wanted[to] {
			if err := c.restoreTo(to, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *change) restoreTo(to State, id KeyID) error {
	k, err := c.Key(id)
	if err != nil {
		return err
	}
	before := k
	k.State = to
	c.event.Action, c.event.Note = batches[to].action, restoredNote
	c.about(k)
	if _, err := c.replace(before, k); err != nil {
		return err
	}
	return c.tell()
}

// keepOut suspends the members of whom the events say that they may do less
// since.
func (c *change) keepOut(later *Later, done *Restored) error {
	if later == nil {
		return nil
	}
	ms, err := c.Members()
	if err != nil {
		return err
	}
	for _, before := range ms {
		if !later.less[before.Email] || before.Status != MemberActive || c.service.keepsAdministrator(c, before) != nil {
			continue
		}
		after := before
		after.Status = MemberSuspended
		c.event = Event{Via: ViaCommand, Outcome: Done, Action: MemberWasSuspended, Member: before.Email, Note: restoredNote}
		if err := c.replaceMember(before, &after); err != nil {
			return err
		}
		if err := c.tell(); err != nil {
			return err
		}
		done.Members++
	}
	return nil
}

// endAgain removes the SSH keys and takes the grants of the backup that the
// events say were removed and taken since. Those that were made after it, too,
// are not in it.
func (c *change) endAgain(later *Later, done *Restored) error {
	if later == nil {
		return nil
	}
	ms, err := c.Members()
	if err != nil {
		return err
	}
	for _, m := range ms {
		ks, err := c.SSHKeys(m.ID)
		if err != nil {
			return err
		}
		for _, k := range present(ks) {
			if !later.sshKeys[sshKeyFields[0].of(ownedSSHKey{k, m.Email})] {
				continue
			}
			c.event = Event{Via: ViaCommand, Outcome: Done, Action: SSHKeyRemoved, Member: m.Email}
			if err := errors.Join(c.endSSHKey(m, k), c.tell()); err != nil {
				return err
			}
			done.SSHKeys++
		}
		gs, err := c.Grants(m.ID)
		if err != nil {
			return err
		}
		for _, g := range gs {
			if !g.EndedAt.IsZero() || !later.grants[grantFields[0].of(GivenGrant{Grant: g})] {
				continue
			}
			c.event = Event{Via: ViaCommand, Outcome: Done, Action: GrantTaken}
			if err := errors.Join(c.end(g), c.tell()); err != nil {
				return err
			}
			done.Grants++
		}
	}
	return nil
}
