package server

import (
	"context"
	"net/http"
	"time"

	"empress/model"
)

// verify decides on a request that a member asks about. Whoever was wrong too
// often hears [ReasonThrottled] and for how long, at the pace of sources over
// HTTP. The right secret is no exception here, as it would end the guessing: a
// member keeps nobody waiting but themselves.
func (s *sshServer) verify(ctx context.Context, member model.MemberID, r model.Request) (model.Decision, error) {
	began := time.Now()
	d, err := s.Service.Verify(ctx, r)
	if err == nil {
		if wait := s.throttle.wait(whom{member: member, key: r.Key}, d.Reason == model.ReasonUnauthenticated); wait > 0 {
			d = throttled(wait)
		}
	}
	s.Metrics.count(answered(d, http.StatusTooManyRequests), time.Since(began))
	return d, err
}
