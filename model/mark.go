package model

import (
	"context"
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
func (s *Service) openMark(ctx context.Context) error {
	s.marks.Lock()
	defer s.marks.Unlock()
	var head Head
	err := s.store.Read(ctx, func(r Reader) (err error) {
		head, err = s.learnMark(r)
		return err
	})
	if err != nil || len(head.Seal) > 0 {
		return err
	}
	return s.store.Write(ctx, s.takeIn)
}

// takeIn seals the head that an empress left behind which sealed none, unless
// another process was first.
func (s *Service) takeIn(w Writer) error {
	head, err := w.Head()
	if err != nil {
		return err
	}
	if len(head.Seal) == 0 {
		if ours, err := s.leftUnsealed(w, head); err != nil || !ours {
			return err
		}
		if err := w.SetHead(s.seals().withSeal(head)); err != nil {
			return err
		}
	}
	_, err = s.learnMark(w)
	return err
}

// leftUnsealed reports whether a head without a seal is what an empress left
// behind which sealed none: the latest event is of such an empress, and the mark
// that of the trail. Whoever takes the seal away later gains nothing.
func (s *Service) leftUnsealed(r Reader, head Head) (bool, error) {
	latest, err := r.Entries(EventQuery{After: head.Seq - 1})
	if err != nil || len(latest) != 1 || !s.seals().leftUnsealed(latest[0].Previous, latest[0].Event) {
		return false, err
	}
	var mark time.Time
	err = r.EachEvent(func(e Event) error { mark = e.markAfter(mark); return nil })
	return err == nil && mark.Equal(head.Mark), err
}

// markAfter returns the mark that the trail has after e, with the one before it.
func (e Event) markAfter(mark time.Time) time.Time {
	if e.At.After(mark) || e.Action == ClockReset && e.Outcome == Done {
		return e.At
	}
	return mark
}

// keepMark stores the mark, so that neither a restart nor another process takes
// an instant for the present one that this process knows to be past. There is no
// event of it, as nobody changed anything. A stored mark that does not carry its
// seal is left as it is: somebody has to hear of it.
func (s *Service) keepMark(ctx context.Context) error {
	s.marks.Lock()
	defer s.marks.Unlock()
	return s.store.Write(ctx, func(w Writer) error {
		head, err := s.learnMark(w)
		if err != nil || s.spoilt.Load() {
			return err
		}
		head.Mark, _ = s.clock() // never behind the stored one, and present though nobody asks for anything
		return w.SetHead(s.seals().withSeal(head))
	})
}

// lookForReset takes over the stored mark when the clock is in doubt and
// somebody set the mark back in another process. It looks at most once a second,
// and never waits for one who looks already. When the store cannot tell, the
// clock stays in doubt.
func (s *Service) lookForReset(ctx context.Context) {
	if s.ClockDoubt() == nil || !s.marks.TryLock() {
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

// learnMark reads the head, and notes whether it carries its seal and is of the
// latest event. If so, it takes the mark over when that is ahead, and when it was
// set back since it was last read.
func (s *Service) learnMark(r Reader) (Head, error) {
	head, err := r.Head()
	if err != nil {
		return Head{}, err
	}
	var latest int64
	es, err := r.Events(EventQuery{Limit: 1})
	for _, e := range es {
		latest = e.Seq
	}
	if err != nil {
		return Head{}, err
	}
	if latest != head.Seq || !s.seals().fits(head) {
		s.marks.seq = latest
		s.spoilt.Store(true)
		return head, nil
	}
	reset, err := s.resetSince(r, s.marks.seq)
	if err != nil {
		return Head{}, err
	}
	if reset {
		s.mark.Store(Millis(head.Mark))
	}
	s.raiseMark(head.Mark)
	s.marks.seq = latest
	s.spoilt.Store(false)
	return head, nil
}

// resetMark takes over the head that a reset of this process has left.
func (s *Service) resetMark(head Head) {
	s.marks.Lock()
	defer s.marks.Unlock()
	s.mark.Store(Millis(head.Mark))
	s.marks.seq = head.Seq
	s.spoilt.Store(false)
}

// resetSince reports whether the trail says that the mark was set back after an
// event. One that was denied, or that fits no trail, sets nothing back.
func (s *Service) resetSince(r Reader, seq int64) (bool, error) {
	es, err := r.Entries(EventQuery{Action: ClockReset, After: seq})
	for _, e := range es {
		key, err := s.keyAt(r, e.Seq)
		if err != nil {
			return false, err
		}
		if e.Outcome == Done && key != nil && key.chained(e.Previous, e.Event) {
			return true, nil
		}
	}
	return false, err
}
