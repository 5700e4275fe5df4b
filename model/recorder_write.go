package model

import (
	"context"
	"runtime"
)

const (
	// countedKeys is up to how many keys are counted before they are written. The
	// requests of others are noted.
	countedKeys = 256
	// batchKeys is from how many keys on a batch is written, and another begun.
	batchKeys = 5000
	// notesAtOnce is how many notes are written together: requests wait while a
	// batch is committed.
	notesAtOnce = 16
	// notedMoments is how many moments of those that are noted are told.
	notedMoments = 512
)

// flush compares the wrong secrets and writes everything, then has the store take
// in some of what it noted before, or all of it.
func (r *Recorder) flush(ctx context.Context, all bool) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.match(ctx)
	failed := r.writeAll(ctx)
	if failed == nil {
		failed = r.fold(ctx, all)
	}
	r.failure.Store(&failed)
	return failed
}

// writeAll writes everything. What could not be written is kept, and what comes
// after it is not tried. Each time another shard is the first, as there is room
// for so many moments only.
func (r *Recorder) writeAll(ctx context.Context) (failed error) {
	told, counted := newTeller(r.service.instant()), 0
	var waiting, noted []part
	r.first = (r.first + 1) % UsageParts
	for i := range UsageParts {
		p := part{number: (r.first + i) % UsageParts}
		p.held = r.shards[p.number].take()
		if counted <= countedKeys {
			p.rewind()
		} else if p.tape.requests > 0 {
			noted = append(noted, part{p.number, held{tape: p.tape}})
			p.tape = tape{}
		}
		waiting, counted = append(waiting, p), counted+len(p.tallies)
		if keysOf(waiting) < batchKeys && i < UsageParts-1 {
			continue
		}
		if failed = r.writeBatch(ctx, told, waiting); failed != nil {
			break
		}
		r.reuse(waiting)
		waiting = waiting[:0]
	}
	for len(noted) > 0 && failed == nil {
		some := noted[:min(len(noted), notesAtOnce)]
		if failed = r.note(ctx, told, some); failed == nil {
			r.reuse(some)
			noted = noted[len(some):]
		}
	}
	if failed != nil {
		r.putBack(append(waiting, noted...))
	}
	return failed
}

// Waiting returns how many requests were recorded and are not written, once the
// batch that is being written is done with.
func (r *Recorder) Waiting() (n int64) {
	r.writing.Lock()
	defer r.writing.Unlock()
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		n += s.tape.requests
		for _, t := range s.tallies {
			for _, h := range t.hours {
				n += h.by.sum()
			}
		}
		s.mu.Unlock()
	}
	return n
}

// part is what one shard held.
type part struct {
	number int
	held
}

func keysOf(ps []part) (n int) {
	for _, p := range ps {
		n += len(p.tallies)
	}
	return n
}

func (r *Recorder) writeBatch(ctx context.Context, told *teller, waiting []part) error {
	told.begin(keysOf(waiting))
	for _, p := range waiting {
		for id, t := range p.tallies {
			told.put(id, t)
		}
		runtime.Gosched() // requests come first
	}
	if len(told.batch) == 0 {
		return nil
	}
	return r.service.store.RecordUsage(ctx, told.batch)
}

// note has requests noted, to be counted later.
func (r *Recorder) note(ctx context.Context, told *teller, noted []part) error {
	notes := make([]UsageNote, len(noted))
	for i, p := range noted {
		notes[i] = UsageNote{p.number, p.tape.requests, p.tape.bytes}
	}
	return r.service.store.NoteUsage(ctx, notes, told.some(notes, notedMoments*len(noted)/UsageParts))
}

// reuse hands the memory of what was written back to where it came from.
func (r *Recorder) reuse(written []part) {
	for _, p := range written {
		spare := make([]*tally, 0, len(p.tallies))
		for _, t := range p.tallies {
			*t = tally{}
			spare = append(spare, t)
		}
		r.shards[p.number].reuse(spare, p.tape.bytes)
		runtime.Gosched() // requests come first
	}
}

func (r *Recorder) fold(ctx context.Context, all bool) error {
	lost, err := r.service.store.FoldUsage(ctx, all)
	r.lost.Add(lost)
	return err
}

// putBack adds what could not be written to what was recorded since.
func (r *Recorder) putBack(unwritten []part) {
	for _, p := range unwritten {
		p.rewind()
		s := &r.shards[p.number]
		s.mu.Lock()
		for id, t := range p.tallies {
			r.lost.Add(s.regain(id, t))
		}
		s.mu.Unlock()
	}
}

// regain adds a tally again, and returns how many requests there is no room for.
func (s *held) regain(id KeyID, old *tally) (lost int64) {
	for _, h := range old.hours {
		if _, by := s.tally(id, h.hour); by != nil {
			by.add(h.by)
		} else {
			lost += h.by.sum()
		}
	}
	if t := s.tallies[id]; t != nil {
		s.merge(t, old)
	}
	return lost
}
