package model

import (
	"strings"
	"testing"
)

// What other programs made has a form of its own, and never one that is nearly
// ours.
func TestImportedForms(t *testing.T) {
	for s, want := range map[string]bool{
		"0123456789abcde": true, "abc_DEF-": true, strings.Repeat("x", 64): true, "empkabcdefgh": true,
		"1234567": false, strings.Repeat("x", 65): false, "0123456 89abcde": false, "0123456:89abcde": false, "0123456é89": false, "a/bcdefgh": false,
		"empk_0123456789": false, "EMPK_0123456789abcdefghjk": false, "emps_0123456789": false, someKey + "x": false,
	} {
		id, err := ParseKeyID(s)
		if (err == nil) != want || want && (string(id) != s || !id.Imported()) {
			t.Errorf("ParseKeyID(%q) = %q, %v", s, id, err)
		}
	}
	for s, want := range map[string]bool{
		"fedcba987654321": true, "p@ss\"w0rd!~": true, strings.Repeat("x", 128): true, "empsabcd": true,
		"1234567": false, strings.Repeat("x", 129): false, "fedcba 987654321": false, "fedcba:987654321": false, "fedcba\t987654": false, "fedcbaé987": false, "fedcba\x7f987": false,
		"emps_0123456789": false, "EMPS_" + someSecret[5:]: false, "empk_0123456789": false, someSecret + "x": false,
	} {
		secret, err := ParseSecret(s)
		if (err == nil) != want || want && (secret.Reveal() != s || !secret.weak()) || !want && !secret.Empty() {
			t.Errorf("ParseSecret(%q): %v, %v", s, err, secret.Empty())
		}
	}
	if KeyID(someKey).Imported() {
		t.Error("ours counts as imported")
	}
	if s, err := ParseSecret(someSecret); err != nil || s.weak() {
		t.Errorf("ours counts as weak, %v", err)
	}
}

// The seal of a key that is not weak is what it was before keys could be.
func TestWeakIsSealedOnlyWhenSet(t *testing.T) {
	k := newKey(t)
	c := Credential{ID: someKey, Generation: 1, Hash: []byte("hash"), State: Active}
	old := k.rows.sum(fields{}.text("key v1").text(string(c.ID)).number(1).bytes(c.Hash).text("active").text("").number(0).text("").number(0).
		text("").text("").text("").number(0).number(0))
	if !sealed(old, k.sealCredential(c)) {
		t.Error("the seal of a key that was there before has changed")
	}
	if c.Weak = true; sealed(old, k.sealCredential(c)) {
		t.Error("a weak secret is not covered")
	}
}
