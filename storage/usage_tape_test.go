package storage_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"empress/model"
)

// busyNotes are tapes on which each key of the crowd was allowed n times, as
// the format is described.
func busyNotes(n int) (notes []model.UsageNote) {
	parts := map[int][]model.KeyID{}
	for i := range busyKeys {
		id := busyKey(i)
		parts[model.UsagePart(id)] = append(parts[model.UsagePart(id)], id)
	}
	for part, ids := range parts {
		note, at := model.UsageNote{Part: part}, int64(0)
		for i := range n * len(ids) {
			note.Tape = append(note.Tape, 0)
			if i == 0 {
				note.Tape = append(note.Tape, "\x04\xc0\x00\x02\x01\x04curl\x00\x02ok"...)
			} else {
				note.Tape = append(note.Tape, 0)
			}
			id := ids[i%len(ids)]
			note.Tape = append(binary.AppendVarint(note.Tape, model.Millis(noon)-at), byte(len(id)))
			note.Tape = append(note.Tape, id...)
			note.Requests++
			at = model.Millis(noon)
		}
		notes = append(notes, note)
	}
	return notes
}

func noteTapes(t *testing.T, h *house, notes []model.UsageNote) {
	t.Helper()
	if err := h.store.NoteUsage(ctx, notes, []model.Moment{{At: noon, Key: busyKey(1), Address: "192.0.2.1", Reason: "ok", Count: 1}}); err != nil {
		t.Fatal(err)
	}
}

// What is on tapes is counted like any other requests, whether they are noted
// beside batches, or the journal is full.
func TestNotedTapes(t *testing.T) {
	for name, filled := range map[string]int{"noted": 0, "with a full journal": 256 << 20} {
		t.Run(name, func(t *testing.T) {
			h, p := newHouse(t)
			record(t, h.store, busyBatch(1)...)
			db := p.usageFile(t)
			if _, err := db.Exec("UPDATE journal SET upto = upto + ? WHERE id = (SELECT max(id) FROM journal)", filled); err != nil {
				t.Fatal(err)
			}
			before := column(t, db, "SELECT count(*) FROM journal")
			noteTapes(t, h, busyNotes(3))
			if grown := column(t, db, "SELECT count(*) FROM journal") != before; grown != (filled == 0) {
				t.Errorf("the journal has grown: %v", grown)
			}
			fold(t, h.store)
			if got := counted(t, db); got != allCounted(4) {
				t.Errorf("counted: %s", got)
			}
			if got := column(t, db, "SELECT DISTINCT address || user_agent || allowed || denied || first || last FROM callers"); got != fmt.Sprintf("192.0.2.1curl30%d%[1]d", model.Millis(noon)) {
				t.Errorf("callers: %s", got)
			}
			if ms, err := h.store.Moments(ctx, 0); err != nil || len(ms) != busyKeys+1 {
				t.Errorf("%d moments, %v", len(ms), err)
			}
		})
	}
}

// A damaged tape is lost, which is told, and no other is.
func TestDamagedTape(t *testing.T) {
	for name, damage := range map[string]string{
		"changed":    "CAST(substr(batch, 1, 20) || x'ff' || substr(batch, 22) AS BLOB)",
		"cut":        "substr(batch, 1, length(batch) - 1)",
		"very short": "x'02'",
	} {
		t.Run(name, func(t *testing.T) {
			h, p := newHouse(t)
			noteTapes(t, h, busyNotes(2))
			db := p.usageFile(t)
			if _, err := db.Exec("UPDATE journal SET batch = " + damage + " WHERE id = 1"); err != nil {
				t.Fatal(err)
			}
			keys := 0
			lost, err := h.store.FoldUsage(ctx, true)
			_, _ = fmt.Sscan(column(t, db, "SELECT count(*) FROM usage"), &keys)
			if err != nil || lost == 0 || lost != 2*int64(busyKeys-keys) || column(t, db, "SELECT count(*) FROM journal") != "0" {
				t.Errorf("%d are lost, %d keys are counted, %v", lost, keys, err)
			}
		})
	}
}

// Bytes that are no tape are not noted in silence.
func TestNoTape(t *testing.T) {
	h, _ := newHouse(t)
	noteTapes(t, h, []model.UsageNote{{Part: 1, Requests: 7, Tape: []byte("no tape")}})
	if lost, err := h.store.FoldUsage(ctx, true); err != nil || lost != 7 {
		t.Errorf("%d are lost, %v", lost, err)
	}
}
