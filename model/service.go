package model

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// Service is the front door of the domain. It is safe for concurrent use.
type Service struct {
	store  Store
	key    *SealingKey // the newest in the key file
	now    func() time.Time
	random io.Reader

	team   atomic.Pointer[Team]       // nil until Open
	seal   atomic.Pointer[SealingKey] // key for this database; until Open for none, which fits nothing
	mark   atomic.Int64               // latest instant known to have been, Unix milliseconds
	behind atomic.Bool                // the team replaced its sealing key by one that the key file here lacks
	spoilt atomic.Bool                // the stored mark, or the end of the trail, does not carry its seal
	marks  marks
	limits limiter

	damages damages
	denials denials
}

// NewService builds a service; [Service.Open] must succeed before it is used
// for anything but [Service.Found].
func NewService(store Store, seal *SealingKey, now func() time.Time) *Service {
	s := &Service{key: seal, now: now, random: rand.Reader}
	s.store = guardedStore{store, s}
	s.seal.Store(seal)
	return s
}

// seals is the sealing key for this database.
func (s *Service) seals() *SealingKey { return s.seal.Load() }

// WithRandom makes s draw keys and secrets from r, for tests that need the
// same ones twice.
func (s *Service) WithRandom(r io.Reader) *Service {
	s.random = r
	return s
}

// Open reads the team and proves that the sealing key is the one of its number in
// the key file: with it the database was made, or sealed anew. It returns ErrNotInitialized when there is no team.
func (s *Service) Open(ctx context.Context) (Team, error) {
	var team Team
	err := s.store.Read(ctx, func(r Reader) (err error) {
		team, err = r.Team()
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Team{}, Errorf(CodeNotInitialized, "There is no team here yet. Run `empress`, or `empress init` with --team, --name and --email.")
	}
	if err != nil {
		return Team{}, err
	}
	key := s.key.numbered(team.KeyNumber)
	if key == nil {
		return Team{}, s.key.lacks(team.KeyNumber)
	}
	if !sealed(team.Check, key.check()) {
		return Team{}, Errorf(CodeDamaged, "The sealing key does not belong to this database, so nothing here can be trusted with it. Point --key-file or EMPRESS_KEY_FILE at the right file, or put back its backup.")
	}
	seal, err := key.For(team.Database)
	if err != nil {
		return Team{}, err
	}
	if len(team.Database) != databaseLen || !sealed(team.Seal, seal.sealTeam(team)) {
		return Team{}, damagedRow("the team")
	}
	s.seal.Store(seal)
	s.team.Store(&team)
	return team, s.openMark(ctx)
}

// Founding is what a new team starts with: its name and its first
// administrator.
type Founding struct {
	Team, Name, Email, Login string
}

// Found creates the team and its first administrator and signs that member
// in. A database that has a team already is ErrConflict.
func (s *Service) Found(ctx context.Context, f Founding, via Identity) (*Session, error) {
	m, team, err := s.checkFounding(f)
	if err != nil {
		return nil, err
	}
	seal, err := s.key.For(team.Database)
	if err != nil {
		return nil, err
	}
	now := s.instant()
	err = s.store.Write(ctx, func(w Writer) error {
		if _, err := w.Team(); !errors.Is(err, ErrNotFound) {
			if err == nil {
				err = Errorf(CodeConflict, "There is a team here already. Use another --db, or ask its administrator to add you.")
			}
			return err
		}
		s.seal.Store(seal)
		team.CreatedAt, m.CreatedAt = now, now
		team.Seal = seal.sealTeam(team)
		if err := w.InsertTeam(team); err != nil {
			return err
		}
		if m.ID, err = w.NextMember(); err != nil {
			return err
		}
		m.Seal = seal.sealMember(m)
		if err := w.InsertMember(m); err != nil {
			return err
		}
		return s.append(w, now, Event{Actor: m.ID, ActorEmail: m.Email, Via: via.Via, From: via.From,
			Action: TeamCreated, Outcome: Done, Member: m.Email, Changes: diff(memberFields, Member{}, m), Note: team.Name})
	})
	if err != nil {
		return nil, err
	}
	s.team.Store(&team)
	if via.Login == m.Login { // a team may be founded for somebody else
		s.noteSignIn(ctx, SignIn{Member: m.ID})
	}
	return newSession(s, actor{Member: m}, via), nil
}

// Check returns what is wrong with what somebody typed, nil when a team can be
// founded with it.
func (f Founding) Check() error {
	_, _, err := f.clean()
	return err
}

func (f Founding) clean() (m Member, t Team, err error) {
	var wrong [4]error
	t.Name, wrong[0] = cleanName("team", f.Team)
	m.Name, wrong[1] = cleanName("name", f.Name)
	m.Email, wrong[2] = cleanEmail(f.Email)
	m.Login, wrong[3] = cleanLogin(f.Login)
	m.Role, m.Status = Administrator, MemberActive
	return m, t, together(wrong[:]...)
}

func (s *Service) checkFounding(f Founding) (Member, Team, error) {
	m, t, err := f.clean()
	if err != nil {
		return m, t, err
	}
	t.KeyNumber, t.Check = s.key.Number(), s.key.check()
	// Not from s.random: a test that draws the same keys twice still has two
	// databases. This source never fails.
	t.Database = make([]byte, databaseLen)
	_, err = rand.Read(t.Database)
	return m, t, err
}

// databaseLen is how many random bytes tell databases apart.
const databaseLen = 16

// actor reads a member afresh, with the grants that hold now, and trusts
// neither without its seal.
func (s *Service) actor(r Reader, id MemberID) (actor, error) {
	m, err := r.Member(id)
	if err != nil {
		return actor{}, err
	}
	if !sealed(m.Seal, s.seals().sealMember(m)) {
		return actor{}, damagedRow("member " + m.Email)
	}
	gs, err := r.Grants(id)
	if err != nil {
		return actor{}, err
	}
	for _, g := range gs {
		if !sealed(g.Seal, s.seals().sealGrant(g)) {
			return actor{}, damagedRow("a grant of " + m.Email)
		}
	}
	now, doubtful := s.clock()
	return actor{m, holding(gs, now, doubtful)}, nil
}

// append adds an event to the chain inside the transaction that made the
// change.
func (s *Service) append(w Writer, at time.Time, e Event) error {
	return s.appendBy(s.seals(), w, at, e)
}

// appendBy chains the event, and seals the head, by a key that may be the next.
func (s *Service) appendBy(seal *SealingKey, w Writer, at time.Time, e Event) error {
	head, err := w.Head()
	if err != nil {
		return err
	}
	e.At, e.Seq = at, head.Seq+1
	e.MAC = seal.link(head.MAC, e)
	next := Head{Seq: e.Seq, MAC: e.MAC, Mark: head.Mark, Seal: head.Seal}
	if head.Seq == 0 || s.seals().fits(head) { // a spoilt mark stays so until somebody sets it anew
		if at.After(head.Mark) {
			next.Mark = at
		}
		s.raiseMark(next.Mark)
		next = seal.withSeal(next)
	}
	return w.AppendEvent(e, next)
}

// Changes yields a value soon after anything changed, in any process.
func (s *Service) Changes(ctx context.Context) <-chan struct{} { return s.store.Changes(ctx) }

func (s *Service) teamName() string {
	if t := s.team.Load(); t != nil {
		return t.Name
	}
	return ""
}
