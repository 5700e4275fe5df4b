package ui

import (
	"context"
	"testing"
	"time"

	"empress/model"
)

// Who may suspend a key and not see its usage is never told that it was not
// used.
func TestUsageNotShown(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		max := d.second("max", model.PlainMember)
		_, err := d.session.GiveGrant(context.Background(), "max", model.KeysSuspend, "", time.Time{})
		d.must(err)
		d.session = max
	})
	d.resize(96, 30)
	d.press("2")
	d.sees("billing", "not shown")
	d.missing("2 min")
	d.press("/")
	d.write("billing")
	d.press("enter", "enter")
	d.sees("Last used", "not shown")
	d.missing("10.0.0.4", "1,204")
	d.press("p")
	d.sees("When it was last used is not shown to you.")
	d.missing("not been used")
}
