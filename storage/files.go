package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"empress/model"
)

// sidecars are the files that SQLite keeps beside a database.
var sidecars = []string{"", "-wal", "-shm", "-journal"}

// checkPath refuses what is no ordinary file: a symbolic link could lead a
// privileged process to a file of somebody else's choosing.
func checkPath(path string) error {
	for _, suffix := range sidecars {
		info, err := os.Lstat(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fileError(err, path)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return model.Errorf(model.CodeFailed, "%s is a symbolic link, which empress does not follow. Give the path of the file itself.", path+suffix)
		}
		if !info.Mode().IsRegular() {
			return model.Errorf(model.CodeFailed, "%s is not a file. Give the path of a database file with --db.", path+suffix)
		}
	}
	return nil
}

// createFile makes a new file of mode 0600 in a directory that it makes, with
// mode 0700, when there is none.
func createFile(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fileError(err, filepath.Dir(path))
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fileError(err, path)
	}
	return f, nil
}

// syncDir makes the names in a directory as durable as the files.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fileError(err, path)
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// fileError turns an operating-system error about path into words with a mend.
func fileError(err error, path string) error {
	if _, ok := errors.AsType[*model.Error](err); ok {
		return err
	}
	e := model.Errorf(model.CodeFailed, "%s cannot be used.", path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e = model.Errorf(model.CodeFailed, "%s does not exist. Give another path.", path)
	case errors.Is(err, fs.ErrExist):
		e = model.Errorf(model.CodeConflict, "%s exists already and is not overwritten. Give another path, or move it away.", path)
	case errors.Is(err, fs.ErrPermission):
		e = model.Errorf(model.CodeFailed, "You may not write %s. Sign in as the user who owns it, or give another path.", path)
	case errors.Is(err, syscall.EROFS):
		e = model.Errorf(model.CodeFailed, "%s is on a file system that is mounted read-only. Give a path elsewhere.", path)
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		e = model.Errorf(model.CodeFailed, "The disk that holds %s is full. Make room, then try again; nothing was changed.", path)
	case errors.Is(err, syscall.ELOOP):
		e = model.Errorf(model.CodeFailed, "%s is a symbolic link, which empress does not follow. Give the path of the file itself.", path)
	case errors.Is(err, syscall.ENOTDIR):
		e = model.Errorf(model.CodeFailed, "A part of the path %s is a file, not a directory. Give another path.", path)
	case errors.Is(err, syscall.EISDIR):
		e = model.Errorf(model.CodeFailed, "%s is a directory. Give the path of a file in it.", path)
	}
	return e.Because(err)
}

// LoosePermissions returns what is wrong with who may read the database, "" for
// none that is a file, its sealing key and their directories, with the mend, one
// sentence each.
func LoosePermissions(database, keyFile string) []string {
	var found []string
	tell := func(path string) {
		found = append(found, path+" can be read or written by others. Run: chmod 600 "+path)
	}
	for _, path := range existing(database) { // which nobody but SQLite may open
		if info, err := os.Lstat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			tell(path)
		}
	}
	if looseKeyFile(keyFile) {
		tell(keyFile)
	}
	for _, path := range []string{database, keyFile} {
		if path == "" {
			continue
		}
		dir := filepath.Dir(path)
		info, err := os.Stat(dir)
		if err == nil && info.Mode()&fs.ModeSticky != 0 {
			found = append(found, dir+" is a directory that everybody shares. Move the database and its sealing key to one of their own.")
			continue
		}
		if err != nil || info.Mode().Perm()&0o022 == 0 || strings.Contains(strings.Join(found, "\n"), "chmod 700 "+dir) {
			continue
		}
		found = append(found, dir+" can be written by others, who could replace the files in it. Run: chmod 700 "+dir)
	}
	return found
}

func existing(database string) []string {
	if database == "" {
		return nil
	}
	var paths []string
	for _, s := range sidecars {
		if _, err := os.Lstat(database + s); err == nil {
			paths = append(paths, database+s)
		}
	}
	return paths
}

// Owned reports whether a file belongs to the effective user of this process;
// everything counts as the superuser's.
func Owned(path string) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return false, fileError(err, path)
	}
	return owned(info), nil
}

func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (os.Geteuid() == 0 || int(stat.Uid) == os.Geteuid())
}
