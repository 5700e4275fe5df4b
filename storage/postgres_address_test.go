package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

func TestParseAddress(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root.crt")
	if err := os.WriteFile(root, []byte("-----BEGIN CERTIFICATE-----\n"+strings.Repeat("secret", 3)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want, name string }{
		{"postgres://ada@db.example.com/empress", "postgres://ada@db.example.com:5432/empress", "empress"},
		{"postgresql://ada:secret@db.example.com:6432/empress?sslmode=require", "postgres://ada@db.example.com:6432/empress", "empress"},
		{"postgres://ada:secret@a,b:6432/keys-1?sslmode=prefer&target_session_attrs=read-write&application_name=x", "postgres://ada@a:5432,b:6432/keys-1", "keys-1"},
		{"postgres://ada@[::1]:5433/team%2F..?password=secret", "postgres://ada@[::1]:5433/team%2F..", "team___"},
		{"postgres://ada@/empress?host=/run/postgresql", "postgres://ada@%2Frun%2Fpostgresql:5432/empress", "empress"},
		{"postgres://ada@h", "postgres://ada@h:5432/ada", "ada"},
	} {
		a, err := storage.ParseAddress(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if a.String() != c.want || a.FileName() != c.name {
			t.Errorf("%s is %s and %s, want %s and %s", c.text, a, a.FileName(), c.want, c.name)
		}
		for _, verb := range []string{"%v", "%s"} {
			if text := fmt.Sprintf(verb, a); strings.Contains(text, "secret") {
				t.Errorf("%s says %s", verb, text)
			}
		}
	}
	for _, text := range []string{
		"postgres://ada:secret@h:port/x", "postgres://ada:sec/ret@h/x?y", "postgres://ada:secret@h/x?sslmode=perhaps", "postgres://ada:secret@h/%zz",
		"postgres://ada:secret@h/x?sslmode=verify-full&sslrootcert=/secret/missing", "postgres://ada:secret@h/x?sslmode=verify-full&sslrootcert=" + root,
		"postgres://ada:secret@h/x?target_session_attrs=perhaps", "postgres://ada:secret@h/x?connect_timeout=secret",
	} {
		a, err := storage.ParseAddress(text)
		if err == nil {
			t.Errorf("%s is taken for %s", text, a)
		} else if !errors.Is(err, model.ErrInvalid) || strings.Contains(err.Error(), "sec") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Whatever stands for an address is read or refused in words that repeat no
// password.
func TestParseAnyAddress(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	good := []string{"postgres://ada:sesame@db.example.com:6432/empress?sslmode=require", "postgresql://ada@a,b:6432/keys?password=sesame&target_session_attrs=read-write", "postgres://[::1]:5433/team%2F.."}
	signs := []byte("/:@?&=%,[]#+ \x00\xff0zA")
	for range size(10_000, 100_000) {
		b := []byte(good[random.IntN(len(good))])
		for range 1 + random.IntN(4) {
			i := len("postgres://") + random.IntN(len(b)-len("postgres://"))
			switch random.IntN(3) {
			case 0:
				b[i] = signs[random.IntN(len(signs))]
			case 1:
				b = slices.Insert(b, i, signs[random.IntN(len(signs))])
			case 2:
				b = slices.Delete(b, i, i+1)
			}
		}
		if _, err := storage.ParseAddress(string(b)); err != nil && (!errors.Is(err, model.ErrInvalid) || strings.Contains(err.Error(), "sesame")) {
			t.Fatalf("%q: %v", b, err)
		}
	}
}

func TestHasPassword(t *testing.T) {
	for text, want := range map[string]bool{
		"postgres://ada@h/x":               false,
		"postgres://ada@h:5432,i:5433/x":   false,
		"postgres://h:5432/x":              false,
		"postgres://ada@h/x?sslmode=allow": false,
		"postgres://ada:secret@h,i:1/x":    true,
		"postgres://:secret@h/x":           true,
		"postgres://h/x?password=secret":   true,
		"postgres://h/x?pass%77ord=secret": true,
		"postgres://h/x?sslpassword=s":     true,
		"postgres://h/x?a=%zz":             true,
	} {
		if got := storage.HasPassword(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
