package cli_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usageFile is where requests are counted.
func (h home) usageFile() string { return filepath.Join(h.dir, "data/empress/empress.db.usage") }

// counted returns how many requests the usage of a key says were allowed.
func (h home) counted(id string) int64 {
	h.t.Helper()
	var u struct {
		Allowed int64 `json:"allowed"`
	}
	if err := json.Unmarshal([]byte(h.must("", "usage", id, "--json")), &u); err != nil {
		h.t.Fatal(err)
	}
	return u.Allowed
}

// TestServeUncounted ends a server that cannot count: that is a failure, told
// with what is lost, and no interruption.
func TestServeUncounted(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		h := newTeam(t)
		id, good := h.newKey("billing")
		if err := errors.Join(os.Remove(h.usageFile()), os.Mkdir(h.usageFile(), 0o700)); err != nil {
			t.Fatal(err)
		}
		s, want := h.serve(), `empress: The server stopped, but the latest 2 requests it answered could not be counted: the file `+h.usageFile()+` is held`
		if asJSON {
			s, want = h.serve("--json"), `"code":"failed"`
		}
		s.expect(good, 200)
		s.expect(good, 200)
		said, code := s.end(syscall.SIGTERM)
		if code != 1 || !strings.Contains(said, want) || strings.Contains(said, "Stopped.") {
			t.Errorf("json %v: it ended with %d, and said %q", asJSON, code, said)
		}
		if err := os.Remove(h.usageFile()); err != nil {
			t.Fatal(err)
		}
		if n := h.counted(id); n != 0 {
			t.Errorf("%d requests are counted", n)
		}
	}
}

// TestServeUsageFileGone takes the file away in which a server counts: it counts
// on in another one, and says so.
func TestServeUsageFileGone(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	id, good := h.newKey("billing")
	s := h.serve()
	s.expect(good, 200)
	for deadline := time.Now().Add(patience); h.counted(id) != 1; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server counts nothing")
		}
	}
	if err := os.Rename(h.usageFile(), h.usageFile()+".away"); err != nil {
		t.Fatal(err)
	}
	s.expect(good, 200)
	s.expect(good, 200)
	said, code := s.end(syscall.SIGTERM)
	if code != 0 || strings.Count(said, h.usageFile()+", in which requests are counted, was moved") != 1 || !strings.HasSuffix(said, "|Stopped.") {
		t.Errorf("it ended with %d, and said %q", code, said)
	}
	if n := h.counted(id); n != 2 {
		t.Errorf("%d requests are counted since", n)
	}
}
