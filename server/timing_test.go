package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
)

// TestUnauthenticatedTakesTheSameTime times answers to an unknown key, a wrong
// secret and a revoked key.
func TestUnauthenticatedTakesTheSameTime(t *testing.T) {
	if os.Getenv("EMPRESS_TEST_FULL") == "" {
		t.Skip("times are compared in a full run")
	}
	x := newTeam(t)
	known, _ := x.create(model.KeySpec{Application: "billing"})
	revoked, other := x.create(model.KeySpec{Application: "billing"})
	_, secret, _ := strings.Cut(other, ":")
	if _, err := x.ada.RevokeKey(t.Context(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	_, third := x.create(model.KeySpec{Application: "edge"})
	_, wrong, _ := strings.Cut(third, ":")
	presented := map[string]string{"unknown": partKey + ":" + secret, "wrong": string(known.ID) + ":" + secret, "revoked": string(revoked.ID) + ":" + wrong}
	c, err := net.Dial("tcp", x.serve(x.options()).address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers := bufio.NewReader(c)
	ask := func(credential string) time.Duration {
		began := time.Now()
		if _, err := io.WriteString(c, "GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: token "+credential+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		_, _ = io.Copy(io.Discard, answer.Body)
		if answer.StatusCode != http.StatusUnauthorized && answer.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("%s: answered %d", credential, answer.StatusCode)
		}
		return took
	}
	for range 3 { // a busy machine makes differences, and takes none away
		took := map[string][]time.Duration{}
		for range 20_000 {
			for name, credential := range presented { // in another order each time
				took[name] = append(took[name], ask(credential))
			}
		}
		least, most, said := time.Hour, time.Duration(0), ""
		for name, ds := range took {
			slices.Sort(ds)
			median := ds[len(ds)/2]
			least, most, said = min(least, median), max(most, median), said+fmt.Sprintf(" %s %s", name, median)
		}
		t.Log("medians:", said)
		if most <= least+least/50 {
			return
		}
	}
	t.Error("the medians differ by more than 2 %")
}

// TestSlowClientsDelayNobody compares how long the slowest hundredth of good
// requests takes while nobody dawdles, and while many do.
func TestSlowClientsDelayNobody(t *testing.T) {
	if os.Getenv("EMPRESS_TEST_FULL") == "" {
		t.Skip("times are compared in a full run")
	}
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	v := x.serve(x.options())
	slowest := func() time.Duration {
		var took []time.Duration
		for range 5_000 {
			began := time.Now()
			if status := v.get(good); status != http.StatusOK {
				t.Errorf("a good request was answered %d", status)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	slowest() // which opens the connection
	alone := slowest()
	var slow sync.WaitGroup
	for i := range 500 {
		slow.Go(func() { v.dawdle(dawdling[i%len(dawdling)]) })
	}
	among := slowest()
	slow.Wait()
	t.Logf("99 of 100 requests took at most %v alone, and %v among 500 slow clients", alone, among)
	if among > 2*alone+2*time.Millisecond { // the slow clients share the machine
		t.Errorf("good requests wait for slow ones: %v instead of %v", among, alone)
	}
}
