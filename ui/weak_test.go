package ui

import (
	"context"
	"testing"

	"empress/model"
)

// A secret that was imported is called weak in the list and on its own page,
// until it is regenerated.
func TestWeakSecret(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		id, err := model.ParseKeyID("0123456789abcde")
		if err != nil {
			t.Fatal(err)
		}
		secret, err := model.ParseSecret("fedcba987654321")
		if err != nil {
			t.Fatal(err)
		}
		each := func(yield func(model.ImportKey) error) error {
			return yield(model.ImportKey{Line: 1, Spec: model.KeySpec{Application: "billing"}, ID: id, Secret: secret})
		}
		if _, err := d.session.ImportKeys(context.Background(), model.Import{Each: each}); err != nil {
			t.Fatal(err)
		}
	})
	d.press("enter", "enter", "enter")
	d.sees("billing", "weak secret")
	d.press("down", "enter")
	d.sees("0123456789abcde", "weak secret, imported: regenerate the secret soon")
	if _, _, err := d.session.RegenerateSecret(context.Background(), "0123456789abcde", 1); err != nil {
		t.Fatal(err)
	}
	d.press("esc", "enter")
	d.missing("weak secret")
}

// A name of an imported key is short, and what stands behind it keeps its column.
func TestShortKeysKeepColumns(t *testing.T) {
	d := newDriver(t, func(d *driver) {
		someKeys(d)
		secret, err := model.ParseSecret("fedcba987654321")
		d.must(err)
		each := func(yield func(model.ImportKey) error) error {
			return yield(model.ImportKey{Line: 1, Spec: model.KeySpec{Application: "billing-old"}, ID: "01234567", Secret: secret})
		}
		_, err = d.session.ImportKeys(context.Background(), model.Import{Each: each})
		d.must(err)
	})
	long := d.keyOf("billing").ID.Short()
	d.press(":")
	d.write("billing")
	d.sees(long+"  ada", "01234567        ada")
	d.press("esc", "2", "*", "r", "1")
	d.sees(long+"  used", "01234567        never used")
}
