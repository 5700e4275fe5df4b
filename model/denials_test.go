package model_test

import (
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
