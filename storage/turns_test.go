package storage_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"empress/model"
)

// Somebody who changes things all the time, in several places at once, keeps
// nobody else waiting: whoever waits comes next but for a few.
func TestWritersTakeTurns(t *testing.T) {
	busy, p := newHouse(t)
	other := p.opened(t)
	c, stop := context.WithCancel(ctx)
	var created atomic.Int64
	var done sync.WaitGroup
	defer done.Wait()
	defer stop()
	for range 4 {
		done.Go(func() {
			for c.Err() == nil {
				if _, _, err := busy.ada.CreateKey(ctx, model.KeySpec{Application: "billing"}); err != nil {
					t.Error(err)
					return
				}
				created.Add(1)
			}
		})
	}
	busy.create(t, "billing") // all are at it
	const turns, most = 10, 5
	before := created.Load()
	for range turns {
		other.create(t, "billing")
	}
	if n := created.Load() - before; n > turns*most {
		t.Errorf("%d changes of somebody else went before %d", n, turns)
	}
}
