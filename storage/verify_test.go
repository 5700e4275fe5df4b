package storage_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// newService returns a service on a new database, with its founder signed in.
func newService(tb testing.TB) (*model.Service, *model.Session, *storage.Store) {
	tb.Helper()
	dir := tb.TempDir()
	ctx := context.Background()
	seal, err := storage.CreateKeyFile(filepath.Join(dir, "team.key"))
	if err != nil {
		tb.Fatal(err)
	}
	store, _, err := storage.Create(ctx, filepath.Join(dir, "team.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	service := model.NewService(store, seal, time.Now)
	ada, err := service.Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		tb.Fatal(err)
	}
	return service, ada, store
}

// BenchmarkVerify measures a decision against the read that it cannot do
// without: the same columns of the same row, through the same driver.
func BenchmarkVerify(b *testing.B) {
	service, ada, store := newService(b)
	ctx := context.Background()
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
