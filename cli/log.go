package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"empress/model"
	"empress/storage"
)

// noLog is the value of EMPRESS_LOG that switches the log off.
const noLog = "none"

// changeLog is the file that has each change as a line, too. It is a witness:
// when it cannot be written the change stands, and whoever made it is told.
type changeLog struct {
	path   string
	beside bool // what goes with the database, so that its directory may be made
	failed atomic.Bool
}

// follow makes the service's changes lines of the log, if one is kept.
func (l *changeLog) follow(s *model.Service, p paths) *model.Service {
	if p.log == "" {
		return s
	}
	l.at(p)
	return s.WithLog(l.add)
}

// at says where the log is.
func (l *changeLog) at(p paths) { l.path, l.beside = p.log, p.log == p.beside+".log" }

func (l *changeLog) add(es []model.Entry) {
	if l.beside {
		_ = os.MkdirAll(filepath.Dir(l.path), 0o700) // the file tells when it failed
	}
	var lines []byte
	for _, e := range es {
		line, err := e.Line()
		if err != nil {
			l.failed.Store(true)
			return
		}
		lines = append(lines, line...)
	}
	if err := storage.AppendLines(l.path, lines); err != nil {
		l.failed.Store(true)
	}
}

// tell says, at the end and once, that lines are missing: an interface may have
// the screen before.
func (l *changeLog) tell(w io.Writer) {
	if l.failed.Swap(false) {
		fmt.Fprintf(w, "What changed is in the database and in its trail, but the log %s could not be written. Run `empress doctor`.\n", model.Printable(l.path))
	}
}
