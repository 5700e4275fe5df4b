package model_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"empress/model"
)

// A process whose key file holds the next key follows by itself, and one whose
// file does not decides nothing and changes nothing.
func TestReplacedMeanwhile(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	behind := x.reopened()
	ada, err := behind.SignIn(ctx, model.Identity{Login: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	x.prepared()
	running := x.reopened()
	bo, err := running.SignIn(ctx, model.Identity{Login: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	verifier := x.reopened()
	if _, err := x.ada.ReplaceSealingKey(ctx); err != nil {
		t.Fatal(err)
	}

	x.decides(verifier, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	if _, err := bo.EditPolicy(ctx, model.PolicyEdit{Support: new("IT desk")}); err != nil || running.SealingKeyNumber() != 2 {
		t.Errorf("it goes on with sealing key %d: %v", running.SealingKeyNumber(), err)
	}
	x.wantSound()

	last := x.head()
	x.decides(behind, model.Request{Key: "empk_00000000000000000000", Secret: s}, model.ReasonUnauthenticated) // nothing has shown it yet
	for _, r := range []model.Request{{Key: k.ID, Secret: s}, {Key: k.ID, Secret: otherSecretOf(x)}, {Key: "empk_00000000000000000000", Secret: s}} {
		d, err := behind.Verify(ctx, r)
		wantWords(t, "a decision", err, model.CodeUnavailable, "was replaced by number 2, and the key file here holds only number 1")
		if d.Allowed || d.Reason != model.ReasonUnavailable {
			t.Errorf("it decides %+v", d)
		}
	}
	behind.Flush(ctx)
	_, changing := ada.EditPolicy(ctx, model.PolicyEdit{Support: new("nobody")})
	_, reading := ada.Keys(ctx, model.KeyQuery{})
	_, entering := behind.SignIn(ctx, model.Identity{Login: "ada"})
	_, checking := behind.CheckAudit(ctx)
	for what, err := range map[string]error{"a change": changing, "a list": reading, "signing in": entering, "the audit": checking,
		"the mark": behind.KeepMark(ctx), "being ready": behind.Ready(ctx), "forgetting": behind.ForgetSuperseded(ctx)} {
		wantWords(t, what, err, model.CodeUnavailable, "Put a copy of the new key file in its place")
	}
	if now := x.head(); now.Seq != last.Seq || !now.Mark.Equal(last.Mark) || string(now.Seal) != string(last.Seal) {
		t.Errorf("it changed the end of the trail from %v to %v", last, now)
	}
	x.wantSound()
}

// Two key files with different keys of one number are told apart, also once the
// process runs.
func TestAnotherKeyOfTheNumber(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	seal, err := x.seal.Next(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other := model.NewService(x.store, seal, x.clock.now)
	if _, err := other.Open(ctx); err != nil {
		t.Fatal(err)
	}
	x.replaces()
	_, err = other.Verify(ctx, model.Request{Key: k.ID, Secret: s})
	wantWords(t, "while it runs", err, model.CodeUnavailable, "holds another key of that number")
	_, err = model.NewService(x.store, seal, x.clock.now).Open(ctx)
	wantWords(t, "at its start", err, model.CodeDamaged, "does not belong to this database")
}

// slowStore lets something happen while a transaction reads.
type slowStore struct {
	model.Store
	meanwhile func() // once
	early     bool   // before the transaction has read anything but its moment
	late      bool   // once it has read the record of the team
}

func (s *slowStore) Read(ctx context.Context, fn func(model.Reader) error) error {
	return s.Store.Read(ctx, func(r model.Reader) error {
		if _, err := r.Head(); err != nil { // all that is read is of this moment
			return err
		}
		if s.early {
			s.happens()
		}
		return fn(slowReader{r, s})
	})
}

func (s *slowStore) happens() {
	if meanwhile := s.meanwhile; meanwhile != nil {
		s.meanwhile = nil
		meanwhile()
	}
}

type slowReader struct {
	model.Reader
	store *slowStore
}

func (r slowReader) Team() (model.Team, error) {
	t, err := r.Reader.Team()
	if r.store.late {
		r.store.happens()
	}
	return t, err
}

func (r slowReader) Members() ([]model.Member, error) {
	r.store.happens()
	return r.Reader.Members()
}

// A transaction that began before the key was replaced reads again, and takes no
// row of before for a damaged one.
func TestReplacedWhileReading(t *testing.T) {
	for _, early := range []bool{true, false} {
		x := newTeam(t)
		k, s := x.create(model.KeySpec{Application: "billing"})
		x.prepared()
		store := &slowStore{Store: x.store, early: early}
		reading := model.NewService(store, x.seal, x.clock.now)
		ada, err := reading.SignIn(ctx, model.Identity{Login: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		store.meanwhile = func() {
			if _, err := x.ada.ReplaceSealingKey(ctx); err != nil {
				t.Error(err)
			}
			x.decides(reading, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
		}
		hs, err := ada.WhoMay(ctx, model.KeysEdit, "")
		if err != nil || len(hs) != 1 || store.meanwhile != nil {
			t.Errorf("early %v: %+v may, %v", early, hs, err)
		}
	}
}

// A process that is about to follow to a key which was replaced meanwhile, too,
// does not fall back from the one after that.
func TestFollowingNeverFallsBack(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	x.prepared()
	x.prepared()
	store := &slowStore{Store: x.store, late: true}
	slow := model.NewService(store, x.seal, x.clock.now)
	if _, err := slow.Open(ctx); err != nil {
		t.Fatal(err)
	}
	replace := func() {
		if _, err := x.ada.ReplaceSealingKey(ctx); err != nil {
			t.Error(err)
		}
	}
	replace()
	store.meanwhile = func() {
		replace()
		x.decides(slow, model.Request{Key: k.ID, Secret: s}, model.ReasonOK)
	}
	if err := slow.Ready(ctx); err != nil || slow.SealingKeyNumber() != 3 {
		t.Errorf("it goes on with sealing key %d, %v", slow.SealingKeyNumber(), err)
	}
}

// The mend of the clock reaches a verifier though the key was replaced since, and
// whoever has the former key alone makes up no such mend.
func TestClockResetAcrossSealingKeys(t *testing.T) {
	for _, forged := range []bool{false, true} {
		x := newTeam(t)
		k, s := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
		request := model.Request{Key: k.ID, Secret: s}
		x.prepared()
		x.prepared()
		verifier := x.reopened()
		x.clock.move(time.Hour)
		x.decides(verifier, request, model.ReasonOK)
		x.clock.move(-time.Hour)
		want := model.ReasonOK
		if forged {
			want = model.ReasonClockDoubtful
		} else if err := x.ada.ResetClock(ctx); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := x.ada.ReplaceSealingKey(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if forged {
			e := model.Event{Action: model.ClockReset, Outcome: model.Done}
			if err := x.service.AppendBy(ctx, 1, e); err != nil {
				t.Fatal(err)
			}
			if err := x.service.Reseal(ctx); err != nil {
				t.Fatal(err)
			}
		}
		x.decides(verifier, request, want)
	}
}
