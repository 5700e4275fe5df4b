package storage_test

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"empress/model"
)

// The N-th call that writes to a file, or makes it durable, fails for want of room
// or by a broken disk, while a change is made or the database is closed. Nothing
// that failed is called a success, no secret is shown without its change, and the
// same process goes on afterwards.
func TestNthWriteFails(t *testing.T) {
	if runtime.GOOS != "linux" || racing {
		t.Skip("system calls are made to fail by Linux alone, and processes are not what the race detector looks at")
	}
	t.Parallel()
	const each = 10 // faults in one process
	for _, fault := range []syscall.Errno{syscall.ENOSPC, syscall.EIO} {
		t.Run(fault.Error(), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			v := newVictims(t, p, 1)[0]
			outcomes := map[string]int{}
			for n := 1; n <= size(50, 1000); n += each {
				clean := outcomes["clean"]
				out, err := helper("faults", p.db, p.key, string(v.key), strconv.Itoa(n), strconv.Itoa(each), strconv.Itoa(int(fault))).CombinedOutput()
				if err != nil {
					t.Fatalf("from call %d on: %v: %s", n, err, out)
				}
				v.hear(t, string(out), outcomes)
				checkAfterKill(t, p, false, v)
				if t.Failed() {
					t.Fatal("from call ", n, " on")
				}
				if outcomes["clean"]-clean == 2*each {
					break // there are not so many calls
				}
			}
			t.Log(outcomes)
			if outcomes["hit"] < 50 || outcomes["failed"] == 0 {
				t.Errorf("next to no call failed: %v", outcomes)
			}
		})
	}
}

// helpFaults makes changes while the N-th call that writes fails, for N from the
// fourth argument on, as often as the fifth says, with the error of the sixth. It
// prints what it was told as helpFull does, and "hit" or "clean" for each N.
func helpFaults(args []string) error {
	p, id := place{args[0], args[1]}, model.KeyID(args[2])
	var numbers [3]int
	for i := range numbers {
		var err error
		if numbers[i], err = strconv.Atoi(args[3+i]); err != nil {
			return err
		}
	}
	disk, err := newBrokenDisk()
	if err != nil {
		return err
	}
	for n := numbers[0]; n < numbers[0]+numbers[1]; n++ {
		if err := p.faulty(disk, id, n, syscall.Errno(numbers[2])); err != nil {
			return fmt.Errorf("call %d: %w", n, err)
		}
	}
	return nil
}

// faulty has the n-th call fail that writes from the beginning of a change on, and
// then from the closing of the database on.
func (p place) faulty(disk *brokenDisk, id model.KeyID, n int, with syscall.Errno) error {
	h, err := p.open()
	if err != nil {
		return err
	}
	tell := func() {
		if disk.disarm() {
			fmt.Println("hit")
		} else {
			fmt.Println("clean")
		}
	}
	before, err := h.ada.Key(ctx, id)
	if err != nil {
		return err
	}
	disk.arm(n, with)
	k, s, err := h.ada.RegenerateSecret(ctx, id, 0)
	report(k, s, err)
	tell()
	if c, failed := h.store.Credential(ctx, id); failed != nil || errors.Is(err, model.ErrUnavailable) && c.Generation != before.Generation {
		return fmt.Errorf("after %v secret %d is followed by %d: %v", err, before.Generation, c.Generation, failed)
	}
	k, s, err = h.ada.RegenerateSecret(ctx, id, 0)
	report(k, s, err)
	if err != nil {
		return fmt.Errorf("with a sound disk again: %w", err)
	}
	disk.arm(n, with)
	if err := h.store.Close(); err != nil && strings.Contains(model.Sentence(err), s.Reveal()) {
		return err
	}
	tell()
	return nil
}
