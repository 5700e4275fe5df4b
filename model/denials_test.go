package model_test

import (
	"context"
	"testing"
	"time"

	"empress/model"
)

// Whoever tries again and again leaves one event, and another that says how
// often.
func TestDenialsAreCounted(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	gita := x.join("gita", model.PlainMember, model.MemberActive)
	try := func(s *model.Session, application string) {
		t.Helper()
		_, _, err := s.CreateKey(ctx, model.KeySpec{Application: application})
		wantCode(t, application, err, model.CodeDenied)
	}
	before := x.head().Seq
	for range 42 {
		try(max, "billing")
	}
	try(gita, "billing")
	x.wantLeft("within a minute", before, "max was not allowed: created a key for billing", "gita was not allowed: created a key for billing")
	x.clock.move(time.Minute)
	before = x.head().Seq
	x.create(model.KeySpec{Application: "shop"})
	x.wantLeft("after a minute and another event", before, "ada added the application shop", "ada created a key for shop",
		"max was not allowed: created a key for billing, and 41 more times within a minute")

	before = x.head().Seq
	try(max, "billing")
	try(max, "shop")
	try(max, "billing")
	x.service.Flush(ctx)
	x.wantLeft("flushed", before, "max was not allowed: created a key for billing", "max was not allowed: created a key for several applications, and 2 more times within a minute")
	before = x.head().Seq
	x.service.Flush(ctx)
	x.wantLeft("flushed again", before)
	x.wantSound()
}

// An attempt whose event could not be written is written with the next event,
// and as one event however often the disk failed.
func TestDenialIsNotLost(t *testing.T) {
	x := newTeam(t)
	fails := &failingStore{Store: x.store}
	service := model.NewService(fails, x.seal, x.clock.now)
	if _, err := service.Open(ctx); err != nil {
		t.Fatal(err)
	}
	x.join("max", model.PlainMember, model.MemberActive)
	sign := func(login string) *model.Session {
		s, err := service.SignIn(ctx, model.Identity{Login: login, Via: model.ViaTerminal})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	max, ada := sign("max"), sign("ada")
	before := x.head().Seq
	fails.broken = true
	for _, application := range []string{"billing", "billing", "shop"} {
		_, _, err := max.CreateKey(ctx, model.KeySpec{Application: application})
		wantCode(t, application, err, model.CodeDenied)
	}
	x.wantLeft("while the disk fails", before)
	fails.broken = false
	if _, err := ada.CreateApplication(ctx, model.ApplicationSpec{Name: "edge"}); err != nil {
		t.Fatal(err)
	}
	x.wantLeft("with the next event", before, "ada added the application edge",
		"max was not allowed: created a key for several applications, and 2 more times within a minute")
	before = x.head().Seq
	fails.broken = true
	_, _, err := max.CreateKey(ctx, model.KeySpec{Application: "billing"})
	wantCode(t, "one alone", err, model.CodeDenied)
	fails.broken = false
	service.Flush(ctx)
	x.wantLeft("one alone", before, "max was not allowed: created a key for billing")
	x.wantSound()
}

// failingStore runs what is to be written and, when told so, keeps nothing of it.
type failingStore struct {
	model.Store
	broken bool
}

func (s *failingStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	return s.Store.Write(ctx, func(w model.Writer) error {
		if err := fn(w); err != nil || !s.broken {
			return err
		}
		return model.Errorf(model.CodeUnavailable, "The disk is full.")
	})
}
