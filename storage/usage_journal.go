package storage

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strconv"

	"empress/model"
)

const (
	// directKeys is up to how many keys a batch is added to the tables at once.
	directKeys = 256
	// journalSlice is how many noted bytes are added to the tables in one
	// transaction, about.
	journalSlice = 4 << 20
	// journalPace is for how many noted bytes another slice is added in a call.
	journalPace = 64 << 20
	// maxJournal is how many bytes are noted. Batches beyond them are added at once.
	maxJournal = 256 << 20
)

// NoteUsage implements [model.UsageStore].
func (u *usageTables) NoteUsage(ctx context.Context, notes []model.UsageNote, moments []model.Moment) error {
	return u.usageWrite(ctx, func(w *usageWriter) {
		w.moments(moments)
		if w.number(journalBytes) < maxJournal {
			w.journal(func(note func(part int, requests int64, b []byte)) {
				for _, n := range notes {
					note(n.Part, n.Requests, sealedTape(n.Tape))
				}
			})
		} else {
			w.addTapes(notes)
		}
	})
}

// addTapes adds the requests of tapes to the tables at once.
func (w *usageWriter) addTapes(notes []model.UsageNote) {
	counting := model.NewCounting()
	for _, n := range notes {
		w.err = errors.Join(w.err, counting.Play(n.Tape))
	}
	w.add(counting.Tallies())
}

// note appends a batch to the journal.
func (w *usageWriter) note(batch []model.Tally) {
	parts := map[int][]*model.Tally{}
	for i := range batch {
		p := model.UsagePart(batch[i].Key)
		parts[p] = append(parts[p], &batch[i])
	}
	var encoder journalEncoder
	w.journal(func(note func(part int, requests int64, b []byte)) {
		for p, ts := range parts {
			requests := int64(0)
			for _, t := range ts {
				requests += requestsIn(t)
			}
			note(p, requests, encoder.encode(ts))
		}
	})
}

// journal appends to the journal what it is told to note.
func (w *usageWriter) journal(tell func(note func(part int, requests int64, b []byte))) {
	upto := w.number("SELECT coalesce((SELECT upto FROM journal ORDER BY id DESC LIMIT 1), 0)")
	tell(func(part int, requests int64, b []byte) {
		upto += int64(len(b))
		w.exec("INSERT INTO journal (part, requests, upto, batch) VALUES (?, ?, ?, ?)", strconv.Itoa(part), requests, upto, b)
		runtime.Gosched() // requests come first
	})
}

// requestsIn is how many requests a tally counts.
func requestsIn(t *model.Tally) (n int64) {
	for _, h := range t.Hours {
		n += h.Count
	}
	return n
}

// journalBytes says how large the journal is, or was while parts of it are gone.
const journalBytes = `SELECT coalesce((SELECT upto FROM journal ORDER BY id DESC LIMIT 1) -
	(SELECT upto - length(batch) FROM journal ORDER BY id LIMIT 1), 0)`

// FoldUsage implements [model.UsageStore].
func (u *usageTables) FoldUsage(ctx context.Context, all bool) (lost int64, err error) {
	db, err := u.open(ctx, false)
	if err != nil || db == nil {
		return 0, u.mapError(err)
	}
	var first, last, noted int64
	err = db.QueryRowContext(ctx, "SELECT coalesce(min(id), 0), coalesce(max(id), 0), ("+journalBytes+") FROM journal").Scan(&first, &last, &noted)
	for slices := 1 + noted/journalPace; err == nil && first > 0 && first <= last && (all || slices > 0); slices-- {
		var n int64
		n, first, err = u.foldSlice(ctx, db)
		lost += n
	}
	return lost, u.mapError(err)
}

// foldSlice adds the part of the keys that was noted first to the tables, or as
// much of it as fits, and removes it from the journal. It returns how many
// requests were lost by damage, and which note is the first of those left, 0
// without any.
func (u *usageTables) foldSlice(ctx context.Context, db *sql.DB) (lost, first int64, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, 0, err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	w := u.newUsageWriter(ctx, tx)
	sums, lost := w.noted()
	w.add(sums.sorted())
	w.prune()
	first = w.number("SELECT coalesce(min(id), 0) FROM journal")
	if err := errors.Join(w.err, w.commit()); err != nil {
		return 0, 0, err
	}
	return lost, first, nil
}

// noted takes a slice out of the journal, and adds it up.
func (w *usageWriter) noted() (sums merging, lost int64) {
	sums = merging{}
	rs, err := w.tx.QueryContext(w.ctx, "SELECT part, id, requests, batch FROM journal WHERE part = (SELECT part FROM journal ORDER BY id LIMIT 1) ORDER BY id")
	if w.err = err; err != nil {
		return nil, 0
	}
	defer rs.Close()
	var part string
	var id int64
	var reader noteReader
	for bytes := 0; bytes < journalSlice && rs.Next(); {
		var requests int64
		var b sql.RawBytes
		if w.err = rs.Scan(&part, &id, &requests, &b); w.err != nil {
			return nil, 0
		}
		bytes += len(b)
		if err := reader.read(b, sums.add); err != nil {
			lost += requests
		}
		runtime.Gosched() // requests come first
	}
	reader.end(sums.add)
	if w.err = errors.Join(rs.Err(), rs.Close()); w.err == nil {
		w.exec("DELETE FROM journal WHERE part = ? AND id <= ?", part, id)
	}
	return sums, lost
}

// noteReader reads notes of either format.
type noteReader struct {
	decoder journalDecoder
	tapes   *model.Counting
}

// read has a note's tallies added, or keeps what is on its tape until the end.
func (r *noteReader) read(b []byte, add func(model.Tally)) error {
	tape, taped, err := unsealTape(b)
	if taped {
		if r.tapes == nil {
			r.tapes = model.NewCounting()
		}
		return errors.Join(err, r.tapes.Play(tape))
	}
	ts, err := r.decoder.decode(b)
	for _, t := range ts {
		add(t)
	}
	return err
}

func (r *noteReader) end(add func(model.Tally)) {
	if r.tapes != nil {
		for _, t := range r.tapes.Tallies() {
			add(t)
		}
	}
}
