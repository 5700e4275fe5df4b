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
	v := newVictims(t, p, 1)[0]
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
		out, err := helper("full", p.db, p.key, string(v.key), fmt.Sprint(limit)).CombinedOutput()
		if err != nil {
			t.Fatalf("limit %d: %v: %s", limit, err, out)
		}
		uncertain := v.hear(t, string(out), outcomes)
		v.wantLatest(t, p, uncertain)
		checkAfterKill(t, p, true, v)
		if t.Failed() {
			t.Fatalf("limit %d", limit)
		}
	}
	t.Log(outcomes)
	if least := size(20, 20); outcomes["failed"] < least || outcomes["ok"] < least {
		t.Errorf("the limits hit nothing, or everything: %v", outcomes)
	}
}

// hear takes in what a process said of its changes, counts their outcomes, and
// returns whether one is not known.
func (v *victim) hear(t *testing.T, said string, outcomes map[string]int) (uncertain bool) {
	t.Helper()
	for line := range strings.Lines(said) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "ok":
			v.note(t, rest)
		case word == "failed" && rest == string(model.CodeUnavailable):
		case word == "failed" && rest == string(model.CodeUnknown):
			uncertain = true
		case word == "unanswered", word == "hit", word == "clean":
		default:
			t.Errorf("it said %q", line)
		}
		outcomes[word]++
	}
	return uncertain
}

// wantLatest checks that the latest secret is the one that was acknowledged last,
// or, where an outcome is not known, a later one.
func (v *victim) wantLatest(t *testing.T, p place, uncertain bool) {
	t.Helper()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	k, err := h.ada.Key(ctx, v.key)
	if err != nil {
		t.Fatal(err)
	}
	if k.Generation != v.latest && !(uncertain && k.Generation > v.latest) {
		t.Errorf("generation %d was acknowledged last, but the key is at %d", v.latest, k.Generation)
	}
	if err := h.store.Close(); err != nil {
		t.Error(err)
	}
}
