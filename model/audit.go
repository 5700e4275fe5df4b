package model

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Events returns the latest events that match. A member without audit.view
// sees those of a key that they may see, and must name it. For whoever may know
// it, a member or an application that there is and was none is ErrNotFound.
func (s *Session) Events(ctx context.Context, q EventQuery) ([]Event, error) {
	var es []Event
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if err := q.check(); err != nil {
			return err
		}
		if err := me.may(AuditView, Target{}); err != nil {
			if q.Key == "" {
				return err
			}
			if _, err := s.service.visibleKey(r, me, q.Key); err != nil {
				return err
			}
		}
		if err := s.service.resolve(r, me, &q); err != nil {
			return err
		}
		es, err = r.Events(q)
		return err
	})
	return es, err
}

func (q EventQuery) check() error {
	if err := noSecret("filter", q.Text); err != nil {
		return err
	}
	if len(q.Words()) > MaxWords {
		return invalid("filter", "The filter has more than %d words. Use fewer.", MaxWords)
	}
	return nil
}

// resolve makes the names in a query those that events carry: the email of a
// login, every name of an application, and what was typed of either, as attempts
// that were denied have it.
func (s *Service) resolve(r Reader, me actor, q *EventQuery) (err error) {
	if q.Member != "" {
		if err = resolveMember(r, me, q); err != nil {
			return err
		}
	}
	if q.Application != "" {
		q.Names, err = s.namesOf(r, canonical(q.Application))
		if errors.Is(err, ErrNotFound) {
			q.Names = []string{q.Application}
			err = unlessTold(r, me, EventQuery{Application: q.Application, Names: q.Names}, err)
		} else {
			q.Names = append(q.Names, q.Application)
		}
	}
	return err
}

// resolveMember finds the email of a member, also of one who was removed. Whoever
// may not see the members learns of none but themselves.
func resolveMember(r Reader, me actor, q *EventQuery) error {
	typed := strings.TrimSpace(q.Member)
	q.Called = []string{typed}
	email := strings.ToLower(typed)
	if me.may(MembersView, Target{}) != nil {
		q.Member = email
		if typed == me.Login {
			q.Member = me.Email
		}
		return nil
	}
	m, err := r.MemberByEmail(email)
	if errors.Is(err, ErrNotFound) {
		m, err = memberNamed(r, "member", typed)
	}
	if errors.Is(err, ErrNotFound) {
		return unlessTold(r, me, EventQuery{Member: typed}, err)
	}
	if err != nil {
		return err
	}
	q.Member = m.Email
	if m.Login != "" {
		q.Called = append(q.Called, m.Login)
	}
	return nil
}

// unlessTold returns err for a name that nothing has and that no event tells
// of either, such as one that somebody tried. It tells only those who see all
// events: others would learn of what they may not see.
func unlessTold(r Reader, me actor, q EventQuery, err error) error {
	if me.may(AuditView, Target{}) != nil {
		return nil
	}
	q.Limit = 1
	es, failed := r.Events(q)
	if failed != nil || len(es) > 0 {
		return failed
	}
	return err
}

// Checkpoint is the end of the audit chain at one time. Kept elsewhere, it
// later reveals a trail whose end was cut off or rewritten.
type Checkpoint struct {
	Seq int64
	MAC []byte
}

// String is "SEQUENCE:MAC", the MAC in hexadecimal.
func (c Checkpoint) String() string { return fmt.Sprintf("%d:%s", c.Seq, hex.EncodeToString(c.MAC)) }

// ParseCheckpoint reads the form that String writes.
func ParseCheckpoint(text string) (Checkpoint, error) {
	text = strings.TrimSpace(text)
	seq, mac, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	raw, err2 := hex.DecodeString(mac)
	c := Checkpoint{n, raw}
	if err != nil || err2 != nil || n < 1 || len(raw) != 32 || c.String() != text {
		return Checkpoint{}, invalid("checkpoint", "That is not a checkpoint. Give what `empress audit checkpoint` printed.")
	}
	return c, nil
}

// AuditCheckpoint returns the present end of the chain.
func (s *Session) AuditCheckpoint(ctx context.Context) (Checkpoint, error) {
	var c Checkpoint
	err := s.read(ctx, func(r Reader, me actor) error {
		if err := me.may(AuditView, Target{}); err != nil {
			return err
		}
		h, err := r.Head()
		c = Checkpoint{h.Seq, h.MAC}
		return err
	})
	return c, err
}

// AuditReport is the result of checking the whole trail, and every row against
// it.
type AuditReport struct {
	Events   int64
	Keys     int64
	Problems []string // in plain words; the first 100
	Found    int      // how many problems there are in all
	Broken   int64    // number of the first event that does not fit the chain, 0 when all do
	Lacks    int      // number of a sealing key that some events cannot be checked without, 0 for none
}

func (r *AuditReport) add(format string, args ...any) {
	if r.Found++; r.Found <= 100 {
		r.Problems = append(r.Problems, Printable(fmt.Sprintf(format, args...)))
	}
}

// VerifyAudit walks the chain from its first event, then compares every key
// with what the chain says of it and checks every seal. Against, when it is
// not nil, is a checkpoint that the chain must contain.
func (s *Session) VerifyAudit(ctx context.Context, against *Checkpoint) (AuditReport, error) {
	var report AuditReport
	err := s.read(ctx, func(r Reader, me actor) error {
		if err := me.may(AuditView, Target{}); err != nil {
			return err
		}
		var err error
		report, err = s.service.audit(r, against)
		return err
	})
	return report, err
}

// CheckAudit is VerifyAudit for whoever runs the program beside its files,
// member or not: it reveals nothing but problems.
func (s *Service) CheckAudit(ctx context.Context) (AuditReport, error) {
	var report AuditReport
	err := s.store.Read(ctx, func(r Reader) (err error) {
		report, err = s.audit(r, nil)
		return err
	})
	return report, err
}
