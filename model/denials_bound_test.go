package model

import (
	"testing"
	"time"
)

// However many kinds of attempts there are, few are remembered, and what could
// not be written is counted on.
func TestDenialsAreBounded(t *testing.T) {
	var d denials
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	told := 0
	for i := range MemberID(3 * denialKinds) {
		e := Event{Actor: i + 1, Action: KeyCreated, Outcome: Denied, Application: "billing"}
		for range 2 {
			cs := d.due(now, false)
			told += len(cs)
			if !d.count(e, now) {
				d.begin(e, now)
			}
		}
		if len(d.seen) > denialKinds {
			t.Fatalf("%d kinds are remembered", len(d.seen))
		}
	}
	cs := d.due(now, true)
	if told += len(cs); told < 3*denialKinds-3 { // a second attempt that meets the bound becomes an event of its own
		t.Errorf("%d are told", told)
	}
	d.restore(cs)
	if again := d.due(now, true); len(again) != len(cs) || len(cs) == 0 || again[0].more != 1 {
		t.Errorf("%d of %d are kept for later", len(again), len(cs))
	}
}
