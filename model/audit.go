package model

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Events returns the latest events that match. A member without audit.view
// sees those of a key that they may see, and must name it.
func (s *Session) Events(ctx context.Context, q EventQuery) ([]Event, error) {
	var es []Event
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if err := me.may(AuditView, Target{}); err != nil {
			if q.Key == "" {
				return err
			}
			if _, err := s.service.visibleKey(r, me, q.Key); err != nil {
				return err
			}
		}
		es, err = r.Events(q)
		return err
	})
	return es, err
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

func (s *Service) audit(r Reader, against *Checkpoint) (AuditReport, error) {
	var report AuditReport
	w := chainWalk{seal: s.seal, report: &report, against: against, keys: map[KeyID]keyFacts{}}
	if err := r.EachEvent(w.event); err != nil {
		return report, err
	}
	head, err := r.Head()
	if err != nil {
		return report, err
	}
	w.end(head)
	if err := r.EachKey(w.key); err != nil {
		return report, err
	}
	for id := range w.keys {
		report.add("key %s is in the trail but not among the keys: it was deleted outside empress", id)
	}
	return report, s.auditPeople(r, &report)
}

func (s *Service) auditPeople(r Reader, report *AuditReport) error {
	ms, err := r.Members()
	if err != nil {
		return err
	}
	administrators := 0
	for _, m := range ms {
		if !sealed(m.Seal, s.seal.sealMember(m)) {
			report.add("member %s was changed outside empress", m.Email)
		}
		if m.Role == Administrator && m.Status == MemberActive {
			administrators++
		}
		gs, err := r.Grants(m.ID)
		if err != nil {
			return err
		}
		for _, g := range gs {
			if !sealed(g.Seal, s.seal.sealGrant(g)) {
				report.add("a grant of member %s was changed outside empress", m.Email)
			}
		}
	}
	if administrators == 0 {
		report.add("the team has no active administrator")
	}
	as, err := r.Applications(Visible{All: true})
	if err != nil {
		return err
	}
	for _, a := range as {
		if !sealed(a.Seal, s.seal.sealApplication(a)) {
			report.add("application %s was changed outside empress", a.Name)
		}
	}
	return nil
}

// keyFacts is what the chain says of a key.
type keyFacts struct {
	generation Generation
	state      State
	fields     map[string]string // by the names of keyFields
}

// chainWalk follows the chain, event by event, and remembers what it says of
// each key.
type chainWalk struct {
	seal     *SealingKey
	report   *AuditReport
	against  *Checkpoint
	met      bool // the checkpoint was found
	seq      int64
	mac      []byte
	mark     time.Time
	keys     map[KeyID]keyFacts
	unsealed bool // one broken link was told; those after it follow from it
}

func (w *chainWalk) event(e Event) error {
	w.report.Events++
	if e.Seq != w.seq+1 && !w.unsealed {
		w.report.add("event %d follows event %d: those between them are missing", e.Seq, w.seq)
		w.unsealed = true
	} else if !sealed(e.MAC, w.seal.link(w.mac, e)) && !w.unsealed {
		w.report.add("event %d (%s) does not fit the chain: it, or the one before it, was changed", e.Seq, e.At.Format("2006-01-02 15:04:05"))
		w.unsealed = true
	}
	if w.against != nil && e.Seq == w.against.Seq {
		w.met = true
		if !sealed(e.MAC, w.against.MAC) {
			w.report.add("event %d is not the one that the checkpoint was taken of", e.Seq)
		}
	}
	w.seq, w.mac = e.Seq, e.MAC
	if e.At.After(w.mark) || e.Action == ClockReset && e.Outcome == Done {
		w.mark = e.At
	}
	if e.Key != "" && e.Outcome == Done && e.Action != KeyDamaged {
		w.learn(e)
	}
	return nil
}

func (w *chainWalk) learn(e Event) {
	facts := w.keys[e.Key]
	facts.generation, facts.state = e.Generation, e.State
	if facts.fields == nil {
		facts.fields = map[string]string{}
	}
	for _, c := range e.Changes {
		facts.fields[c.Field] = c.After
	}
	w.keys[e.Key] = facts
}

func (w *chainWalk) end(head Head) {
	if head.Seq != w.seq || !sealed(head.MAC, w.mac) {
		w.report.add("the trail ends at event %d, but its head says %d: its end was cut off or changed", w.seq, head.Seq)
	} else if !head.Mark.Equal(w.mark) {
		w.report.add("the clock mark is %s, but the trail says %s: it was changed outside empress", head.Mark.Format(time.RFC3339), w.mark.Format(time.RFC3339))
	}
	if w.against != nil && !w.met {
		w.report.add("the trail ends at event %d, before the checkpoint at %d: its end was cut off", w.seq, w.against.Seq)
	}
}

func (w *chainWalk) key(k Key) error {
	w.report.Keys++
	said, ok := w.keys[k.ID]
	delete(w.keys, k.ID)
	switch {
	case !sealed(k.Seal, w.seal.sealCredential(k.credential())):
		w.report.add("key %s was changed outside empress", k.ID)
	case !ok:
		w.report.add("key %s is not in the trail: it was added outside empress", k.ID)
	case said.generation != k.Generation || said.state != k.State:
		w.report.add("key %s is %s with secret %d, but the trail says %s with secret %d: an old row was put back",
			k.ID, k.State, k.Generation, said.state, said.generation)
	default:
		for _, f := range keyFields {
			if now := f.of(k); now != said.fields[f.name] {
				w.report.add("the %s of key %s is %q, but the trail says %q: an old row was put back", f.name, k.ID, now, said.fields[f.name])
			}
		}
	}
	return nil
}

// ResetClock sets the mark, by which expiry is judged when the clock runs
// behind it, to the present time: the mend after a clock was wrong by years for
// a while. It needs policy.manage.
func (s *Session) ResetClock(ctx context.Context) error {
	var to time.Time
	err := s.write(ctx, ClockReset, func(c *change) error {
		if err := c.me.may(PolicyManage, Target{}); err != nil {
			return err
		}
		head, err := c.Head()
		if err != nil {
			return err
		}
		c.event.Changes = []Change{{"clock mark", head.Mark.Format("2006-01-02T15:04:05Z"), c.now.Format("2006-01-02T15:04:05Z")}}
		head.Mark, to = c.now, c.now
		return c.SetMark(head)
	})
	if err == nil {
		s.service.mark.Store(Millis(to))
	}
	return err
}

// ClockBehind returns how far the clock is behind the latest instant that the
// trail has seen, 0 when it is not.
func (s *Service) ClockBehind() (behind string, doubtful bool) {
	mark, now := FromMillis(s.mark.Load()), s.instant()
	if !now.Before(mark) {
		return "", false
	}
	d := mark.Sub(now)
	return d.Round(1e9).String(), d > maxStep
}
