package storage_test

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"empress/storage/postgrestest"
)

// wire stands between a store and its server, and can break.
type wire struct {
	net.Listener
	server string

	mu     sync.Mutex
	open   []net.Conn
	breaks func(part []byte) (forward, cut bool) // asked for what the store sends; nil breaks nothing
	gone   bool                                  // nobody gets through any more
	silent bool                                  // nothing gets through any more, and nobody is told
	taken  int                                   // connections
}

func newWire(t *testing.T, server *postgrestest.Server) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(server.Port))}
	t.Cleanup(func() {
		_ = l.Close()
		w.cut()
	})
	go w.accept()
	return w
}

func (w *wire) accept() {
	for {
		from, err := w.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", w.server)
		w.mu.Lock()
		w.taken++
		if err != nil || w.gone {
			_ = from.Close()
			if err == nil {
				_ = to.Close()
			}
			w.mu.Unlock()
			continue
		}
		w.open = append(w.open, from, to)
		w.mu.Unlock()
		answers := make(chan struct{}, 1)
		go w.pass(from, to, answers)
		go func() {
			defer from.Close()
			b := make([]byte, 16<<10)
			for {
				n, err := to.Read(b)
				select {
				case answers <- struct{}{}:
				default:
				}
				if err != nil {
					return
				}
				if _, err := from.Write(b[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// pass hands on what the store sends, and breaks where it is told to. What was
// sent on before has reached the server when the wire is cut.
func (w *wire) pass(from, to net.Conn, answers <-chan struct{}) {
	defer to.Close()
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		w.mu.Lock()
		forward, cut := !w.silent, false
		if w.breaks != nil {
			forward, cut = w.breaks(b[:n])
		}
		w.mu.Unlock()
		if cut {
			_ = from.Close() // the answer reaches nobody
		}
		if forward {
			select {
			case <-answers:
			default:
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
			if cut {
				<-answers
			}
		}
		if cut {
			return
		}
	}
}

// cut breaks all that is open.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// atCommit breaks the wire once, at a commit that reaches the server or not.
// When the wire is gone nobody comes through afterwards.
func (w *wire) atCommit(reaches, gone bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.breaks = func(part []byte) (forward, cut bool) {
		if !bytes.Contains(part, []byte("; COMMIT\x00")) {
			return true, false
		}
		w.breaks, w.gone = nil, gone
		return reaches, true
	}
}

// mend lets through whoever comes.
func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone, w.silent = false, false
}

// silence has the wire swallow all that is sent, as the address of a computer
// does that vanished, and counts its connections anew.
func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent, w.taken = true, 0
}

func (w *wire) connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.taken
}

// through is the address of a database by way of the wire.
func (w *wire) through(address string) string {
	return strings.Replace(address, w.server, w.Addr().String(), 1)
}
