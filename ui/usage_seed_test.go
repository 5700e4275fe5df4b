package ui

import (
	"context"
	"time"

	"empress/model"
)

// usedKeys seeds keys whose requests say something: billing over a month, with
// callers of several kinds, one of them with a secret that was replaced.
func usedKeys(d *driver) {
	someKeys(d)
	ctx := context.Background()
	billing := d.keyOf("billing")
	networks := []string{"10.0.0.0/8"}
	_, err := d.session.EditApplication(ctx, "billing", model.ApplicationEdit{Networks: &networks})
	d.must(err)
	_, _, err = d.session.RegenerateSecret(ctx, billing.ID, 0)
	d.must(err)
	d.must(d.session.ConfirmSecret(ctx, billing.ID, 2))
	before := func(ago time.Duration) time.Time { return start.Add(-ago) }
	t := model.Tally{Usage: model.Usage{Key: billing.ID, Unlisted: 9}}
	for i := range 20 * 24 {
		at := before(time.Duration(i) * time.Hour)
		if n := int64((i * 7) % 31 * (at.Hour() / 6)); n > 0 {
			t.Hours = append(t.Hours, model.HourCount{Hour: at.Truncate(time.Hour), Reason: model.ReasonOK, Count: n})
		}
	}
	t.Hours = append(t.Hours, model.HourCount{Hour: before(2 * time.Hour).Truncate(time.Hour), Reason: model.ReasonUnauthenticated, Count: 312},
		model.HourCount{Hour: before(9 * time.Hour).Truncate(time.Hour), Reason: model.ReasonNetworkNotAllowed, Count: 2},
		model.HourCount{Hour: before(9 * time.Hour).Truncate(time.Hour), Reason: model.ReasonRateLimited, Count: 40})
	t.Callers = []model.Caller{
		{Key: billing.ID, Address: "10.0.0.4", UserAgent: "curl/8.7.1", First: before(20 * 24 * time.Hour), Last: before(2 * time.Minute), Allowed: 1204, Denied: 312},
		{Key: billing.ID, Address: "192.0.2.9", UserAgent: "invoice-mailer/2.1 (Linux; nightly; owner=finance@example.com)", First: before(3 * time.Hour), Last: before(time.Hour), Allowed: 1},
		{Key: billing.ID, Address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", First: before(9 * time.Hour), Last: before(9 * time.Hour), Denied: 2},
	}
	t.Sightings = []model.Sighting{{Key: billing.ID, Generation: 1, Address: "10.0.0.4", First: before(2 * time.Hour), Last: before(2 * time.Minute), Count: 312}}
	d.must(d.store.RecordUsage(ctx, []model.Tally{t}))
}

// keyOf is the first key of an application.
func (d *driver) keyOf(application string) model.Key {
	d.t.Helper()
	page, err := d.session.Keys(context.Background(), model.KeyQuery{Application: application})
	d.must(err)
	return page.Keys[0]
}

// happens records what a caller did with the key of an application just now.
func (d *driver) happens(application, address string, r model.Reason, count int64) {
	d.t.Helper()
	d.happened(application, model.Moment{Address: address, Reason: r, Count: count, UserAgent: "curl/8.5.0", Agents: 1})
}

// happened records a moment of the key of an application just now.
func (d *driver) happened(application string, m model.Moment) {
	d.t.Helper()
	m.At, m.Key = d.clock, d.keyOf(application).ID
	d.must(d.store.RecordUsage(context.Background(), []model.Tally{{Usage: model.Usage{Key: m.Key}, Moments: []model.Moment{m}}}))
}

// ticks lets a second pass on the live view.
func (d *driver) ticks() {
	d.t.Helper()
	d.clock = d.clock.Add(time.Second)
	due := d.waiting
	d.waiting = nil
	for _, msg := range due {
		if _, ok := msg.(liveTickMsg); ok {
			d.send(msg)
		}
	}
}
