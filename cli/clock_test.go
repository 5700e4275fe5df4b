package cli_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// A server in doubt about the clock says so to whoever watches it, and a reset by
// another process has it answer again without a restart.
func TestServeAfterTheClockJumped(t *testing.T) {
	h := newTeam(t)
	_, credential := h.newKey("billing")
	h.sawLater(24 * time.Hour)
	s := h.serve()
	s.expect(credential, 503)
	select {
	case line := <-s.lines:
		if !strings.Contains(line, "The clock stepped back") || !strings.Contains(line, "empress doctor") {
			t.Errorf("it says %q", line)
		}
	case <-time.After(patience):
		t.Error("it does not say why")
	}
	if status, word := s.ready(); status != 503 || word != "clock\n" {
		t.Errorf("/readyz: %d %q", status, word)
	}
	if out, code := h.run("", "doctor"); code != 1 || !strings.Contains(out, "behind the latest time that empress knows of") || !strings.Contains(out, "doctor --reset-clock") {
		t.Errorf("doctor says %d:\n%s", code, out)
	}
	h.must("", "doctor", "--reset-clock")
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		status, word := s.ready()
		if status == 200 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("/readyz after the mend: %d %q", status, word)
		}
	}
	s.expect(credential, 200)
}

// sawLater has a verifier run for a moment while the clock is ahead, which makes
// no event.
func (h home) sawLater(by time.Duration) {
	h.t.Helper()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	path := filepath.Join(h.dir, "data", "empress", "empress.db")
	seal, err := storage.ReadKeyFile(path + ".key")
	must(err)
	store, err := storage.Open(context.Background(), path)
	must(err)
	defer store.Close()
	service := model.NewService(store, seal, func() time.Time { return time.Now().Add(by) })
	_, err = service.Open(context.Background())
	must(err)
	must(model.NewRecorder(service).Close(context.Background()))
}

// ready asks whether the server is ready.
func (s *serving) ready() (status int, word string) {
	s.t.Helper()
	answer, err := http.Get(strings.TrimSuffix(s.url, "/verify") + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
