package server

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// identity are the headers that a backend goes by.
var identity = []string{headerKey, headerApplication, headerOwner, headerTeam, headerScopes}

func TestAllowed(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	full, other := x.create(model.KeySpec{Application: "Büro", Scopes: []string{"read", "write"}})
	key, secret, _ := strings.Cut(good, ":")
	for _, headers := range [][]string{
		{"Authorization", "token " + good}, {"Authorization", "Bearer " + good},
		{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(good))}, {"X-Api-Key", key, "X-Api-Secret", secret},
	} {
		a := x.ask("/verify", headers...)
		a.is(t, http.StatusOK, "ok")
		for i, want := range []string{string(k.ID), "billing", "ada@example.com", "Acm%C3%A9 %E6%9D%B1", ""} {
			if got := a.header[identity[i]]; len(got) != 1 || got[0] != want {
				t.Errorf("%s is %q, want %q", identity[i], got, want)
			}
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("the headers are %v", a.header)
		}
		if strings.Contains(a.text, secret) {
			t.Errorf("the secret is in %q", a.text)
		}
	}
	a := x.ask("/verify", "Authorization", "token "+other)
	if got := []string{a.header.Get(headerKey), a.header.Get(headerApplication), a.header.Get(headerScopes)}; strings.Join(got, ",") != string(full.ID)+",B%C3%BCro,read write" {
		t.Errorf("the other one is %q", got)
	}
}

// TestUnauthenticated compares the answers to all that is not authenticated.
func TestUnauthenticated(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	_, other := x.create(model.KeySpec{Application: "edge"})
	_, wrong, _ := strings.Cut(other, ":")
	revoked, dead := x.create(model.KeySpec{Application: "billing"})
	if _, err := x.ada.RevokeKey(t.Context(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`"request_id":"[0-9A-Z]{26}"`)
	var texts []string
	for _, headers := range [][]string{
		nil, {"Authorization", "token nonsense"}, {"Authorization", "token " + string(k.ID) + ":" + wrong}, {"Authorization", "token " + partKey + ":" + wrong},
		{"Authorization", "token " + string(revoked.ID) + ":" + wrong}, {"Authorization", "token " + good, "X-Api-Key", string(k.ID)},
	} {
		a := x.ask("/verify", headers...)
		a.is(t, http.StatusUnauthorized, model.ReasonUnauthenticated)
		a.header.Del(headerRequestID)
		var all strings.Builder
		if err := a.header.Write(&all); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, all.String()+id.ReplaceAllString(a.text, "ID"))
	}
	for _, text := range texts {
		if text != texts[0] || !strings.Contains(text, "Www-Authenticate: "+challenge) || !strings.Contains(text, "ID") {
			t.Errorf("answered\n%s\nand\n%s", texts[0], text)
		}
	}
	x.ask("/verify", "Authorization", "token "+dead).is(t, http.StatusForbidden, model.ReasonRevoked)
	q := newRequest("GET", "/verify/?api_key="+string(k.ID)+"&token="+good) // nothing is read from a query
	x.send(q).is(t, http.StatusUnauthorized, model.ReasonUnauthenticated)
}

// TestNextRequest changes a key between two requests.
func TestNextRequest(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing", Expires: "30d"})
	ask := func(status int, reason model.Reason) {
		t.Helper()
		a := x.ask("/verify", "Authorization", "token "+good)
		a.is(t, status, reason)
		for _, name := range identity {
			if _, found := a.header[name]; found != (status == http.StatusOK) {
				t.Errorf("%s in an answer %d: %v", name, status, found)
			}
		}
	}
	must := func(_ model.Key, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(200, "ok")
	must(x.ada.SuspendKey(t.Context(), k.ID))
	ask(403, "suspended")
	must(x.ada.ResumeKey(t.Context(), k.ID))
	ask(200, "ok")
	x.skew.Store(int64(31 * 24 * time.Hour))
	ask(403, "expired")
	x.skew.Store(0) // a step back of a month: nobody knows whether it expired
	ask(503, "clock_doubtful")
	x.skew.Store(int64(31 * 24 * time.Hour))
	k, err := x.ada.Key(t.Context(), k.ID)
	must(k, err)
	_, s, err := x.ada.RegenerateSecret(t.Context(), k.ID, k.Generation)
	must(k, err)
	ask(401, "unauthenticated")
	good = string(k.ID) + ":" + s.Reveal()
	ask(403, "expired")
	must(x.ada.RevokeKey(t.Context(), k.ID))
	ask(403, "revoked")
}

func TestRates(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing", Rate: "2/h"})
	for range 2 {
		x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusOK, "ok")
	}
	for target, status := range map[string]int{"/verify": 429, "/verify?limit_status=429": 429, "/verify?limit_status=403": 403, "/verify/?limit_status=403": 429} {
		a := x.ask(target, "Authorization", "token "+good)
		a.is(t, status, model.ReasonRateLimited)
		if a.header.Get("Retry-After") != "1800" {
			t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
		}
	}
}

// TestUnavailable asks while the store does not answer.
func TestUnavailable(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	var lines []string
	x.handler.journal = newJournal(func(line string) { lines = append(lines, line) })
	x.store.fails.Store(true)
	for range 20 {
		x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusServiceUnavailable, model.ReasonUnavailable)
	}
	x.handler.journal.settle()
	if len(lines) != 1 || strings.Contains(lines[0], "emps_") {
		t.Errorf("the log has %q", lines)
	}
	x.store.fails.Store(false)
	x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusOK, "ok")
}

// A defect lets nothing pass, and says nothing of what was sent.
func TestDefect(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	var lines []string
	x.handler.journal = newJournal(func(line string) { lines = append(lines, line) })
	x.handler.recorder = broken{}
	x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusOK, model.ReasonOK) // it was sent before
	x.handler.service = nil
	x.ask("/verify", "Authorization", "token "+good).is(t, http.StatusServiceUnavailable, model.ReasonUnavailable)
	x.handler.journal.settle()
	if len(lines) != 2 || strings.Contains(strings.Join(lines, " "), "emps_") {
		t.Errorf("the log has %q", lines)
	}
}

type broken struct{}

func (broken) Record(model.Request, model.Decision) { panic("emps_") }

// notes keeps what is recorded, and whether a secret came with it.
type notes struct {
	decisions []model.Decision
	secrets   []bool
}

func (n *notes) Record(r model.Request, d model.Decision) {
	n.decisions, n.secrets = append(n.decisions, d), append(n.secrets, !r.Secret.Empty())
}

func TestRecorded(t *testing.T) {
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	_, other := x.create(model.KeySpec{Application: "billing"})
	var n notes
	x.handler.recorder = &n
	x.ask("/verify", "Authorization", "token "+good)
	x.ask("/verify?application=edge", "Authorization", "token "+good)
	x.ask("/verify?nonsense", "Authorization", "token "+good)
	if ds := n.decisions; len(ds) != 2 || !ds[0].Allowed || ds[1].Allowed || ds[1].Application != "billing" {
		t.Errorf("recorded %+v", ds)
	}
	wrong := string(k.ID) + other[strings.Index(other, ":"):]
	for range 2 * pacePerKey.burst { // the last of them are throttled
		x.ask("/verify", "Authorization", "token "+wrong)
	}
	if len(n.decisions) != 2+2*pacePerKey.burst {
		t.Errorf("of %d failures %d are recorded", 2*pacePerKey.burst, len(n.decisions)-2)
	}
	if slices.Contains(n.secrets, false) {
		t.Errorf("the secrets are recorded so: %v", n.secrets)
	}
}

// TestDecided holds that no reason but one passes, whatever a decision says.
func TestDecided(t *testing.T) {
	for _, reason := range []model.Reason{"", "unauthenticated", "expired", "suspended", "revoked", "wrong_application", "missing_scope", "network_not_allowed",
		"rate_limited", "record_damaged", "clock_doubtful", "unavailable", "something new"} {
		for _, allowed := range []bool{false, true} {
			if a := answered(model.Decision{Allowed: allowed, Reason: reason}, 429); a.status == http.StatusOK || a.decision.Allowed {
				t.Errorf("%v %q is answered %+v", allowed, reason, a)
			}
		}
	}
	if a := answered(model.Decision{Reason: model.ReasonOK}, 429); a.status != http.StatusServiceUnavailable {
		t.Errorf("a denial without a reason is answered %+v", a)
	}
}

func TestASCII(t *testing.T) {
	for in, want := range map[string]string{"": "", "billing 2": "billing 2", "100%": "100%25", "é": "%C3%A9", "a\r\nX: y": "a%0D%0AX: y", "\x7f\xff": "%7F%FF", "~!": "~!"} {
		if got := ascii(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
