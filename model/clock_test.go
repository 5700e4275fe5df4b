package model_test

import (
	"errors"
	"testing"
	"time"

	"empress/model"
)

func TestClockStepsBack(t *testing.T) {
	x := newTeam(t)
	expiring, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	lasting, l := x.create(model.KeySpec{Application: "billing", Expires: "never"})
	start := x.clock.now()
	for _, c := range []struct {
		back     time.Duration
		doubtful bool
	}{
		{time.Millisecond, false}, {time.Second, false}, {5 * time.Minute, false}, {5*time.Minute + time.Millisecond, true},
		{time.Hour, true}, {10 * 365 * 24 * time.Hour, true},
	} {
		x.clock.set(start.Add(-c.back))
		want := model.ReasonOK
		if c.doubtful {
			want = model.ReasonClockDoubtful
		}
		x.wantReason("expiring key, back by "+c.back.String(), model.Request{Key: expiring.ID, Secret: s}, want)
		x.wantReason("lasting key, back by "+c.back.String(), model.Request{Key: lasting.ID, Secret: l}, model.ReasonOK)
		if behind, doubtful := x.service.ClockBehind(); doubtful != c.doubtful || behind == "" && c.back >= time.Second {
			t.Errorf("back by %s: behind %q, doubtful %v", c.back, behind, doubtful)
		}
	}
	x.clock.set(start)
	if behind, doubtful := x.service.ClockBehind(); behind != "" || doubtful {
		t.Errorf("a right clock is behind %q", behind)
	}
	x.wantReason("a right clock", model.Request{Key: expiring.ID, Secret: s}, model.ReasonOK)
}

// Once a key has expired, no reading of the clock revives it.
func TestClockNeverRevives(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	expiry := k.ExpiresAt
	for _, c := range []struct {
		at   time.Time
		want model.Reason
	}{
		{expiry.Add(-time.Millisecond), model.ReasonOK},
		{expiry, model.ReasonExpired},
		{expiry.Add(-time.Millisecond), model.ReasonExpired},
		{expiry.Add(-time.Second), model.ReasonExpired},
		{expiry.Add(-5 * time.Minute), model.ReasonExpired},
		{expiry.Add(-5*time.Minute - time.Millisecond), model.ReasonClockDoubtful},
		{expiry.Add(-time.Hour), model.ReasonClockDoubtful},
		{expiry.AddDate(-10, 0, 0), model.ReasonClockDoubtful},
		{expiry.AddDate(10, 0, 0), model.ReasonExpired},
		{expiry.Add(time.Second), model.ReasonClockDoubtful},
	} {
		x.clock.set(c.at)
		x.wantReason(c.at.Sub(expiry).String()+" from expiry", model.Request{Key: k.ID, Secret: s}, c.want)
	}
}

// The mark is kept with the trail: a restart with a wrong clock revives
// nothing.
func TestClockMarkSurvivesARestart(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	x.clock.move(25 * time.Hour)
	x.create(model.KeySpec{Application: "billing"}) // any event carries the mark
	if got := x.head().Mark; !got.Equal(x.clock.now()) {
		t.Errorf("the mark is %s at %s", got, x.clock.now())
	}
	x.clock.move(-2 * time.Hour)
	x.create(model.KeySpec{Application: "billing", Expires: "never"}) // an event in the past does not lower it
	if got := x.head().Mark; !got.Equal(x.clock.now().Add(2 * time.Hour)) {
		t.Errorf("the mark went back to %s", got)
	}
	d, err := x.reopened().Verify(ctx, model.Request{Key: k.ID, Secret: s})
	if err != nil || d.Allowed || d.Reason != model.ReasonClockDoubtful {
		t.Errorf("after a restart two hours back: %s, %v", d.Reason, err)
	}
	x.wantSound()
}

func TestResetClock(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	good := x.clock.now()
	x.clock.move(10 * 365 * 24 * time.Hour)
	x.create(model.KeySpec{Application: "billing"})
	x.clock.set(good)
	request := model.Request{Key: k.ID, Secret: s}
	x.wantReason("after a jump forward", request, model.ReasonClockDoubtful)

	ivan := x.join("ivan", model.ITManager, model.MemberActive)
	if err := ivan.ResetClock(ctx); !errors.Is(err, model.ErrDenied) {
		t.Errorf("an IT manager resets the clock: %v", err)
	}
	x.wantReason("after a denied reset", request, model.ReasonClockDoubtful)
	if err := x.ada.ResetClock(ctx); err != nil {
		t.Fatal(err)
	}
	x.wantReason("after the reset", request, model.ReasonOK)
	if d, err := x.reopened().Verify(ctx, request); err != nil || !d.Allowed {
		t.Errorf("after a restart: %s, %v", d.Reason, err)
	}
	x.wantSound()
}

// A reset that is not written changes nothing, in memory either.
func TestResetClockFails(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	x.clock.move(25 * time.Hour)
	request := model.Request{Key: k.ID, Secret: s}
	x.wantReason("expired", request, model.ReasonExpired)
	x.clock.move(-2 * time.Hour)
	x.tamper("CREATE TRIGGER stop BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'no'); END")
	if err := x.ada.ResetClock(ctx); err == nil {
		t.Fatal("a reset without its event succeeds")
	}
	x.wantReason("after the failed reset", request, model.ReasonClockDoubtful)
}
