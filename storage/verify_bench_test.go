package storage_test

import (
	"database/sql"
	"testing"

	"empress/model"
)

// BenchmarkVerify measures a decision against the read that it cannot do
// without: the same columns of the same row, through the same driver.
func BenchmarkVerify(b *testing.B) {
	h, _ := newHouse(b)
	service, ada, store := h.service, h.ada, h.file
	var key model.Key
	var secret model.Secret
	for range 1000 {
		var err error
		if key, secret, err = ada.CreateKey(ctx, model.KeySpec{Application: "billing", Scopes: []string{"invoices:read"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("decision", func(b *testing.B) {
		for b.Loop() {
			d, err := service.Verify(ctx, model.Request{Key: key.ID, Secret: secret})
			if err != nil || !d.Allowed {
				b.Fatal(d, err)
			}
		}
	})
	b.Run("select", func(b *testing.B) {
		db, err := sql.Open("sqlite", store.Path())
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		stmt, err := db.Prepare("SELECT generation, hash, state, application, owner, owner_id, scopes, networks, rate, expires_at, seal_key, seal FROM keys WHERE id = ?")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			var generation, owner, expires, seal int64
			var hash, sealed []byte
			var state, application, email, scopes, networks, rate string
			if err := stmt.QueryRow(string(key.ID)).Scan(&generation, &hash, &state, &application, &email, &owner, &scopes, &networks, &rate, &expires, &seal, &sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("select-hash", func(b *testing.B) {
		db, err := sql.Open("sqlite", store.Path())
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		stmt, err := db.Prepare("SELECT hash FROM keys WHERE id = ?")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			var hash []byte
			if err := stmt.QueryRow(string(key.ID)).Scan(&hash); err != nil {
				b.Fatal(err)
			}
		}
	})
}
