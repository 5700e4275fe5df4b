package model

import (
	"context"
	"time"
)

// maxStep is how far the clock may step back before expiry dates are in doubt.
const maxStep = 5 * time.Minute

// instant is the clock's reading in the resolution that is stored.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// clock returns the instant to judge expiry by, which never runs backwards,
// and whether the system's clock has stepped back so far that it is in doubt.
func (s *Service) clock() (now time.Time, doubtful bool) {
	now = s.instant()
	mark := FromMillis(s.mark.Load())
	if now.Before(mark) {
		return mark, mark.Sub(now) > maxStep
	}
	s.raiseMark(now)
	return now, false
}

func (s *Service) raiseMark(to time.Time) {
	for ms := Millis(to); ; {
		old := s.mark.Load()
		if ms <= old || s.mark.CompareAndSwap(old, ms) {
			return
		}
	}
}

// ResetClock sets the mark, by which expiry is judged when the clock runs
// behind it, to the present time: the mend after a clock was wrong by years for
// a while. It needs policy.manage.
func (s *Session) ResetClock(ctx context.Context) error {
	var to Head
	err := s.write(ctx, ClockReset, func(c *change) error {
		if err := c.me.may(PolicyManage, Target{}); err != nil {
			return err
		}
		head, err := c.Head()
		if err != nil {
			return err
		}
		c.event.Changes = []Change{{"clock mark", head.Mark.Format("2006-01-02T15:04:05Z"), c.now.Format("2006-01-02T15:04:05Z")}}
		head.Mark = c.now
		to = Head{Seq: head.Seq + 1, Mark: c.now} // with the event of this change
		return c.SetHead(head)
	})
	if err == nil {
		s.service.marks.Lock()
		defer s.service.marks.Unlock()
		s.service.mark.Store(Millis(to.Mark))
		s.service.marks.seq = to.Seq
	}
	return err
}

// ClockBehind returns how far the clock is behind the latest instant that is
// known to have been, "" when it is not.
func (s *Service) ClockBehind() (behind string, doubtful bool) {
	mark, now := FromMillis(s.mark.Load()), s.instant()
	if !now.Before(mark) {
		return "", false
	}
	d := mark.Sub(now)
	return d.Round(1e9).String(), d > maxStep
}
