package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"empress/model"
	"empress/storage"
)

// Many writers add lines at once, and each line stays whole.
func TestAppendLines(t *testing.T) {
	path := t.TempDir() + "/team.db.log"
	if _, err := storage.LastLines(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing log: %v", err)
	}
	if found := storage.InspectLog(path); found != nil {
		t.Errorf("a missing log is wrong: %q", found)
	}
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 50 {
				if err := storage.AppendLines(path, fmt.Appendf(nil, "%d %d %s\n", w, i, strings.Repeat("x", 100*i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		var w, i int
		var text string
		if n, _ := fmt.Sscan(line, &w, &i, &text); n < 2 || len(text) != 100*i {
			t.Errorf("a broken line %.40q", line)
		}
		seen[fmt.Sprint(w, i)] = true
	}
	if len(seen) != 8*50 {
		t.Errorf("%d lines", len(seen))
	}
	lines, err := storage.LastLines(path)
	if err != nil || len(lines) < 20 || len(lines) >= 8*50 || !bytes.HasSuffix(content, append(lines[len(lines)-1], '\n')) || !bytes.Contains(content, append([]byte("\n"), lines[0]...)) {
		t.Errorf("%d lines at the end, %v", len(lines), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

// What was left of a line spoils none that comes after it.
func TestAppendAfterPartOfALine(t *testing.T) {
	path := t.TempDir() + "/log"
	if err := storage.WriteNewFile(path, []byte("one\ntw")); err != nil {
		t.Fatal(err)
	}
	if err := storage.AppendLines(path, []byte("three\n")); err != nil {
		t.Fatal(err)
	}
	lines, err := storage.LastLines(path)
	if err != nil || string(bytes.Join(lines, []byte("|"))) != "one|tw|three" {
		t.Errorf("%q, %v", lines, err)
	}
}

// A log is a file of its own, which its owner alone reads.
func TestLogRefused(t *testing.T) {
	dir := t.TempDir()
	if err := storage.WriteNewFile(dir+"/other", []byte("kept\n")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(dir+"/other", dir+"/link"), os.Symlink(dir+"/nothing", dir+"/dangling"), syscall.Mkfifo(dir+"/fifo", 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir + "/link", dir + "/dangling", dir + "/fifo", dir, dir + "/nowhere/log", dir + "/other/log"} {
		err := storage.AppendLines(path, []byte("line\n"))
		if err == nil || model.CodeOf(err) != model.CodeFailed || strings.Contains(model.Sentence(err), "inside empress") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if content, err := os.ReadFile(dir + "/other"); err != nil || string(content) != "kept\n" {
		t.Errorf("a link was followed: %q, %v", content, err)
	}
	if _, err := os.Lstat(dir + "/nothing"); err == nil {
		t.Error("a link was followed to a new file")
	}
	if found := storage.InspectLog(dir + "/link"); len(found) != 1 {
		t.Errorf("a link as a log: %q", found)
	}
	if err := os.Chmod(dir+"/other", 0o644); err != nil {
		t.Fatal(err)
	}
	if found := storage.InspectLog(dir + "/other"); len(found) != 1 || !strings.Contains(found[0], "chmod 600 "+dir+"/other") {
		t.Errorf("an open log: %q", found)
	}
}

// A log that has a second name could be somebody else's file.
func TestLogHasOneName(t *testing.T) {
	dir := t.TempDir()
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, "log")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(other, path); err != nil {
		t.Skip("no hard links here:", err)
	}
	if _, err := storage.LastLines(path); err == nil || !strings.Contains(model.Sentence(err), "not trusted") {
		t.Errorf("a log with two names: %v", err)
	}
}
