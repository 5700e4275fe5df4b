package model_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
)

// What a verifier has seen of the time outlives it, though nothing happened in
// the team.
func TestRecorderKeepsTheMark(t *testing.T) {
	for _, c := range []struct {
		what string
		end  func(x *team, r *model.Recorder)
	}{
		{"while it runs", func(x *team, _ *model.Recorder) {
			for end := time.Now().Add(10 * time.Second); x.head().Mark.Before(x.clock.now()) && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
		}},
		{"when it is closed", func(x *team, r *model.Recorder) {
			if err := r.Close(ctx); err != nil {
				x.Error(err)
			}
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			x := newTeam(t)
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
			events, verifier := x.head().Seq, x.reopened()
			r := model.NewRecorder(verifier)
			defer func() { _ = r.Close(ctx) }()
			x.clock.move(25 * time.Hour)
			x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonExpired)
			c.end(x, r)
			if h := x.head(); !h.Mark.Equal(x.clock.now()) || h.Seq != events {
				t.Fatalf("the mark is %s at %s, after %d new events", h.Mark, x.clock.now(), h.Seq-events)
			}
			x.wantSound()
			x.clock.move(-2 * time.Hour)
			x.decides(x.reopened(), model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
		})
	}
}

// A mark that is stored by one process is not lowered by another one, which
// learns of it.
func TestKeptMarkNeverFalls(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	ahead, behind := x.reopened(), x.reopened()
	x.clock.move(25 * time.Hour)
	x.decides(ahead, model.Request{Key: k.ID, Secret: s}, model.ReasonExpired)
	x.keep(ahead)
	mark := x.clock.now()
	x.clock.move(-2 * time.Hour)
	x.decides(behind, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	x.keep(behind)
	if got := x.head().Mark; !got.Equal(mark) {
		t.Errorf("the mark fell from %s to %s", mark, got)
	}
	x.decides(behind, model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
}

// The mend of a clock that was ahead for a moment reaches a verifier that runs,
// whether it had stored its mark or not.
func TestResetReachesAnotherProcess(t *testing.T) {
	for _, c := range []struct {
		what   string
		stored bool
		ahead  time.Duration
	}{{"stored", true, time.Hour}, {"not stored", false, time.Hour}, {"not in doubt", true, time.Minute}} {
		t.Run(c.what, func(t *testing.T) {
			x := newTeam(t)
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
			request, verifier := model.Request{Key: k.ID, Secret: s}, x.reopened()
			x.clock.move(c.ahead)
			x.decides(verifier, request, model.ReasonOK)
			if c.stored {
				x.keep(verifier)
			}
			x.clock.move(-c.ahead)
			if err := x.ada.ResetClock(ctx); err != nil {
				t.Fatal(err)
			}
			x.decides(verifier, request, model.ReasonOK)
			x.keep(verifier)
			if got := x.head().Mark; !got.Equal(x.clock.now()) {
				t.Errorf("the mark that was set back is %s again", got)
			}
			x.wantSound()
		})
	}
}

// A stored mark that is ahead of the trail is sound, and makes no backup
// worthless.
func TestKeptMarkIsSound(t *testing.T) {
	x := newTeam(t)
	verifier := x.reopened()
	x.clock.move(time.Hour)
	x.keep(verifier)
	x.clock.move(-time.Hour)
	x.wantSound()
	if _, err := verifier.Restore(ctx, "ada", nil); err != nil {
		t.Errorf("a backup of that time is refused: %v", err)
	}
}

// A verifier in doubt looks at once and then once a second: neither for every
// request, nor never again.
func TestDoubtLooksOnceASecond(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	store := &counted{Store: x.store}
	verifier := model.NewService(store, x.seal, x.clock.now)
	if _, err := verifier.Open(ctx); err != nil {
		t.Fatal(err)
	}
	request := model.Request{Key: k.ID, Secret: s}
	store.reads.Store(0)
	x.clock.move(time.Hour)
	x.decides(verifier, request, model.ReasonOK)
	if n := store.reads.Load(); n != 0 {
		t.Errorf("without doubt it looks %d times", n)
	}
	x.clock.move(-time.Hour)
	began := time.Now()
	for range 50 {
		x.decides(verifier, request, model.ReasonClockDoubtful)
	}
	if n, most := store.reads.Load(), 1+int64(time.Since(began)/time.Second); n < 1 || n > most {
		t.Errorf("in doubt it looks %d times, not 1 to %d", n, most)
	}
	if err := x.ada.ResetClock(ctx); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); verifier.Ready(ctx) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the reset never reaches the verifier")
		}
	}
	x.decides(verifier, request, model.ReasonOK)
}

// Only a reset that was done, by empress, and after the doubt began to be
// possible, ends it.
func TestDoubtStays(t *testing.T) {
	for _, c := range []struct {
		what   string
		before func(x *team)
		after  func(x *team)
	}{
		{"nothing happened", func(*team) {}, func(*team) {}},
		{"a denied reset", func(*team) {}, func(x *team) {
			ivan := x.join("ivan", model.ITManager, model.MemberActive)
			if err := ivan.ResetClock(ctx); !errors.Is(err, model.ErrDenied) {
				x.Fatal(err)
			}
			x.service.Flush(ctx)
		}},
		{"a reset before", func(x *team) {
			if err := x.ada.ResetClock(ctx); err != nil {
				x.Fatal(err)
			}
		}, func(*team) {}},
		{"a reset that empress did not write", func(*team) {}, func(x *team) {
			x.create(model.KeySpec{Application: "billing"})
			x.tamper("UPDATE events SET action = 'clock.reset' WHERE seq = (SELECT max(seq) FROM events)")
		}},
		{"a mark lowered from outside", func(*team) {}, func(x *team) { x.tamper("UPDATE head SET mark = 1") }},
	} {
		t.Run(c.what, func(t *testing.T) {
			x := newTeam(t)
			k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
			verifier := x.reopened()
			c.before(x)
			x.keep(verifier) // as it does each minute
			x.clock.move(25 * time.Hour)
			x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonExpired)
			x.clock.move(-2 * time.Hour)
			c.after(x)
			x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
		})
	}
}

// The reset of a process itself counts once: it ends no later doubt.
func TestOwnResetEndsNoLaterDoubt(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	if err := x.ada.ResetClock(ctx); err != nil {
		t.Fatal(err)
	}
	x.clock.move(25 * time.Hour)
	x.wantReason("expired", model.Request{Key: k.ID, Secret: s}, model.ReasonExpired)
	x.clock.move(-2 * time.Hour)
	x.wantReason("back", model.Request{Key: k.ID, Secret: s}, model.ReasonClockDoubtful)
}

func TestReadyDoubtsTheClock(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	verifier := x.reopened()
	x.clock.move(time.Hour)
	x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	x.clock.move(-5 * time.Minute)
	if err := verifier.Ready(ctx); err != nil {
		t.Error(err)
	}
	x.clock.move(-55 * time.Minute)
	err := verifier.Ready(ctx)
	if !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, model.ErrClockDoubtful) || !strings.Contains(model.Sentence(err), "1h0m0s") || !strings.Contains(model.Sentence(err), "empress doctor") {
		t.Errorf("in doubt: %v", err)
	}
}

// counted counts what is read in transactions.
type counted struct {
	model.Store
	reads atomic.Int64
}

func (c *counted) Read(ctx context.Context, fn func(model.Reader) error) error {
	c.reads.Add(1)
	return c.Store.Read(ctx, fn)
}

func (x *team) keep(s *model.Service) {
	x.Helper()
	if err := s.KeepMark(ctx); err != nil {
		x.Fatal(err)
	}
}

// decides checks what another process than x.service decides.
func (x *team) decides(s *model.Service, r model.Request, want model.Reason) {
	x.Helper()
	if d, err := s.Verify(ctx, r); err != nil || d.Reason != want {
		x.Errorf("%s, not %s: %v", d.Reason, want, err)
	}
}
