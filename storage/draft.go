package storage

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"empress/model"
)

// Draft is a backup that was copied beside the place of a database, to be
// checked and settled there before it takes that place. [Draft.Discard] ends it,
// unless [Draft.Place] did.
type Draft struct {
	*Store
	backup, place string
}

// draftMark stands between the place and a random number in the name of a draft.
const draftMark = ".restoring-"

// OpenDraft copies a backup and checks the copy as SQLite sees it: structure,
// references and schema, which it brings up to date. The backup itself is only
// read.
func OpenDraft(ctx context.Context, backup, place string) (*Draft, error) {
	var n [4]byte
	if _, err := rand.Read(n[:]); err != nil {
		return nil, fileError(err, place)
	}
	path := fmt.Sprintf("%s%s%x", place, draftMark, n)
	if err := copyFile(ctx, backup, path); err != nil {
		return nil, named(err, path, place)
	}
	s, err := open(path)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	s.draft = true
	d := &Draft{s, backup, place}
	if err := d.ready(ctx); err != nil {
		d.Discard()
		if errors.Is(err, model.ErrDamaged) {
			return nil, model.Errorf(model.CodeDamaged, "%s is damaged, or it is no backup. Use another one.", backup).Because(err)
		}
		return nil, d.Explain(err)
	}
	return d, nil
}

// ready is what Open does, and checks everything on the way.
func (d *Draft) ready(ctx context.Context) error {
	if err := d.trustworthy(ctx); err != nil {
		return err
	}
	if err := d.complete(); err != nil {
		return err
	}
	if err := d.RebuildSearch(ctx); err != nil { // whatever became of it, no key is to be missed
		return err
	}
	if err := sound(d.intact(ctx)); err != nil {
		return err
	}
	if err := useLog(ctx, d.writer); err != nil {
		return d.mapError(err)
	}
	if err := d.migrate(ctx); err != nil {
		return err
	}
	if err := sound(d.InspectSchema(ctx)); err != nil {
		return err
	}
	version, err := d.version(ctx, d.readers)
	if err == nil { // a copy of a database whose team has moved is one that can be changed
		err = setVersion(ctx, d.writer, version, false)
	}
	if err != nil {
		return d.mapError(err)
	}
	return d.prepare(ctx)
}

// complete refuses a file that is not as long as its header says: SQLite takes
// what is missing of its last page for zeros. The header is that of SQLite's
// file format: the page size at byte 16, the number of pages at byte 28.
func (d *Draft) complete() error {
	f, err := os.Open(d.path)
	if err != nil {
		return fileError(err, d.place)
	}
	defer f.Close()
	var header [32]byte
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		return nil // a database that holds nothing
	}
	if err == nil {
		_, err = io.ReadFull(f, header[:])
	}
	if err != nil {
		return model.Errorf(model.CodeDamaged, "It is shorter than any database.").Because(err)
	}
	page := int64(binary.BigEndian.Uint16(header[16:]))
	if page == 1 {
		page = 65536
	}
	if info.Size() != page*int64(binary.BigEndian.Uint32(header[28:])) {
		return model.Errorf(model.CodeDamaged, "It is not as long as it says.")
	}
	return nil
}

func sound(found []string, err error) error {
	if err == nil && len(found) > 0 {
		err = model.Errorf(model.CodeDamaged, "%s", found[0])
	}
	return err
}

// Explain puts into an error, instead of the draft of which nobody knows, what
// the person knows: the place when it could not be written, or else the backup.
func (d *Draft) Explain(err error) error {
	if errors.Is(err, model.ErrUnavailable) {
		return named(err, d.path, d.place)
	}
	return named(err, d.path, d.backup)
}

// named says another path in an error.
func named(err error, path, other string) error {
	words := model.Sentence(err)
	if !strings.Contains(words, path) {
		return err
	}
	return model.Errorf(model.CodeOf(err), "%s", strings.ReplaceAll(words, path, other)).Because(err)
}

// Place gives the draft its place, durably. Over is whether a database may be
// there, which is then lost; it must be one that holds nothing.
func (d *Draft) Place(over bool) error {
	if err := errors.Join(d.Close(), syncFile(d.path)); err != nil {
		return d.Explain(d.mapError(err))
	}
	for _, suffix := range sidecars[1:] {
		if _, err := os.Lstat(d.path + suffix); !errors.Is(err, fs.ErrNotExist) {
			return model.Errorf(model.CodeUnavailable, "The restored database could not be written as a whole. Check the disk of %s and its free space.", d.place)
		}
	}
	if err := Leftovers(d.place); err != nil {
		return err
	}
	if err := d.rename(over); err != nil {
		return fileError(err, d.place)
	}
	return syncDir(d.place)
}

// rename never replaces a database that another process made meanwhile, unless
// the file system has no links.
func (d *Draft) rename(over bool) error {
	if over {
		return os.Rename(d.path, d.place)
	}
	err := os.Link(d.path, d.place)
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, errors.ErrUnsupported):
		if _, err := os.Lstat(d.place); !errors.Is(err, fs.ErrNotExist) {
			return fs.ErrExist
		}
		return os.Rename(d.path, d.place)
	case err != nil:
		return err
	}
	return os.Remove(d.path)
}

// Discard removes the draft, unless it has its place.
func (d *Draft) Discard() {
	_ = d.Close()
	for _, suffix := range sidecars {
		_ = os.Remove(d.path + suffix)
	}
}

// Drafts returns the paths of the files, SQLite's among them, of drafts that lie
// beside their place: of restores that run, or that were killed.
func Drafts(place string) ([]string, error) {
	dir := filepath.Dir(place)
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, readError(err, dir)
	}
	var paths []string
	for _, f := range files {
		if strings.HasPrefix(f.Name(), filepath.Base(place)+draftMark) {
			paths = append(paths, filepath.Join(dir, f.Name()))
		}
	}
	return paths, nil
}

// Leftovers refuses a path beside which SQLite's files of another database lie:
// they would be taken for parts of a new one.
func Leftovers(path string) error {
	for _, suffix := range sidecars[1:] {
		if _, err := os.Lstat(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			return model.Errorf(model.CodeConflict, "%s belongs to a database that was there or is in use. Move it away first; nothing is restored over it.", path+suffix)
		}
	}
	return nil
}

// copyFile copies an ordinary file that nobody writes into a new one of mode
// 0600, durably. On failure nothing remains of the new one.
func copyFile(ctx context.Context, from, to string) error {
	if err := checkPath(from); err != nil {
		return err
	}
	for _, suffix := range sidecars[1:] {
		if info, err := os.Lstat(from + suffix); err == nil && info.Size() > 0 && suffix != "-shm" {
			return model.Errorf(model.CodeConflict, "%s lies beside the backup, so it is a database in use, or a copy of one. Make a backup with `empress backup`.", from+suffix)
		}
	}
	source, err := os.OpenFile(from, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return readError(err, from)
	}
	defer source.Close()
	copied, err := createNewFile(to, 0)
	if err != nil {
		return err
	}
	defer copied.Discard() // unless it is kept
	if _, err := io.Copy(copied, &interruptible{ctx, source}); err != nil {
		return readError(err, from)
	}
	return copied.Keep()
}

// interruptible ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r *interruptible) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// readError is fileError for a file that is only read.
func readError(err error, path string) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrPermission):
		return model.Errorf(model.CodeFailed, "You may not read %s. Sign in as the user who owns it.", path).Because(err)
	}
	return fileError(err, path)
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
