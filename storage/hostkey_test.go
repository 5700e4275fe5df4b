package storage_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"empress/model"
	"empress/storage"
)

func TestHostKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db.hostkey")
	if _, err := storage.ReadHostKey(path); model.CodeOf(err) != model.CodeNotFound {
		t.Errorf("a missing one: %v", err)
	}
	var made [8]ssh.Signer
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			var err error
			if made[i], err = storage.HostKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, k := range made {
		if k.PublicKey().Type() != ssh.KeyAlgoED25519 || !bytes.Equal(k.PublicKey().Marshal(), made[0].PublicKey().Marshal()) {
			t.Error("there are two keys")
		}
	}
	if _, err := storage.HostKey(path); err != nil {
		t.Error(err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, kept) {
		t.Errorf("it was overwritten: %v", err)
	}
}

// What others could have put there is neither read nor replaced.
func TestHostKeyRefused(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"others can read it": func(path string) error { return os.Chmod(path, 0o640) },
		"a second name":      func(path string) error { return os.Link(path, path+".more") },
		"a directory":        func(path string) error { return os.Mkdir(path, 0o700) },
		"nonsense":           func(path string) error { return os.WriteFile(path, []byte("nonsense"), 0o600) },
		"a symbolic link":    func(path string) error { return os.Symlink(path+".there", path) },
		"a link to nothing":  func(path string) error { return os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db.hostkey")
			if name == "others can read it" || name == "a second name" {
				if _, err := storage.HostKey(path); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := storage.HostKey(path + ".there"); err != nil {
				t.Fatal(err)
			}
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			if _, err := storage.HostKey(path); model.CodeOf(err) != model.CodeFailed {
				t.Errorf("it is %v", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("it was changed")
			}
		})
	}
}
