package ui

import (
	"context"
	"testing"
	"time"

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

// A key that expired is denied already, and not by what a question is about.
func TestQuestionKnowsWhatExpired(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		d.clock = start.Add(-48 * time.Hour)
		d.create("alpha", func(s *model.KeySpec) { s.Expires = "1d" })
		d.clock = start
		d.create("beta")
		d.create("gamma")
	})
	d.press("2", "down", "p")
	d.sees("until somebody resumes it. It has expired, and is denied already.")
	d.press("esc", "*", "p")
	d.sees("Every request with these 3 keys", "until somebody resumes them. 1 of them has expired, and is denied already.")
	d.press("enter", "*", "p")
	d.sees("with the same secrets. 1 of them has expired, and is still denied.")
	d.press("esc", "u", "p")
	d.sees("with the same secret. It has expired, and is still denied.")
	d.press("esc", "X")
	d.sees("can never be used again. It has expired, and is denied already.")
	d.press("esc", "down", "X")
	d.missing("expired, and")
}
