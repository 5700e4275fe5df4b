package model

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"time"
)

// A tape holds requests as bytes, one after another as they came: while many keys
// are used, that takes a fraction of the time and the memory of counting each of
// them. They are counted later, by many at once.
//
// A request is told by numbers, the varints of encoding/binary: its caller, its
// reason, its instant (Unix milliseconds) less that of the request before, the
// length of its key, and then the key. A caller or a reason that was not told
// before has the next number, and is told behind it: a caller by its address
// (4 or 16 bytes, none when it is unknown) and its user agent, a reason by its
// name, each after its length.
type tape struct {
	bytes    []byte
	requests int64
	at       int64 // of the request before
	callers  map[caller]uint64
	latest   caller // is numbered number
	number   uint64
	reasons  [len(reasons)]uint64 // their numbers and one, 0 for those that were not told
	told     uint64               // reasons that were
}

// What one tape holds at most.
const (
	tapeBytes   = 256 << 10
	tapeCallers = 256
)

// heard is one request as it is counted.
type heard struct {
	key    KeyID
	at     int64 // Unix milliseconds
	reason int   // its index in reasons
	caller caller
}

// add puts a request at the end, unless there is no room.
func (t *tape) add(h heard) bool {
	if len(t.bytes)+maxUserAgent+len(h.key)+64 > tapeBytes || !t.call(h.caller) {
		return false
	}
	t.reason(h.reason)
	t.bytes = binary.AppendVarint(t.bytes, h.at-t.at)
	t.text(string(h.key))
	t.at = h.at
	t.requests++
	return true
}

// call tells who called, unless that is one too many.
func (t *tape) call(c caller) bool {
	if t.requests > 0 && t.latest == c {
		t.bytes = binary.AppendUvarint(t.bytes, t.number)
		return true
	}
	n, known := t.callers[c]
	if !known && len(t.callers) >= tapeCallers {
		return false
	}
	if !known {
		n, c.agent = uint64(len(t.callers)), strings.Clone(c.agent)
		if t.callers == nil {
			t.callers = map[caller]uint64{}
		}
		t.callers[c] = n
	}
	t.latest, t.number = c, n
	t.bytes = binary.AppendUvarint(t.bytes, n)
	if !known {
		t.text(string(c.address.AsSlice()))
		t.text(cleanAgent(c.agent))
	}
	return true
}

func (t *tape) reason(index int) {
	if n := t.reasons[index]; n > 0 {
		t.bytes = binary.AppendUvarint(t.bytes, n-1)
		return
	}
	t.bytes = binary.AppendUvarint(t.bytes, t.told)
	t.text(string(reasons[index]))
	t.told++
	t.reasons[index] = t.told
}

func (t *tape) text(s string) {
	t.bytes = append(binary.AppendUvarint(t.bytes, uint64(len(s))), s...)
}

// errTape says that bytes are no tape.
var errTape = errors.New("a tape of requests is damaged")

// playing reads a tape.
type playing struct {
	left    []byte
	at      int64
	callers []caller
	reasons []int
	bad     bool
}

// play tells of the requests on a tape in turn, until each says that it heard
// enough, or one is no request.
func play(b []byte, each func(heard) bool) error {
	p := playing{left: b}
	for len(p.left) > 0 {
		h := p.next()
		if p.bad {
			return errTape
		}
		if !each(h) {
			return nil
		}
	}
	return nil
}

func (p *playing) next() (h heard) {
	if n := p.unsigned(); n < uint64(len(p.callers)) {
		h.caller = p.callers[n]
	} else if n == uint64(len(p.callers)) {
		h.caller = p.call()
	} else {
		p.bad = true
	}
	if n := p.unsigned(); n < uint64(len(p.reasons)) {
		h.reason = p.reasons[n]
	} else if n == uint64(len(p.reasons)) {
		h.reason = reasonIndex(Reason(p.text()))
		p.reasons = append(p.reasons, h.reason)
	} else {
		p.bad = true
	}
	n, size := binary.Varint(p.left)
	p.skip(size)
	p.at += n
	h.at, h.key = p.at, KeyID(p.text())
	return h
}

func (p *playing) call() (c caller) {
	var known bool
	address := p.text()
	c.address, known = netip.AddrFromSlice([]byte(address))
	p.bad = p.bad || !known && address != ""
	c.agent = p.text()
	p.callers = append(p.callers, c)
	return c
}

// skip goes on after n bytes, n being what encoding/binary says of a number.
func (p *playing) skip(n int) {
	if p.bad = p.bad || n <= 0; p.bad {
		p.left = nil
		return
	}
	p.left = p.left[n:]
}

func (p *playing) unsigned() uint64 {
	n, size := binary.Uvarint(p.left)
	p.skip(size)
	return n
}

func (p *playing) text() string {
	n := p.unsigned()
	if p.bad = p.bad || n > uint64(len(p.left)); p.bad {
		return ""
	}
	s := string(p.left[:n])
	p.left = p.left[n:]
	return s
}

// UsageParts is into how many parts the keys are divided whose requests are
// noted together.
const UsageParts = 2 * len(crockford32)

// UsagePart is the part that a key is in: keys of one part are neighbours where
// they are sorted.
func UsagePart(id KeyID) int {
	first, second := "", byte(0)
	if body := strings.TrimPrefix(string(id), keyPrefix); len(body) > 1 {
		first, second = body[:1], body[1]
	}
	part := 2 * max(strings.Index(crockford32, first), 0)
	if second >= crockford32[len(crockford32)/2] {
		part++
	}
	return part
}

// UsageNote is a tape of requests with keys of one part.
type UsageNote struct {
	Part     int
	Requests int64
	Tape     []byte
}

// Counting counts the requests of tapes.
type Counting struct{ held }

// NewCounting returns one that has counted none.
func NewCounting() *Counting { return &Counting{held{wide: true}} }

// Play counts the requests of a tape. An error says that it is damaged.
func (c *Counting) Play(tape []byte) error {
	return play(tape, func(h heard) bool { return c.count(h) != nil })
}

// Tallies tells what was counted, of each key once.
func (c *Counting) Tallies() []Tally {
	w := newTeller(time.Time{})
	w.room = 0 // moments were told when the requests were recorded
	w.begin(len(c.tallies))
	for id, t := range c.tallies {
		if w.put(id, t); len(w.batch)%keysAtOnce == 0 {
			runtime.Gosched() // requests come first
		}
	}
	return w.batch
}

// keysAtOnce is of how many keys something is done before requests get a turn.
const keysAtOnce = 64
