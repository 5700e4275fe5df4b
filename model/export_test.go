package model

import (
	"context"
	"crypto/rand"
	"errors"
	"hash"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
)

// Sealed returns m with the seal that belongs on it.
func (k *SealingKey) Sealed(m Member) Member {
	m.Seal = k.sealMember(m)
	return m
}

// Admit adds a member in any status, with grants of any kind, as sealed rows
// and with the events that belong to them.
func (s *Service) Admit(ctx context.Context, m Member, grants ...Grant) error {
	return s.store.Write(ctx, func(w Writer) (err error) {
		if m.ID, err = w.NextMember(); err != nil {
			return err
		}
		m.CreatedAt = s.instant()
		if err := w.InsertMember(s.seals().Sealed(m)); err != nil {
			return err
		}
		by := Event{Actor: 1, ActorEmail: "ada@example.com", Via: ViaCommand, Outcome: Done, Member: m.Email}
		by.Action, by.Changes = MemberAdded, diff(memberFields, Member{}, m)
		if err := s.append(w, m.CreatedAt, by); err != nil {
			return err
		}
		as, err := w.Applications(Visible{All: true}, Visible{}, 0)
		if err != nil {
			return err
		}
		for _, g := range grants {
			g.Member, g.By, g.CreatedAt = m.ID, 1, m.CreatedAt
			if g.ID, err = w.NextGrant(); err != nil {
				return err
			}
			g.Seal = s.seals().sealGrant(g)
			name := ""
			for _, a := range as {
				if a.ID == g.ApplicationID {
					name = a.Name
				}
			}
			by.Action, by.Application, by.Changes = GrantGiven, name, diff(grantFields, GivenGrant{}, GivenGrant{Grant: g, Email: m.Email, Application: name})
			if err := errors.Join(w.InsertGrant(g), s.append(w, m.CreatedAt, by)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Seals is the sealing key for the service's database.
func (s *Service) Seals() *SealingKey { return s.seals() }

// CountSums counts the keyed hashes that s computes from now on. It gives each
// kind of hash a pool of its own: what a former pool holds for another
// processor is out of reach, and would not count.
func (s *Service) CountSums() *atomic.Int64 {
	var n atomic.Int64
	for _, k := range s.seals().ring {
		for _, h := range []*keyedHash{k.secrets, k.rows, k.audit} {
			plain := h.pool.New
			h.pool = sync.Pool{New: func() any { return countedHash{plain().(hash.Hash), &n} }}
		}
	}
	return &n
}

type countedHash struct {
	hash.Hash
	n *atomic.Int64
}

func (h countedHash) Sum(b []byte) []byte {
	h.n.Add(1)
	return h.Hash.Sum(b)
}

// Link is the MAC that belongs on an entry.
func (k *SealingKey) Link(e Entry) []byte { return k.link(e.Previous, e.Event) }

// FormerLink is the MAC of an event of an empress that sealed no head.
func (k *SealingKey) FormerLink(previous []byte, e Event) []byte {
	return k.linkAs(unsealedHeadForm, previous, e)
}

// AppendOther adds an event that s itself does not know.
func (s *Service) AppendOther(ctx context.Context, e Event) error {
	return s.store.Write(ctx, func(w Writer) error { return s.append(w, s.instant(), e) })
}

// Counted is a decision that counts for a key.
func Counted(id KeyID, r Reason) Decision {
	return Decision{Allowed: r == ReasonOK, Reason: r, counted: id}
}

// ForgetSuperseded drops what was kept of superseded secrets for long enough.
func (s *Service) ForgetSuperseded(ctx context.Context) error { return s.forgetSuperseded(ctx) }

// NewUnwritten returns a recorder that writes nothing by itself.
func NewUnwritten(s *Service) *Recorder { return newRecorder(s) }

// Write writes what r has recorded.
func (r *Recorder) Write(ctx context.Context) error { return r.flush(ctx, false) }

// Guess is a secret of the right form that is nobody's.
func Guess() (Secret, error) { return newSecret(rand.Reader) }

// Heard is one request on a tape.
type Heard struct {
	Key     KeyID
	At      int64
	Reason  Reason
	Address netip.Addr
	Agent   string
}

// Tape is a tape of requests.
type Tape struct{ tape }

// NewTape returns an empty tape.
func NewTape() *Tape { return &Tape{} }

// Add puts a request on the tape, unless there is no room.
func (t *Tape) Add(h Heard) bool {
	return t.add(heard{h.Key, h.At, reasonIndex(h.Reason), caller{h.Address, h.Agent}})
}

// Bytes is the tape.
func (t *Tape) Bytes() []byte { return t.bytes }

// PlayTape tells what is on a tape.
func PlayTape(b []byte) (hs []Heard, err error) {
	err = play(b, func(h heard) bool {
		hs = append(hs, Heard{h.key, h.at, reasons[h.reason], h.caller.address, h.caller.agent})
		return true
	})
	return hs, err
}

// KeepMark stores the mark, as a recorder does.
func (s *Service) KeepMark(ctx context.Context) error { return s.keepMark(ctx) }

// LogsAtOnce makes a service with a log keep so many events of a transaction.
func (s *Service) LogsAtOnce(most int) {
	logged := s.store.(loggedStore)
	logged.most = most
	s.store = logged
}

// AppendBy is AppendOther by the sealing key of a number, as somebody could who
// has that one alone and the database. The head keeps what it has of a seal.
func (s *Service) AppendBy(ctx context.Context, number int, e Event) error {
	return s.store.Write(ctx, func(w Writer) error {
		return s.appendBy(s.seals().numbered(number), w, s.instant(), e)
	})
}

// AuditWith audits a trail that has an event more, as AppendBy adds it.
func (s *Service) AuditWith(ctx context.Context, number int, e Event) (report AuditReport, err error) {
	undo := errors.New("undo")
	err = s.store.Write(ctx, func(w Writer) error {
		if err := s.appendBy(s.seals().numbered(number), w, s.instant(), e); err != nil {
			return err
		}
		if report, err = s.audit(w, nil); err != nil {
			return err
		}
		return undo
	})
	if errors.Is(err, undo) {
		err = nil
	}
	return report, err
}

// Without is a key file that lacks the keys of some numbers.
func (k *SealingKey) Without(numbers ...int) *SealingKey {
	left := slices.DeleteFunc(slices.Clone(k.ring), func(one *SealingKey) bool { return slices.Contains(numbers, one.number) })
	lesser, err := ringFor(left, nil, left[len(left)-1].number)
	if err != nil {
		panic(err)
	}
	return lesser
}

// Reseal seals the end of the trail as it is.
func (s *Service) Reseal(ctx context.Context) error {
	return s.store.Write(ctx, func(w Writer) error {
		head, err := w.Head()
		if err != nil {
			return err
		}
		return w.SetHead(s.seals().withSeal(head))
	})
}
