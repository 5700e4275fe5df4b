package storage

import (
	"os"
	"strconv"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// commit names one commit: the header of the write-ahead log's index. It
// holds the log's salts, the number of its last committed frame and a checksum
// over all frames up to there, so two equal marks are of one state of the
// database.
type commit [12]uint32

// commits sees, in shared memory and without a lock, what was committed last
// by any process. The file is that which SQLite itself maps for this purpose
// (https://www.sqlite.org/walformat.html, 2.1 "The WAL-Index Header"): a writer
// changes it before its COMMIT returns.
type commits struct {
	mapped []byte
	words  *[2 * len(commit{})]uint32 // the header, twice
}

// The words of the header in which SQLite notes that it filled it in, and how
// many frames the log has.
const (
	isInit  = 12 / 4
	mxFrame = 16 / 4
)

// watchCommits maps the index of a database that a connection of this process
// has open, by the descriptor that SQLite has of it: the locks on that file
// belong to the process, so a second descriptor would drop them when it is
// closed.
func watchCommits(path string) (*commits, error) {
	var want unix.Stat_t
	if err := unix.Stat(path+"-shm", &want); err != nil {
		return nil, err
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	for _, entry := range open {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || !same(fd, want) {
			continue
		}
		m, err := unix.Mmap(fd, 0, 2*int(unsafe.Sizeof(commit{})), unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			return nil, err
		}
		return &commits{m, (*[2 * len(commit{})]uint32)(unsafe.Pointer(unsafe.SliceData(m)))}, nil
	}
	return nil, os.ErrNotExist
}

func same(fd int, want unix.Stat_t) bool {
	var is unix.Stat_t
	return unix.Fstat(fd, &is) == nil && is.Dev == want.Dev && is.Ino == want.Ino
}

// last returns the commit of the last commit. It is not settled while one is
// being noted, or when it was never noted.
func (c *commits) last() (m commit, settled bool) {
	for i := range m { // in the order in which SQLite reads: a writer begins with the second
		m[i] = atomic.LoadUint32(&c.words[i])
	}
	settled = m[isInit] != 0
	for i := range m {
		settled = settled && m[i] == atomic.LoadUint32(&c.words[len(m)+i])
	}
	return m, settled
}

// frames is how many the log has that were committed.
func (c *commits) frames() uint32 { return atomic.LoadUint32(&c.words[mxFrame]) }

func (c *commits) close() error {
	if c == nil {
		return nil
	}
	return unix.Munmap(c.mapped)
}
