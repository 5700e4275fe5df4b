package model_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"empress/model"
)

// stepping is a team whose clock steps about.
type stepping struct {
	*team
	random *rand.Rand
	base   time.Time // what the clock should show
	high   time.Time // the latest instant that is known to have been
	tried  map[model.Reason]int
}

// The clock steps by a second, an hour or ten years, forth and back, near the end
// of a key's life as well, while keys come, processes start anew and doubts are
// settled. No key that has expired is let through.
func TestClockSteps(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	x := newTeam(t)
	st := &stepping{team: x, random: rand.New(rand.NewPCG(seed, 0)), base: x.clock.now(), high: x.clock.now(), tried: map[model.Reason]int{}}
	steps := 50
	if os.Getenv("EMPRESS_TEST_FULL") != "" {
		steps = 500
	}
	k, s := x.create(model.KeySpec{Application: "billing", Expires: "1d"})
	for range steps {
		st.step(k)
		st.want(k, s)
		switch st.random.IntN(6) {
		case 0:
			st.restart()
			st.want(k, s)
		case 1:
			if err := st.ada.ResetClock(ctx); err != nil {
				t.Fatal(err)
			}
			st.base, st.high = x.clock.now(), x.clock.now()
			st.want(k, s)
		}
		if !k.ExpiresAt.After(st.high) && st.random.IntN(3) == 0 {
			st.base = st.high
			x.clock.set(st.base)
			k, s = x.create(model.KeySpec{Application: "billing", Expires: "1d"})
		}
	}
	t.Log(st.tried)
	for _, reason := range []model.Reason{model.ReasonOK, model.ReasonExpired, model.ReasonClockDoubtful} {
		if st.tried[reason] == 0 {
			t.Errorf("nothing was ever %s", reason)
		}
	}
	x.wantSound()
}

// step sets the clock. By how little it is off it stays.
func (x *stepping) step(k model.Key) {
	sign := time.Duration(1 - 2*x.random.IntN(2))
	switch x.random.IntN(4) {
	case 0:
		x.base = x.base.Add(sign * time.Second)
		x.clock.set(x.base)
	case 1:
		x.base = x.base.Add(sign * time.Hour)
		x.clock.set(x.base)
	case 2:
		x.clock.set(x.base.AddDate(10*int(sign), 0, 0))
	case 3:
		x.base = k.ExpiresAt.Add(sign * time.Second)
		x.clock.set(x.base)
	}
}

// restart starts the service anew, which knows no more than is stored.
func (x *stepping) restart() {
	x.Helper()
	x.keep(x.service) // as a verifier does when it ends
	x.service = x.reopened()
	ada, err := x.service.SignIn(ctx, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		x.Fatal(err)
	}
	x.ada = ada
}

func (x *stepping) want(k model.Key, s model.Secret) {
	x.Helper()
	now := x.clock.now()
	if now.After(x.high) {
		x.high = now
	}
	want := model.ReasonOK
	switch {
	case x.high.Sub(now) > 5*time.Minute:
		want = model.ReasonClockDoubtful
	case !x.high.Before(k.ExpiresAt):
		want = model.ReasonExpired
	}
	x.tried[want]++
	x.wantReason(now.Sub(k.ExpiresAt).String()+" from expiry, "+x.high.Sub(now).String()+" behind", model.Request{Key: k.ID, Secret: s}, want)
}
