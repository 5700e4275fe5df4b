package model

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Recorder counts decisions in memory and writes them in batches, once a second,
// apart from the keys. It stores the mark of the clock, too, once a minute. No
// decision waits for it. Close it before the store: what was recorded by then is
// written, and a process that dies loses the last second of counts and up to a
// minute of the mark, and nothing else. It is safe for concurrent use.
//
// While hundreds of keys are used in each second, the store only notes what they
// did, and counts it within about a minute, and when the recorder is closed.
//
// What it holds is bounded. While nothing can be written callers are counted
// together first, then hours, and last of all requests with further keys are not
// counted, which [Recorder.Health] tells.
type Recorder struct {
	service *Service
	seed    maphash.Seed
	shards  [UsageParts]shard
	wrong   atomic.Int64 // secrets that wait to be compared

	lost      atomic.Int64
	unmatched atomic.Int64
	failure   atomic.Pointer[error]

	writing sync.Mutex // one batch at a time
	first   int        // shard that is written first, another one each time
	stop    context.CancelFunc
	stopped chan struct{}
}

const (
	// RecordInterval is how often what was recorded is written.
	RecordInterval = time.Second
	// upkeepInterval is how often superseded secrets that are too old are looked for.
	upkeepInterval = time.Hour

	maxWrongSecret = 1024 // wrong secrets that are compared in a second
	maxWrongOfKey  = 64   // of them, those presented for one key
)

// RecorderHealth says how a recorder is doing.
type RecorderHealth struct {
	Failure   error // why the latest batch could not be written, nil when it was
	Lost      int64 // requests that were not counted, for want of room or by damage to the file
	Unmatched int64 // wrong secrets that were not compared with superseded ones
}

// NewRecorder returns a recorder that writes until it is closed.
func NewRecorder(s *Service) *Recorder {
	r := newRecorder(s)
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.stopped = cancel, make(chan struct{})
	go r.run(ctx)
	return r
}

func newRecorder(s *Service) *Recorder { return &Recorder{service: s, seed: maphash.MakeSeed()} }

// RecordUsage counts one decision at once, for whoever makes no more.
func (s *Service) RecordUsage(ctx context.Context, q Request, d Decision) error {
	r := newRecorder(s)
	r.Record(q, d)
	return r.flush(ctx, false)
}

// Record counts a decision. It is cheap and never fails or waits for the store. A
// wrong secret of a known key is copied, and the copy wiped within about a second:
// call Record before the secret is wiped.
func (r *Recorder) Record(q Request, d Decision) {
	h := heard{d.counted, Millis(r.service.now()), reasonIndex(d.Reason), caller{q.Address.Unmap().WithZone(""), cutAgent(q.UserAgent)}}
	wrong := h.key != "" && d.Reason == ReasonUnauthenticated
	s := r.shard(h.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.key != "" && !wrong && s.tape.add(h) {
		return
	}
	t := s.count(h)
	if t == nil {
		r.lost.Add(1)
	} else if wrong {
		r.suspect(s, t, suspicion{key: h.key, address: h.caller.address}, q.Secret, h.at)
	}
}

// Format shows nothing of what callers said, whatever the verb.
func (r *Recorder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "recorder") }

// Health tells how the recorder is doing.
func (r *Recorder) Health() RecorderHealth {
	h := RecorderHealth{Lost: r.lost.Load(), Unmatched: r.unmatched.Load()}
	if err := r.failure.Load(); err != nil {
		h.Failure = *err
	}
	return h
}

// Close writes what was recorded so far, and the mark, and ends the recorder's
// work. It returns why that could not be written; then it may be called again,
// and so it may when [Recorder.Waiting] tells of decisions that were recorded
// later.
func (r *Recorder) Close(ctx context.Context) error {
	r.stop()
	select {
	case <-r.stopped:
	case <-ctx.Done():
		return ctx.Err()
	}
	return errors.Join(r.flush(ctx, true), r.service.keepMark(ctx))
}

func (r *Recorder) shard(id KeyID) *shard {
	return &r.shards[UsagePart(id)]
}

// run writes until ctx ends. What fails is tried again with the next batch.
func (r *Recorder) run(ctx context.Context) {
	defer close(r.stopped)
	tick := time.NewTicker(RecordInterval)
	defer tick.Stop()
	var upkept, marked time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		patiently(trailPatience, func(ctx context.Context) error { return r.flush(ctx, false) }) // Health tells when that failed
		if time.Since(upkept) >= upkeepInterval {
			patiently(RecordInterval, r.service.forgetSuperseded) // or in an hour
			upkept = time.Now()
		}
		if time.Since(marked) >= markInterval {
			patiently(RecordInterval, r.service.keepMark) // or in a minute
			marked = time.Now()
		}
	}
}

// patiently finishes something though the recorder is being closed, unless it
// takes too long.
func patiently(patience time.Duration, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = do(ctx)
}

// suspect keeps a wrong secret until it was compared with superseded ones. Only
// so many are, of one key and of all, so that guessing costs nobody else much.
func (r *Recorder) suspect(s *shard, t *tally, k suspicion, secret Secret, at int64) {
	if secret.Empty() {
		return
	}
	k.hash = maphash.Bytes(r.seed, secret.text()[:])
	if w := s.wrong[k]; w != nil {
		w.add(seen{at, at, 1})
		return
	}
	if t.suspects >= maxWrongOfKey || r.wrong.Load() >= maxWrongSecret {
		r.unmatched.Add(1)
		return
	}
	t.suspects++
	r.wrong.Add(1)
	if s.wrong == nil {
		s.wrong = map[suspicion]*suspect{}
	}
	s.wrong[k] = &suspect{secret.clone(), seen{at, at, 1}}
}

// match looks whose superseded secrets the wrong ones are, and wipes them all.
func (r *Recorder) match(ctx context.Context) {
	wrong := r.takeWrong()
	if len(wrong) == 0 {
		return
	}
	kept, err := r.superseded(ctx, wrong)
	seal := r.service.seals()
	for k, w := range wrong {
		if err != nil {
			r.unmatched.Add(w.count)
		} else if g := seal.generationOf(w.secret, kept[k.key]); g != 0 {
			r.sighted(k, g, w.seen)
		}
		w.secret.Wipe()
	}
}

// sighted counts a superseded secret. The request may be in a batch already.
func (r *Recorder) sighted(k suspicion, g Generation, o seen) {
	s := r.shard(k.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, _ := s.tally(k.key, hourOf(o.last)); t != nil {
		t.sighted(sight{g, k.address}, o)
	} else {
		r.unmatched.Add(o.count)
	}
}

func (r *Recorder) takeWrong() map[suspicion]*suspect {
	wrong := map[suspicion]*suspect{}
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		maps.Copy(wrong, s.wrong)
		s.wrong = nil
		s.mu.Unlock()
	}
	r.wrong.Add(-int64(len(wrong)))
	return wrong
}

// superseded reads what is kept of the secrets of the keys in question.
func (r *Recorder) superseded(ctx context.Context, wrong map[suspicion]*suspect) (map[KeyID][]Superseded, error) {
	kept := map[KeyID][]Superseded{}
	err := r.service.store.Read(ctx, func(tx Reader) (err error) {
		clear(kept)
		for k := range wrong {
			if _, read := kept[k.key]; read {
				continue
			}
			if kept[k.key], err = r.service.supersededOf(tx, k.key); err != nil {
				return err
			}
		}
		return nil
	})
	return kept, err
}
