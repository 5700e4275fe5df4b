package storage_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"empress/model"
)

// Files may not grow beyond a limit, which grows from round to round, so that
// another write of a change fails each time. Nothing that failed is called a
// success, no secret is shown without its change, and with room again the same
// process, and the next one, find everything whole.
func TestNoRoomToWrite(t *testing.T) {
	p := newPlace(t)
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	key, first := h.create(t, "billing")
	told := map[model.Generation]string{1: first.Reveal()}
	latest := model.Generation(1)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]int{}
	info, err := os.Stat(p.db)
	if err != nil {
		t.Fatal(err)
	}
	size0 := info.Size()
	for i := range size(24, 200) {
		limit := int64(i) * 2999
		if i%3 == 2 { // and about the size of the database, for the checkpoint
			limit = size0 + int64(i-3)*4096
		}
		out, err := helper("full", p.db, p.key, string(key.ID), fmt.Sprint(limit)).CombinedOutput()
		if err != nil {
			t.Fatalf("limit %d: %v: %s", limit, err, out)
		}
		uncertain := false
		for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			var word, text string
			var g model.Generation
			_, _ = fmt.Sscan(line, &word, &g, &text)
			switch {
			case word == "ok":
				told[g], latest = text, max(latest, g)
			case line == "failed "+string(model.CodeUnavailable):
			case line == "failed "+string(model.CodeUnknown):
				uncertain = true
			case strings.HasPrefix(line, "unanswered"):
			default:
				t.Errorf("limit %d: %s", limit, line)
			}
			outcomes[strings.Fields(line)[0]]++
		}
		h, err := p.open()
		if err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
		k, err := h.ada.Key(ctx, key.ID)
		if err != nil {
			t.Fatal(err)
		}
		if k.Generation != latest && !(uncertain && k.Generation > latest) {
			t.Errorf("limit %d: generation %d was acknowledged last, but the key is at %d", limit, latest, k.Generation)
		}
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
		checkAfterKill(t, p, key.ID, told, latest, true)
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Log(outcomes)
	if least := size(20, 20); outcomes["failed"] < least || outcomes["ok"] < least {
		t.Errorf("the limits hit nothing, or everything: %v", outcomes)
	}
}
