package cli

import (
	"os"
	"path/filepath"
	"testing"

	"empress/model"
)

// The screens read a key from an ordinary file alone: anything else could keep
// them waiting.
func TestReadKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "id.pub")
	if err := os.WriteFile(path, []byte("ssh-ed25519 AAAA ada\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readKeyFile(path); err != nil || got != "ssh-ed25519 AAAA ada" {
		t.Errorf("%q, %v", got, err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "nowhere"), os.DevNull} {
		want := path + " cannot be read. Give the file that ends in .pub."
		if got, err := readKeyFile(path); got != "" || model.CodeOf(err) != model.CodeFailed || model.Sentence(err) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}
