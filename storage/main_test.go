package storage_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"empress/model"
	"empress/storage"
)

// helperEnv names the job that the test's own program does when it is started
// as another process.
const helperEnv = "EMPRESS_STORAGE_TEST_HELPER"

// helpers are the jobs: each gets the arguments after the program's name.
var helpers = map[string]func(args []string) error{
	"change":     helpChange,
	"create":     helpCreate,
	"regenerate": helpRegenerate,
	"full":       helpFull,
	"faults":     helpFaults,
	"usage":      helpUsage,
	"record":     helpRecord,
	"note":       helpNote,
	"demote":     helpDemote,
	"sign in":    helpSignIn,
}

func TestMain(m *testing.M) {
	flag.Parse()
	if job := os.Getenv(helperEnv); job != "" {
		if err := helpers[job](flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// As empress does before it opens a database, which some tests do on their
	// own first.
	if _, err := sqlite.OFDLocking(true); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	postgres.Close()
	os.Exit(code)
}

// helper prepares another process that does a job.
func helper(job string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), helperEnv+"="+job)
	return cmd
}

// full reports whether the tests run in their full sizes.
func full() bool { return os.Getenv("EMPRESS_TEST_FULL") != "" }

// size is how often to repeat, in a quick run and in a full one.
func size(quick, whole int) int {
	switch {
	case full():
		return whole
	case racing:
		return max(quick/4, 2)
	}
	return quick
}

var ctx = context.Background()

var ada = model.Identity{Login: "ada", Via: model.ViaCommand}

// house is an opened place with Ada signed in.
type house struct {
	store   engine
	file    *storage.Store // the same in SQLite, nil elsewhere
	service *model.Service
	ada     *model.Session
}

func (p place) open() (*house, error) { return p.openAs(ada) }

// openAs opens a place with somebody else signed in in Ada's stead.
func (p place) openAs(id model.Identity) (*house, error) {
	seal, err := storage.ReadKeyFile(p.key)
	if err != nil {
		return nil, err
	}
	store, err := p.openStore()
	if err != nil {
		return nil, err
	}
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(ctx); err != nil {
		_ = store.Close()
		return nil, err
	}
	session, err := service.SignIn(ctx, id)
	if err != nil {
		_ = store.Close()
		return nil, err
	}
	file, _ := store.(*storage.Store)
	return &house{store, file, service, session}, nil
}

// opened opens a place for the length of the test.
func (p place) opened(tb testing.TB) *house {
	tb.Helper()
	h, err := p.open()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		h.service.Flush(ctx)
		if err := h.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return h
}

// unsigned opens a place without signing anybody in.
func (p place) unsigned(tb testing.TB) *model.Service {
	tb.Helper()
	seal, err := storage.ReadKeyFile(p.key)
	if err != nil {
		tb.Fatal(err)
	}
	store, err := p.openStore()
	if err != nil {
		tb.Fatal(err)
	}
	service := model.NewService(store, seal, time.Now)
	tb.Cleanup(func() {
		service.Flush(ctx)
		_ = store.Close()
	})
	if _, err := service.Open(ctx); err != nil {
		tb.Fatal(err)
	}
	return service
}

// newHouse founds a team and opens it.
func newHouse(tb testing.TB) (*house, place) {
	tb.Helper()
	p := newPlace(tb)
	return p.opened(tb), p
}

func (h *house) create(tb testing.TB, application string) (model.Key, model.Secret) {
	tb.Helper()
	k, s, err := h.ada.CreateKey(ctx, model.KeySpec{Application: application})
	if err != nil {
		tb.Fatal(err)
	}
	return k, s
}

// allows reports whether a credential may pass; anything but a clear answer
// fails the test.
func (h *house) allows(tb testing.TB, id model.KeyID, s model.Secret) bool {
	tb.Helper()
	d, err := h.service.Verify(ctx, model.Request{Key: id, Secret: s})
	if err != nil {
		tb.Fatal(err)
	}
	return d.Allowed
}

// wantWhole is the oracle after every fault: the engine finds its tables sound, the
// chain is whole, and every row is sealed and as the chain says.
func (h *house) wantWhole(tb testing.TB) {
	tb.Helper()
	if found, err := h.store.Inspect(ctx); err != nil || len(found) != 0 {
		tb.Errorf("the database: %q, %v", found, err)
	}
	if report, err := h.service.CheckAudit(ctx); err != nil || report.Found != 0 {
		tb.Errorf("the audit: %q, %v", report.Problems, err)
	}
}

// generations counts, for each secret that a key ever had, the events that
// tell of it.
func (h *house) generations(tb testing.TB, id model.KeyID) map[model.Generation]int {
	tb.Helper()
	seen := map[model.Generation]int{}
	err := h.store.Read(ctx, func(r model.Reader) error {
		return r.EachEvent(func(e model.Event) error {
			if e.Key == id && e.Outcome == model.Done && (e.Action == model.KeyCreated || e.Action == model.KeyRegenerated) {
				seen[e.Generation]++
			}
			return nil
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return seen
}

// lines sends what a process prints, a line at a time, and closes the channel
// at its end. A last line without its end was cut off, and is dropped.
func lines(r io.Reader) <-chan string {
	ch := make(chan string, 1024)
	go func() {
		defer close(ch)
		b := bufio.NewReader(r)
		for {
			line, err := b.ReadString('\n')
			if err != nil {
				return
			}
			ch <- strings.TrimSuffix(line, "\n")
		}
	}()
	return ch
}
