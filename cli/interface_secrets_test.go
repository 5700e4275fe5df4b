package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"empress/model"
	"empress/ui"
)

// The file of a rotation on the screen holds what was accepted, for its owner
// alone, and does not stay without.
func TestSecretsOfRotation(t *testing.T) {
	secret := newSecret(t)
	for _, accepted := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "new.secrets")
		f, err := newSecretsOfRotation(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Deliver(model.Key{ID: "empk_0123456789abcdefghjk"}, secret); err != nil {
			t.Fatal(err)
		}
		if !accepted {
			err = f.Undo()
		} else if err = f.Settle(); err == nil {
			f.Accept()
		}
		if err != nil || f.Leave() != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if !accepted {
			if !os.IsNotExist(err) {
				t.Fatalf("a file without secrets stays: %v", err)
			}
			continue
		}
		info, failed := os.Stat(path)
		if err != nil || failed != nil || info.Mode().Perm() != 0o600 || string(content) != "empk_0123456789abcdefghjk:"+secret.Reveal()+"\n" {
			t.Fatalf("the file holds something else, %v, %v", err, failed)
		}
		if _, err := newSecretsOfRotation(path); model.CodeOf(err) != model.CodeConflict {
			t.Fatalf("a file was overwritten: %v", err)
		}
	}
}

// Why a command did not take a secret reaches the screen, and the trail in fewer
// words.
func TestToCommandOf(t *testing.T) {
	k, secret := model.Key{ID: "empk_0123456789abcdefghjk", Application: "billing"}, newSecret(t)
	tr := &tree{Program: Program{Streams: Streams{Environ: os.Environ()}}}
	if err := tr.toCommandOf(context.Background(), "Acme", `test "$EMPRESS_TEAM $EMPRESS_APPLICATION" = "Acme billing" && grep -q emps_`, k, secret); err != nil {
		t.Fatal(err)
	}
	err := tr.toCommandOf(context.Background(), "Acme", "echo no such vault >&2; exit 3", k, secret)
	if u, ok := errors.AsType[*ui.Undelivered](err); !ok || u.Why != "exit status 3" || u.Said != "no such vault" {
		t.Fatal(err)
	}
}
