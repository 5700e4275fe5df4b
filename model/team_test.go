package model_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

var ctx = context.Background()

// clock is a clock that a test sets.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	return c
}

func (c *clock) now() time.Time       { return time.UnixMilli(c.at.Load()).UTC() }
func (c *clock) set(t time.Time)      { c.at.Store(t.UnixMilli()) }
func (c *clock) move(d time.Duration) { c.set(c.now().Add(d)) }

// team is a real service on a real database, with Ada as its founder.
type team struct {
	*testing.T
	service *model.Service
	store   model.Store
	file    *storage.Store // the same in SQLite, nil elsewhere
	seal    *model.SealingKey
	clock   *clock
	ada     *model.Session
}

func newTeam(t *testing.T) *team { return closed(foundTeam(t, t.TempDir())) }

// emptyTeam is newTeam without a founder.
func emptyTeam(t *testing.T) *team { return closed(storeIn(t, t.TempDir())) }

// closed closes the store when the test ends.
func closed(x *team) *team {
	x.Cleanup(func() {
		if err := x.store.Close(); err != nil {
			x.Error(err)
		}
	})
	return x
}

func storeIn(t *testing.T, dir string) *team {
	t.Helper()
	if os.Getenv(engineEnv) == "postgres" {
		return onStore(t, dir, postgresStore(t))
	}
	store, err := storage.Create(ctx, filepath.Join(dir, "team.db"))
	if err != nil {
		t.Fatal(err)
	}
	x := onStore(t, dir, store)
	x.file = store
	return x
}

// onStore is a team that is not founded yet, with its sealing key in dir.
func onStore(t *testing.T, dir string, store model.Store) *team {
	t.Helper()
	seal, err := storage.CreateKeyFile(filepath.Join(dir, "team.key"))
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	return &team{T: t, service: model.NewService(store, seal, c.now), store: store, seal: seal, clock: c}
}

// foundTeam is newTeam for whoever closes the store.
func foundTeam(t *testing.T, dir string) *team {
	t.Helper()
	x := storeIn(t, dir)
	x.found()
	return x
}

// found founds the team.
func (x *team) found() {
	x.Helper()
	var err error
	x.ada, err = x.service.Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		x.Fatal(err)
	}
}

// reopened returns a new service on the same data, as a restart makes it.
func (x *team) reopened() *model.Service {
	x.Helper()
	s := model.NewService(x.store, x.seal, x.clock.now)
	if _, err := s.Open(ctx); err != nil {
		x.Fatal(err)
	}
	return s
}

// join adds a member and signs in; a member that cannot sign in yields nil.
func (x *team) join(login string, role model.Role, status model.Status, grants ...model.Grant) *model.Session {
	x.Helper()
	err := x.service.Admit(ctx, model.Member{Name: login, Email: login + "@example.com", Login: login, Role: role, Status: status}, grants...)
	if err != nil {
		x.Fatal(err)
	}
	s, err := x.service.SignIn(ctx, model.Identity{Login: login, Via: model.ViaTerminal})
	if err != nil && status == model.MemberActive {
		x.Fatal(err)
	}
	return s
}

func (x *team) create(spec model.KeySpec) (model.Key, model.Secret) {
	x.Helper()
	k, s, err := x.ada.CreateKey(ctx, spec)
	if err != nil {
		x.Fatal(err)
	}
	return k, s
}

func (x *team) verify(r model.Request) model.Decision {
	x.Helper()
	d, err := x.service.Verify(ctx, r)
	if err != nil {
		x.Fatal(err)
	}
	x.service.Flush(ctx)
	return d
}

// wantReason verifies and compares the reason; only "ok" allows.
func (x *team) wantReason(what string, r model.Request, want model.Reason) {
	x.Helper()
	if d := x.verify(r); d.Reason != want || d.Allowed != (want == model.ReasonOK) {
		x.Errorf("%s: %s, allowed %v; want %s", what, d.Reason, d.Allowed, want)
	}
}

// wantSound checks that the whole trail and every row are in order.
func (x *team) wantSound() {
	x.Helper()
	report, err := x.service.CheckAudit(ctx)
	if err != nil || report.Found != 0 {
		x.Errorf("audit: %v, %v", report.Problems, err)
	}
}

// events returns those after the event of the number, the earliest first.
func (x *team) events(after int64) []model.Event {
	x.Helper()
	var es []model.Event
	err := x.store.Read(ctx, func(r model.Reader) error {
		latest, err := r.Events(model.EventQuery{})
		for _, e := range latest {
			if e.Seq > after {
				es = append([]model.Event{e}, es...)
			}
		}
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
	return es
}

func (x *team) head() model.Head {
	x.Helper()
	var h model.Head
	if err := x.store.Read(ctx, func(r model.Reader) (err error) { h, err = r.Head(); return err }); err != nil {
		x.Fatal(err)
	}
	return h
}

// sqlite is the store as SQLite's. On another engine the test is skipped.
func (x *team) sqlite() *storage.Store {
	x.Helper()
	if x.file == nil {
		x.Skip("this is shown on SQLite")
	}
	return x.file
}

// tamper changes the database behind the program's back.
func (x *team) tamper(query string, args ...any) {
	x.Helper()
	db, err := sql.Open("sqlite", x.sqlite().Path())
	if err != nil {
		x.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		x.Fatal(err)
	}
}

// A policy that was deleted behind the program's back is missed: nothing is
// decided as in a new team, and whoever may puts another in its place.
func TestPolicyGone(t *testing.T) {
	x := newTeam(t)
	days, never := 30, false
	if _, err := x.ada.EditPolicy(ctx, model.PolicyEdit{LongestLifetime: &days, NeverAllowed: &never}); err != nil {
		t.Fatal(err)
	}
	x.tamper("DELETE FROM policy")
	_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Expires: "never"})
	wantCode(t, "a key that never expires", err, model.CodeDamaged)
	if _, err := x.ada.EditPolicy(ctx, model.PolicyEdit{LongestLifetime: &days}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: "billing", Expires: "20d"}); err != nil {
		t.Fatal(err)
	}
	x.wantSound()
}
