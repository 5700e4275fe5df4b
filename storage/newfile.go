package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"empress/model"
)

// NewFile is a file of mode 0600 that did not exist before. It stays open until
// its content is known, so that nothing can take its place in between.
type NewFile struct {
	path string
	file *os.File // nil when it is done with
}

// CreateNewFile makes a file in a directory that exists, durably, and finds out
// whether it can take room bytes. One of [NewFile.Commit], [NewFile.Keep], [NewFile.Leave]
// and [NewFile.Discard] ends it.
func CreateNewFile(path string, room int) (*NewFile, error) {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); err != nil {
		return nil, fileError(err, dir)
	}
	return createNewFile(path, room)
}

func createNewFile(path string, room int) (*NewFile, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	n := &NewFile{path: path, file: f}
	if _, err = f.Write(make([]byte, room)); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(path) // before there is anything that could get lost with its name
	}
	if err != nil {
		n.Discard()
		return nil, fileError(err, path)
	}
	return n, nil
}

// Commit makes content all that the file holds, durably. When that fails
// nothing remains of it.
func (n *NewFile) Commit(content []byte) error {
	_, err := n.file.WriteAt(content, 0)
	if err == nil {
		err = n.file.Truncate(int64(len(content)))
	}
	if err != nil {
		n.Discard()
		return fileError(err, n.path)
	}
	return n.Keep()
}

// Write adds to the file, which was made without room, what is too long to be
// held in memory. [NewFile.Keep] ends it.
func (n *NewFile) Write(content []byte) (int, error) {
	k, err := n.file.Write(content)
	if err != nil {
		err = fileError(err, n.path)
	}
	return k, err
}

// Sync makes what was written so far durable, while the file can still be
// discarded.
func (n *NewFile) Sync() error {
	if err := n.file.Sync(); err != nil {
		return fileError(err, n.path)
	}
	if !n.named() {
		return n.replaced()
	}
	return nil
}

// Rewind takes back all that was written after the first so many bytes.
func (n *NewFile) Rewind(size int64) error {
	_, err := n.file.Seek(size, io.SeekStart)
	if err = errors.Join(err, n.file.Truncate(size)); err != nil {
		return fileError(err, n.path)
	}
	return nil
}

// Leave ends it, and leaves the file as it is: what [NewFile.Sync] was told of
// stays, whatever happened since.
func (n *NewFile) Leave() error {
	err := n.file.Close()
	n.file = nil
	return err
}

func (n *NewFile) replaced() error {
	return model.Errorf(model.CodeFailed, "Another program removed or replaced %s. Give another path.", n.path)
}

// Keep makes what the file holds durable. When that fails nothing remains of
// it.
func (n *NewFile) Keep() error {
	err := n.file.Sync()
	if err == nil && !n.named() {
		err = n.replaced()
	}
	if err != nil {
		n.Discard()
		return fileError(err, n.path)
	}
	_ = n.Leave() // nothing of it waits for the disk any more
	return nil
}

// keepAfter is Keep, unless what wrote the file failed: then nothing remains of it.
func (n *NewFile) keepAfter(err error) error {
	if err != nil {
		n.Discard()
		return err
	}
	return n.Keep()
}

// named reports whether the path still leads to the file.
func (n *NewFile) named() bool { return leadsTo(n.path, n.file) }

func leadsTo(path string, f *os.File) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(open, there)
}

// Discard removes the file, unless it was committed.
func (n *NewFile) Discard() {
	if n.file == nil {
		return
	}
	_ = n.file.Truncate(0)
	if n.named() {
		_ = os.Remove(n.path)
	}
	_ = n.file.Close()
	n.file = nil
}

// WriteNewFile writes content to a file of mode 0600 that must not exist yet, in
// a directory that does, durably; on failure nothing remains of it.
func WriteNewFile(path string, content []byte) error {
	n, err := CreateNewFile(path, 0)
	if err != nil {
		return err
	}
	return n.Commit(content)
}

// writeNewFile is WriteNewFile that makes the directory, too.
func writeNewFile(path string, content []byte) error {
	n, err := createNewFile(path, 0)
	if err != nil {
		return err
	}
	return n.Commit(content)
}
