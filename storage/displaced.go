package storage

import (
	"os"
	"sync/atomic"
	"time"

	"empress/model"
)

// foothold notices that the file that was opened is no longer the one at its
// path: somebody moved it away, or put another one there. What a process with
// the old file then decides is no longer what the team decided, and what it
// writes nobody would find.
type foothold struct {
	path   string
	file   os.FileInfo
	looked atomic.Int64 // Unix nanoseconds
	gone   atomic.Bool
}

// lookEvery is how often a reader looks at the path, at most.
const lookEvery = time.Second

// check returns an error of CodeUnavailable when the file is another one by
// now, as looked at no longer than within ago.
func (f *foothold) check(within time.Duration) error {
	if f.lost(within) {
		return model.Errorf(model.CodeUnavailable, "%s was moved or replaced since the database was opened. Put it back, or start empress again to use what is there now.", f.path)
	}
	return nil
}

// lost reports whether the file is another one by now, as looked at no longer
// than within ago.
func (f *foothold) lost(within time.Duration) bool {
	now := time.Now().UnixNano()
	if last := f.looked.Load(); now-last >= int64(within) || now < last {
		f.looked.Store(now)
		info, err := os.Stat(f.path)
		f.gone.Store(err != nil || !os.SameFile(info, f.file))
	}
	return f.gone.Load()
}
