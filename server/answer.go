package server

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"empress/model"
)

// The headers of answers. The identity headers are those of a request that may
// pass: a proxy hands them to the backend.
const (
	headerKey         = "X-Empress-Key"
	headerApplication = "X-Empress-Application"
	headerOwner       = "X-Empress-Owner"
	headerTeam        = "X-Empress-Team"
	headerScopes      = "X-Empress-Scopes"
	headerRequestID   = "X-Request-Id"
)

// ReasonThrottled is that of a decision for whoever failed too often: it comes
// too soon after others from the same source.
const ReasonThrottled model.Reason = "too_many_failures"

// Reasons that are the server's own, beside those of the domain.
const (
	reasonBadRequest model.Reason = "bad_request" // the verifier is asked in a way that can only be a mistake
	reasonNotFound   model.Reason = "not_found"   // nothing is at that path
	reasonMethod     model.Reason = "method_not_allowed"
)

// challenge tells a client how to authenticate (RFC 9110, 11.6.1). Basic is
// understood and not offered: a browser would ask its user for a password.
const challenge = `token realm="empress", Bearer realm="empress"`

// answer is what a request is answered with.
type answer struct {
	status   int
	decision model.Decision // as it is told
	id       string         // of the request

	asked   model.Request  // what was decided, if anything was
	decided model.Decision // and how
}

// refusal is an answer that lets nothing pass.
func refusal(status int, reason model.Reason) answer {
	return answer{status: status, decision: model.Decision{Reason: reason}}
}

// answered puts a decision into an answer. limitStatus is that for whoever is
// over a rate.
func answered(d model.Decision, limitStatus int) answer {
	a := answer{decision: d}
	switch d.Reason {
	case model.ReasonOK:
		a.status = http.StatusOK
	case model.ReasonUnauthenticated:
		a.status = http.StatusUnauthorized
	case model.ReasonRateLimited, ReasonThrottled:
		a.status = limitStatus
	case model.ReasonUnavailable, model.ReasonRecordDamaged, model.ReasonClockDoubtful:
		a.status = http.StatusServiceUnavailable
	default:
		a.status = http.StatusForbidden
	}
	if d.Allowed != (a.status == http.StatusOK) { // the two never differ, and if they did nothing would pass
		return refusal(http.StatusServiceUnavailable, model.ReasonUnavailable)
	}
	return a
}

func (a answer) write(w http.ResponseWriter) {
	h := headers{w.Header(), make([]string, 0, 12)}
	h.set("Cache-Control", "no-store")
	h.set("Content-Type", "application/json")
	h.set("X-Content-Type-Options", "nosniff")
	h.set(headerRequestID, a.id)
	if a.status == http.StatusOK {
		a.identify(&h)
	}
	if a.status == http.StatusUnauthorized {
		h.set("Www-Authenticate", challenge)
	}
	if wait := a.decision.RetryAfter; wait > 0 {
		h.set("Retry-After", strconv.FormatFloat(math.Ceil(wait.Seconds()), 'f', 0, 64))
	}
	body := a.body()
	h.set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // whoever asked may be gone
}

// body is the answer as clients read it, in JSON (RFC 8259). Reasons and the ids
// of requests hold nothing that would be escaped there.
func (a answer) body() []byte {
	b := make([]byte, 0, 128)
	b = strconv.AppendBool(append(b, `{"allowed":`...), a.decision.Allowed)
	b = append(append(b, `,"reason":"`...), a.decision.Reason...)
	b = append(append(b, `","request_id":"`...), a.id...)
	return append(b, "\"}\n"...)
}

// headers sets headers whose names are in canonical form, as net/http has them,
// one value each, without an allocation for each.
type headers struct {
	header http.Header
	values []string
}

func (h *headers) set(name, value string) {
	h.values = append(h.values, value)
	end := len(h.values)
	h.header[name] = h.values[end-1 : end : end]
}

// identify writes all of the identity headers, empty ones too: where one was
// missing, some proxies would keep what the client sent by that name.
func (a answer) identify(h *headers) {
	d := a.decision
	h.set(headerKey, ascii(string(d.Key)))
	h.set(headerApplication, ascii(d.Application))
	h.set(headerOwner, ascii(d.Owner))
	h.set(headerTeam, ascii(d.Team))
	h.set(headerScopes, ascii(strings.Join(d.Scopes, " ")))
}

// ascii percent-encodes (RFC 3986, 2.1) the bytes of a header's value that are
// not printable ASCII, and the percent sign.
func ascii(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '%' }) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '%' {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// throttled is the decision on a failure that comes too soon after others.
func throttled(wait time.Duration) model.Decision {
	return model.Decision{Reason: ReasonThrottled, RetryAfter: wait}
}
