package storage_test

import (
	"database/sql"
	"fmt"
	"os"
	"testing"

	"empress/model"
)

// requests makes a batch of n requests with keyA.
func requests(n int64) model.Tally {
	return model.Tally{Usage: model.Usage{Key: keyA, Allowed: n}, Hours: hours(model.HourCount{Hour: noon, Reason: "ok", Count: n})}
}

// wantRequests checks what a usage file counts, and that it is sound.
func wantRequests(t *testing.T, db *sql.DB, want string) {
	t.Helper()
	if got := column(t, db, "SELECT sum(allowed) || ' ' || (SELECT sum(count) FROM hours) FROM usage"); got != want+" "+want {
		t.Errorf("%q requests are counted, and not %s", got, want)
	}
	if said := column(t, db, "PRAGMA integrity_check"); said != "ok" {
		t.Errorf("the file is damaged: %s", said)
	}
}

// What is counted after the usage file was moved away is found at its path, and
// what was counted before in the file that was moved, in all programs.
func TestUsageFileMoved(t *testing.T) {
	h, p := newHouse(t)
	there := p.opened(t)
	record(t, h.store, requests(1))
	record(t, there.store, requests(2))
	away := t.TempDir() + "/away"
	if err := os.Rename(p.db+".usage", away); err != nil {
		t.Fatal(err)
	}
	record(t, h.store, requests(4))
	record(t, there.store, requests(8))
	record(t, h.store, requests(16))
	wantRequests(t, place{db: away}.raw(t), "3")
	wantRequests(t, p.usageFile(t), "28")
	for what, s := range map[string]*house{"one": h, "the other": there} {
		if n := s.file.UsageLapses(); n != 1 {
			t.Errorf("%s says that the file was gone %d times", what, n)
		}
		us, err := s.store.Usages(ctx, []model.KeyID{keyA})
		if err != nil || us[keyA].Allowed != 28 {
			t.Errorf("%s reads %+v, %v", what, us, err)
		}
	}
	if n := p.opened(t).file.UsageLapses(); n != 0 {
		t.Errorf("a program that starts says that the file was gone %d times", n)
	}
}

// A usage file that is deleted, with or without what SQLite keeps beside it, is
// begun anew, and one that is put back is counted on in.
func TestUsageFileDeletedOrPutBack(t *testing.T) {
	for _, with := range []string{"", "-wal", "-shm"} {
		h, p := newHouse(t)
		record(t, h.store, requests(1))
		for _, suffix := range []string{"", with} {
			if err := os.RemoveAll(p.db + ".usage" + suffix); err != nil {
				t.Fatal(err)
			}
		}
		record(t, h.store, requests(2))
		wantRequests(t, p.usageFile(t), "2")
	}
	h, p := newHouse(t)
	record(t, h.store, requests(1))
	file := p.db + ".usage"
	for i, names := range [][2]string{{file, file + ".away"}, {file + ".away", file}} {
		if err := os.Rename(names[0], names[1]); err != nil {
			t.Fatal(err)
		}
		record(t, h.store, requests(2))
		if n := h.file.UsageLapses(); n != int64(i+1) {
			t.Errorf("the file was gone %d times", n)
		}
	}
	wantRequests(t, p.usageFile(t), "3")
}

// While the file cannot be made again nothing is called counted, and keys are
// checked as before.
func TestUsageFileCannotBeMade(t *testing.T) {
	h, p := newHouse(t)
	key, secret := h.create(t, "billing")
	record(t, h.store, requests(1))
	file := p.db + ".usage"
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := h.store.RecordUsage(ctx, []model.Tally{requests(2)}); err == nil {
		t.Error("it is called counted")
	}
	if !h.allows(t, key.ID, secret) {
		t.Error("the right secret is not allowed")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	record(t, h.store, requests(2))
	if got := column(t, p.usageFile(t), "SELECT allowed FROM usage WHERE key_id = '"+string(keyA)+"'"); got != fmt.Sprint(2) {
		t.Errorf("%s requests are counted", got)
	}
}
