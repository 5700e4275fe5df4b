package model

import "context"

// WithLog makes s hand the events of every transaction to log, once that is known
// to be committed: together, or in parts where there are very many. Those whose
// outcome is unknown are not handed on. Several transactions may be handed on at
// once, and out of their order. It must be called before s is used.
func (s *Service) WithLog(log func([]Entry)) *Service {
	s.store = loggedStore{s.store, log, maxTold}
	return s
}

// loggedStore stands between the service and its store, so that no change can
// go by the log.
type loggedStore struct {
	Store
	log  func([]Entry)
	most int // events are kept until a transaction is committed; the rest is read again
}

// Write implements [Store].
func (l loggedStore) Write(ctx context.Context, fn func(Writer) error) error {
	var done told
	err := l.Store.Write(ctx, func(w Writer) error {
		done = told{} // in case this is another attempt
		return fn(loggedWriter{w, &done, l.most})
	})
	if err != nil || len(done.entries) == 0 {
		return err
	}
	l.log(done.entries)
	// What was committed is so, whether the log can follow or not; doctor tells
	// what it lacks.
	_ = l.rest(context.WithoutCancel(ctx), done)
	return nil
}

// rest hands on, in parts, the events that were too many to be kept.
func (l loggedStore) rest(ctx context.Context, done told) error {
	last := done.entries[len(done.entries)-1].Seq
	for last < done.last {
		var part []Entry
		err := l.Read(ctx, func(r Reader) (err error) {
			part, err = r.Entries(EventQuery{After: last, Before: done.last + 1})
			return err
		})
		if err != nil || len(part) == 0 {
			return err
		}
		l.log(part)
		last = part[len(part)-1].Seq
	}
	return nil
}

// told are the events of one transaction.
type told struct {
	entries []Entry // the first of them
	last    int64   // the number of the last of all
}

// maxTold is the most of a service.
const maxTold = 5_000

// loggedWriter remembers the events of one transaction.
type loggedWriter struct {
	Writer
	done *told
	most int
}

// beneathLog returns the store's own writer.
func beneathLog(w Writer) Writer {
	if l, ok := w.(loggedWriter); ok {
		return l.Writer
	}
	return w
}

// AppendEvent implements [Writer].
func (l loggedWriter) AppendEvent(e Event, head Head) error {
	l.done.last = e.Seq
	if len(l.done.entries) >= l.most {
		return l.Writer.AppendEvent(e, head)
	}
	before, err := l.Head()
	if err != nil {
		return err
	}
	if err := l.Writer.AppendEvent(e, head); err != nil {
		return err
	}
	l.done.entries = append(l.done.entries, Entry{e, before.MAC})
	return nil
}
