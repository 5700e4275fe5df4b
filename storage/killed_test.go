package storage_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"empress/model"
)

// victim is a key whose secret a process regenerates until it is killed.
type victim struct {
	key    model.KeyID
	told   map[model.Generation]string // the secrets that were acknowledged
	latest model.Generation            // of them

	process *exec.Cmd
	said    <-chan string
}

// Processes that regenerate secrets are killed one after the other at random
// moments, while those that are left go on. Whatever they had been told is so,
// nothing is half done, and never do two secrets of a key work.
func TestKilledWhileRegenerating(t *testing.T) { onEngines(t, killedWhileRegenerating) }

func killedWhileRegenerating(t *testing.T, p place) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	victims := newVictims(t, p, 4)
	rounds := size(25, 250)
	for round := range rounds {
		for _, v := range victims {
			v.start(t, p)
		}
		for _, v := range victims {
			v.note(t, <-v.said) // it is at work
		}
		for _, v := range victims {
			time.Sleep(time.Duration(random.Int64N(int64(20 * time.Millisecond))))
			_ = v.process.Process.Kill()
		}
		for _, v := range victims {
			for line := range v.said {
				v.note(t, line)
			}
			_ = v.process.Wait()
		}
		checkAfterKill(t, p, round%10 == 9 || round == rounds-1, victims...)
		if t.Failed() {
			t.Fatal("round", round)
		}
	}
	changes := 0
	for _, v := range victims {
		changes += len(v.told) - 1
	}
	t.Log(changes, "changes were acknowledged")
	if kills := rounds * len(victims); changes < kills {
		t.Errorf("%d processes that were killed made %d changes", kills, changes)
	}
}

func newVictims(t *testing.T, p place, n int) (victims []*victim) {
	t.Helper()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		key, first := h.create(t, "billing")
		victims = append(victims, &victim{key: key.ID, told: map[model.Generation]string{1: first.Reveal()}, latest: 1})
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	return victims
}

// start starts the process of a victim.
func (v *victim) start(t *testing.T, p place) {
	t.Helper()
	v.process = helper("regenerate", p.db, p.key, string(v.key))
	v.process.Stderr = os.Stderr
	out, err := v.process.StdoutPipe()
	if err == nil {
		err = v.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	v.said = lines(out)
}

// note takes in a line of a victim's process.
func (v *victim) note(t *testing.T, line string) {
	t.Helper()
	var g model.Generation
	var text string
	if _, err := fmt.Sscan(line, &g, &text); err != nil {
		t.Fatalf("the process said %q", line)
	}
	v.told[g], v.latest = text, max(v.latest, g)
}

// checkAfterKill opens a place anew and checks what became of keys; everything is
// to try all of the secrets that they ever had, and not only the latest ones.
func checkAfterKill(t *testing.T, p place, everything bool, victims ...*victim) {
	t.Helper()
	start := time.Now()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	limit := 2 * time.Second
	if p.onServer() {
		limit = 5 * time.Second // it starts a process for each connection
	}
	if d := time.Since(start); d > limit {
		t.Errorf("opening takes %s", d)
	}
	// A server may still be at the end of what a process began: it comes before
	// the next change.
	write(t, h.store, func(model.Writer) error { return nil })
	for _, v := range victims {
		v.check(t, h, everything)
	}
	h.wantWhole(t)
}

func (v *victim) check(t *testing.T, h *house, everything bool) {
	t.Helper()
	k, err := h.ada.Key(ctx, v.key)
	if err != nil {
		t.Fatal(err)
	}
	if k.Generation < v.latest {
		t.Errorf("generation %d was acknowledged, but the key is at %d", v.latest, k.Generation)
	}
	for g, text := range v.told {
		if !everything && g < v.latest-3 {
			continue
		}
		s, err := model.ParseSecret(text)
		if err != nil {
			t.Fatal(err)
		}
		if ok := h.allows(t, v.key, s); ok != (g == k.Generation) {
			t.Errorf("secret %d works: %v; the key is at %d", g, ok, k.Generation)
		}
	}
	events := h.generations(t, v.key)
	for g := model.Generation(1); g <= k.Generation; g++ {
		if events[g] != 1 {
			t.Errorf("generation %d has %d events", g, events[g])
		}
	}
}
