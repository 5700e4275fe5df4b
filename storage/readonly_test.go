package storage_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"empress/model"
	"empress/storage"
)

// Where a directory cannot be written no database is made or opened, and why is
// said. One that is open goes on answering, and once the directory can be written
// again all is as it was.
func TestReadOnlyPlace(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Create(ctx, file+"/team.db"); err == nil || strings.Contains(model.Sentence(err), "cannot be used") {
		t.Errorf("a file for a directory: %v", err)
	}
	if os.Geteuid() == 0 {
		asNobody(t) // permissions do not hold for root
		return
	}
	p := newPlace(t)
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	key, secret := h.create(t, "billing")
	dir := filepath.Dir(p.db)
	may := func(mode os.FileMode) {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	answers := func(h *house) {
		t.Helper()
		if !h.allows(t, key.ID, secret) || h.allows(t, "empk_00000000000000000001", secret) {
			t.Error("a decision is another one")
		}
	}
	may(0o500)
	defer may(0o700)
	if _, err := storage.Create(ctx, dir+"/other.db"); err == nil || !strings.Contains(model.Sentence(err), "may not write") {
		t.Errorf("made where nothing can be written: %v", err)
	}
	answers(h)
	may(0o700)
	if err := h.store.Close(); err != nil {
		t.Error(err)
	}
	may(0o500)
	if _, err := p.open(); err == nil || !strings.Contains(model.Sentence(err), "need write permission") {
		t.Errorf("opened where nothing can be written: %v", err)
	}
	may(0o700)
	again := p.opened(t)
	answers(again)
	again.wantWhole(t)
}

// asNobody runs a test as somebody for whom permissions hold.
func asNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	dir, err := os.MkdirTemp("", "empress-nobody-") // one that others can reach
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(dir+"/test", program, 0o700)
	}
	for _, path := range []string{dir, dir + "/test"} {
		if err == nil {
			err = os.Chown(path, nobody, nobody)
		}
	}
	if err != nil {
		t.Skip("there is nobody else here: ", err)
	}
	cmd := exec.Command(dir+"/test", "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}
