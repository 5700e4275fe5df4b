package storage

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"empress/model"
)

// maxKeyFile is far more than a sealing key file ever holds, in bytes.
const maxKeyFile = 4096

// CreateKeyFile makes a new sealing key and writes it to a new file of mode
// 0600. An existing file is ErrConflict: it may seal a database that would be
// lost without it.
func CreateKeyFile(path string) (*model.SealingKey, error) {
	k, err := model.NewSealingKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := writeNewFile(path, k.Encode()); err != nil {
		return nil, err
	}
	return k, nil
}

// ReadKeyFile reads a sealing key. A file that others can read is refused, as
// is a symbolic link; a missing one is ErrNotFound.
func ReadKeyFile(path string) (*model.SealingKey, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, model.Errorf(model.CodeNotFound, "The sealing key %s is missing. Put back its backup, or say where it is with --key-file or EMPRESS_KEY_FILE; without it no secret can be checked.", path).Because(err)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, model.Errorf(model.CodeFailed, "You may not read the sealing key %s. Sign in as the user who owns it.", path).Because(err)
	}
	if err != nil {
		return nil, fileError(err, path)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fileError(err, path)
	}
	if !info.Mode().IsRegular() {
		return nil, model.Errorf(model.CodeFailed, "The sealing key %s is not a file. Give the path of the key file with --key-file.", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, model.Errorf(model.CodeFailed, "Others on this computer can read the sealing key %s. Run: chmod 600 %s", path, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fileError(err, path)
	}
	defer clear(text)
	return model.ParseSealingKey(string(text))
}
