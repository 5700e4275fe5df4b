package storage

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"empress/model"
)

// A noted batch is a byte that names its format, the tallies, and the CRC-32
// (Castagnoli) of all that, big-endian. Numbers are the varints of encoding/binary. Instants are
// Unix milliseconds, each told by what it adds to the one before it. A text is
// told once, by its length and its bytes after its number, and then by its number
// alone. Moments are not part of it.
const journalFormat = 1

// tapeFormat is that of a tape of requests, see [model.UsageNote], between a byte
// that names it and the checksum.
const tapeFormat = 2

func sealedTape(tape []byte) []byte {
	b := append(append(make([]byte, 0, len(tape)+1+crc32.Size), tapeFormat), tape...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, journalTable))
}

// unsealTape returns the tape of a note that is one. A damaged one is an error.
func unsealTape(b []byte) (tape []byte, taped bool, err error) {
	if len(b) == 0 || b[0] != tapeFormat {
		return nil, false, nil
	}
	end := len(b) - crc32.Size
	if end < 1 || binary.BigEndian.Uint32(b[end:]) != crc32.Checksum(b[:end], journalTable) {
		return nil, true, errJournal
	}
	return b[1:end], true, nil
}

var (
	errJournal   = errors.New("a noted batch is damaged")
	journalTable = crc32.MakeTable(crc32.Castagnoli)
)

// journalEncoder writes noted batches, one after another.
type journalEncoder struct {
	b     []byte
	texts map[string]uint64
	at    int64
}

// encode returns a batch as it is noted, until the next call.
func (e *journalEncoder) encode(batch []*model.Tally) []byte {
	if e.texts == nil {
		e.texts = map[string]uint64{}
	}
	clear(e.texts)
	e.b, e.at = append(e.b[:0], journalFormat), 0
	e.count(len(batch))
	for _, t := range batch {
		e.tally(t)
	}
	return binary.BigEndian.AppendUint32(e.b, crc32.Checksum(e.b, journalTable))
}

func (e *journalEncoder) tally(t *model.Tally) {
	e.text(string(t.Key))
	e.instants(model.Millis(t.At))
	e.text(t.Address)
	e.text(t.UserAgent)
	e.numbers(t.Allowed, t.Denied, t.Unlisted)
	e.count(len(t.Hours))
	for _, h := range t.Hours {
		e.instants(model.Millis(h.Hour))
		e.text(string(h.Reason))
		e.numbers(h.Count)
	}
	e.count(len(t.Callers))
	for _, c := range t.Callers {
		e.text(c.Address)
		e.text(c.UserAgent)
		e.instants(model.Millis(c.First), model.Millis(c.Last))
		e.numbers(c.Allowed, c.Denied)
	}
	e.count(len(t.Sightings))
	for _, x := range t.Sightings {
		e.text(x.Address)
		e.instants(model.Millis(x.First), model.Millis(x.Last))
		e.numbers(int64(x.Generation), x.Count)
	}
}

func (e *journalEncoder) count(n int) { e.b = binary.AppendUvarint(e.b, uint64(n)) }

func (e *journalEncoder) numbers(ns ...int64) {
	for _, n := range ns {
		e.b = binary.AppendVarint(e.b, n)
	}
}

func (e *journalEncoder) instants(ms ...int64) {
	for _, at := range ms {
		e.b = binary.AppendVarint(e.b, at-e.at)
		e.at = at
	}
}

func (e *journalEncoder) text(s string) {
	n, told := e.texts[s]
	if told {
		e.b = binary.AppendUvarint(e.b, n)
		return
	}
	e.b = binary.AppendUvarint(e.b, uint64(len(e.texts)))
	e.texts[s] = uint64(len(e.texts))
	e.b = append(binary.AppendUvarint(e.b, uint64(len(s))), s...)
}

// journalDecoder reads noted batches, one after another. Texts that it has read
// before it does not keep twice.
type journalDecoder struct {
	b     []byte // what is left
	texts []string
	known map[string]string
	at    int64
	bad   bool

	tallies   []model.Tally
	hours     []model.HourCount
	callers   []model.Caller
	sightings []model.Sighting
}

// decode returns the tallies of a noted batch, until the next call. A damaged one
// is an error, and never more than its length costs.
func (d *journalDecoder) decode(b []byte) ([]model.Tally, error) {
	end := len(b) - crc32.Size
	if end < 1 || b[0] != journalFormat || binary.BigEndian.Uint32(b[end:]) != crc32.Checksum(b[:end], journalTable) {
		return nil, errJournal
	}
	if d.known == nil {
		d.known = map[string]string{}
	}
	d.b, d.texts, d.at, d.bad = b[1:end], d.texts[:0], 0, false
	d.tallies, d.hours, d.callers, d.sightings = d.tallies[:0], d.hours[:0], d.callers[:0], d.sightings[:0]
	for n := d.count(); n > 0 && !d.bad; n-- {
		d.tallies = append(d.tallies, d.tally())
	}
	if d.bad || len(d.b) > 0 {
		return nil, errJournal
	}
	return d.tallies, nil
}

func (d *journalDecoder) tally() (t model.Tally) {
	t.Key, t.At = model.KeyID(d.text()), model.FromMillis(d.instant())
	t.Address, t.UserAgent = d.text(), d.text()
	t.Allowed, t.Denied, t.Unlisted = d.number(), d.number(), d.number()
	begun := len(d.hours)
	for n := d.count(); n > 0 && !d.bad; n-- {
		d.hours = append(d.hours, model.HourCount{Hour: model.FromMillis(d.instant()), Reason: model.Reason(d.text()), Count: d.number()})
	}
	t.Hours = d.hours[begun:len(d.hours):len(d.hours)]
	begun = len(d.callers)
	for n := d.count(); n > 0 && !d.bad; n-- {
		d.callers = append(d.callers, model.Caller{Key: t.Key, Address: d.text(), UserAgent: d.text(),
			First: model.FromMillis(d.instant()), Last: model.FromMillis(d.instant()), Allowed: d.number(), Denied: d.number()})
	}
	t.Callers = d.callers[begun:len(d.callers):len(d.callers)]
	begun = len(d.sightings)
	for n := d.count(); n > 0 && !d.bad; n-- {
		d.sightings = append(d.sightings, model.Sighting{Key: t.Key, Address: d.text(),
			First: model.FromMillis(d.instant()), Last: model.FromMillis(d.instant()), Generation: model.Generation(d.number()), Count: d.number()})
	}
	t.Sightings = d.sightings[begun:len(d.sightings):len(d.sightings)]
	return t
}

// skip goes on after n bytes, n being what encoding/binary says of a number.
func (d *journalDecoder) skip(n int) bool {
	if d.bad = d.bad || n <= 0; d.bad {
		d.b = nil
		return false
	}
	d.b = d.b[n:]
	return true
}

func (d *journalDecoder) unsigned() uint64 {
	v, n := binary.Uvarint(d.b)
	if !d.skip(n) {
		return 0
	}
	return v
}

func (d *journalDecoder) number() int64 {
	v, n := binary.Varint(d.b)
	if !d.skip(n) {
		return 0
	}
	return v
}

func (d *journalDecoder) instant() int64 {
	d.at += d.number()
	return d.at
}

// count is how many of something, or bytes, follow: no more than bytes are left.
func (d *journalDecoder) count() int {
	n := d.unsigned()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *journalDecoder) text() string {
	n := d.unsigned()
	if n < uint64(len(d.texts)) {
		return d.texts[n]
	}
	length := d.count()
	b := d.b[:length]
	if d.bad = d.bad || n > uint64(len(d.texts)); d.bad {
		return ""
	}
	d.b = d.b[length:]
	s, known := d.known[string(b)]
	if !known {
		s = string(b)
		d.known[s] = s
	}
	d.texts = append(d.texts, s)
	return s
}
