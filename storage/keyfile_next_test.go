package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"empress/model"
	"empress/storage"
)

// Another key is added to the file, which keeps what is in it and is nobody
// else's to read.
func TestAddToKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "team.key")
	if _, err := storage.AddToKeyFile(path, 1); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("to a file that is not there: %v", err)
	}
	first, err := storage.CreateKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".next", []byte("half of a fi"), 0o600); err != nil { // of a process that was killed
		t.Fatal(err)
	}
	made, err := storage.AddToKeyFile(path, 1)
	if err != nil || made.Number() != 2 || !strings.HasPrefix(string(made.Encode()), string(first.Encode())) {
		t.Fatalf("the newest is %v, %v", made, err)
	}
	if back, err := storage.ReadKeyFile(path); err != nil || string(back.Encode()) != string(made.Encode()) {
		t.Errorf("it came back as %v, %v", back, err)
	}
	if again, err := storage.AddToKeyFile(path, 1); again != nil || !errors.Is(err, model.ErrConflict) {
		t.Errorf("while one waits: %v, %v", again, err)
	}
	if third, err := storage.AddToKeyFile(path, 2); err != nil || third.Number() != 3 {
		t.Errorf("once it is used: %v, %v", third, err)
	}
	info, err := os.Stat(path)
	if entries, err2 := os.ReadDir(dir); err != nil || err2 != nil || info.Mode() != 0o600 || len(entries) != 1 {
		t.Errorf("the file is of mode %v beside %v: %v, %v", info.Mode(), entries, err, err2)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.AddToKeyFile(path, 3); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("to a file that others can read: %v", err)
	}
}

// Of those who add a key at once one does, and nothing of it is lost.
func TestAddToKeyFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "team.key")
	if _, err := storage.CreateKeyFile(path); err != nil {
		t.Fatal(err)
	}
	var won atomic.Pointer[model.SealingKey]
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			k, err := storage.AddToKeyFile(path, 1)
			if err == nil && !won.CompareAndSwap(nil, k) {
				err = errors.New("a second one won")
			}
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil && !errors.Is(err, model.ErrConflict) {
			t.Error(err)
		}
	}
	back, err := storage.ReadKeyFile(path)
	if err != nil || won.Load() == nil || string(back.Encode()) != string(won.Load().Encode()) {
		t.Errorf("it holds %v, %v", back, err)
	}
}

// What cannot be replaced stays as it is: a file that is full, or whose place
// cannot be written to.
func TestKeyFileStays(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "team.key")
	k, err := storage.CreateKeyFile(path)
	for n := 1; err == nil; n++ {
		var next *model.SealingKey
		if next, err = storage.AddToKeyFile(path, n); err == nil {
			k = next
		}
	}
	if k.Number() < 50 || !strings.Contains(model.Sentence(err), "is full") {
		t.Errorf("after %d keys: %v", k.Number(), err)
	}
	if err := os.Mkdir(path+".next", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".next/in the way", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.AddToKeyFile(path, k.Number()); err == nil {
		t.Error("it is replaced")
	}
	if back, err := storage.ReadKeyFile(path); err != nil || string(back.Encode()) != string(k.Encode()) {
		t.Errorf("it came back as %v, %v", back, err)
	}
}
