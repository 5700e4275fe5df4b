package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// Many who ask at once get each their own key, also where most of what they ask
// for is not there.
func TestLookUpTogether(t *testing.T) {
	t.Parallel()
	s, _ := openPostgres(t)
	billing, _ := peopled(t, s)
	const keys, times = 3 * storage.MaxTurn, 20
	all := make([]model.Key, keys)
	write(t, s, func(w model.Writer) error {
		for i := range all {
			all[i] = keyOf(i+1, billing, 1)
			all[i].Generation = model.Generation(i + 1)
			if err := w.InsertKey(all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	var crowd sync.WaitGroup
	for i, k := range all {
		crowd.Go(func() {
			for n := range times {
				if c, err := s.Credential(ctx, k.ID); err != nil || c.ID != k.ID || c.Generation != model.Generation(i+1) {
					t.Errorf("asked for %s: %+v, %v", k.ID, c, err)
				}
				if c, err := s.Credential(ctx, model.KeyID(fmt.Sprint("nobody", i, n))); !errors.Is(err, model.ErrNotFound) {
					t.Errorf("a key that is not there: %+v, %v", c, err)
				}
			}
		})
	}
	crowd.Wait()
}

// Whoever gives up does not wait for a server that is silent.
func TestLookUpGivenUp(t *testing.T) {
	t.Parallel()
	_, address := openPostgres(t)
	w := newWire(t, postgres.Server(t))
	s := anotherPostgres(t, w.through(address))
	w.silence()
	short, cancel := context.WithCancel(ctx)
	gone := time.AfterFunc(50*time.Millisecond, cancel)
	defer gone.Stop()
	if _, err := s.Credential(short, "nobody"); !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("whoever gave up hears: %v", err)
	}
	if _, err := s.Credential(short, "nobody"); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever is gone already hears: %v", err)
	}
	if _, err := s.Credential(ctx, "nobody"); !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("whoever waits hears: %v", err)
	}
}
