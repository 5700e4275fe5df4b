package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"modernc.org/sqlite"

	"empress/model"
	"empress/storage"
)

func TestFileModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // the modes must not depend on a kind umask
	dir := filepath.Join(t.TempDir(), "a", "b")
	p := place{filepath.Join(dir, "team.db"), filepath.Join(dir, "team.key")}
	if _, err := storage.CreateKeyFile(p.key); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Create(ctx, p.db)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	write(t, store, func(w model.Writer) error { return w.InsertMember(person(1, "ada")) })
	if err := store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: "empk_x", Denied: 1}}}); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, pattern := range []string{"team*", ".*", "*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			seen++
			if info, err := os.Lstat(f); err != nil || info.Mode() != 0o600 {
				t.Errorf("%s has mode %v, %v", f, info.Mode(), err)
			}
		}
	}
	if seen < 14 { // key, db, -wal, -shm, .usage, its -wal and -shm; twice
		t.Errorf("only %d files were looked at", seen)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if info, err := os.Stat(d); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", d, info.Mode(), err)
		}
	}
	if found := storage.LoosePermissions(p.db, p.key); len(found) != 0 {
		t.Errorf("loose permissions: %q", found)
	}
	for _, f := range []string{p.db, p.key, p.db + "-wal"} {
		if err := os.Chmod(f, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if found := storage.LoosePermissions(p.db, p.key); len(found) != 4 {
		t.Errorf("loose permissions: %q", found)
	}
	if _, err := storage.ReadKeyFile(p.key); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a sealing key that others can read: %v", err)
	}
}

func TestSymbolicLinksAreRefused(t *testing.T) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		t.Run("database"+suffix, func(t *testing.T) {
			p := newPlace(t)
			if suffix == "" {
				if err := os.Rename(p.db, p.db+".real"); err != nil {
					t.Fatal(err)
				}
			} else {
				_ = os.Remove(p.db + suffix)
			}
			target := p.db + ".real"
			if err := os.Symlink(target, p.db+suffix); err != nil {
				t.Fatal(err)
			}
			if s, err := storage.Open(ctx, p.db); err == nil || s != nil || !strings.Contains(model.Sentence(err), "symbolic link") {
				t.Errorf("Open: %v", err)
			}
			if s, err := storage.Create(ctx, p.db); err == nil || s != nil {
				t.Errorf("Create: %v", err)
			}
		})
	}
	t.Run("dangling", func(t *testing.T) {
		path := t.TempDir() + "/team.db"
		if err := os.Symlink(path+".elsewhere", path); err != nil {
			t.Fatal(err)
		}
		if _, err := storage.Create(ctx, path); err == nil {
			t.Error("Create follows it")
		}
		if _, err := os.Lstat(path + ".elsewhere"); !errors.Is(err, fs.ErrNotExist) {
			t.Error("the file that it points to was made")
		}
	})
	t.Run("sealing key", func(t *testing.T) {
		p := newPlace(t)
		link := p.key + ".link"
		if err := os.Symlink(p.key, link); err != nil {
			t.Fatal(err)
		}
		if _, err := storage.ReadKeyFile(link); err == nil || !strings.Contains(model.Sentence(err), "symbolic link") {
			t.Errorf("ReadKeyFile: %v", err)
		}
		if k, err := storage.CreateKeyFile(link); k != nil || !errors.Is(err, model.ErrConflict) {
			t.Errorf("CreateKeyFile: %v", err)
		}
	})
	t.Run("usage", func(t *testing.T) {
		p := newPlace(t)
		if err := errors.Join(os.Remove(p.db+".usage"), os.Symlink(p.db+".elsewhere", p.db+".usage")); err != nil {
			t.Fatal(err)
		}
		h := p.opened(t) // which keeps nobody out
		if err := h.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: "empk_x"}}}); err == nil {
			t.Error("RecordUsage follows it")
		}
		if err := h.store.RecordSignIn(ctx, model.SignIn{Member: 1, At: noon}); err == nil {
			t.Error("RecordSignIn follows it")
		}
	})
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := storage.Open(ctx, dir); err == nil || !strings.Contains(model.Sentence(err), "not a file") {
			t.Errorf("Open: %v", err)
		}
		if _, err := storage.ReadKeyFile(dir); err == nil {
			t.Error("ReadKeyFile reads a directory")
		}
	})
}

func TestKeyFile(t *testing.T) {
	path := t.TempDir() + "/deep/team.key"
	if _, err := storage.ReadKeyFile(path); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("a missing file: %v", err)
	}
	k, err := storage.CreateKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	back, err := storage.ReadKeyFile(path)
	if err != nil || string(back.Encode()) != string(k.Encode()) {
		t.Errorf("it came back as %v, %v", back, err)
	}
	if again, err := storage.CreateKeyFile(path); again != nil || !errors.Is(err, model.ErrConflict) {
		t.Errorf("a second one at the same place: %v, %v", again, err)
	}
	if same, err := storage.ReadKeyFile(path); err != nil || string(same.Encode()) != string(k.Encode()) {
		t.Error("the second one overwrote the first")
	}
	for name, content := range map[string]string{"empty": "", "garbage": "\x00\xff garbage", "long": strings.Repeat("x", 1<<20), "cut": string(k.Encode()[:40])} {
		bad := filepath.Join(filepath.Dir(path), name)
		if err := os.WriteFile(bad, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := storage.ReadKeyFile(bad); got != nil || !errors.Is(err, model.ErrDamaged) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Every connection, not only the first, has what durability rests on.
func TestPragmas(t *testing.T) {
	h, _ := newHouse(t)
	writer, readers := h.file.Pools()
	want := map[string]string{"journal_mode": "wal", "busy_timeout": "10000"}
	check := func(name string, db *sql.DB, connections int, extra map[string]string) {
		if got := db.Stats().MaxOpenConnections; got != connections {
			t.Errorf("%s: %d connections, want %d", name, got, connections)
		}
		var held []*sql.Conn
		for i := range connections {
			c, err := db.Conn(ctx)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
			for _, pragmas := range []map[string]string{want, extra} {
				for pragma, value := range pragmas {
					var got string
					if err := c.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != value {
						t.Errorf("%s %d: %s is %s, %v; want %s", name, i, pragma, got, err, value)
					}
				}
			}
		}
		for _, c := range held {
			_ = c.Close()
		}
	}
	check("writer", writer, 1, map[string]string{"synchronous": "2", "foreign_keys": "1", "query_only": "0"})
	check("reader", readers, 4, map[string]string{"query_only": "1"})
	if _, err := writer.Exec("SELECT \"misspelt\" FROM keys"); err == nil {
		t.Error("a misspelt name is taken for text")
	}
	if on, err := sqlite.OFDLocking(true); err != nil || !on {
		t.Errorf("locks of the open file were off: %v, %v", on, err)
	}
}

func TestStrangeFilesAreRefused(t *testing.T) {
	whole := newPlace(t)
	sound, err := os.ReadFile(whole.db)
	if err != nil {
		t.Fatal(err)
	}
	build := func(statements ...string) func(string) error {
		return func(path string) error {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				return err
			}
			for _, s := range statements {
				if _, err := db.Exec(s); err != nil {
					return err
				}
			}
			return db.Close()
		}
	}
	content := func(b []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, b, 0o600) }
	}
	for _, c := range []struct {
		name string
		make func(string) error
		want error
		say  string
	}{
		{"none", func(string) error { return nil }, model.ErrNotInitialized, "no database"},
		{"empty", content(nil), model.ErrNotInitialized, "empty"},
		{"garbage", content([]byte(strings.Repeat("This is no database. ", 1000))), model.ErrDamaged, "not an empress database"},
		{"zeros", content(make([]byte, 8192)), model.ErrDamaged, ""},
		{"cut in the header", content(sound[:60]), model.ErrDamaged, ""},
		{"cut in the schema", content(sound[:4096]), model.ErrDamaged, "damaged"},
		{"of another program", build("CREATE TABLE songs (title TEXT)"), nil, "another program"},
		{"of another program, with its number", build("PRAGMA application_id = 77", "CREATE TABLE songs (title TEXT)"), nil, "another program"},
		{"of another program, still empty", build("PRAGMA user_version = 3"), nil, "another program"},
		{"newer", build("PRAGMA application_id = 1164800114", "PRAGMA user_version = 999", "CREATE TABLE keys (x TEXT)"), nil, "newer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir() + "/team.db"
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			store, err := storage.Open(ctx, path)
			if err == nil || store != nil {
				t.Fatalf("it opens: %v", err)
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("it is refused with %v", err)
			}
			if words := model.Sentence(err); !strings.Contains(words, c.say) || strings.Contains(words, "SQL") {
				t.Errorf("a person is told %q", words)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
			if left, _ := filepath.Glob(path + "?*"); len(left) != 0 {
				t.Errorf("files were left: %v", left)
			}
		})
	}
}

// A file that a crash left half made is finished by the next.
func TestCreateFinishesWhatWasBegun(t *testing.T) {
	for name, begin := range map[string]func(string) error{
		"empty file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"journal mode": func(path string) error {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				return err
			}
			_, err = db.Exec("PRAGMA journal_mode = WAL")
			return errors.Join(err, db.Close(), os.Chmod(path, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/team.db"
			if err := begin(path); err != nil {
				t.Fatal(err)
			}
			s, err := storage.Create(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			write(t, s, func(w model.Writer) error { return w.InsertMember(person(1, "ada")) })
		})
	}
}

// What was made stays: another process may have opened it by then.
func TestCreateRemovesNothing(t *testing.T) {
	path := t.TempDir() + "/team.db"
	first, err := storage.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := storage.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, second, func(w model.Writer) error {
		return w.InsertTeam(model.Team{Database: make([]byte, 16), Name: "Acme", Check: []byte{1}, Seal: []byte{1}})
	})
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	read(t, s, func(r model.Reader) error { _, err := r.Team(); return err })
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"team db.db", "te?am.db", "te#am.db", "te%41m.db", "te&a=m.db", "tä'm.db", "te;am.db", "file:team.db", ":memory:", "-team.db"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			s, err := storage.Create(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, s, func(w model.Writer) error { return w.InsertMember(person(1, "ada")) })
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 || entries[0].Name() != name {
				t.Errorf("the directory holds %v, %v", entries, err)
			}
		})
	}
	t.Run("relative", func(t *testing.T) {
		t.Chdir(t.TempDir())
		s, err := storage.Create(ctx, "team.db")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if !filepath.IsAbs(s.Path()) {
			t.Errorf("the path is %s", s.Path())
		}
	})
}

func TestWriteNewFile(t *testing.T) {
	path := t.TempDir() + "/secret"
	if err := storage.WriteNewFile(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := storage.WriteNewFile(path, []byte("y")); !errors.Is(err, model.ErrConflict) {
		t.Errorf("a second time: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "x" {
		t.Errorf("it holds %q, %v", got, err)
	}
	if err := os.Symlink(path+".elsewhere", path+".link"); err != nil {
		t.Fatal(err)
	}
	if err := storage.WriteNewFile(path+".link", []byte("y")); err == nil {
		t.Error("it follows a symbolic link")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// A usage file that a crash left without its table is finished.
func TestUsageFileHalfMade(t *testing.T) {
	p := newPlace(t)
	if err := os.WriteFile(p.db+".usage", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h := p.opened(t)
	if got, err := h.store.Usages(ctx, []model.KeyID{"empk_x"}); err != nil || len(got) != 0 {
		t.Errorf("reading it: %v, %v", got, err)
	}
	if err := h.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: "empk_x", Denied: 1}}}); err != nil {
		t.Errorf("writing it: %v", err)
	}
}

// A busy database is told as such, in words that name the mend.
func TestBusy(t *testing.T) {
	h, p := newHouse(t)
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	k, err := h.ada.Keys(ctx, model.KeyQuery{}) // reading goes on
	if err != nil || k.Count != 0 {
		t.Errorf("reading beside a writer: %v", err)
	}
	c, cancel := context.WithTimeout(ctx, 100e6)
	defer cancel()
	_, s, err := h.ada.CreateKey(c, model.KeySpec{Application: "billing"})
	if !errors.Is(err, model.ErrUnavailable) || !s.Empty() {
		t.Errorf("waiting for another program: %v", err)
	}
	if _, err := other.ExecContext(ctx, "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	h.create(t, "billing")
	h.wantWhole(t)
}

func Example_sentence() {
	_, err := storage.Open(ctx, "/nowhere/team.db")
	fmt.Println(model.Sentence(err))
	// Output: There is no database at /nowhere/team.db yet. Run `empress`, or `empress init` with --team, --name and --email.
}
