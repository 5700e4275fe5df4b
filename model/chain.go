package model

import "strconv"

// sealingKeyField is the field in which an event tells that the sealing key was
// replaced, by numbers.
const sealingKeyField = "sealing key"

// replacement returns the numbers of the sealing key that an event says was
// replaced, and of the one that has been current since it: 0 for what is none.
func (e Event) replacement() (from, to int, replaced bool) {
	if e.Action != SealingKeyReplaced || e.Outcome != Done {
		return 0, 0, false
	}
	change := e.change(sealingKeyField)
	from, _ = strconv.Atoi(change.Before)
	to, _ = strconv.Atoi(change.After)
	return from, to, true
}

// chainEnd is how far a chain was followed, from event to event and from one
// sealing key to the next. The event that says that the key was replaced is the
// first of the new one, so that whoever has the former alone cannot write it.
type chainEnd struct {
	ring   *SealingKey // any key of the file
	number int         // of the key that the next event is chained by
	key    *SealingKey // that one, nil where the file lacks it
	mac    []byte      // of the latest event
}

// take goes on to e, and reports whether it follows. Events of a key that the file
// lacks cannot be told from others, and are taken for what they seem.
func (c *chainEnd) take(e Event) bool {
	previous := c.mac
	c.mac = e.MAC
	from, to, replaced := e.replacement()
	if !replaced {
		return c.key == nil || c.key.chained(previous, e)
	}
	next := from == c.number && to == c.number+1
	c.number, c.key = to, c.ring.numbered(to)
	return next && (c.key == nil || c.key.chained(previous, e))
}

// chainStart is where the chain of a trail begins: with the key of the file that
// its first event fits. Where that fits none, the key that was replaced first must
// be the one, or the current one where none was.
func (s *Service) chainStart(r Reader) (chainEnd, error) {
	ring := s.seals()
	begins := func(number int) chainEnd { return chainEnd{ring: ring, number: number, key: ring.numbered(number)} }
	first, err := r.Entries(EventQuery{Limit: 1})
	for _, e := range first {
		for _, k := range ring.ring {
			if k.chained(nil, e.Event) {
				return begins(k.number), nil
			}
		}
	}
	if err != nil {
		return chainEnd{}, err
	}
	es, err := r.Entries(EventQuery{Action: SealingKeyReplaced})
	for _, e := range es {
		if from, _, replaced := e.replacement(); replaced && from > 0 {
			return begins(from), err
		}
	}
	return begins(ring.number), err
}

// keyAt is the sealing key that the event of that number is chained by, as the
// events tell by which it was replaced since; nil where the file lacks it.
func (s *Service) keyAt(r Reader, seq int64) (*SealingKey, error) {
	key := s.seals()
	es, err := r.Entries(EventQuery{Action: SealingKeyReplaced, After: seq})
	for i := len(es) - 1; i >= 0 && key != nil; i-- {
		from, to, replaced := es[i].replacement()
		if replaced && to == key.number && from == to-1 && key.chained(es[i].Previous, es[i].Event) {
			key = key.numbered(from)
		}
	}
	return key, err
}
