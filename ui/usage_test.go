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
		d.session = d.granted("max", model.KeysSuspend)
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

// granted is a member who may do one thing beyond what members may.
func (d *driver) granted(login string, p model.Permission) *model.Session {
	d.t.Helper()
	s := d.second(login, model.PlainMember)
	_, err := d.session.GiveGrant(context.Background(), login, p, "", time.Time{})
	d.must(err)
	return s
}
