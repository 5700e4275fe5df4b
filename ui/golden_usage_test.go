package ui

import (
	"testing"

	"empress/model"
)

// usageScenes are the screens of what happens with keys.
func usageScenes() []scene {
	return []scene{
		{"dashboard-used", usedKeys, walkTo("j", "j", "j", "j", "j", "j")},
		{"usage", usedKeys, walkTo("2", "down", "enter", "u")},
		{"usage-callers", usedKeys, walkTo("2", "down", "enter", "u", "pgdown")},
		{"usage-week", usedKeys, walkTo("2", "down", "enter", "u", "t")},
		{"usage-month", usedKeys, walkTo("2", "down", "enter", "u", "3")},
		{"usage-none", usedKeys, walkTo("2", "down", "down", "down", "enter", "u")},
		{"usage-denied", usedKeys, func(d *driver) {
			d.root.session = d.granted("max", model.KeysSuspend)
			d.press("2", "down", "enter", "u")
		}},
		{"usage-application", usedKeys, func(d *driver) {
			d.create("billing")
			d.openApplication("billing")
			d.press("u")
		}},
		{"live", usedKeys, func(d *driver) { d.watchRequests(); d.press("j") }},
		{"live-empty", usedKeys, walkTo("4")},
		{"live-filter", usedKeys, func(d *driver) { d.watchRequests(); d.press("/"); d.write("denied"); d.press("enter") }},
		{"live-paused", usedKeys, func(d *driver) { d.watchRequests(); d.press("space") }},
	}
}

func TestUsageFrames(t *testing.T) { holdFrames(t, usageScenes()) }

// watchRequests opens the live view, on which some requests show.
func (d *driver) watchRequests() {
	d.t.Helper()
	d.press("4")
	d.happens("billing", "10.0.0.4", model.ReasonOK, 12)
	d.happens("billing", "192.0.2.9", model.ReasonNetworkNotAllowed, 1)
	d.ticks()
	d.happens("edge-cache", "2001:db8:85a3:8d3:1319:8a2e:370:7348", model.ReasonOK, 1)
	d.happens("legacy-import", "", model.ReasonUnauthenticated, 1204)
	d.ticks()
}
