package server

import "sync"

// tally counts what is open, in all and for each of those it is counted by.
type tally[K comparable] struct {
	mu   sync.Mutex
	open map[K]int // none is 0
	all  int
}

func newTally[K comparable]() *tally[K] { return &tally[K]{open: map[K]int{}} }

// enter counts one more, unless there are as many as may be, in all or of one.
func (t *tally[K]) enter(k K, all, each int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all >= all || t.open[k] >= each {
		return false
	}
	t.open[k]++
	t.all++
	return true
}

func (t *tally[K]) leave(k K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.open[k]--; t.open[k] == 0 {
		delete(t.open, k)
	}
}
