package server

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// journal tells the operator what went wrong: of each kind one line a minute,
// as strangers can cause as many as they like. Nobody waits for whoever reads it.
type journal struct {
	write func(line string) // nil writes nothing
	now   func() time.Time

	mu      sync.Mutex
	last    map[string]*told // by kind; there are few
	lines   []string         // that are to be written, in order
	writing bool             // somebody writes them
	written sync.Cond        // they are, all of them
}

// maxLines is how many lines wait for a reader who does not read.
const maxLines = 100

// told is when a kind was last written, and how often it was not since.
type told struct {
	at      time.Time
	omitted int
}

func newJournal(write func(string)) *journal {
	j := &journal{write: write, now: time.Now, last: map[string]*told{}}
	j.written.L = &j.mu
	return j
}

func (j *journal) add(kind, line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.write == nil {
		return
	}
	before, ok := j.last[kind]
	if ok && (j.now().Sub(before.at) < time.Minute || len(j.lines) == maxLines) {
		before.omitted++
		return
	}
	if ok && before.omitted > 0 {
		line += fmt.Sprintf(" (%d more like this before it were not written)", before.omitted)
	}
	j.last[kind] = &told{at: j.now()}
	j.lines = append(j.lines, line)
	if !j.writing {
		j.writing = true
		go j.writeAll()
	}
}

// writeAll writes the lines until there are none left.
func (j *journal) writeAll() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.lines) > 0 {
		line := j.lines[0]
		j.lines = j.lines[1:]
		j.mu.Unlock()
		j.write(line)
		j.mu.Lock()
	}
	j.writing = false
	j.written.Broadcast()
}

// settle waits until everything is written, but not for long.
func (j *journal) settle() {
	j.mu.Lock()
	defer j.mu.Unlock()
	late := time.Now().Add(journalPatience)
	wake := time.AfterFunc(journalPatience, j.written.Broadcast)
	defer wake.Stop()
	for j.writing && time.Now().Before(late) {
		j.written.Wait()
	}
}

// journalPatience is how long the end of the server waits for its last lines.
const journalPatience = time.Second

// Write takes the lines of [http.Server], which are about connections.
func (j *journal) Write(line []byte) (int, error) {
	j.add("connection", "A connection failed: "+strings.TrimSpace(string(line)))
	return len(line), nil
}
