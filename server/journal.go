package server

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// journal tells the operator what went wrong: of each kind one line a minute,
// as strangers can cause as many as they like.
type journal struct {
	mu    sync.Mutex
	write func(line string) // nil writes nothing
	now   func() time.Time
	last  map[string]*told // by kind; there are few
}

// told is when a kind was last written, and how often it was not since.
type told struct {
	at      time.Time
	omitted int
}

func newJournal(write func(string)) *journal {
	return &journal{write: write, now: time.Now, last: map[string]*told{}}
}

func (j *journal) add(kind, line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.write == nil {
		return
	}
	before, ok := j.last[kind]
	if ok && j.now().Sub(before.at) < time.Minute {
		before.omitted++
		return
	}
	if ok && before.omitted > 0 {
		line += fmt.Sprintf(" (%d more like this before it were not written)", before.omitted)
	}
	j.last[kind] = &told{at: j.now()}
	j.write(line)
}

// Write takes the lines of [http.Server], which are about connections.
func (j *journal) Write(line []byte) (int, error) {
	j.add("connection", "A connection failed: "+strings.TrimSpace(string(line)))
	return len(line), nil
}
