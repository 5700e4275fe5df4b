package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"empress/model"
)

// rotatingTeam seeds keys of which three are due: an old secret, one that was
// chosen and one that expires soon; of which one is suspended and one new; and
// none but billing is used.
func rotatingTeam(d *driver) {
	ctx := context.Background()
	age := 90
	_, err := d.session.EditPolicy(ctx, model.PolicyEdit{SecretDueAfter: &age})
	d.must(err)
	confirmed := func(application, expires string, age int) model.Key {
		d.clock = start.Add(-time.Duration(age) * 24 * time.Hour)
		k, _ := d.create(application, func(s *model.KeySpec) { s.Expires = expires })
		d.must(d.session.ConfirmSecret(ctx, k.ID, k.Generation))
		return k
	}
	billing := confirmed("billing", "never", 120)
	confirmed("ci-deploy", "60d", 50)
	chosen := confirmed("edge-cache", "never", 20)
	resting := confirmed("mobile-push", "never", 20)
	_, err = d.session.SuspendKey(ctx, resting.ID)
	d.must(err)
	d.clock = start.Add(-2 * time.Minute)
	_, err = d.session.MarkForRotation(ctx, []model.KeyID{chosen.ID}, true)
	d.must(err)
	confirmed("nightly", "never", 0)
	d.must(d.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: billing.ID, At: start.Add(-2 * time.Minute), Address: "10.0.0.4", UserAgent: "curl/8.7.1", Allowed: 1204}}}))
	d.clock = start
}

// Rotation says which keys ask for attention and why, in three views, at every
// size.
func TestRotationViews(t *testing.T) {
	alone(t)
	for _, size := range sizes {
		d := newDriver(t, rotatingTeam)
		d.resize(size[0], size[1])
		if size[1] >= 24 {
			d.sees("3 keys are due for a new secret: d lists them")
		}
		d.press("2", "d")
		d.sees("API Access > Rotation", "Due for a new secret", "> + Rotate all 3 that are due")
		for _, due := range [][2]string{{"billing", "Its secret is 120 days old"}, {"ci-deploy", "It expires in 10 days"}, {"edge-cache", "It was chosen to be rotated"}} {
			d.press("down")
			d.sees("> "+due[0], due[1])
		}
		d.press("tab")
		d.sees("Old secret still used", "Nobody uses a replaced secret.")
		d.missing("billing")
		d.press("3")
		d.sees("Never used or unused", "> ci-deploy", "It was never used")
		d.press("1")
		d.sees("> + Rotate all 3")
		d.press("/")
		d.write("billing")
		d.press("enter")
		d.sees("> billing")
		d.press("k")
		d.sees("> + Rotate all 1 that are due and match")
		d.press("esc", "esc")
		d.sees("Profile & Team > API Access")
	}
}

// A key leaves the list when it is no longer due.
func TestRotationFollows(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	d.press("d", "o")
	d.sees("Choose a key first, with the arrows.")
	d.press("j", "o")
	d.sees("Nobody chose that to be rotated")
	d.press("j", "j", "o")
	d.sees("1 key is no longer chosen to be rotated.", "Rotate all 2 that are due")
	d.missing("edge-cache")
	d.press("p", "enter")
	d.sees("ci-deploy suspended.")
	d.missing("> ci-deploy")
	d.send(tea.MouseClickMsg{X: 5, Y: 3, Button: tea.MouseLeft})
	d.sees("[2 Old secret still used]")
	d.press("1", "g", "j", "enter")
	d.sees("Rotation > billing", "Attention", "Its secret is 120 days old, and due after 90.")
	d.press("r", "enter", "d")
	d.sees("is masked for ever")
	d.missing("Its secret is")
	d.press("esc")
	d.sees("No key is due for a new secret.")
	d.missing("Rotate all")
}

// Where the policy names no age, that is said, and whoever may is led to it.
func TestRotationWithoutAge(t *testing.T) {
	alone(t)
	d := newDriver(t, nil)
	d.press(":")
	d.write("Rotation")
	d.press("enter")
	d.sees("Profile & Team > API Access > Rotation", "No key is due", "The security policy names no age at which a secret is due. P leads there.")
	d.press("P")
	d.sees("Security policy")
	d.press("esc")
	d.asAuditor()
	d.press("f5")
	d.sees("names no age")
	d.missing("P leads there")
}

// A key whose rotation did not end is not delivered, which says more than that
// nobody confirmed it.
func TestNotDelivered(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	_, _, err := d.session.RotateSecret(context.Background(), model.Turn{Key: d.keyOf("billing").ID}, false)
	d.must(err)
	d.press("2", "down")
	d.sees("not delivered")
	d.missing("not confirmed")
	d.press("enter")
	d.sees("not delivered: nobody is known to have this secret, regenerate it", "Its new secret was not delivered.")
	d.missing("if it was not stored")
	d.press("esc", "esc", "esc", "esc", "f5")
	d.sees("1 secret not delivered: regenerate it in Rotation")
	d.missing("not confirmed")
	for !strings.Contains(d.frame(), "> 1 secret not delivered") {
		d.press("down")
	}
	d.press("enter")
	d.sees("Rotation", "> + Rotate all 3", "Its new secret was not delivered")
	d.press("esc")
	_, _, err = d.session.RegenerateSecret(context.Background(), d.keyOf("nightly").ID, 1)
	d.must(err)
	d.press("f5")
	d.sees("1 secret not confirmed: regenerate if not stored", "1 secret not delivered")
	k := d.keyOf("billing")
	_, err = d.session.SuspendKey(context.Background(), k.ID)
	d.must(err)
	d.press("f5")
	d.missing("not delivered")
	d.press("2", "down", "enter")
	d.sees("suspended, not delivered: nobody is known to have this secret")
}

// Keys that nobody used are found window by window.
func TestRotationUnusedWindows(t *testing.T) {
	alone(t)
	d := newDriver(t, manyKeys(450))
	d.press("2", "d", "3", "G")
	for !strings.Contains(d.frame(), "> service-0449") {
		before := d.frame()
		if d.press("G"); d.frame() == before {
			t.Fatalf("the end is not reached:\n%s", before)
		}
	}
	d.press("g")
	d.sees("> service-0000", "200 keys or more")
}

// Whoever may rotate some of the keys that they see is offered just those.
func TestRotateWhatOneMay(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		rotatingTeam(d)
		max := d.granted("max", model.KeysView)
		k, err := d.session.Keys(context.Background(), model.KeyQuery{Text: "billing"})
		d.must(err)
		owner := "max@example.com"
		_, err = d.session.EditKey(context.Background(), k.Keys[0].ID, 0, model.KeyEdit{Owner: &owner})
		d.must(err)
		d.session = max
	})
	d.press("d")
	d.sees("> + Rotate 1 of the 3 that are due: you may rotate no others", "enter rotate  ")
	d.press("enter", "enter")
	d.sees("1 key gets a new secret, 2 keys are left out.")
	d.press("esc", "/")
	d.write("edge")
	d.press("enter", "g")
	d.sees("> + Rotate none: you may rotate none of those that are due")
	d.missing("enter rotate")
	d.press("enter")
	d.sees("[note]", "you may not", "Rotation")
	p := d.converse(Options{Start: AtRotation}, "", "q")
	p.sees("4. Rotate those that are due and that you may rotate")
}
