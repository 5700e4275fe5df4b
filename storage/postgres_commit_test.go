package storage_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
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
		forward, cut := true, false
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

// through is the address of a database by way of the wire.
func (w *wire) through(address string) string {
	return strings.Replace(address, w.server, w.Addr().String(), 1)
}

// addEvent adds the next event, and returns its number.
func addEvent(s model.Store) (seq int64, err error) {
	err = s.Write(ctx, func(w model.Writer) error {
		h, err := w.Head()
		if err != nil {
			return err
		}
		seq = h.Seq + 1
		e := event(seq)
		return w.AppendEvent(e, model.Head{Seq: e.Seq, MAC: e.MAC, Mark: e.At})
	})
	return seq, err
}

func lastEvent(t *testing.T, s model.Store) (seq int64) {
	t.Helper()
	read(t, s, func(r model.Reader) error {
		h, err := r.Head()
		seq = h.Seq
		return err
	})
	return seq
}

// When no answer to a commit comes, it is found out what became of it. Where that
// cannot be, the outcome is said to be unknown.
func TestPostgresCommitUnanswered(t *testing.T) {
	t.Parallel()
	direct, address := openPostgres(t)
	w := newWire(t, postgres.Server(t))
	s := anotherPostgres(t, w.through(address))
	for _, c := range []struct {
		what          string
		reaches, gone bool
		want          error
	}{
		{"a commit that never came", false, false, model.ErrUnavailable},
		{"a commit whose answer was lost", true, false, nil},
		{"a commit that never came, and the server is gone", false, true, model.ErrUnknown},
		{"a commit whose answer was lost, and the server is gone", true, true, model.ErrUnknown},
	} {
		before := lastEvent(t, direct)
		s.FindOutWithin(20 * time.Second)
		if c.gone {
			s.FindOutWithin(300 * time.Millisecond)
		}
		w.atCommit(c.reaches, c.gone)
		_, err := addEvent(s)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
		after := before
		if c.reaches {
			after++
		}
		if got := lastEvent(t, direct); got != after {
			t.Errorf("%s: the trail ends at %d, want %d", c.what, got, after)
		}
		w.mu.Lock()
		w.gone = false
		w.mu.Unlock()
	}
	w.atCommit(true, false)
	err := s.Write(ctx, func(w model.Writer) error { return w.InsertMember(person(1, "ada")) })
	if !errors.Is(err, model.ErrUnknown) {
		t.Errorf("a change without an event, by which it would be known: %v", err)
	}
}

// The connection breaks at any moment of a change. What is said of it is true.
func TestPostgresBreaks(t *testing.T) {
	t.Parallel()
	direct, address := openPostgres(t)
	w := newWire(t, postgres.Server(t))
	s := anotherPostgres(t, w.through(address))
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range size(30, 300) {
		before := lastEvent(t, direct)
		timer := time.AfterFunc(time.Duration(random.IntN(8000))*time.Microsecond, w.cut)
		seq, err := addEvent(s)
		timer.Stop()
		after := lastEvent(t, direct)
		switch {
		case err == nil && after != seq, errors.Is(err, model.ErrUnavailable) && after != before, err != nil && !errors.Is(err, model.ErrUnavailable):
			t.Errorf("seed %d, round %d: %v, and the trail went from %d to %d", seed, round, err, before, after)
		}
	}
}
