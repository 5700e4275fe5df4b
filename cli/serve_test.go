package cli_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serving is a server in a process of its own.
type serving struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string
	lines chan string // of its standard error, after the first
}

var listening = regexp.MustCompile(`^Listening on (https?://127\.0\.0\.1:\d+/verify)$`)

// serve starts a server and waits until it listens.
func (h home) serve(args ...string) *serving {
	h.t.Helper()
	s := &serving{t: h.t, cmd: h.command(append([]string{"serve", "--http", "127.0.0.1:0", "--ssh", ""}, args...)...), lines: make(chan string, 100)}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	said := bufio.NewScanner(stderr)
	said.Scan()
	found := listening.FindStringSubmatch(said.Text())
	if found == nil {
		h.t.Fatalf("the server said %q", said.Text())
	}
	s.url = found[1]
	go func() {
		defer close(s.lines)
		for said.Scan() {
			s.lines <- said.Text()
		}
	}()
	return s
}

// ask returns the status of an answer, 0 when there was none.
func (s *serving) ask(credential string) int { return s.askBy(http.DefaultClient, credential) }

func (s *serving) askBy(client *http.Client, credential string) int {
	r, err := http.NewRequest(http.MethodGet, s.url, nil)
	if err != nil {
		s.t.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "token "+credential)
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// expect asks once and checks the status.
func (s *serving) expect(credential string, want int) {
	s.t.Helper()
	if got := s.ask(credential); got != want {
		s.t.Errorf("answered %d, want %d", got, want)
	}
}

// newKey creates a key and returns its api_key and the whole credential.
func (h home) newKey(application string) (id, credential string) {
	h.t.Helper()
	var k struct {
		ID     string `json:"api_key"`
		Secret string `json:"api_secret"`
	}
	if err := json.Unmarshal([]byte(h.must("", "keys", "create", "--application", application, "--json")), &k); err != nil {
		h.t.Fatal(err)
	}
	return k.ID, k.ID + ":" + k.Secret
}

// TestServeNextRequest changes keys in other processes than the server's.
func TestServeNextRequest(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	s := h.serve()
	id, good := h.newKey("billing") // after the server started
	s.expect(good, 200)
	h.must("", "keys", "suspend", id)
	s.expect(good, 403)
	h.must("", "keys", "resume", id)
	s.expect(good, 200)
	h.must("", "keys", "regenerate", id)
	s.expect(good, 401)
	id, good = h.newKey("edge")
	s.expect(good, 200)
	h.must("", "keys", "revoke", id, "--yes")
	s.expect(good, 403)
	h.must("", "keys", "list") // and the server was in nobody's way
}

// TestServeKilled kills a server in the middle of its work. What changed
// meanwhile holds for the next one.
func TestServeKilled(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	var revoked []string
	id, good := h.newKey("billing")
	for range 3 {
		s := h.serve()
		var load sync.WaitGroup
		var allowed atomic.Int64
		done := make(chan struct{})
		for range 4 {
			load.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					if s.ask(good) == 200 {
						allowed.Add(1)
					}
				}
			})
		}
		for deadline := time.Now().Add(patience); allowed.Load() < 50; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the server allows nothing")
			}
		}
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		h.must("", "keys", "revoke", id, "--yes")
		close(done)
		load.Wait()
		revoked = append(revoked, good)
		id, good = h.newKey("billing")
	}
	s := h.serve()
	for _, r := range revoked {
		s.expect(r, 403)
	}
	s.expect(good, 200)
	if out := h.must("", "doctor"); strings.Contains(out, "damaged") {
		t.Errorf("the doctor says %s", out)
	}
	h.must("", "audit", "verify")
}

// TestServeStops ends a server as a service manager does.
func TestServeStops(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		h := newTeam(t)
		s := h.serve()
		_, good := h.newKey("billing")
		s.expect(good, 200)
		if said, code := s.end(signal); code != 0 || said != "Stopped." {
			t.Errorf("%v: it ended with %d, and said %q", signal, code, said)
		}
	}
}

// end sends a signal, and returns what the server said since the last time, with
// its exit code.
func (s *serving) end(signal syscall.Signal) (said string, code int) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	var lines []string
	for line := range s.lines {
		lines = append(lines, line)
	}
	_ = s.cmd.Wait() // its code tells
	return strings.Join(lines, "|"), s.cmd.ProcessState.ExitCode()
}
