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
	want := "It failed.|It broke.|It failed. (999 more like this before it were not written)|It broke."
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("the log has %q", got)
	}
	newJournal(nil).add("store", "nobody hears this")
}
