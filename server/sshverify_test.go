package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// asking is members who ask about credentials, by a clock that stands still.
type asking struct {
	*team
	server *sshServer
	now    *time.Duration
}

func newAsking(t *testing.T) asking {
	x := asking{team: newTeam(t)}
	o := x.options()
	o.Metrics = NewMetrics()
	x.handler = newHandler(o)
	x.server = newSSHServer(SSHOptions{Service: x.service, Metrics: o.Metrics}, usual)
	x.server.throttle, x.now = watch()
	return x
}

// hears checks what a member is told of a credential, and how long to wait.
func (x asking) hears(member model.MemberID, credential string, want model.Reason, wait time.Duration) {
	x.Helper()
	key, secret, err := model.ParseCredential(credential)
	if err != nil {
		x.Fatal(err)
	}
	d, err := x.server.verify(x.Context(), member, model.Request{Key: key, Secret: secret})
	if err != nil || d.Reason != want || d.RetryAfter != wait || d.Allowed != (want == model.ReasonOK) || d.Allowed == (d.Key == "") {
		x.Errorf("member %d hears %+v, %v; want %s and a wait of %s", member, d, err, want, wait)
	}
}

// A member who guesses is told nothing for a while, of the right secret neither,
// and keeps nobody else waiting.
func TestSSHVerifyThrottles(t *testing.T) {
	const ada, kim = 1, 2
	x := newAsking(t)
	k, right := x.create(model.KeySpec{Application: "billing"})
	_, other := x.create(model.KeySpec{Application: "edge"})
	_, secret, _ := strings.Cut(other, ":")
	wrong := string(k.ID) + ":" + secret
	for range 9 {
		x.hears(ada, wrong, model.ReasonUnauthenticated, 0)
	}
	for range 100 { // what is right counts for nothing
		x.hears(ada, right, model.ReasonOK, 0)
	}
	x.hears(ada, wrong, model.ReasonUnauthenticated, 0)
	for range 3 {
		x.hears(ada, wrong, ReasonThrottled, 10*time.Second)
		x.hears(ada, right, ReasonThrottled, 10*time.Second)
	}
	x.hears(ada, other, model.ReasonOK, 0)
	x.hears(kim, right, model.ReasonOK, 0)
	x.ask("/verify", "Authorization", "token "+right).is(t, 200, model.ReasonOK)
	*x.now += 10 * time.Second
	x.hears(ada, right, model.ReasonOK, 0)
	x.hears(ada, wrong, model.ReasonUnauthenticated, 0)
	x.hears(ada, right, ReasonThrottled, 10*time.Second)

	_, text := x.page("/metrics")
	for _, line := range []string{
		`empress_decisions_total{outcome="allowed",reason="ok"} 104`,
		`empress_decisions_total{outcome="denied",reason="unauthenticated"} 11`,
		`empress_decisions_total{outcome="denied",reason="too_many_failures"} 7`,
		`empress_throttled_total 7`, `empress_decision_seconds_count 122`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

// A member who tries one secret with many keys is slowed down as well.
func TestSSHVerifyThrottlesManyKeys(t *testing.T) {
	x := newAsking(t)
	_, right := x.create(model.KeySpec{Application: "billing"})
	_, secret, _ := strings.Cut(right, ":")
	for i := range 60 {
		x.hears(1, fmt.Sprintf("empk_%020d:%s", i, secret), model.ReasonUnauthenticated, 0)
	}
	x.hears(1, right, ReasonThrottled, time.Second)
	x.hears(2, right, model.ReasonOK, 0)
}

// Asking what is right takes no room from those who were wrong.
func TestThrottleAskedTakesNoRoom(t *testing.T) {
	th, now := watch()
	*now = time.Hour
	who := whom{member: 1, key: "empk_00000000000000000001"}
	th.wait(who, true)
	before := slices.Clone(th.slots[:])
	for i := range model.MemberID(100_000) {
		th.wait(whom{member: i, key: who.key}, false)
	}
	if !slices.Equal(before, th.slots[:]) {
		t.Error("something was taken")
	}
}
