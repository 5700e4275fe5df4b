package model

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// markInterval is how often a long-running process stores its mark.
	markInterval = time.Minute
	// lookInterval is how often a doubtful clock has the trail looked at.
	lookInterval = time.Second
)

// marks is what a process knows of the stored mark.
type marks struct {
	sync.Mutex           // while the stored mark is read or written
	seq        int64     // number of the latest event when it was read
	looked     time.Time // by the monotonic clock, as the other one is in doubt
}

// openMark takes the stored mark over when the database is opened.
func (s *Service) openMark(head Head) {
	s.marks.Lock()
	defer s.marks.Unlock()
	s.raiseMark(head.Mark)
	s.marks.seq = head.Seq
}

// latestMark is how far a mark may be ahead before the clock is in doubt.
func (s *Service) latestMark() time.Time { return s.instant().Add(maxStep) }

// keepMark stores the mark, so that neither a restart nor another process takes
// an instant for the present one that this process knows to be past. There is no
// event of it, as nobody changed anything; the trail demands only that the mark
// is not behind it.
func (s *Service) keepMark(ctx context.Context) error {
	s.marks.Lock()
	defer s.marks.Unlock()
	ahead := false
	err := s.store.Read(ctx, func(r Reader) error {
		head, err := s.learnMark(r)
		ahead = s.mark.Load() > Millis(head.Mark)
		return err
	})
	if err != nil || !ahead {
		return err
	}
	return s.store.Write(ctx, func(w Writer) error {
		head, err := s.learnMark(w)
		if err != nil {
			return err
		}
		head.Mark = FromMillis(s.mark.Load())
		return w.SetHead(head)
	})
}

// lookForReset takes over the stored mark when the clock is in doubt and
// somebody set the mark back in another process. It looks at most once a second,
// and never waits for one who looks already. When the store cannot tell, the
// clock stays in doubt.
func (s *Service) lookForReset(ctx context.Context) {
	if _, doubtful := s.ClockBehind(); !doubtful || !s.marks.TryLock() {
		return
	}
	defer s.marks.Unlock()
	if !s.marks.looked.IsZero() && time.Since(s.marks.looked) < lookInterval {
		return
	}
	s.marks.looked = time.Now()
	_ = s.store.Read(ctx, func(r Reader) error {
		_, err := s.learnMark(r)
		return err
	})
}

// learnMark reads the head. It takes its mark over when that is ahead, and when
// the clock is in doubt and the mark was set back since the head was last read.
func (s *Service) learnMark(r Reader) (Head, error) {
	head, err := r.Head()
	if err != nil {
		return Head{}, err
	}
	if _, doubtful := s.ClockBehind(); doubtful {
		reset, err := s.resetSince(r, s.marks.seq)
		if err != nil {
			return Head{}, err
		}
		if reset {
			s.mark.Store(Millis(head.Mark))
		}
	}
	s.raiseMark(head.Mark)
	s.marks.seq = head.Seq
	return head, nil
}

// resetSince reports whether the trail says that the mark was set back after an
// event. One that was denied, or that fits no trail, sets nothing back.
func (s *Service) resetSince(r Reader, seq int64) (bool, error) {
	es, err := r.Entries(EventQuery{Action: ClockReset, After: seq})
	return slices.ContainsFunc(es, func(e Entry) bool {
		return e.Outcome == Done && sealed(e.MAC, s.seals().link(e.Previous, e.Event))
	}), err
}
