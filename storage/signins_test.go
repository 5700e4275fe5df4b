package storage_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// helpSignIn keeps one sign-in of the second member after the other, a second
// apart, and prints how many seconds after noon each was once it is kept.
func helpSignIn(args []string) error {
	h, err := place{args[0], args[1]}.open()
	if err != nil {
		return err
	}
	from, err := strconv.Atoi(args[2])
	for i := from; err == nil; i++ {
		if err = h.store.RecordSignIn(ctx, model.SignIn{Member: 2, At: noon.Add(time.Duration(i) * time.Second)}); err == nil {
			fmt.Println(i)
		}
	}
	return err
}

// A process that keeps sign-ins is killed at whatever it does. What it said to
// have kept is there, and the next one goes on.
func TestKilledWhileSigningIn(t *testing.T) {
	p := newPlace(t)
	kept := 0
	for range size(12, 100) {
		cmd := helper("sign in", p.db, p.key, strconv.Itoa(kept+1))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, before := lines(out), kept
		for line := range said {
			if kept, err = strconv.Atoi(line); err != nil {
				t.Fatalf("the process said %q", line)
			}
			if kept == before+3 {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
		h := p.opened(t)
		got, err := h.store.SignIns(ctx, 2)
		if err != nil || len(got) != 1 || got[0].At.Before(noon.Add(time.Duration(kept)*time.Second)) || kept < before+3 {
			t.Fatalf("%d was kept, and there is %+v, %v", kept, got, err)
		}
	}
}

// Somebody who holds the file keeps nobody out.
func TestSignInBesideALock(t *testing.T) {
	p := newPlace(t)
	db, err := sql.Open("sqlite", p.db+".usage")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE sign_ins SET at = 0; BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	h := p.opened(t)
	if in, err := h.ada.LastSignIn(ctx, 1); err != nil || !in.At.IsZero() {
		t.Errorf("%+v, %v", in, err)
	}
}

// Whatever is in the place of the file keeps nobody out, and is left alone.
func TestSignInWithoutItsFile(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"nonsense":    func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("nonsense ", 100)), 0o600) },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"a link":      func(path string) error { return os.Symlink(path+".elsewhere", path) },
	} {
		p := newPlace(t)
		if err := errors.Join(os.Remove(p.db+".usage"), spoil(p.db+".usage")); err != nil {
			t.Fatal(err)
		}
		h := p.opened(t)
		if in, err := h.ada.LastSignIn(ctx, 1); err != nil || !in.Unknown {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
		if _, err := os.Lstat(p.db + ".usage.elsewhere"); err == nil {
			t.Errorf("%s: it was followed", name)
		}
	}
}
