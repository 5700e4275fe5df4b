package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"empress/model"
	"empress/storage"
)

// found makes the sealing key, the database and the team in it, and signs the
// first administrator in. When that fails, directories and a sealing key that
// nothing needs are removed again; a database that was made stays, empty.
func (in *installation) found(ctx context.Context, f model.Founding, via model.Via) (_ *model.Session, err error) {
	if err := f.Check(); err != nil { // before anything is made
		return nil, err
	}
	p, err := in.paths()
	if err != nil {
		return nil, err
	}
	if err := p.vacant(ctx); err != nil {
		return nil, err
	}
	var made traces
	defer func() {
		if err != nil {
			made.remove()
		}
	}()
	made.directories(p.key)
	made.directories(p.beside)
	seal, err := made.sealingKey(p)
	if err != nil {
		return nil, err
	}
	store, err := p.create(ctx)
	if err != nil {
		return nil, err
	}
	service := in.log.follow(model.NewService(store, seal, time.Now), p)
	session, err := service.Found(ctx, f, model.Identity{Login: effectiveUser().login, Via: via})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	in.close()
	in.store, in.service = store, service
	return session, nil
}

// vacant returns nil when there is no team in the database yet.
func (p paths) vacant(ctx context.Context) error {
	store, err := p.open(ctx)
	if errors.Is(err, storage.ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	founded, err := hasTeam(ctx, store)
	if founded {
		err = model.Errorf(model.CodeConflict, "There is a team in %s already. Give another path with --db, or ask its administrator to add you.", p.database)
	}
	return errors.Join(err, store.Close())
}

// traces knows how to remove what has been made so far.
type traces []func()

func (t traces) remove() {
	for _, undo := range slices.Backward(t) {
		undo()
	}
}

// directories remembers which directories above path are missing. They are
// removed again if they are empty.
func (t *traces) directories(path string) {
	var missing []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, dir)
	}
	*t = append(*t, func() {
		for _, dir := range missing {
			_ = os.Remove(dir)
		}
	})
}

// sealingKey makes the key file. One that is there already is used: it may be
// the backup of a key that seals other things, too.
func (t *traces) sealingKey(p paths) (*model.SealingKey, error) {
	seal, err := storage.ReadKeyFile(p.key)
	if !errors.Is(err, model.ErrNotFound) {
		return seal, err
	}
	seal, err = storage.CreateKeyFile(p.key)
	if errors.Is(err, model.ErrConflict) { // another process was first, and knows best
		return storage.ReadKeyFile(p.key)
	}
	if err == nil {
		*t = append(*t, func() {
			if _, err := os.Lstat(p.database); p.server == nil && errors.Is(err, fs.ErrNotExist) { // else another process may have founded its team with this key
				_ = os.Remove(p.key)
			}
		})
	}
	return seal, err
}
