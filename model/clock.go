package model

import (
	"context"
	"errors"
	"time"
)

// maxStep is how far the clock may step back before expiry dates are in doubt.
const maxStep = 5 * time.Minute

// ErrClockDoubtful is in the chain of an error that is about the clock.
var ErrClockDoubtful = errors.New("the clock is in doubt")

// instant is the clock's reading in the resolution that is stored.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// clock returns the instant to judge expiry by, which never runs backwards,
// and whether it is in doubt: the system's clock has stepped back too far, or
// the stored mark was changed outside empress.
func (s *Service) clock() (now time.Time, doubtful bool) {
	now = s.instant()
	mark, spoilt := FromMillis(s.mark.Load()), s.spoilt.Load()
	if now.Before(mark) {
		return mark, spoilt || mark.Sub(now) > maxStep
	}
	s.raiseMark(now)
	return now, spoilt
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
// a while, or the mark was changed outside empress. It needs policy.manage.
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
		return c.SetHead(s.service.seals().withSeal(head))
	})
	if err == nil {
		s.service.resetMark(to)
	}
	return err
}

// ClockBehind returns how far the clock is behind the latest instant that is
// known to have been, "" when it is not, and whether that is too far.
func (s *Service) ClockBehind() (behind string, tooFar bool) {
	mark, now := FromMillis(s.mark.Load()), s.instant()
	if !now.Before(mark) {
		return "", false
	}
	d := mark.Sub(now)
	return d.Round(1e9).String(), d > maxStep
}

// MarkSpoilt reports whether the stored mark, when it was last read, did not carry
// its seal or was not of the latest event: it was changed outside empress.
func (s *Service) MarkSpoilt() bool { return s.spoilt.Load() }

// ClockDoubt returns why no expiry can be judged now, and so every key that
// expires is denied: ErrUnavailable and ErrClockDoubtful, with the mend. It is
// nil when the clock can be trusted.
func (s *Service) ClockDoubt() error {
	behind, tooFar := s.ClockBehind()
	switch {
	case s.MarkSpoilt():
		return Errorf(CodeUnavailable, "The stored clock mark, or the end of the trail, was changed outside empress, so keys that expire are denied. Run `empress doctor`.").Because(ErrClockDoubtful)
	case tooFar:
		return Errorf(CodeUnavailable, "The clock stepped back by %s, so keys that expire are denied. Set it right, or run `empress doctor`.", behind).Because(ErrClockDoubtful)
	}
	return nil
}
