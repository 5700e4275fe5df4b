package model

import "context"

// WithLog makes s hand every event to log, in the order of its transaction,
// once that is known to be committed; an event whose outcome is unknown is not
// handed on. Several transactions may be handed on at once, and out of their
// order. It must be called before s is used.
func (s *Service) WithLog(log func(Entry)) *Service {
	s.store = loggedStore{s.store, log}
	return s
}

// loggedStore stands between the service and its store, so that no change can
// go by the log.
type loggedStore struct {
	Store
	log func(Entry)
}

// Write implements [Store].
func (l loggedStore) Write(ctx context.Context, fn func(Writer) error) error {
	var entries []Entry
	err := l.Store.Write(ctx, func(w Writer) error {
		entries = nil // in case this is another attempt
		return fn(loggedWriter{w, &entries})
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		l.log(e)
	}
	return nil
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
