package server

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"empress/model"
)

// metrics counts what the verifier does, for Prometheus. No label names a key,
// an application or a source: their number has no bound.
type metrics struct {
	registry    *prometheus.Registry
	decisions   *prometheus.CounterVec
	seconds     prometheus.Histogram
	storeErrors prometheus.Counter
	throttled   prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "empress_decisions_total",
			Help: "Requests that were decided, by outcome (allowed, denied, unavailable) and reason."}, []string{"outcome", "reason"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "empress_decision_seconds",
			Help: "How long deciding a request took.", Buckets: prometheus.ExponentialBuckets(0.00005, 2, 16)}),
		storeErrors: prometheus.NewCounter(prometheus.CounterOpts{Name: "empress_store_errors_total",
			Help: "Requests that the store gave no answer to."}),
		throttled: prometheus.NewCounter(prometheus.CounterOpts{Name: "empress_throttled_total",
			Help: "Failures that came too soon after others from the same source."}),
	}
	m.registry.MustRegister(m.decisions, m.seconds, m.storeErrors, m.throttled,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// count counts an answer and how long it took to find.
func (m *metrics) count(a answer, took time.Duration) {
	m.decisions.WithLabelValues(outcome(a.status), string(a.decision.Reason)).Inc()
	m.seconds.Observe(took.Seconds())
	if a.decision.Reason == reasonThrottled {
		m.throttled.Inc()
	}
	if a.decision.Reason == model.ReasonUnavailable {
		m.storeErrors.Inc()
	}
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
func (m *metrics) page() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, DisableCompression: true})
}
