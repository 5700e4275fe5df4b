package storage_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
)

// What another process has been told is done, the very next decision knows,
// while processes write at full speed, one of them is killed now and then, and
// requests come all the time.
func TestDecisionsKnowEveryCommit(t *testing.T) { onEngines(t, decisionsKnowEveryCommit) }

func decisionsKnowEveryCommit(t *testing.T, p place) {
	h := p.opened(t)
	rounds, acknowledged := size(3, 20), size(60, 600)
	if p.onServer() {
		acknowledged /= 10 // each is a round trip, and the requests leave it little time
	}
	var stop atomic.Bool
	var asking sync.WaitGroup
	busy, _ := h.create(t, "billing")
	for range 4 {
		asking.Go(func() {
			for !stop.Load() {
				if _, err := h.store.Credential(ctx, busy.ID); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range rounds {
		var writers sync.WaitGroup
		for range 3 {
			key, old := h.create(t, "billing")
			writers.Go(func() { h.wantEachRegeneration(t, p, key.ID, old, acknowledged) })
		}
		writers.Wait()
	}
	stop.Store(true)
	asking.Wait()
	if h.file != nil {
		h.wantHeld(t)
	}
	h.wantWhole(t)
}

// wantHeld skips a test where decisions cannot be answered from transactions
// that stay open. On Linux they must be.
func (h *house) wantHeld(t *testing.T) {
	t.Helper()
	switch {
	case h.file.Held():
	case runtime.GOOS == "linux":
		t.Fatal("no transaction stays open")
	default:
		t.Skip("commits cannot be seen from outside of SQLite here")
	}
}

// wantEachRegeneration has another process regenerate the secret of a key, so
// many times until it is killed, and asks for a decision after each.
func (h *house) wantEachRegeneration(t *testing.T, p place, key model.KeyID, old model.Secret, times int) {
	cmd := helper("regenerate", p.db, p.key, string(key))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Error(err)
		return
	}
	lines := bufio.NewScanner(out)
	for i := 0; i < times && lines.Scan(); i++ {
		var generation model.Generation
		var secret string
		if _, err := fmt.Sscan(lines.Text(), &generation, &secret); err != nil {
			t.Errorf("%q: %v", lines.Text(), err)
			break
		}
		if d, err := h.service.Verify(ctx, model.Request{Key: key, Secret: old}); err != nil || d.Allowed {
			t.Errorf("the secret before generation %d: %v, %v", generation, d, err)
		}
		if c, err := h.store.Credential(ctx, key); err != nil || c.Generation < generation {
			t.Errorf("generation %d was acknowledged, and %d is read: %v", generation, c.Generation, err)
		}
		if old, err = model.ParseSecret(secret); err != nil {
			t.Error(err)
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// A transaction that nobody reads in ends, so that the write-ahead log can
// start over.
func TestSnapshotsRest(t *testing.T) {
	h, _ := newHouse(t)
	key, _ := h.create(t, "billing")
	for range 100 {
		if _, err := h.store.Credential(ctx, key.ID); err != nil {
			t.Fatal(err)
		}
	}
	h.wantHeld(t)
	h.create(t, "billing")
	writer, _ := h.file.Pools()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := leftInLog(writer)
		if err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d frames are left in the log", left)
		}
	}
}

// leftInLog is how many frames a checkpoint could not move, or drop.
func leftInLog(db *sql.DB) (left int, err error) {
	var held, frames, moved int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&held, &frames, &moved)
	return frames + held, err
}

// A store that is closed while it is asked answers or says that it cannot.
func TestSnapshotsClose(t *testing.T) {
	h, p := newHouse(t)
	key, _ := h.create(t, "billing")
	for range size(10, 100) {
		again, err := p.open()
		if err != nil {
			t.Fatal(err)
		}
		var asking sync.WaitGroup
		for range 4 {
			asking.Go(func() {
				for range 200 {
					if c, err := again.store.Credential(ctx, key.ID); err == nil && c.ID != key.ID {
						t.Errorf("an answer about %q", c.ID)
					}
				}
			})
		}
		if err := again.store.Close(); err != nil {
			t.Error(err)
		}
		asking.Wait()
	}
}

// The write-ahead log starts over again and again while requests come all the
// time, and is gone when the last one has closed the database.
func TestLogStartsOver(t *testing.T) {
	h, p := newHouse(t)
	key, _ := h.create(t, "billing")
	var stop atomic.Bool
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			for !stop.Load() {
				if _, err := h.store.Credential(ctx, key.ID); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	size := func() int64 {
		info, err := os.Stat(p.db + "-wal")
		if err != nil {
			return 0
		}
		return info.Size()
	}
	const most = 10_000 // changes, far more than it takes
	for i, before := 0, uint32(0); ; i++ {
		purpose := fmt.Sprint("number ", i)
		if _, err := h.ada.EditKey(ctx, key.ID, 0, model.KeyEdit{Purpose: &purpose}); err != nil {
			t.Fatal(err)
		}
		now := h.file.Frames()
		if now < before {
			break
		}
		if before = now; i == most {
			t.Fatalf("after %d changes the log has %d frames, and it never started over", most, now)
		}
	}
	stop.Store(true)
	asking.Wait()
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	if left := size(); left != 0 {
		t.Errorf("%d bytes of the log are left", left)
	}
}

// A transaction that was read in while the others were ended is not forgotten: it
// would keep the log from starting over.
func TestRestFindsTheBusy(t *testing.T) {
	h, _ := newHouse(t)
	k, _ := h.create(t, "billing")
	for range 1000 { // so many that it pays
		if _, err := h.store.Credential(ctx, k.ID); err != nil {
			t.Fatal(err)
		}
	}
	h.wantHeld(t)
	if !h.file.RestBesideReader() {
		t.Error("nobody looks for it again")
	}
}
