package ui

import (
	"context"
	"testing"

	"empress/model"
)

// uses records a request with a key, of which no screen is told.
func (d *driver) uses(k model.Key) {
	d.t.Helper()
	d.must(d.store.RecordUsage(context.Background(), []model.Tally{{Usage: model.Usage{Key: k.ID, At: d.clock, Address: "192.0.2.7", Allowed: 1}}}))
}

// A question says when a key was last used as of now, whatever the screen beneath
// it has read.
func TestQuestionKnowsTheLatestUse(t *testing.T) {
	for _, key := range []string{"r", "p", "X"} {
		d := newDriver(t, func(d *driver) { d.create("billing") })
		d.press("2", "down")
		d.uses(d.onlyKey())
		d.press(key)
		d.sees("It was used just now from 192.0.2.7.")
		d.press("esc")
		d.store.down = true
		d.press(key)
		d.sees("The latest use could not be read.")
		d.missing("just now", "not been used")
	}

	d := newDriver(t, fiveKeys)
	d.press("2", "*", "p")
	d.missing("The latest to be used")
	d.press("esc")
	page, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "b-two"})
	d.must(err)
	d.uses(page.Keys[0])
	d.press("X")
	d.sees("The latest to be used: b-two (", "It was used just now from 192.0.2.7.")
	d.press("esc")
	d.store.down = true
	d.press("p")
	d.sees("The latest use could not be read.")
}

func TestLinesQuestionKnowsTheLatestUse(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	p := d.converse(Options{Start: AtAccess}, "1", func(*typist) { d.uses(d.onlyKey()) }, "2", "no",
		func(*typist) { d.store.down = true }, "1", "no", func(*typist) { d.store.down = false }, "", "", "q")
	p.sees("until somebody resumes it. It was used just now from 192.0.2.7.", "stops working at once. The latest use could not be read.")
}
