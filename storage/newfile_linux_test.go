package storage_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"empress/storage"
)

// Where a new file's name cannot be made durable, as the directory may be written
// and not read, that is said before the file holds anything, and none is left.
func TestNewFileWithoutItsDirectory(t *testing.T) {
	const nobody = 65534
	base := t.TempDir()
	dir := filepath.Join(base, "dropbox")
	if err := os.Mkdir(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		for _, own := range []string{base, filepath.Dir(base)} { // which are the test's
			if err := os.Chmod(own, 0o711); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread goes with its rights
		if os.Geteuid() == 0 {
			if err := unix.Setfsuid(nobody); err != nil {
				made <- err
				return
			}
		}
		n, err := storage.CreateNewFile(filepath.Join(dir, "secrets"), 100)
		if err == nil {
			t.Error("it is there, and its name may be lost")
			n.Discard()
		} else {
			t.Log(err)
		}
		made <- nil
	}()
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
