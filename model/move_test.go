package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"empress/model"
	"empress/storage"
)

// moveTo moves a team to a database on a server.
func (x *team) moveTo(by *model.Session, there *storage.Postgres) (model.Moved, error) {
	return by.Move(ctx, "/srv/team.db", "postgres://db/acme", func(here model.Writer, begin func(model.Writer) (bool, error), settle func(model.Writer) error) error {
		return x.sqlite().MoveTo(ctx, here, there, func() {}, begin, settle)
	})
}

func TestMove(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	there := emptyPostgres(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	ended := x.head().Seq
	done, err := x.moveTo(x.ada, there)
	if err != nil || done.Team != "Acme" || done.Ended != ended || done.Keys != 1 || done.Before || len(done.Logged) != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	x.wantLeft("the team here", ended, "ada moved the team to another database")
	moved := model.NewService(there, x.seal, x.clock.now)
	if _, err := moved.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if d, err := moved.Verify(ctx, model.Request{Key: k.ID, Secret: s}); err != nil || !d.Allowed {
		t.Errorf("there the key is decided on as %+v, %v", d, err)
	}
	if r, err := moved.CheckAudit(ctx); err != nil || r.Found > 0 || r.Events != ended+1 {
		t.Errorf("there: %+v, %v", r, err)
	}
	noted := done.Logged[0]
	if want := fmt.Sprintf("from /srv/team.db, from event %d on", ended); noted.Note != want || noted.Action != model.TeamMoved || noted.ActorEmail != "ada@example.com" || noted.Seq != ended+1 {
		t.Errorf("there the trail says %+v", noted)
	}
	if _, err := x.moveTo(x.ada, emptyPostgres(t)); !errors.Is(err, model.ErrConflict) {
		t.Errorf("a second move: %v", err)
	}
	if d := x.verify(model.Request{Key: k.ID, Secret: s}); !d.Allowed { // until servers are started on the new database
		t.Errorf("here the key is decided on as %+v", d)
	}
}

func TestMoveRefused(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	there := emptyPostgres(t)
	kim := x.join("kim", model.ITManager, model.MemberActive)
	before := x.head().Seq
	if _, err := x.moveTo(kim, there); !errors.Is(err, model.ErrDenied) || !strings.Contains(model.Sentence(err), "it takes the permission policy.manage") {
		t.Errorf("kim moves the team: %v", err)
	}
	x.wantLeft("what kim tried", before, "kim was not allowed: moved the team to another database")

	x.tamper("UPDATE keys SET purpose = 'other'")
	if _, err := x.moveTo(x.ada, there); !errors.Is(err, model.ErrDamaged) || !strings.Contains(model.Sentence(err), "The database /srv/team.db is not whole") {
		t.Errorf("a database that was changed from outside: %v", err)
	}
	x.tamper("UPDATE keys SET purpose = ''")
	isEmpty(t, there)

	full := emptyPostgres(t)
	if _, err := model.NewService(full, x.seal, x.clock.now).Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "ada", Via: model.ViaCommand}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.moveTo(x.ada, full); !errors.Is(err, model.ErrConflict) || !strings.Contains(model.Sentence(err), "There is a team in postgres://db/acme already") {
		t.Errorf("a database with another team: %v", err)
	}
}

// A move whose end got lost here is ended by the next one, as long as nothing was
// changed meanwhile.
func TestMoveAgain(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	there := emptyPostgres(t)
	lost := errors.New("lost")
	broken := func() error {
		_, err := x.ada.Move(ctx, "/srv/team.db", "postgres://db/acme", func(here model.Writer, begin func(model.Writer) (bool, error), settle func(model.Writer) error) error {
			return errors.Join(x.sqlite().MoveTo(ctx, here, there, func() {}, begin, settle), lost)
		})
		return err
	}
	if err := broken(); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	if done, err := x.moveTo(x.ada, there); err != nil || !done.Before || len(done.Logged) != 0 {
		t.Errorf("%+v, %v", done, err)
	}

	x, there = newTeam(t), emptyPostgres(t)
	if err := broken(); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	x.create(model.KeySpec{Application: "billing"})
	if _, err := x.moveTo(x.ada, there); !errors.Is(err, model.ErrConflict) || !strings.Contains(model.Sentence(err), "something was changed here since") {
		t.Errorf("after a change: %v", err)
	}
}

// The copy is checked before it counts.
func TestMoveChecksTheCopy(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(model.Writer) error{
		"a key that is not sealed": func(w model.Writer) error {
			var k model.Key
			err := w.EachKey(func(one model.Key) error { k = one; return nil })
			k.Purpose, k.Revision = "other", k.Revision+1
			return errors.Join(err, w.UpdateKey(k, k.Revision-1, k.Generation))
		},
		"an event too many": func(w model.Writer) error {
			head, err := w.Head()
			head.Seq++
			return errors.Join(err, w.AppendEvent(model.Event{Seq: head.Seq, At: model.FromMillis(1), Action: model.ClockReset, Outcome: model.Done, MAC: []byte{1}}, head))
		},
	} {
		x := newTeam(t)
		there := emptyPostgres(t)
		x.create(model.KeySpec{Application: "billing"})
		_, err := x.ada.Move(ctx, "here", "there", func(here model.Writer, begin func(model.Writer) (bool, error), settle func(model.Writer) error) error {
			return x.sqlite().MoveTo(ctx, here, there, func() {}, begin, func(w model.Writer) error {
				if err := spoil(w); err != nil {
					t.Fatal(err)
				}
				return settle(w)
			})
		})
		if !errors.Is(err, model.ErrDamaged) || !strings.Contains(model.Sentence(err), "The database there is not whole") {
			t.Errorf("%s: %v", what, err)
		}
		isEmpty(t, there)
		x.create(model.KeySpec{Application: "shop"})
	}
}

func isEmpty(t *testing.T, s *storage.Postgres) {
	t.Helper()
	err := s.Read(ctx, func(r model.Reader) error {
		_, err := r.Team()
		return err
	})
	if !errors.Is(err, model.ErrNotFound) {
		t.Errorf("a team is there, or %v", err)
	}
}

// emptyPostgres is a database without a team.
func emptyPostgres(t *testing.T) *storage.Postgres {
	t.Helper()
	if racing {
		t.Skip("moves are raced in the tests of storage")
	}
	s := postgresStore(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
