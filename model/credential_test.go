package model

import (
	"errors"
	"strings"
	"testing"
)

const (
	someKey    = "empk_0123456789abcdefghjk"
	someSecret = "emps_NnyhPYYFidhKKOdRSEhuUhoxutstIFfC4ZyeAh2aDYx00p78y"
)

func TestParseCredential(t *testing.T) {
	for _, s := range []string{someKey + ":" + someSecret, " " + someKey + ":" + someSecret + "\r\n"} {
		id, secret, err := ParseCredential(s)
		if err != nil || id != someKey || !secret.Matches(someSecret) {
			t.Errorf("ParseCredential(%q) = %s, %v", s, id, err)
		}
	}
	for _, s := range []string{"", ":", someKey, someSecret, someKey + ":", ":" + someSecret, someSecret + ":" + someKey, someKey + someSecret,
		someKey + ": " + someSecret, someKey + "::" + someSecret, someKey + ":" + someSecret + ":x", someKey + ":" + Mask, someKey + ":" + strings.ToLower(someSecret)} {
		id, secret, err := ParseCredential(s)
		if err == nil || id != "" || !secret.Empty() || !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseCredential(%q) = %q, %v", s, id, err)
		}
		if err != nil && strings.Contains(err.Error(), "NnyhPYYF") {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}

func FuzzParseKeyID(f *testing.F) {
	f.Add(someKey)
	f.Add("empk_")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParseKeyID(s); err == nil && string(id) != s || err != nil && id != "" {
			t.Errorf("ParseKeyID(%q) = %q, %v", s, id, err)
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	for _, v := range secretVectors {
		f.Add(v.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		secret, err := ParseSecret(s)
		if err == nil && (secret.Reveal() != s || !leakScanner.MatchString(s) && !secret.weak()) || err != nil && !secret.Empty() {
			t.Errorf("ParseSecret(%q) = %q, %v", s, secret.Reveal(), err)
		}
	})
}

func FuzzParseCredential(f *testing.F) {
	f.Add(someKey + ":" + someSecret)
	f.Add(" :\n")
	f.Fuzz(func(t *testing.T, s string) {
		id, secret, err := ParseCredential(s)
		if err == nil && string(id)+":"+secret.Reveal() != strings.TrimSpace(s) || err != nil && (id != "" || !secret.Empty()) {
			t.Errorf("ParseCredential(%q) = %q, %v", s, id, err)
		}
	})
}

func FuzzParseSealingKey(f *testing.F) {
	f.Add("empress-sealing-key 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")
	f.Add("empress-sealing-key 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\nempress-sealing-key 3 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")
	f.Add("empress-sealing-key 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9\n") // loose last bits
	f.Add("empress-sealing-key 01 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseSealingKey(s)
		if err != nil {
			if k != nil || !errors.Is(err, ErrDamaged) {
				t.Errorf("ParseSealingKey(%q) = %v, %v", s, k, err)
			}
			return
		}
		if strings.TrimRight(string(k.Encode()), "\n") != strings.TrimRight(s, "\r\n") {
			t.Errorf("%q is written %q", s, k.Encode())
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add("17:" + strings.Repeat("0a", 32))
	f.Add("+17:" + strings.Repeat("0A", 32))
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCheckpoint(s)
		if err == nil && c.String() != strings.TrimSpace(s) || err != nil && c.MAC != nil {
			t.Errorf("ParseCheckpoint(%q) = %s, %v", s, c, err)
		}
	})
}
