package model

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// Entry is an event as it is exported and logged: with the MAC of the event
// before it, nothing for the first one. Whoever has the sealing key can check
// the chain again from entries alone.
type Entry struct {
	Event
	Previous []byte
}

// entryJSON is the form of an entry. Every field but raw is covered by the
// MAC. Raw holds those texts again that are not UTF-8, as they are.
type entryJSON struct {
	Sequence    int64             `json:"sequence"`
	At          *string           `json:"at"`
	ActorID     MemberID          `json:"actor_id"`
	Actor       *string           `json:"actor"`
	Via         *string           `json:"via"`
	From        *string           `json:"from"`
	Action      *string           `json:"action"`
	Outcome     *string           `json:"outcome"`
	APIKey      *string           `json:"api_key"`
	Application *string           `json:"application"`
	Member      *string           `json:"member"`
	Generation  Generation        `json:"generation"`
	State       *string           `json:"state"`
	Changes     []Change          `json:"changes"`
	Note        *string           `json:"note"`
	Raw         map[string][]byte `json:"raw,omitempty"`
	Previous    string            `json:"previous"`
	MAC         string            `json:"mac"`
}

// entryText is one text of an event and where its JSON form keeps it.
type entryText struct {
	name  string
	event *string
	form  **string
}

func (j *entryJSON) texts(e *Event) []entryText {
	return []entryText{
		{"actor", &e.ActorEmail, &j.Actor}, {"via", (*string)(&e.Via), &j.Via}, {"from", &e.From, &j.From},
		{"action", (*string)(&e.Action), &j.Action}, {"outcome", (*string)(&e.Outcome), &j.Outcome},
		{"api_key", (*string)(&e.Key), &j.APIKey}, {"application", &e.Application, &j.Application}, {"member", &e.Member, &j.Member},
		{"state", (*string)(&e.State), &j.State}, {"note", &e.Note, &j.Note},
	}
}

// entryTime is RFC 3339 in UTC, to the millisecond that is stored.
const entryTime = "2006-01-02T15:04:05.000Z"

// Line returns the entry as one line of JSON, with its end. Characters that
// could command a terminal, hide or reorder text are written as \uXXXX, so that
// a line can be shown, and read back as it was.
func (e Entry) Line() ([]byte, error) {
	j := entryJSON{Sequence: e.Seq, ActorID: e.Actor, Generation: e.Generation, Changes: append([]Change{}, e.Changes...),
		Previous: hex.EncodeToString(e.Previous), MAC: hex.EncodeToString(e.MAC)}
	if !e.At.IsZero() {
		at := e.At.UTC().Format(entryTime)
		j.At = &at
	}
	for _, t := range j.texts(&e.Event) {
		if *t.event == "" {
			continue
		}
		*t.form = t.event
		if !utf8.ValidString(*t.event) {
			if j.Raw == nil {
				j.Raw = map[string][]byte{}
			}
			j.Raw[t.name] = []byte(*t.event)
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(j)
	return append(plainJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), '\n'), err
}

// plainJSON escapes what is suspicious in JSON, where it stands in strings
// only.
func plainJSON(b []byte) []byte {
	if !bytes.ContainsFunc(b, suspicious) {
		return b
	}
	var plain bytes.Buffer
	for _, r := range string(b) {
		switch {
		case !suspicious(r):
			plain.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&plain, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&plain, `\u%04x`, r)
		}
	}
	return plain.Bytes()
}

// ParseEntry reads a line that Line wrote. It does not check the MAC.
func ParseEntry(line []byte) (Entry, error) {
	wrong := invalid("event", "That is not an event as `empress audit export` writes it.")
	var j entryJSON
	if err := json.Unmarshal(line, &j); err != nil {
		return Entry{}, wrong.Because(err)
	}
	e := Entry{Event: Event{Seq: j.Sequence, Actor: j.ActorID, Generation: j.Generation}}
	if len(j.Changes) > 0 {
		e.Changes = j.Changes
	}
	for _, t := range j.texts(&e.Event) {
		if raw, ok := j.Raw[t.name]; ok {
			*t.event = string(raw)
		} else if *t.form != nil {
			*t.event = **t.form
		}
	}
	var err, err2, err3 error
	if j.At != nil {
		e.At, err = time.Parse(entryTime, *j.At)
	}
	e.Previous, err2 = hex.DecodeString(j.Previous)
	e.MAC, err3 = hex.DecodeString(j.MAC)
	if err != nil || err2 != nil || err3 != nil || len(e.MAC) != 32 || len(e.Previous) != 32 && len(e.Previous) != 0 || e.Seq < 1 {
		return Entry{}, wrong
	}
	return e, nil
}

// Entries returns the events that match, the oldest first, for whoever may see
// the whole trail. There may be more when they are as many as the limit. Names
// are those of Events.
func (s *Session) Entries(ctx context.Context, q EventQuery) ([]Entry, error) {
	var es []Entry
	err := s.read(ctx, func(r Reader, me actor) (err error) {
		if err := q.check(); err != nil {
			return err
		}
		if err := me.may(AuditView, Target{}); err != nil {
			return err
		}
		if err := s.service.resolve(r, me, &q); err != nil {
			return err
		}
		es, err = r.Entries(q)
		return err
	})
	return es, err
}
