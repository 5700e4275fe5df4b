package ui

import (
	"context"
	"testing"
)

// rotationScenes are Rotation, and a rotation of many keys from the choice of how
// to the summary.
func rotationScenes() []scene {
	return []scene{
		{"rotation", rotatingTeam, walkTo("2", "d", "j")},
		{"rotation-empty", nil, walkTo("2", "d")},
		{"rotation-unused", rotatingTeam, walkTo("2", "d", "3", "space")},
		{"rotation-delivery", rotatingTeam, walkTo("2", "d", "enter", "j")},
		{"rotation-plan", rotatingTeam, func(d *driver) {
			_, err := d.session.RevokeKey(context.Background(), d.keyOf("edge-cache").ID)
			d.must(err)
			d.press("2", "*", "r", "1", "G")
		}},
		{"rotation-asked", rotatingTeam, func(d *driver) { d.rotateDue("1"); d.press("enter") }},
		{"rotation-secret", rotatingTeam, func(d *driver) { d.rotateDue("1"); d.start("3") }},
		{"rotation-ended", rotatingTeam, func(d *driver) {
			d.handing("ci-deploy")
			d.rotateDue("3")
			d.write("put-secret")
			d.press("enter")
			d.start("3")
		}},
		{"owners-asked", rotatingTeam, func(d *driver) {
			d.second("max", "IT Manager")
			d.press("2", "*", "e")
			d.write("max")
			d.press("enter")
		}},
	}
}

func TestRotationFrames(t *testing.T) {
	alone(t)
	holdFrames(t, rotationScenes())
}
