package ui

import (
	"fmt"

	"empress/model"
)

// mostWarned is how many keys the dashboard warns of by name, of each kind.
const mostWarned = 3

// warned is a key that something is wrong with, and who was seen doing it.
type warned struct {
	key         model.KeyID
	application string
	name        string // what it is called among the others
	address     string // of the latest caller
	others      int    // callers besides that one
	requests    int64
}

// by says who was seen.
func (w warned) by() string {
	by := addressWords(w.address)
	if w.others > 0 {
		by += fmt.Sprintf(" and %s more", thousands(w.others))
	}
	return by
}

// together counts a caller with those of the same key, which come latest first.
func together(ws []warned, w warned) []warned {
	for i := range ws {
		if ws[i].key == w.key {
			ws[i].others++
			ws[i].requests += w.requests
			return ws
		}
	}
	return append(ws, w)
}

// tellApart names keys that something is wrong with.
func tellApart(ws []warned) {
	n := map[string]int{}
	for _, w := range ws {
		n[w.application]++
	}
	for i, w := range ws {
		ws[i].name = toldApart(n, w.application, w.key)
	}
}

// need is what is wrong, which leads to the requests with the key.
func (w warned) need(words string) need {
	return need{words: model.Printable(words), open: func(s *surroundings) screen { return newUsageOf(s, w.key, w.application) }}
}

// usageWarnings says what is wrong with requests, once for each key.
func usageWarnings(u model.UsageWarnings) (found []need) {
	var superseded, outside []warned
	for _, x := range u.Superseded {
		superseded = together(superseded, warned{key: x.Key, application: x.Application, address: x.Address, requests: x.Count})
	}
	for _, c := range u.Outside {
		outside = together(outside, warned{key: c.Key, application: c.Application, address: c.Address, requests: c.Allowed})
	}
	tellApart(superseded)
	tellApart(outside)
	for _, w := range superseded[:min(len(superseded), mostWarned)] {
		found = append(found, w.need(fmt.Sprintf("%s: a replaced secret is still used by %s, %s since it was regenerated", w.name, w.by(), times(w.requests))))
	}
	if more := len(superseded) - mostWarned; more > 0 {
		found = append(found, need{words: fmt.Sprintf("%s more with a replaced secret still in use", count(more, "key"))})
	}
	for _, w := range outside[:min(len(outside), mostWarned)] {
		found = append(found, w.need(fmt.Sprintf("%s is used from outside its networks, by %s", w.name, w.by())))
	}
	if more := len(outside) - mostWarned; more > 0 {
		found = append(found, need{words: fmt.Sprintf("%s more used from outside its networks", count(more, "key"))})
	}
	return found
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return thousands(int(n)) + " times"
}
