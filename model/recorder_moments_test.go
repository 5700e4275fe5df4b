package model_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"empress/model"
)

// told records requests with a key, a millisecond after each other, writes them
// and returns the moments that are told of them, without their marks.
func (x *team) told(rs []model.Request, reasons ...model.Reason) []model.Moment {
	x.Helper()
	r := model.NewRecorder(x.service)
	for i, q := range rs {
		x.clock.move(time.Millisecond)
		r.Record(q, model.Counted("empk_0000000000000000000a", reasons[i%len(reasons)]))
	}
	before, err := x.store.Moments(ctx, 0)
	if err != nil {
		x.Fatal(err)
	}
	if err := r.Close(ctx); err != nil {
		x.Fatal(err)
	}
	ms, err := x.store.Moments(ctx, 0)
	if err != nil {
		x.Fatal(err)
	}
	ms = ms[len(before):]
	for i := range ms {
		ms[i].Mark, ms[i].At, ms[i].Key = 0, time.Time{}, ""
	}
	return ms
}

// Whoever calls itself another thing with each request is one source, with one
// moment for each outcome.
func TestMomentsOfOneSource(t *testing.T) {
	x := newTeam(t)
	var rs []model.Request
	for i := range 60 {
		rs = append(rs, model.Request{Address: from("192.0.2.1"), UserAgent: fmt.Sprint("agent ", i)})
	}
	rs = append(rs, model.Request{Address: from("192.0.2.2"), UserAgent: "curl"}, model.Request{UserAgent: "wget"})
	want := []model.Moment{
		{Address: "192.0.2.1", Reason: "expired", Count: 30, UserAgent: "agent 59", Agents: 30},
		{Reason: "expired", Count: 1, UserAgent: "wget", Agents: 1},
		{Address: "192.0.2.1", Reason: "ok", Count: 30, UserAgent: "agent 58", Agents: 30},
		{Address: "192.0.2.2", Reason: "ok", Count: 1, UserAgent: "curl", Agents: 1},
	}
	if got := x.told(rs, "ok", "expired"); !slices.Equal(got, want) {
		t.Errorf("told is\n%+v, want\n%+v", got, want)
	}
}

// A key that is used from very many addresses leaves room for others. None of its
// requests is left out, and who is allowed is told by name.
func TestMomentsOfManySources(t *testing.T) {
	x := newTeam(t)
	rs, reasons := []model.Request{{Address: from("192.0.2.1"), UserAgent: "curl"}}, []model.Reason{"ok"}
	const sources = 300 // more than callers are listed
	for i := range sources {
		rs = append(rs, model.Request{Address: from(fmt.Sprintf("198.51.%d.%d", i/250, i%250)), UserAgent: "attack"})
		reasons = append(reasons, "expired")
	}
	ms := x.told(rs, reasons...)
	if len(ms) != 1+20 {
		t.Fatalf("%d moments are told", len(ms))
	}
	if want := (model.Moment{Reason: "expired", Count: sources - 19}); ms[0] != want {
		t.Errorf("the rest is told as %+v, want %+v", ms[0], want)
	}
	if want := (model.Moment{Address: "192.0.2.1", Reason: "ok", Count: 1, UserAgent: "curl", Agents: 1}); ms[20] != want {
		t.Errorf("who was allowed is told as %+v, want %+v", ms[20], want)
	}
}

// So it is where the requests of many keys are noted, to be counted later.
func TestMomentsOfNotedSources(t *testing.T) {
	x := newTeam(t)
	r := model.NewRecorder(x.service)
	for i := range 1000 {
		for round := range 4 {
			agent := fmt.Sprint("agent ", round)
			r.Record(model.Request{Address: from("192.0.2.1"), UserAgent: agent}, model.Counted(spread(i), "expired"))
		}
	}
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	ms, err := x.store.Moments(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[model.KeyID]int{}
	several := 0
	for _, m := range ms {
		seen[m.Key]++
		if m.Agents > 1 && m.UserAgent != "agent 0" && m.Count == m.Agents {
			several++
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("of %s %d moments are told", id, n)
		}
	}
	if len(seen) < 256 || several == 0 {
		t.Errorf("%d keys are told of, %d of them with several agents", len(seen), several)
	}
}
