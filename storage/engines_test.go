package storage_test

import (
	"context"
	"testing"

	"empress/model"
	"empress/storage"
)

// engine is a store of either kind that can be looked through and copied.
type engine interface {
	model.Store
	Inspect(context.Context) ([]string, error)
	InspectSchema(context.Context) ([]string, error)
	Backup(context.Context, *storage.NewFile) error
}

// onEngines runs a test with a team in a file, and with one on the PostgreSQL
// server.
func onEngines(t *testing.T, test func(*testing.T, place)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newPlace(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, founded(t, place{schemaAlone(t), t.TempDir() + "/team.key"})) })
}

// onServer reports whether the place is on the PostgreSQL server.
func (p place) onServer() bool { return storage.IsAddress(p.db) }

func (p place) openStore() (engine, error) {
	if !p.onServer() {
		return opened(storage.Open(ctx, p.db))
	}
	a, err := storage.ParseAddress(p.db)
	if err != nil {
		return nil, err
	}
	return opened(storage.OpenPostgres(ctx, a))
}

func (p place) create() (engine, error) {
	if !p.onServer() {
		return opened(storage.Create(ctx, p.db))
	}
	a, err := storage.ParseAddress(p.db)
	if err != nil {
		return nil, err
	}
	return opened(storage.CreatePostgres(ctx, a))
}

// opened is no engine at all where there is an error.
func opened[S engine](store S, err error) (engine, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}

// size is [size], with a quick one of its own on the server: a process that opens
// a place there makes several connections, each a process of the server.
func (p place) size(quick, onServer, whole int) int {
	if p.onServer() {
		quick = onServer
	}
	return size(quick, whole)
}
