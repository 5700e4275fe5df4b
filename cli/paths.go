package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/adrg/xdg"

	"empress/model"
	"empress/storage"
)

// paths says where the parts of an installation are. Without a log its path is
// "".
type paths struct {
	database string           // the file, or the address of the server's without a password
	server   *storage.Address // nil where the database is a file
	beside   string           // what the files that go with the database are named after
	key, log string
	exposed  bool // a password stands on the command line
}

// engine is a store, of either kind, that can be looked through and copied.
type engine interface {
	model.Store
	Backup(context.Context, *storage.NewFile) error
	Inspect(context.Context) ([]string, error)       // what is damaged, in words
	InspectSchema(context.Context) ([]string, error) // what empress did not make so, in words
}

// hostKey is the path of the key by which the SSH server is known.
func (p paths) hostKey() string { return p.beside + ".hostkey" }

// address reads the address of a PostgreSQL database. The files that go with it
// are in the directory for data, under its name.
func (in *installation) address(p *paths) (err error) {
	p.exposed = in.database != "" && storage.HasPassword(in.database)
	if p.exposed && !in.warned {
		in.warned = true
		fmt.Fprintln(in.streams.Err, "Every process on this computer can read a password on a command line. Put the address in EMPRESS_DB, or the password in the file that PGPASSFILE names.")
	}
	if p.server, err = storage.ParseAddress(p.database); err != nil {
		return err
	}
	p.database = p.server.String()
	p.beside = filepath.Join(xdg.DataHome, "empress", p.server.FileName())
	return nil
}

// open opens the database, create makes it where there is none.
func (p paths) open(ctx context.Context) (engine, error) {
	if p.server != nil {
		return opened(storage.OpenPostgres(ctx, p.server))
	}
	return opened(storage.Open(ctx, p.database))
}

func (p paths) create(ctx context.Context) (engine, error) {
	if p.server != nil {
		return opened(storage.CreatePostgres(ctx, p.server))
	}
	return opened(storage.Create(ctx, p.database))
}

// opened is no store at all where there is an error.
func opened[S engine](store S, err error) (engine, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}
