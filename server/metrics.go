package server

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	vm "github.com/VictoriaMetrics/metrics"

	"empress/model"
)

// Metrics counts what was decided, for Prometheus. No label names a key, an
// application or a source: their number has no bound. [Serve] shows them, and
// [ServeSSH] counts with the same ones.
type Metrics struct {
	decisions   family
	byOutcome   sync.Map // *vm.Counter of decisions, by outcome and reason
	seconds     family
	took        *vm.PrometheusHistogram
	storeErrors family
	unanswered  *vm.Counter
	throttled   family
	tooSoon     *vm.Counter
	reading     chan struct{} // holds one for each reader of the page
}

// family is the metrics of one name.
type family struct {
	name, kind, help string
	set              *vm.Set
}

func newFamily(name, kind, help string) family {
	return family{name, kind, help, vm.NewSet()}
}

// write writes the text format of Prometheus, version 0.0.4.
func (f family) write(w io.Writer) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
	f.set.WritePrometheus(w)
}

// pageReaders is how many may read the page at a time.
const pageReaders = 4

// NewMetrics returns metrics that have counted nothing.
func NewMetrics() *Metrics {
	m := &Metrics{
		decisions:   newFamily("empress_decisions_total", "counter", "Requests that were decided, by outcome (allowed, denied, unavailable) and reason."),
		seconds:     newFamily("empress_decision_seconds", "histogram", "How long deciding a request took."),
		storeErrors: newFamily("empress_store_errors_total", "counter", "Requests that the store gave no answer to."),
		throttled:   newFamily("empress_throttled_total", "counter", "Failures that came too soon after others from the same source."),
		reading:     make(chan struct{}, pageReaders),
	}
	var bounds []float64
	for bound := 0.00005; len(bounds) < 16; bound *= 2 {
		bounds = append(bounds, bound)
	}
	m.took = m.seconds.set.NewPrometheusHistogramExt(m.seconds.name, bounds)
	m.unanswered = m.storeErrors.set.NewCounter(m.storeErrors.name)
	m.tooSoon = m.throttled.set.NewCounter(m.throttled.name)
	return m
}

// count counts an answer and how long it took to find.
func (m *Metrics) count(a answer, took time.Duration) {
	m.decided(outcome(a.status), a.decision.Reason).Inc()
	m.took.Update(took.Seconds())
	if a.decision.Reason == ReasonThrottled {
		m.tooSoon.Inc()
	}
	if a.decision.Reason == model.ReasonUnavailable {
		m.unanswered.Inc()
	}
}

// decided is the counter of one outcome for one reason.
func (m *Metrics) decided(outcome string, reason model.Reason) *vm.Counter {
	type decided struct {
		outcome string
		reason  model.Reason
	}
	if c, ok := m.byOutcome.Load(decided{outcome, reason}); ok {
		return c.(*vm.Counter)
	}
	c := m.decisions.set.GetOrCreateCounter(fmt.Sprintf("%s{outcome=%q,reason=%q}", m.decisions.name, outcome, reason))
	m.byOutcome.Store(decided{outcome, reason}, c)
	return c
}

func outcome(status int) string {
	switch status {
	case http.StatusOK:
		return "allowed"
	case http.StatusServiceUnavailable:
		return "unavailable"
	}
	return "denied"
}

// page serves the metrics, to a few readers at a time.
func (m *Metrics) page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case m.reading <- struct{}{}:
			defer func() { <-m.reading }()
		default:
			http.Error(w, "too many readers", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		for _, f := range []family{m.decisions, m.seconds, m.storeErrors, m.throttled} {
			f.write(w)
		}
		vm.WriteProcessMetrics(w)
	})
}
