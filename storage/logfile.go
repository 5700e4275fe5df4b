package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"empress/model"
)

// AppendLines adds lines, which hold their ends, to a log: a file that it makes,
// with mode 0600, in a directory that exists. They are written together and
// durably, whoever else writes, or not at all. What a writer that was cut off left of a
// line stays a line of its own.
func AppendLines(path string, lines []byte) error {
	f, err := openLog(path, os.O_CREATE|os.O_RDWR|os.O_APPEND)
	if err != nil {
		return err
	}
	defer f.Close() // lets go of the lock
	alone := waitAlone(f)
	info, err := f.Stat()
	if err != nil {
		return fileError(err, path)
	}
	last := []byte{'\n'}
	if info.Size() > 0 {
		if _, err := f.ReadAt(last, info.Size()-1); err != nil {
			return fileError(err, path)
		}
	}
	if last[0] != '\n' {
		lines = append([]byte{'\n'}, lines...)
	}
	if _, err = f.Write(lines); err == nil {
		err = f.Sync()
	} else if alone {
		_ = f.Truncate(info.Size())
	}
	if err != nil {
		return fileError(err, path)
	}
	return nil
}

// waitAlone waits its turn with a file, and reports whether it came: whoever
// stands still holds nobody up for long.
func waitAlone(f *os.File) bool {
	for range 1000 {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err == nil
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// openLog opens what is no symbolic link and an ordinary file; it waits for
// nobody at the other end.
func openLog(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, fileError(err, path)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = model.Errorf(model.CodeFailed, "%s is not a file. Give the path of one with EMPRESS_LOG, or none.", path)
	}
	if err == nil && !ours(info) {
		err = model.Errorf(model.CodeFailed, "%s belongs to another user, or has another name elsewhere, so it is not trusted. Move it away, or give another path with EMPRESS_LOG.", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, fileError(err, path)
	}
	return f, nil
}

// ours is whether a file is of this process's user, or anybody's for the
// superuser, and has one name alone.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 1 && owned(info)
}

// logTail is how much of the end of a log is looked at, in bytes.
const logTail = 256 << 10

// LastLines returns the lines at the end of a log, without their ends and
// without empty ones. A missing log is fs.ErrNotExist.
func LastLines(path string) ([][]byte, error) {
	f, err := openLog(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fileError(err, path)
	}
	from := max(0, info.Size()-logTail)
	text, err := io.ReadAll(io.NewSectionReader(f, from, logTail))
	if err != nil {
		return nil, fileError(err, path)
	}
	if from > 0 { // begins within a line
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	var lines [][]byte
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		if len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// InspectLog returns what is wrong with who may read and write a log that
// exists, in words; nil is fine.
func InspectLog(path string) []string {
	f, err := openLog(path, os.O_WRONLY|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []string{model.Sentence(err)}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		return []string{path + " can be read or written by others. Run: chmod 600 " + path}
	}
	return nil
}

// MoveLogAside gives a log of a database that is gone another name beside it,
// which it returns; "" when there is no log.
func MoveLogAside(path string) (string, error) {
	for n := 1; n <= maxCopies; n++ {
		to := path + ".before-restore"
		if n > 1 {
			to = fmt.Sprintf("%s.%d", to, n)
		}
		switch err := os.Link(path, to); {
		case errors.Is(err, fs.ErrNotExist):
			return "", nil
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return "", fileError(err, path)
		}
		if err := os.Remove(path); err != nil {
			return "", fileError(err, path)
		}
		return to, syncDir(path)
	}
	return "", model.Errorf(model.CodeConflict, "There are too many logs from before a restore beside %s. Move them away.", path)
}
