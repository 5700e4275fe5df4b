package cli

import (
	"os"
	"path/filepath"
	"testing"

	"empress/model"
)

// The file of a rotation on the screen holds what was accepted, for its owner
// alone, and does not stay without.
func TestSecretsOfRotation(t *testing.T) {
	secret := oneSecret(t)
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
