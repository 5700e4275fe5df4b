package ui

import (
	"context"
	"testing"

	"empress/model"
)

// Two people edit the same key: the second is told what the first changed,
// keeps what they typed, and saves only their own.
func TestTwoPeopleEditOneKey(t *testing.T) {
	for _, how := range []string{"at once", "when saving"} {
		d := newDriver(t, func(d *driver) { d.create("billing") })
		ctx, k := context.Background(), d.onlyKey()
		d.press("2", "down", "e", "down")
		d.write("Invoices")
		kim := d.second("kim", model.ITManager)
		purpose, scopes := "Letters", []string{"invoices:read"}
		_, err := kim.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose, Scopes: &scopes})
		d.must(err)
		if how == "at once" {
			d.send(changedMsg{})
		} else {
			d.press("enter", "enter", "enter", "enter", "enter")
		}
		d.sees("Meanwhile kim changed the purpose and scopes of billing. What you typed is", "Invoices",
			"Somebody else changed this to: Letters. Saving puts yours in its place.", "Scopes    invoices:read")
		d.press("tab", "tab", "tab", "tab", "tab", "tab")
		for d.root.top().(*keyForm).form.at != 5 {
			d.press("tab")
		}
		d.press("enter")
		d.sees("The key of billing was changed.")
		after := d.onlyKey()
		if after.Purpose != "Invoices" || after.ScopeList() != "invoices:read" {
			t.Errorf("%s: the purpose is %q and the scopes are %q", how, after.Purpose, after.ScopeList())
		}
	}
}

// A key that was revoked meanwhile cannot be saved, and that is said.
func TestEditedKeyIsRevoked(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	k := d.onlyKey()
	d.press("2", "down", "e", "down")
	d.write("Invoices")
	_, err := d.second("kim", model.ITManager).RevokeKey(context.Background(), k.ID)
	d.must(err)
	d.send(changedMsg{})
	d.sees("Meanwhile kim revoked billing. A revoked key cannot be changed any more", "Invoices")
}

// That a secret arrived is no change of what is edited.
func TestConfirmationIsNoChange(t *testing.T) {
	d := newDriver(t, func(d *driver) { d.create("billing") })
	k := d.onlyKey()
	d.press("2", "down", "e", "down")
	d.write("Invoices")
	d.must(d.session.ConfirmSecret(context.Background(), k.ID, 1))
	d.send(changedMsg{})
	d.missing("Meanwhile")
	d.press("tab", "tab", "tab", "tab", "enter")
	d.sees("The key of billing was changed.")
}

// second signs another member in.
func (d *driver) second(login string, role model.Role) *model.Session {
	d.t.Helper()
	ctx := context.Background()
	_, err := d.session.AddMember(ctx, model.MemberSpec{Name: login, Email: login + "@example.com", Login: login, Role: role})
	d.must(err)
	s, err := d.service.SignIn(ctx, model.Identity{Login: login, Via: model.ViaTerminal})
	d.must(err)
	return s
}

// Whoever is asked about a key is told what others did to it meanwhile, before
// they answer; and who was first, where both do the same at once.
func TestQuestionTellsWhatOthersDid(t *testing.T) {
	ctx := context.Background()
	for key, title := range map[string]string{"r": "Regenerate API Secret", "p": "Suspend billing", "X": "Revoke the key of billing"} {
		d := newDriver(t, func(d *driver) { d.create("billing") })
		kim := d.second("kim", model.ITManager)
		k := d.onlyKey()
		d.press("2", "down", key)
		d.sees(title)
		d.send(changedMsg{})
		d.missing("Meanwhile")
		purpose := "Letters"
		_, err := kim.EditKey(ctx, k.ID, 0, model.KeyEdit{Purpose: &purpose})
		d.must(err)
		d.send(changedMsg{})
		d.sees(title, "Meanwhile kim changed the purpose of billing.")
		_, err = kim.SuspendKey(ctx, k.ID)
		d.must(err)
		d.send(changedMsg{})
		d.sees("and kim suspended billing.")
		d.resize(40, 12)
		d.resize(80, 24)
	}
	d := newDriver(t, func(d *driver) { d.create("billing") })
	kim := d.second("kim", model.ITManager)
	d.press("2", "down", "r")
	_, _, err := kim.RegenerateSecret(ctx, d.onlyKey().ID, 0)
	d.must(err)
	d.press("enter")
	d.sees("Meanwhile kim regenerated the secret of billing.", "yours was not made")
}

// A secret that somebody else replaced, or whose key they revoked, while it is
// on the screen is not stored for nothing.
func TestShownSecretIsReplaced(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		do   func(kim *model.Session, k model.KeyID) error
		said string
	}{
		"regenerated": {func(kim *model.Session, k model.KeyID) error {
			_, _, err := kim.RegenerateSecret(ctx, k, 0)
			return err
		}, "kim regenerated the secret of billing."},
		"revoked": {func(kim *model.Session, k model.KeyID) error { _, err := kim.RevokeKey(ctx, k); return err }, "kim revoked billing."},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, func(d *driver) { d.create("billing") })
			kim := d.second("kim", model.ITManager)
			d.press("2", "down", "r", "enter")
			d.sees("d done")
			secret := d.secretOnScreen()
			purpose := "Letters"
			_, err := kim.EditKey(ctx, d.onlyKey().ID, 0, model.KeyEdit{Purpose: &purpose})
			d.must(err)
			d.send(changedMsg{})
			d.missing("Meanwhile")
			d.must(c.do(kim, d.onlyKey().ID))
			d.send(changedMsg{})
			d.sees(c.said, "This secret does not work any more", secret)
			d.press("enter", "v", "d")
			d.sees(c.said, "This secret does not work any more", secret)
			d.missing("d done")
			d.press("esc", "y")
			d.sees("masked for ever")
			if d.onlyKey().Confirmed != 0 || d.copied.Len() > 0 {
				t.Error("it was copied, or counts as stored")
			}
		})
	}
}
