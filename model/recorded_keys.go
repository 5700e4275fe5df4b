package model

import "strings"

// keyTrail is what the chain says of every key. There may be a million of them,
// so each text is kept once.
type keyTrail struct {
	texts texts
	facts map[KeyID]*keyFacts
}

// keyFacts is what the chain says of a key.
type keyFacts struct {
	generation, confirmed Generation
	created, secretAt     int64                     // Unix milliseconds
	state, application    textNumber                // its name now
	fields                [keyFieldCount]textNumber // those of keyFields
}

const keyFieldCount = len(keyFields)

// texts are texts by number.
type texts struct {
	all     []string
	numbers map[string]textNumber
}

type textNumber uint32

func newKeyTrail() keyTrail {
	return keyTrail{texts{[]string{""}, map[string]textNumber{"": 0}}, map[KeyID]*keyFacts{}}
}

func (t *texts) number(s string) textNumber {
	n, known := t.numbers[s]
	if !known {
		n, s = textNumber(len(t.all)), strings.Clone(s) // which may be a part of more
		t.all, t.numbers[s] = append(t.all, s), n
	}
	return n
}

func (t *texts) text(n textNumber) string { return t.all[n] }

// learn takes in an event of something that was done to a key.
func (t *keyTrail) learn(e Event) {
	f := t.facts[e.Key]
	if f == nil {
		f = &keyFacts{}
		t.facts[e.Key] = f
	}
	f.generation, f.state, f.application = e.Generation, t.texts.number(string(e.State)), t.texts.number(e.Application)
	for _, c := range e.Changes {
		for i := range keyFields {
			if keyFields[i].name == c.Field {
				f.fields[i] = t.texts.number(c.After)
			}
		}
	}
	switch e.Action {
	case KeyCreated:
		f.created, f.secretAt = Millis(e.At), Millis(e.At)
		if e.Note == noteImported {
			f.confirmed = e.Generation // whoever imported it has it
		}
	case KeyRegenerated:
		f.secretAt = Millis(e.At)
		if strings.HasSuffix(e.Note, noteDelivered) {
			f.confirmed = e.Generation
		}
	case KeyConfirmed:
		f.confirmed = e.Generation
	}
}

// rename calls an application by another name.
func (t *keyTrail) rename(before, after string) {
	from, to := t.texts.number(before), t.texts.number(after)
	for _, f := range t.facts {
		if f.application == from {
			f.application = to
		}
	}
}

// resealed takes in that all secrets are kept under a former sealing key.
func (t *keyTrail) resealed() {
	revoked := t.texts.number(string(Revoked))
	for i := range keyFields {
		if keyFields[i].name != reasonToRotate {
			continue
		}
		for _, f := range t.facts {
			if f.state != revoked {
				f.fields[i] = t.texts.number((dueMarks(t.texts.text(f.fields[i])) | FormerlySealed).String())
			}
		}
	}
}
