package model_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"empress/model"
)

// A secret that somebody pastes where it does not belong is refused, repeated
// in no error and left in no event.
func TestSecretsInTheWrongPlace(t *testing.T) {
	x := newTeam(t)
	max := x.join("max", model.PlainMember, model.MemberActive)
	k, s := x.create(model.KeySpec{Application: "billing"})
	text := s.Reveal()
	for name, c := range map[string]struct {
		do    func(text string) error
		code  model.Code
		field string
	}{
		"application": {func(v string) error {
			_, _, err := x.ada.CreateKey(ctx, model.KeySpec{Application: v})
			return err
		}, model.CodeInvalid, "application"},
		"purpose": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &v})
			return err
		}, model.CodeInvalid, "purpose"},
		"scope": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Scopes: &[]string{v}})
			return err
		}, model.CodeInvalid, "scopes"},
		"network": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Networks: &[]string{v}})
			return err
		}, model.CodeInvalid, "networks"},
		"rate": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Rate: &v})
			return err
		}, model.CodeInvalid, "rate"},
		"expiry": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Expires: &v})
			return err
		}, model.CodeInvalid, "expires"},
		"owner": {func(v string) error {
			_, err := x.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Owner: &v})
			return err
		}, model.CodeNotFound, "owner"},
		"name": {func(v string) error {
			_, err := x.ada.AddMember(ctx, model.MemberSpec{Name: v, Email: "v@example.com", Role: model.PlainMember})
			return err
		}, model.CodeInvalid, "name"},
		"email": {func(v string) error {
			_, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "v", Email: v + "@example.com", Role: model.PlainMember})
			return err
		}, model.CodeInvalid, "email"},
		"login": {func(v string) error {
			_, err := x.ada.AddMember(ctx, model.MemberSpec{Name: "v", Email: "v@example.com", Login: v, Role: model.PlainMember})
			return err
		}, model.CodeInvalid, "login"},
		"filter": {func(v string) error {
			_, err := x.ada.Keys(ctx, model.KeyQuery{Text: v})
			return err
		}, model.CodeInvalid, "filter"},
		"a key": {func(v string) error {
			_, err := x.ada.SuspendKey(ctx, model.KeyID(v))
			return err
		}, model.CodeNotFound, ""},
		"denied": {func(v string) error {
			_, _, err := max.CreateKey(ctx, model.KeySpec{Application: v})
			return err
		}, model.CodeInvalid, "application"},
		"denied grant": {func(v string) error {
			_, err := max.GiveGrant(ctx, v, model.KeysView, v, x.clock.now())
			return err
		}, model.CodeDenied, ""},
	} {
		for _, v := range []string{text, text[:25], "billing " + text, "x." + text + ",y"} {
			err := c.do(v)
			if model.CodeOf(err) != c.code || model.FieldOf(err) != c.field {
				t.Errorf("%s: %v (%s) is blamed on %q", name, err, model.CodeOf(err), model.FieldOf(err))
			}
			for _, said := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), model.Sentence(err), model.Sentence(errors.New(v))} {
				if strings.Contains(said, text[:13]) {
					t.Errorf("%s: the error repeats the secret", name)
				}
			}
		}
	}
	for _, e := range x.events(0) {
		if strings.Contains(fmt.Sprintf("%+v", e), text[:13]) {
			t.Errorf("event %d, %s, holds the secret", e.Seq, e.Action)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "emps_": "emps_", "emps_short": "emps_short", "emps_12345678": model.Mask, "(emps_0123456789abcdefghijABCD)": "(" + model.Mask + ")",
		"a emps_123456789 b emps_abcdefghij": "a " + model.Mask + " b " + model.Mask, model.Mask: model.Mask,
	} {
		if got := model.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		typed string
		same  bool
	}{{"Caf\u00e9 bar", true}, {"Cafe\u0301 bar", true}, {"  Caf\u00e9  bar\n", true}, {"caf\u00e9 bar", false}, {"Cafe bar", false}, {"Caf\u00e9bar", false}, {"", false}} {
		if model.SameName(c.typed, "Caf\u00e9 bar") != c.same {
			t.Errorf("%q is the same: %v", c.typed, !c.same)
		}
	}
}
