package model_test

import (
	"strings"
	"testing"
	"time"

	"empress/model"
)

func TestGrants(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	max := x.join("max", model.PlainMember, model.MemberActive)
	eva := x.join("eva", model.Auditor, model.MemberActive)
	hour := x.clock.now().Add(time.Hour)
	give := func(p model.Permission, application string, until time.Time) model.Grant {
		t.Helper()
		g, err := x.ada.GiveGrant(ctx, "max", p, application, until)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	edit := give(model.KeysEdit, "billing", time.Time{})
	create := give(model.KeysCreate, "", hour)
	suspend := give(model.KeysSuspend, "", time.Time{})

	_, err := x.ada.GiveGrant(ctx, "max", model.KeysEdit, "billing", hour)
	wantCode(t, "what holds for good already", err, model.CodeConflict)
	_, err = x.ada.GiveGrant(ctx, "max", model.KeysSuspend, "billing", time.Time{})
	wantCode(t, "what holds for every application already", err, model.CodeConflict)
	give(model.KeysCreate, "", time.Time{}) // beside one that will end

	before := x.head().Seq
	wantCode(t, "taken by who may not", eva.TakeGrant(ctx, edit.ID), model.CodeDenied)
	wantCode(t, "one that is not there, by who may not", eva.TakeGrant(ctx, 99), model.CodeDenied)
	wantCode(t, "one that is not there", x.ada.TakeGrant(ctx, 99), model.CodeNotFound)
	if n := len(x.events(before)); n != 1 { // the second denial is only counted
		t.Errorf("the attempts left %d events", n)
	}
	x.clock.move(time.Minute)
	before = x.head().Seq
	wantCode(t, "taken", x.ada.TakeGrant(ctx, edit.ID), "")
	wantCode(t, "given back", max.TakeGrant(ctx, suspend.ID), "")
	x.wantLeft("taking them", before, "ada took from max the permission to change keys of billing",
		"eva was not allowed: took from several members the permission to do something, and 1 more time within a minute",
		"max gave back the permission to suspend and resume keys")
	wantCode(t, "taken twice", x.ada.TakeGrant(ctx, edit.ID), model.CodeConflict)
	x.clock.move(2 * time.Hour)

	for name, s := range map[string]*model.Session{"an auditor": eva, "max himself": max} {
		gs, err := s.Grants(ctx, "max")
		if err != nil || len(gs) != 4 {
			t.Fatalf("%s sees %+v, %v", name, gs, err)
		}
		for i, want := range []struct {
			id          int64
			application string
			holds, took bool
		}{{edit.ID, "billing", false, true}, {create.ID, "", false, false}, {suspend.ID, "", false, true}, {4, "", true, false}} {
			if g := gs[i]; g.ID != want.id || g.Application != want.application || g.Holds != want.holds || g.EndedAt.IsZero() == want.took ||
				g.Email != "max@example.com" || g.Giver != "ada@example.com" {
				t.Errorf("%s sees %+v, want %+v", name, g, want)
			}
		}
	}
	_, err = max.Grants(ctx, "ada")
	wantCode(t, "the grants of another", err, model.CodeDenied)
	give(model.KeysEdit, "billing", time.Time{}) // what was taken can be given again
	x.wantSound()
}

// Nobody grants for longer than they hold, and nothing to who cannot act.
func TestGrantsHaveLimits(t *testing.T) {
	x := newTeam(t)
	hour := x.clock.now().Add(time.Hour)
	x.join("max", model.PlainMember, model.MemberActive)
	x.join("sam", model.PlainMember, model.MemberSuspended)
	x.join("gone", model.PlainMember, model.MemberRemoved)
	giver := x.join("giver", model.PlainMember, model.MemberActive, model.Grant{Permission: model.GrantsGive}, model.Grant{Permission: model.KeysEdit, Until: hour})
	_, err := giver.GiveGrant(ctx, "max", model.KeysEdit, "", time.Time{})
	if wantCode(t, "for good", err, model.CodeDenied); !strings.Contains(model.Sentence(err), "2026-03-01 13:00 UTC") {
		t.Error(err)
	}
	_, err = giver.GiveGrant(ctx, "max", model.KeysEdit, "", hour.Add(time.Second))
	wantCode(t, "for longer", err, model.CodeDenied)
	_, err = giver.GiveGrant(ctx, "max", model.KeysEdit, "", hour)
	wantCode(t, "for as long", err, "")
	_, err = giver.GiveGrant(ctx, "max", model.GrantsGive, "", time.Time{})
	wantCode(t, "what they hold for good", err, "")
	_, err = x.ada.GiveGrant(ctx, "sam", model.KeysEdit, "", hour)
	if wantCode(t, "to who is suspended", err, model.CodeInvalid); model.FieldOf(err) != "member" {
		t.Error(model.FieldOf(err))
	}
	_, err = x.ada.GiveGrant(ctx, "gone", model.KeysEdit, "", hour)
	wantCode(t, "to who is gone", err, model.CodeNotFound)
	x.wantSound()
}

// Of two grants of one permission the one that lasts longest counts, and one
// for another application says nothing of this one.
func TestGrantsBesideEachOther(t *testing.T) {
	x := newTeam(t)
	x.create(model.KeySpec{Application: "billing"})
	x.create(model.KeySpec{Application: "shop"})
	x.join("max", model.PlainMember, model.MemberActive)
	hour := x.clock.now().Add(time.Hour)
	giver := x.join("giver", model.PlainMember, model.MemberActive, model.Grant{Permission: model.GrantsGive},
		model.Grant{Permission: model.KeysEdit, Until: hour}, model.Grant{Permission: model.KeysEdit})
	_, err := giver.GiveGrant(ctx, "max", model.KeysEdit, "billing", time.Time{})
	wantCode(t, "for good, by the second grant", err, "")
	_, err = giver.GiveGrant(ctx, "max", model.KeysEdit, "shop", time.Time{})
	wantCode(t, "for one application after another", err, "")
}

// Whoever may only change a key may name the owner that it has, and may not make
// another one of somebody who could then do more with it.
func TestGrantKeepsOwner(t *testing.T) {
	x := newTeam(t)
	x.join("sam", model.PlainMember, model.MemberActive)
	x.join("tom", model.PlainMember, model.MemberActive)
	k, _ := x.create(model.KeySpec{Application: "billing", Owner: "sam"})
	max := x.join("max", model.PlainMember, model.MemberActive, model.Grant{Permission: model.KeysView}, model.Grant{Permission: model.KeysEdit})
	edit := func(owner string) error {
		purpose := "for " + owner
		_, err := max.EditKey(ctx, k.ID, 0, model.KeyEdit{Owner: &owner, Purpose: &purpose})
		return err
	}
	wantCode(t, "the owner that it has", edit("sam"), "")
	wantCode(t, "another owner", edit("tom"), model.CodeDenied)
}
