package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"empress/model"
)

// Recorder counts decisions. Record is called once for each, by many goroutines
// at a time, when the answer was sent. The secret is wiped afterwards.
type Recorder interface {
	Record(r model.Request, d model.Decision)
}

// storePatience bounds how long it takes to say whether the store answers.
const storePatience = 5 * time.Second

// handler answers requests. It is safe for concurrent use.
type handler struct {
	service  *model.Service
	recorder Recorder // nil counts nothing
	trusted  trust
	throttle *throttle
	metrics  *Metrics
	journal  *journal
	pages    map[string]http.HandlerFunc // by path, all but the verifier
}

func newHandler(o Options) *handler {
	h := &handler{service: o.Service, recorder: o.Recorder, trusted: o.Trusted,
		throttle: newThrottle(), metrics: cmp.Or(o.Metrics, NewMetrics()), journal: newJournal(o.Log)}
	h.pages = map[string]http.HandlerFunc{"/healthz": h.healthz, "/readyz": h.readyz, "/metrics": h.metrics.page().ServeHTTP}
	return h
}

// ServeHTTP finds who answers. Paths are compared as they were sent: nothing
// is unescaped or cleaned, and nobody is sent elsewhere.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	page, known := h.pages[path]
	switch {
	case path == "/verify" || strings.HasPrefix(path, "/verify/"):
		h.verify(w, r, path == "/verify")
	case known && r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		h.refuse(w, r, http.StatusMethodNotAllowed, reasonMethod)
	case known:
		page(w, r)
	default:
		h.refuse(w, r, http.StatusNotFound, reasonNotFound)
	}
}

// verify answers whether a request may pass. own is whether it asks at exactly
// the verifier's path, where the query is an operator's.
func (h *handler) verify(w http.ResponseWriter, r *http.Request, own bool) {
	began := time.Now()
	a := h.answer(r, own)
	defer a.asked.Secret.Wipe()
	a.id = h.requestID(r)
	h.metrics.count(a, time.Since(began))
	a.write(w)
	if h.recorder != nil && a.decided.Reason != "" {
		_ = http.NewResponseController(w).Flush() // nobody learns from the time whether a key is known; whoever asked may be gone
		h.record(a)
	}
}

// record counts a decision. A defect there changes nothing that was answered.
func (h *handler) record(a answer) {
	defer func() {
		if recover() != nil {
			h.journal.add("recorder", "empress has a defect: a request was answered and not counted.")
		}
	}()
	h.recorder.Record(a.asked, a.decided)
}

// answer decides. A defect lets nothing pass, and what it says could hold a
// secret.
func (h *handler) answer(r *http.Request, own bool) (a answer) {
	defer func() {
		if recover() != nil {
			h.journal.add("defect", "empress has a defect: a request could not be decided and was denied.")
			a = refusal(http.StatusServiceUnavailable, model.ReasonUnavailable)
		}
	}()
	q, err := readRequirement(r, own)
	if err != nil {
		h.journal.add("requirement", "/verify is asked wrongly, by a proxy or by whoever else reaches it: "+strings.TrimSuffix(err.Error(), ".")+". Such requests are answered with 400.")
		return refusal(http.StatusBadRequest, reasonBadRequest)
	}
	c := readCredential(r.Header)
	asked := model.Request{Key: c.key, Secret: c.secret, Application: q.application(), Scopes: q.scopes,
		Address: h.trusted.client(r), UserAgent: r.UserAgent()}
	d := h.decide(r.Context(), asked)
	a = answered(d, q.limitStatus)
	// The secret was looked at before any failure is counted: whoever has the
	// right one is never throttled for what others did.
	if d.Reason == model.ReasonUnauthenticated && c.presented {
		if wait := h.throttle.fail(asked.Address, c.key); wait > 0 {
			a = answered(throttled(wait), q.limitStatus)
		}
	}
	a.asked, a.decided = asked, d
	return a
}

// decide asks the domain.
func (h *handler) decide(ctx context.Context, asked model.Request) model.Decision {
	d, err := h.service.Verify(ctx, asked)
	if err != nil {
		h.journal.add("store", "A request could not be decided and was denied: "+model.Sentence(err))
	}
	if doubt := h.service.ClockDoubt(); d.Reason == model.ReasonClockDoubtful && doubt != nil {
		h.journal.add("clock", model.Sentence(doubt))
	}
	return d
}

// requestForm is how the id of a request that a proxy gives may look. Most
// commands never need it, and making it takes a millisecond.
var requestForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z._-]{8,64}$`) })

// requestID names a request in the answer to it and in the logs of proxies: as
// a believed proxy named it, or by 130 random bits.
func (h *handler) requestID(r *http.Request) string {
	if given := r.Header[headerRequestID]; len(given) == 1 && h.trusted.holds(peer(r)) && requestForm().MatchString(given[0]) {
		return given[0]
	}
	return rand.Text()
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, status int, reason model.Reason) {
	a := refusal(status, reason)
	a.id = h.requestID(r)
	a.write(w)
}

// healthz says that the process lives.
func (h *handler) healthz(w http.ResponseWriter, _ *http.Request) { state(w, http.StatusOK, "ok") }

// readyz says whether the store answers, and whether the clock can be trusted.
func (h *handler) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), storePatience)
	defer cancel()
	switch err := h.service.Ready(ctx); {
	case errors.Is(err, model.ErrClockDoubtful):
		h.journal.add("clock", model.Sentence(err))
		state(w, http.StatusServiceUnavailable, "clock")
	case err != nil:
		h.journal.add("store", "The database does not answer: "+model.Sentence(err))
		state(w, http.StatusServiceUnavailable, "unavailable")
	default:
		state(w, http.StatusOK, "ready")
	}
}

// state writes one word about the server.
func state(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n"))
}
