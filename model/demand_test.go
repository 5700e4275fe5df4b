package model_test

import (
	"strings"
	"testing"

	"empress/model"
)

func TestCheckDemand(t *testing.T) {
	for _, c := range []struct {
		application string
		scopes      []string
		field       string // that is wrong, "" for none
	}{
		{"", nil, ""},
		{"billing", nil, ""},
		{"Büro 東", []string{"read", "invoices:read"}, ""},
		{" billing", nil, "application"},
		{"billing\n", nil, "application"},
		{"Bu\u0308ro", nil, "application"}, // stored as one rune
		{"bil\x1bling", nil, "application"},
		{strings.Repeat("x", 100), nil, "application"},
		{"billing", []string{""}, "scopes"},
		{"billing", []string{"read", "Read"}, "scopes"},
		{"", []string{"read write"}, "scopes"},
	} {
		if err := model.CheckDemand(c.application, c.scopes); model.FieldOf(err) != c.field || (err == nil) != (c.field == "") {
			t.Errorf("%q %q: %v", c.application, c.scopes, err)
		}
	}
}
