package model

import "context"

// WithLog makes s hand the events of every transaction to log, together, once
// that is known to be committed; those whose outcome is unknown are not handed
// on. Several transactions may be handed on at once, and out of their order. It
// must be called before s is used.
func (s *Service) WithLog(log func([]Entry)) *Service {
	s.store = loggedStore{s.store, log}
	return s
}

// loggedStore stands between the service and its store, so that no change can
// go by the log.
type loggedStore struct {
	Store
	log func([]Entry)
}

// Write implements [Store].
func (l loggedStore) Write(ctx context.Context, fn func(Writer) error) error {
	var entries []Entry
	err := l.Store.Write(ctx, func(w Writer) error {
		entries = nil // in case this is another attempt
		return fn(loggedWriter{w, &entries})
	})
	if err == nil && len(entries) > 0 {
		l.log(entries)
	}
	return err
}

// loggedWriter remembers the events of one transaction.
type loggedWriter struct {
	Writer
	entries *[]Entry
}

// AppendEvent implements [Writer].
func (l loggedWriter) AppendEvent(e Event, head Head) error {
	before, err := l.Head()
	if err != nil {
		return err
	}
	if err := l.Writer.AppendEvent(e, head); err != nil {
		return err
	}
	*l.entries = append(*l.entries, Entry{e, before.MAC})
	return nil
}
