package storage_test

import (
	"errors"
	"os"
	"testing"

	"empress/model"
	"empress/storage"
)

func TestNewFile(t *testing.T) {
	make := func(t *testing.T) (*storage.NewFile, string) {
		path := t.TempDir() + "/secret"
		n, err := storage.CreateNewFile(path, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, path
	}
	t.Run("committed", func(t *testing.T) {
		n, path := make(t)
		if again, err := storage.CreateNewFile(path, 0); again != nil || !errors.Is(err, model.ErrConflict) {
			t.Errorf("made twice: %v", err)
		}
		if err := n.Commit([]byte("short")); err != nil {
			t.Fatal(err)
		}
		n.Discard() // too late
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatal(info, err)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != "short" {
			t.Errorf("it holds %q, %v", content, err)
		}
	})
	t.Run("written and kept", func(t *testing.T) {
		path := t.TempDir() + "/export"
		n, err := storage.CreateNewFile(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := n.Write([]byte("line\n")); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Keep(); err != nil {
			t.Fatal(err)
		}
		n.Discard() // too late
		if content, err := os.ReadFile(path); err != nil || string(content) != "line\nline\nline\n" {
			t.Errorf("it holds %q, %v", content, err)
		}
	})
	t.Run("left as it is", func(t *testing.T) {
		path := t.TempDir() + "/secrets"
		n, err := storage.CreateNewFile(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		write := func(line string) {
			if _, err := n.Write([]byte(line)); err != nil {
				t.Fatal(err)
			}
			if err := n.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		write("one\n")
		write("two, which is taken back\n")
		if err := n.Rewind(4); err != nil {
			t.Fatal(err)
		}
		write("two\n")
		if err := n.Leave(); err != nil {
			t.Fatal(err)
		}
		n.Discard() // too late
		if content, err := os.ReadFile(path); err != nil || string(content) != "one\ntwo\n" {
			t.Errorf("it holds %q, %v", content, err)
		}
	})
	t.Run("discarded", func(t *testing.T) {
		n, path := make(t)
		n.Discard()
		n.Discard()
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Error("it is still there")
		}
	})
	for name, put := range map[string]func(path string) error{
		"a link":  func(path string) error { return os.Symlink(path+".away", path) },
		"a file":  func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o644) },
		"nothing": func(string) error { return nil },
	} {
		t.Run("replaced by "+name, func(t *testing.T) {
			n, path := make(t)
			if err := errors.Join(os.Rename(path, path+".moved"), put(path)); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			if err := n.Commit([]byte("secret")); err == nil {
				t.Error("committed under a name that is another's")
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Errorf("it now holds %q", after)
			}
			if moved, err := os.ReadFile(path + ".moved"); err != nil || len(moved) != 0 {
				t.Errorf("the secret stays in the file that was moved: %q, %v", moved, err)
			}
		})
	}
}

func TestKeyFileOfOthers(t *testing.T) {
	path := t.TempDir() + "/team.key"
	if _, err := storage.CreateKeyFile(path); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(path[:len(path)-len("/team.key")])
	if err != nil || len(entries) != 1 {
		t.Errorf("making it left %v, %v", entries, err)
	}
	if err := os.Link(path, path+".second"); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.ReadKeyFile(path); model.CodeOf(err) != model.CodeFailed {
		t.Errorf("with a second name: %v", err)
	}
	if err := os.Remove(path + ".second"); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.ReadKeyFile(path); err != nil {
		t.Error(err)
	}
	if os.Geteuid() != 0 {
		return // only root can give a file away
	}
	if err := os.Chown(path, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.ReadKeyFile(path); model.CodeOf(err) != model.CodeFailed {
		t.Errorf("of somebody else: %v", err)
	}
}

// What makes a database untrustworthy is told when it is opened.
func TestUntrustworthy(t *testing.T) {
	p := newPlace(t)
	for _, c := range []struct {
		sql  string
		want model.Code
	}{
		{"CREATE TRIGGER t AFTER UPDATE ON keys BEGIN SELECT 1; END", model.CodeDamaged},
		{"CREATE VIEW v AS SELECT * FROM keys", model.CodeDamaged},
		{"CREATE VIEW \"a\x1b[2J\u202e\" AS SELECT 1", model.CodeDamaged},
		{"PRAGMA user_version = -1", model.CodeDamaged},
		{"PRAGMA user_version = 0", model.CodeDamaged},
		{"PRAGMA user_version = 2147483647", model.CodeDamaged},
		{"PRAGMA user_version = 99", model.CodeFailed},
		{"PRAGMA application_id = 7", model.CodeFailed},
	} {
		copied := p.copied(t)
		copied.alter(t, c.sql)
		s, err := storage.Open(ctx, copied.db)
		if s != nil || model.CodeOf(err) != c.want {
			t.Errorf("%q: %v", c.sql, err)
			continue
		}
		if said := model.Sentence(err); model.Printable(said) != said {
			t.Errorf("%q: the sentence holds raw text: %q", c.sql, said)
		}
	}
	if err := os.Chmod(p.db, 0o640); err != nil {
		t.Fatal(err)
	}
	if s, err := storage.Open(ctx, p.db); s != nil || model.CodeOf(err) != model.CodeFailed {
		t.Errorf("open to a group: %v", err)
	}
}

func TestInspectSchema(t *testing.T) {
	h, p := newHouse(t)
	if found, err := h.store.InspectSchema(ctx); err != nil || len(found) != 0 {
		t.Errorf("a new database: %q, %v", found, err)
	}
	p.alter(t, "DROP INDEX keys_owner; CREATE TABLE more (a); DROP INDEX members_login; CREATE INDEX members_login ON members (login)")
	if found, err := h.store.InspectSchema(ctx); err != nil || len(found) != 3 {
		t.Errorf("an altered one: %q, %v", found, err)
	}
}

// Whoever looks for a sealing key that is being made finds none, or all of it;
// of those who make it one wins.
func TestKeyFileAppearsWhole(t *testing.T) {
	for range size(20, 200) {
		path := t.TempDir() + "/team.key"
		keys := make(chan string, 8)
		for i := range cap(keys) {
			go func() {
				k, err := storage.ReadKeyFile(path)
				if i%4 == 0 {
					k, err = storage.CreateKeyFile(path)
				}
				for errors.Is(err, model.ErrNotFound) || errors.Is(err, model.ErrConflict) {
					k, err = storage.ReadKeyFile(path)
				}
				if err != nil {
					t.Error(err)
					keys <- ""
					return
				}
				keys <- string(k.Encode())
			}()
		}
		first := <-keys
		for range cap(keys) - 1 {
			if k := <-keys; k != first {
				t.Error("two of them found different keys")
			}
		}
	}
}
