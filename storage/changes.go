package storage

import (
	"context"
	"os"
	"time"
)

// changeInterval is how often the write-ahead log is looked at: others see a
// change within a second, and an idle program costs nothing to speak of.
const changeInterval = 500 * time.Millisecond

// Changes implements [model.Store]: whoever writes, in whichever process,
// writes to the log, and its size or time moves. What was written can be read
// once it is on the disk, a moment later: a change that is seen at once is told
// twice.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	last := logMark(s.path)
	go func() {
		defer close(ch)
		tick := time.NewTicker(changeInterval)
		defer tick.Stop()
		tell := 0 // how often yet
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now := logMark(s.path); now != last {
				last, tell = now, 1
				if time.Since(now.at) < changeInterval/2 {
					tell = 2
				}
			}
			if tell > 0 {
				tell--
				select {
				case ch <- struct{}{}:
				default: // one is waiting already
				}
			}
		}
	}()
	return ch
}

type mark struct {
	size int64
	at   time.Time
}

func logMark(path string) mark {
	info, err := os.Stat(path + "-wal")
	if err != nil {
		return mark{}
	}
	return mark{info.Size(), info.ModTime()}
}
