package cli

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"empress/model"
	"empress/storage"
)

// installation is the database and the sealing key of one team. It is where
// storage and domain are put together.
type installation struct {
	streams  Streams
	database string // as given with --db
	keyFile  string // as given with --key-file

	store   engine
	service *model.Service
	log     changeLog
	warned  bool // of a password on the command line
}

// paths finds the files by flag, environment and default, in this order.
func (in *installation) paths() (paths, error) {
	p := paths{database: first(in.database, in.streams.variable("EMPRESS_DB")), key: first(in.keyFile, in.streams.variable("EMPRESS_KEY_FILE")), log: in.streams.variable("EMPRESS_LOG")}
	files := []*string{&p.beside, &p.key, &p.log}
	switch {
	case storage.IsAddress(p.database):
		if err := in.address(&p); err != nil {
			return p, err
		}
	default:
		p.database = first(p.database, defaultDatabase())
		p.beside = p.database
		files = append(files, &p.database)
	}
	p.key, p.log = first(p.key, p.beside+".key"), first(p.log, p.beside+".log")
	if p.log == noLog {
		p.log = ""
	}
	for _, path := range files {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return p, model.Errorf(model.CodeFailed, "The present directory is gone. Change to another, or give whole paths with --db, --key-file and EMPRESS_LOG.").Because(err)
		}
		*path = abs
	}
	return p, nil
}

// defaultDatabase is the file of who names none.
func defaultDatabase() string { return filepath.Join(xdg.DataHome, "empress", "empress.db") }

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// open opens the database with its sealing key. Without a team it is
// model.ErrNotInitialized.
func (in *installation) open(ctx context.Context) (*model.Service, error) {
	if in.service != nil {
		return in.service, nil
	}
	p, err := in.paths()
	if err != nil {
		return nil, err
	}
	store, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	service, err := start(ctx, store, p)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	in.store, in.service = store, in.log.follow(service, p)
	return in.service, nil
}

func start(ctx context.Context, store model.Store, p paths) (*model.Service, error) {
	founded, err := hasTeam(ctx, store)
	if err != nil {
		return nil, err
	}
	if !founded { // said before a missing sealing key is: there need not be one yet
		return nil, model.Errorf(model.CodeNotInitialized, "The database %s has no team yet. Run `empress`, or `empress init` with --team, --name and --email.", p.database)
	}
	seal, err := readSealingKey(p.key)
	if err != nil {
		return nil, err
	}
	service := model.NewService(store, seal, time.Now)
	_, err = service.Open(ctx)
	return service, err
}

// readSealingKey reads the key file. A missing one is no ErrNotFound here,
// which scripts take to mean that what they named does not exist.
func readSealingKey(path string) (*model.SealingKey, error) {
	seal, err := storage.ReadKeyFile(path)
	if errors.Is(err, model.ErrNotFound) {
		err = model.Errorf(model.CodeUnavailable, "%s", model.Sentence(err)).Because(err)
	}
	return seal, err
}

func hasTeam(ctx context.Context, store model.Store) (bool, error) {
	err := store.Read(ctx, func(r model.Reader) error {
		_, err := r.Team()
		return err
	})
	if errors.Is(err, model.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// signIn finds the member that the effective user of this process is; the rest
// of the identity is given.
func (in *installation) signIn(ctx context.Context, id model.Identity) (*model.Session, error) {
	service, err := in.open(ctx)
	if err != nil {
		return nil, err
	}
	id.Login = effectiveUser().login
	return service.SignIn(ctx, id)
}

func (in *installation) close() {
	if in.service != nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		in.service.Flush(ctx)
	}
	if in.store != nil {
		_ = in.store.Close() // every change was committed when it was acknowledged
	}
	in.log.tell(in.streams.Err)
}
