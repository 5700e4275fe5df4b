package model

import (
	"context"
	"runtime"
)

// batchKeys is from how many keys on a batch is written, and another begun.
const batchKeys = 5000

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

// writeAll writes everything. What could not be written is kept, and what comes after
// it is not tried. Each time another shard is the first, as there is room for so
// many moments only.
func (r *Recorder) writeAll(ctx context.Context) (failed error) {
	var waiting []map[KeyID]*tally
	told, keys := newTeller(r.service.instant()), 0
	r.first = (r.first + 1) % recorderShards
	for i := range recorderShards {
		taken := r.shards[(r.first+i)%recorderShards].take()
		waiting, keys = append(waiting, taken), keys+len(taken)
		if keys < batchKeys && i < recorderShards-1 {
			continue
		}
		if failed = r.writeBatch(ctx, told, waiting, keys); failed != nil {
			break
		}
		r.reuse(waiting)
		waiting, keys = waiting[:0], 0
	}
	for _, taken := range waiting {
		for id, t := range taken {
			r.putBack(id, t)
		}
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
		for _, t := range s.tallies {
			for _, h := range t.hours {
				n += h.by.sum()
			}
		}
		s.mu.Unlock()
	}
	return n
}

func (r *Recorder) writeBatch(ctx context.Context, told *teller, waiting []map[KeyID]*tally, keys int) error {
	told.begin(keys)
	for _, taken := range waiting {
		for id, t := range taken {
			told.put(id, t)
		}
		runtime.Gosched() // requests come first
	}
	if len(told.batch) == 0 {
		return nil
	}
	return r.service.store.RecordUsage(ctx, told.batch)
}

// reuse hands tallies that were written back to where they came from.
func (r *Recorder) reuse(written []map[KeyID]*tally) {
	for _, taken := range written {
		var s *shard
		spare := make([]*tally, 0, len(taken))
		for id, t := range taken {
			s = r.shard(id)
			*t = tally{}
			spare = append(spare, t)
		}
		if s != nil {
			s.reuse(spare)
		}
		runtime.Gosched() // requests come first
	}
}

func (r *Recorder) fold(ctx context.Context, all bool) error {
	lost, err := r.service.store.FoldUsage(ctx, all)
	r.lost.Add(lost)
	return err
}

// putBack adds what could not be written to what was recorded since.
func (r *Recorder) putBack(id KeyID, old *tally) {
	s := r.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range old.hours {
		if _, by := s.tally(id, h.hour); by != nil {
			by.add(h.by)
		} else {
			r.lost.Add(h.by.sum())
		}
	}
	if t := s.tallies[id]; t != nil {
		s.merge(t, old)
	}
}
