package cli

import (
	"context"
	"time"

	"empress/model"
	"empress/storage"
)

// countingWatch tells what hinders a server in counting requests, once each.
type countingWatch struct {
	tree     *tree
	recorder *model.Recorder
	failing  bool  // it was told that nothing can be counted
	lapses   int64 // of the file, that were told
	stop     context.CancelFunc
	stopped  chan struct{}
}

// watchCounting begins to look, every few seconds. It is ended by close.
func (t *tree) watchCounting(ctx context.Context, r *model.Recorder) *countingWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &countingWatch{tree: t, recorder: r, stop: cancel, stopped: make(chan struct{})}
	go w.run(ctx)
	return w
}

func (w *countingWatch) run(ctx context.Context) {
	defer close(w.stopped)
	tick := time.NewTicker(10 * model.RecordInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look()
		}
	}
}

// look says when requests cannot be counted, and when they can be again.
func (w *countingWatch) look() {
	h := w.recorder.Health()
	switch {
	case h.Failure != nil && !w.failing:
		w.tree.note("Requests are answered, but cannot be counted for now: %s", model.Sentence(h.Failure))
	case h.Failure == nil && w.failing:
		w.tree.note("Requests are counted again; %d were not.", h.Lost)
	}
	if w.failing = h.Failure != nil; !w.failing {
		w.tellLapses()
	}
}

// tellLapses says that the file was gone, when it was since the last time.
func (w *countingWatch) tellLapses() {
	file, ok := w.tree.here.store.(*storage.Store)
	if !ok {
		return
	}
	if n := file.UsageLapses(); n != w.lapses {
		w.lapses = n
		w.tree.note("The file %s, in which requests are counted, was moved, replaced or deleted. Those that came later are counted in the one that is there now.", file.UsagePath())
	}
}

// close ends looking, and closes the recorder. Requests that it could not write
// are an error.
func (w *countingWatch) close(ctx context.Context) error {
	w.stop()
	<-w.stopped
	err := w.recorder.Close(ctx)
	if n := w.recorder.Waiting(); n > 0 {
		why := "the database does not answer, or cannot be written."
		if file, ok := w.tree.here.store.(*storage.Store); ok {
			why = "the file " + file.UsagePath() + " is held by another program, or cannot be written."
		}
		return model.Errorf(model.CodeFailed, "The server stopped, but the latest %s it answered could not be counted: %s", count(int(n), "request"), why).Because(err)
	}
	w.tellLapses()
	return nil
}
