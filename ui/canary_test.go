package ui

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// forms are the spellings in which a secret could leak.
func forms(secret string) []string {
	raw := []byte(secret)
	return []string{secret, base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw), hex.EncodeToString(raw), fmt.Sprint(raw), fmt.Sprintf("%#v", raw)}
}

// TestCanary follows a secret through the whole interface: no message that a
// filter or a log would see shows it, in any way of printing, nor do the
// program's own values; only the frame that is meant to does.
func TestCanary(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	var printed strings.Builder
	note := func(v any) {
		fmt.Fprintf(&printed, "%v\n%+v\n%#v\n%s\n%q\n%x\n%d\n", v, v, v, v, v, v, v)
	}
	d.watch = note
	d.root.save = func(string, []byte) error { return nil }
	d.press("2", "down", "r", "enter")
	secret := d.secretOnScreen()
	overlay := d.root.top().(*secretOverlay)
	note(overlay)
	note(*overlay)
	d.press("enter", "s", "s", "v", "esc")
	d.press("f", "enter")
	note(d.root.stack)
	note(fmt.Errorf("while showing %v of %+v", overlay.secret, overlay))
	d.press("d")
	note(overlay)
	d.press("enter", "esc", "?")

	es, err := d.session.Events(context.Background(), model.EventQuery{})
	d.must(err)
	note(es)
	for _, form := range forms(secret) {
		if strings.Contains(printed.String(), form) {
			t.Errorf("the secret can be read in what was printed, as %.12s…", form)
		}
	}
	if !strings.Contains(printed.String(), "keyCreatedMsg") {
		t.Fatal("the message that carries the secret was not looked at")
	}
	if strings.Contains(d.root.View().Content, secret) || !overlay.secret.Empty() {
		t.Error("the secret is still there after it was masked")
	}
}

// TestFaultShowsNothing panics with the secret in hand, in a screen and in a
// command: the program ends in order, and what panicked is not shown.
func TestFaultShowsNothing(t *testing.T) {
	d := newDriver(t, nil)
	secretWalk(d)
	secret := d.secretOnScreen()
	d.root.copier.out = panicking{}
	msg := d.root.top().(*secretOverlay).copySecret()()
	if _, ok := msg.(crashedMsg); !ok || strings.Contains(fmt.Sprintf("%#v", msg), secret) {
		t.Fatalf("a fault in a command became %#v", msg)
	}
	d.root.stack = append(d.root.stack, nil) // any key now hits a fault
	_, cmd := d.root.Update(keyNamed("j"))
	if cmd == nil || !d.root.crashed {
		t.Fatal("a fault in a screen does not end the program")
	}
	if _, ok := cmd().(tea.QuitMsg); !ok {
		t.Fatal("a fault in a screen does not end the program in order")
	}
	if v := d.root.View(); strings.Contains(v.Content, secret) {
		t.Fatal("the last frame shows the secret")
	}
}

type panicking struct{}

func (panicking) Write(p []byte) (int, error) { panic(string(p)) }
