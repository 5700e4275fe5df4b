package ui

import (
	"strings"
	"testing"

	"empress/model"
)

// In lines, too, the usage of a key and of an application can be read, one span
// after the other.
func TestLinesUsage(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.create("billing")
	p := d.converse(Options{Start: AtAccess}, "f", "billing", "2", chooses("Usage"), chooses("The last 7 days"), "", "", "", "q")
	p.golden(t, "lines-usage")
	p = d.converse(Options{Start: AtTeam}, chooses("Applications"), chooses("billing"), chooses("Usage"), chooses("The last 30 days"), "", "", "", "", "q")
	p.sees("Usage of billing, the last 30 days\n10,801 requests allowed, 354 denied in the last 30 days.\nWith 2 keys of billing.\n", "2026-03-01: 562 allowed, 0 denied\n",
		"Secret number 1 of empk_", "Denied: the secret was wrong, 312 times", "outside the declared networks")
	if strings.ContainsAny(p.text(), "▁█[") {
		t.Error("bars were drawn:\n" + p.text())
	}
}

// Whoever may not see usage finds the choice, and why it is none of theirs.
func TestLinesUsageRefused(t *testing.T) {
	d := newDriver(t, usedKeys)
	d.session = d.granted("max", model.KeysSuspend)
	p := d.converse(Options{Start: AtAccess}, "2", chooses("Usage"), "", "", "", "q")
	p.sees("Usage (not allowed)", "you may not see how keys are used", "grant you usage.view")
	if strings.Contains(p.text(), "10.0.0.4") {
		t.Error("usage is shown:\n" + p.text())
	}
}
