package cli

import (
	"fmt"
	"io"
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
	failed atomic.Bool
}

// follow makes the service's changes lines of the log at path, "" for none.
func (l *changeLog) follow(s *model.Service, path string) *model.Service {
	if path == "" {
		return s
	}
	l.path = path
	return s.WithLog(l.add)
}

func (l *changeLog) add(es []model.Entry) {
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
