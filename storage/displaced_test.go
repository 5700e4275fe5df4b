package storage_test

import (
	"os"
	"testing"
	"time"

	"empress/model"
)

// A process whose database was moved away, or replaced, decides nothing and
// writes nothing any more, until it is put back.
func TestDisplaced(t *testing.T) {
	h, p := newHouse(t)
	key, secret := h.create(t, "billing")
	if !h.allows(t, key.ID, secret) {
		t.Fatal("the right secret is not allowed")
	}
	if err := os.Rename(p.db, p.db+".away"); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.ada.RegenerateSecret(ctx, key.ID, 0)
	if model.CodeOf(err) != model.CodeUnavailable {
		t.Errorf("writing to a file that is gone: %v", err)
	}
	denies := func(what string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			d, err := h.service.Verify(ctx, model.Request{Key: key.ID, Secret: secret})
			if model.CodeOf(err) == model.CodeUnavailable && !d.Allowed {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: still %+v, %v", what, d, err)
			}
		}
	}
	denies("moved away")
	if err := os.WriteFile(p.db, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	denies("replaced")
	if err := os.Rename(p.db+".away", p.db); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if d, err := h.service.Verify(ctx, model.Request{Key: key.ID, Secret: secret}); err == nil && d.Allowed {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("put back: still %+v, %v", d, err)
		}
	}
	h.wantWhole(t)
}

// Without the file by which commits are seen nothing is decided.
func TestIndexGone(t *testing.T) {
	h, p := newHouse(t)
	key, secret := h.create(t, "billing")
	for range 50 {
		if !h.allows(t, key.ID, secret) {
			t.Fatal("the right secret is not allowed")
		}
	}
	h.wantHeld(t)
	if err := os.Rename(p.db+"-shm", p.db+"-shm.away"); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		d, err := h.service.Verify(ctx, model.Request{Key: key.ID, Secret: secret})
		if model.CodeOf(err) == model.CodeUnavailable && !d.Allowed {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still %+v, %v", d, err)
		}
	}
	if err := os.Rename(p.db+"-shm.away", p.db+"-shm"); err != nil {
		t.Fatal(err)
	}
}
