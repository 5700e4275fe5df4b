package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// page reads a page about the server.
func (x *team) page(path string) (int, string) {
	x.Helper()
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, newRequest(http.MethodGet, path))
	return w.Code, w.Body.String()
}

func TestMetrics(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	for range 3 {
		x.ask("/verify", "Authorization", "token "+good)
	}
	x.ask("/verify?scope=read", "Authorization", "token "+good)
	x.ask("/verify?nonsense")
	for range 62 {
		x.ask("/verify", "Authorization", "token nonsense")
	}
	x.store.fails.Store(true)
	x.ask("/verify", "Authorization", "token "+good)
	_, text := x.page("/metrics")
	for _, line := range []string{
		`empress_decisions_total{outcome="allowed",reason="ok"} 3`,
		`empress_decisions_total{outcome="denied",reason="missing_scope"} 1`,
		`empress_decisions_total{outcome="denied",reason="bad_request"} 1`,
		`empress_decisions_total{outcome="denied",reason="unauthenticated"} 60`,
		`empress_decisions_total{outcome="denied",reason="too_many_failures"} 2`,
		`empress_decisions_total{outcome="unavailable",reason="unavailable"} 1`,
		`empress_store_errors_total 1`, `empress_throttled_total 2`, `empress_decision_seconds_count 68`,
		`# TYPE empress_decisions_total counter`, `# TYPE empress_decision_seconds histogram`, `empress_decision_seconds_bucket{le="+Inf"} 68`,
		`# HELP empress_throttled_total Failures that came too soon after others from the same source.`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	for _, word := range []string{string(k.ID), "billing", "192.0.2.1", "ada@"} {
		if strings.Contains(text, word) {
			t.Errorf("the metrics hold %s", word)
		}
	}
}

func TestStates(t *testing.T) {
	x := newTeam(t)
	check := func(path string, status int, text string) {
		t.Helper()
		if s, body := x.page(path); s != status || body != text+"\n" {
			t.Errorf("%s: %d %q", path, s, body)
		}
	}
	check("/healthz", 200, "ok")
	check("/readyz", 200, "ready")
	x.store.fails.Store(true)
	check("/healthz", 200, "ok")
	check("/readyz", 503, "unavailable")
	x.store.fails.Store(false)
	check("/readyz", 200, "ready")
}

// A clock that stepped back is told to whoever watches the server, until it is
// mended.
func TestDoubtfulClockIsTold(t *testing.T) {
	x := newTeam(t)
	var lines []string
	o := x.options()
	o.Log = func(line string) { lines = append(lines, line) }
	x.handler = newHandler(o)
	_, credential := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	ask := func(status int, reason model.Reason) {
		t.Helper()
		x.ask("/verify", "Authorization", "Bearer "+credential).is(t, status, reason)
	}
	ask(200, "ok")
	x.skew.Store(int64(time.Hour))
	ask(200, "ok")
	x.handler.journal.settle()
	if len(lines) > 0 {
		t.Errorf("of a right clock it says %q", lines)
	}
	x.skew.Store(0)
	ask(503, "clock_doubtful")
	ask(503, "clock_doubtful")
	if status, body := x.page("/readyz"); status != 503 || body != "clock\n" {
		t.Errorf("/readyz: %d %q", status, body)
	}
	x.handler.journal.settle()
	if len(lines) != 1 || !strings.Contains(lines[0], "The clock stepped back") || !strings.Contains(lines[0], "empress doctor") {
		t.Errorf("it says %q", lines)
	}
	if status, body := x.page("/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}

	// Whoever asks for the state alone is told with the same words.
	lines = nil
	x.handler = newHandler(o)
	x.page("/readyz")
	x.handler.journal.settle()
	if len(lines) != 1 || !strings.Contains(lines[0], "The clock stepped back") {
		t.Errorf("/readyz has it say %q", lines)
	}
	if err := x.ada.ResetClock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, body := x.page("/readyz"); status != 200 || body != "ready\n" {
		t.Errorf("/readyz after the mend: %d %q", status, body)
	}
	ask(200, "ok")
}

func TestJournal(t *testing.T) {
	var lines []string
	j := newJournal(func(line string) { lines = append(lines, line) })
	now := time.Now()
	j.now = func() time.Time { return now }
	for range 1000 {
		j.add("store", "It failed.")
	}
	j.add("defect", "It broke.")
	now = now.Add(time.Minute)
	j.add("store", "It failed.")
	j.add("defect", "It broke.")
	j.settle()
	want := "It failed.|It broke.|It failed. (999 more like this before it were not written)|It broke."
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("the log has %q", got)
	}
	newJournal(nil).add("store", "nobody hears this")
}

// Nobody waits for whoever does not read what is written, and once they read they
// find it in order.
func TestJournalThatNobodyReads(t *testing.T) {
	read := make(chan struct{})
	var lines []string
	j := newJournal(func(line string) { <-read; lines = append(lines, line) })
	now := time.Now()
	j.now = func() time.Time { return now }
	for range 2 * maxLines {
		j.add("store", "It failed.")
		now = now.Add(time.Minute)
	}
	j.add("defect", "It broke.")
	close(read)
	j.settle()
	if n := len(lines); n < maxLines || n > maxLines+2 || lines[n-1] != "It broke." {
		t.Errorf("%d lines, which end with %q", len(lines), lines[len(lines)-1])
	}
}
