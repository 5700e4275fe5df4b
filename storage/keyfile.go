package storage

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"empress/model"
)

// maxKeyFile bounds a file of keys, in bytes: more than fifty sealing keys.
const maxKeyFile = 4096

// CreateKeyFile makes a new sealing key and writes it to a new file of mode
// 0600. An existing file is ErrConflict: it may seal a database that would be
// lost without it.
func CreateKeyFile(path string) (*model.SealingKey, error) {
	k, err := model.NewSealingKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	text := k.Encode()
	defer clear(text)
	if err := placeNewFile(path, text); err != nil {
		return nil, err
	}
	return k, nil
}

// placeNewFile is writeNewFile for a file that another process may be waiting
// to read: its name appears once all of it is there.
func placeNewFile(path string, content []byte) error {
	var n [8]byte
	if _, err := rand.Read(n[:]); err != nil {
		return fileError(err, path)
	}
	draft := fmt.Sprintf("%s.%x", path, n)
	if err := writeNewFile(draft, content); err != nil {
		if cause := errors.Unwrap(err); cause != nil && strings.Contains(model.Sentence(err), draft) {
			return fileError(cause, path) // nobody knows of the draft
		}
		return err
	}
	err := os.Link(draft, path)
	if err := os.Remove(draft); err != nil {
		return fileError(err, draft)
	}
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, errors.ErrUnsupported): // a file system without links
		return writeNewFile(path, content)
	case err != nil:
		return fileError(err, path)
	}
	return syncDir(path)
}

// privateFile is a kind of file that nobody but its owner may read or change.
type privateFile struct {
	what  string                 // "sealing key"
	mend  string                 // what to do about a file that cannot be used
	known func(text []byte) bool // whether text is of the kind; nil where nobody chose the path
}

var sealingKeyFile = privateFile{"sealing key", "Make a copy that you own, and give its path with --key-file.", isSealingKey}

func isSealingKey(text []byte) bool {
	_, err := model.ParseSealingKey(string(text))
	return err == nil
}

// read returns what a file holds. A missing one is fs.ErrNotExist, bare.
func (p privateFile) read(path string) ([]byte, error) {
	f, err := p.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return p.content(f)
}

// open opens a file for reading, unless others could have put it there or could
// read it. A missing one is fs.ErrNotExist, bare.
func (p privateFile) open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fs.ErrNotExist
	case errors.Is(err, fs.ErrPermission):
		return nil, model.Errorf(model.CodeFailed, "You may not read the %s %s. Sign in as the user who owns it.", p.what, path).Because(err)
	case err != nil:
		return nil, fileError(err, path)
	}
	if err := p.check(f); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// content reads the whole file, which was opened for reading.
func (p privateFile) content(f *os.File) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fileError(err, f.Name())
	}
	if len(text) > maxKeyFile {
		clear(text)
		return nil, model.Errorf(model.CodeDamaged, "The %s %s is longer than such a file ever is. Put back its backup.", p.what, f.Name())
	}
	return text, nil
}

// check refuses what others could have put there, or could read.
func (p privateFile) check(f *os.File) error {
	path := f.Name()
	info, err := f.Stat()
	if err != nil {
		return fileError(err, path)
	}
	if !info.Mode().IsRegular() {
		return model.Errorf(model.CodeFailed, "The %s %s is not a file. %s", p.what, path, p.mend)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
		return model.Errorf(model.CodeFailed, "The %s %s belongs to somebody else, who could change it. %s", p.what, path, p.mend)
	}
	if !soleName(f) {
		return model.Errorf(model.CodeFailed, "The %s %s has a second name, a hard link, by which others may reach it. Remove that name.", p.what, path)
	}
	if othersMay(f, info) {
		if !p.recognises(f) {
			return model.Errorf(model.CodeDamaged, "%s holds no %s. Give the path of the one that belongs to this database with --key-file or EMPRESS_KEY_FILE, or put back its backup.", path, p.what)
		}
		return model.Errorf(model.CodeFailed, "Others on this computer can read the %s %s. Run: chmod 600 %s", p.what, path, path)
	}
	return nil
}

// recognises reports whether a file that others can read is of the kind, so that
// nobody is told to take another one, such as /etc/passwd, from them.
func (p privateFile) recognises(f *os.File) bool {
	if p.known == nil {
		return true
	}
	text, err := p.content(f)
	defer clear(text)
	return err == nil && p.known(text)
}

// othersMay reports whether others can read or change a file, by what its mode and
// its access list say.
func othersMay(f *os.File, info os.FileInfo) bool {
	loose := info.Mode().Perm() & 0o077
	return loose != 0 && (loose != 0o040 || !listedAlone(f))
}

// looseKeyFile is othersMay for the path of a sealing key. Why one cannot be
// opened, or holds none, reading it tells.
func looseKeyFile(path string) bool {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular() && othersMay(f, info) && sealingKeyFile.recognises(f)
}

// ReadKeyFile reads a sealing key file, and returns the newest key in it. One that
// others can read, or that is theirs, is refused, as is one with a second name and
// a symbolic link; a missing one is ErrNotFound.
func ReadKeyFile(path string) (*model.SealingKey, error) {
	text, err := sealingKeyFile.read(path)
	if err != nil {
		return nil, noKeyFile(err, path)
	}
	defer clear(text)
	return model.ParseSealingKey(string(text))
}

// noKeyFile puts into words that a sealing key file is missing.
func noKeyFile(err error, path string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return model.Errorf(model.CodeNotFound, "The sealing key %s is missing. Put back its backup, or say where it is with --key-file or EMPRESS_KEY_FILE; without it no secret can be checked.", path).Because(err)
}

// soleName reports whether the file has one name. While placeNewFile is at work
// it has two for a moment.
func soleName(f *os.File) bool {
	for wait := time.Millisecond; ; wait *= 2 {
		info, err := f.Stat()
		if err != nil {
			return false
		}
		if s, ok := info.Sys().(*syscall.Stat_t); !ok || s.Nlink <= 1 {
			return true
		}
		if wait > 200*time.Millisecond {
			return false
		}
		time.Sleep(wait)
	}
}

// CopyKeyFile copies a sealing key file to a new place of mode 0600, and returns
// whether it did: the same key that is there already stays. Another one there is
// ErrConflict, as it seals something else.
func CopyKeyFile(from, to string) (made bool, err error) { return sealingKeyFile.copy(from, to) }

// CopyHostKey is CopyKeyFile for the key by which an SSH server is known. Where
// there is none, none is copied.
func CopyHostKey(from, to string) (made bool, err error) {
	made, err = hostKeyFile.copy(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return made, err
}

func (p privateFile) copy(from, to string) (made bool, err error) {
	text, err := p.read(from)
	if err != nil {
		return false, err
	}
	defer clear(text)
	there, err := p.read(to)
	defer clear(there)
	switch {
	case err == nil && bytes.Equal(there, text):
		return false, nil
	case err == nil:
		return false, model.Errorf(model.CodeConflict, "There is another %s at %s already. Move it away if nothing needs it.", p.what, to)
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	return true, placeNewFile(to, text)
}
