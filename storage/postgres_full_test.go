//go:build linux

package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"empress/model"
	"empress/storage/postgrestest"
)

// smallDisk makes a disk of so many bytes that the server keeps a team's tables on,
// and returns the directory and the address. Only root can.
func smallDisk(t *testing.T, bytes int) (dir, address string) {
	t.Helper()
	server := postgres.Server(t)
	template := emptySchema(t)
	info, err := os.Stat(server.Dir)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	dir = filepath.Join(filepath.Dir(server.Dir), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	err = unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,uid=%d,mode=700", bytes, owner.Uid))
	if errors.Is(err, unix.EPERM) {
		t.Skip("only root makes disks: nothing is shown about a server whose disk is full")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Execute(t, postgrestest.Superuser, "DROP DATABASE small")
		server.Execute(t, postgrestest.Superuser, "DROP TABLESPACE small")
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	server.Execute(t, postgrestest.Superuser, "CREATE TABLESPACE small LOCATION '"+dir+"'")
	server.Execute(t, postgrestest.Superuser, "CREATE DATABASE small TEMPLATE "+template+" TABLESPACE small")
	return dir, server.Address("small")
}

// leave leaves so many bytes of a disk.
func leave(t *testing.T, dir string, bytes int64) (empty func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for err == nil {
		var n int
		n, err = file.Write(make([]byte, 64<<10))
		size += int64(n)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(max(0, size-bytes)), file.Close()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// The disk of the server fills up in the middle of changes. Nothing that failed is
// called a success, no secret is shown without its change, decisions go on, and
// with room again so do changes.
func TestPostgresDiskFull(t *testing.T) {
	if racing {
		t.Skip("it has one goroutine")
	}
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir, address := smallDisk(t, 32<<20)
	p := founded(t, place{address, t.TempDir() + "/team.key"})
	v := newVictims(t, p, 1)[0]
	h := p.opened(t)
	rounds := size(20, 200)
	for round := range rounds {
		empty := leave(t, dir, random.Int64N(8<<10))
		for v.regenerated(t, h) {
		}
		v.check(t, h, false)
		empty()
		if !v.regenerated(t, h) {
			t.Error("with room again nothing can be changed")
		}
		v.check(t, h, false)
		if t.Failed() {
			t.Fatal("round", round)
		}
	}
	checkAfterKill(t, p, true, v)
	t.Log(len(v.told)-1, "changes were acknowledged, and", rounds, "failed")
}

// regenerated regenerates the secret, and returns whether there was room for it.
func (v *victim) regenerated(t *testing.T, h *house) bool {
	t.Helper()
	k, s, err := h.ada.RegenerateSecret(ctx, v.key, 0)
	switch {
	case err == nil:
		v.told[k.Generation], v.latest = s.Reveal(), k.Generation
	case !strings.Contains(model.Sentence(err), "is full, so nothing was changed") || !s.Empty():
		t.Fatalf("without room a change fails with %v, and a secret is shown: %v", err, !s.Empty())
	}
	return err == nil
}
