package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// Many processes change keys of one database at once: none is told that it is
// busy, no change is lost, and each sees its own at once.
func TestManyProcesses(t *testing.T) {
	h, p := newHouse(t)
	processes, changes := 16, size(20, 200)
	var done sync.WaitGroup
	for range processes {
		done.Go(func() {
			out, err := helper("change", p.db, p.key, strconv.Itoa(changes)).CombinedOutput()
			if err != nil || string(out) != "done\n" {
				t.Errorf("a process: %v: %s", err, out)
			}
		})
	}
	done.Wait()
	h.wantWhole(t)
	events := 0
	read(t, h.store, func(r model.Reader) error {
		return r.EachEvent(func(e model.Event) error { events++; return nil })
	})
	if want := 1 + 1 + processes*changes; events != want { // the team, the application, and the changes
		t.Errorf("%d changes left %d events", want, events)
	}
	page, err := h.ada.Keys(ctx, model.KeyQuery{})
	if err != nil || page.Count != processes {
		t.Errorf("there are %d keys, %v", page.Count, err)
	}
}

// Several processes found a team in the same new database at once: one
// succeeds, the others are told so, and the team of the first one stays.
func TestManyProcessesCreate(t *testing.T) {
	for round := range size(6, 60) {
		p := place{db: t.TempDir() + "/deep/team.db"}
		p.key = p.db + ".key"
		if _, err := storage.CreateKeyFile(p.key); err != nil {
			t.Fatal(err)
		}
		var said []*bytes.Buffer
		var running []*exec.Cmd
		for i := range 6 {
			out := &bytes.Buffer{}
			cmd := helper("create", p.db, p.key, strconv.Itoa(i))
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout, cmd.Stderr = out, out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			said, running = append(said, out), append(running, cmd)
			go func() { // all at about the same moment, once they have started
				time.Sleep(50 * time.Millisecond)
				_, _ = in.Write([]byte("!"))
			}()
		}
		var all []string
		for i, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Errorf("round %d: %v: %s", round, err, said[i])
			}
			all = append(all, strings.TrimSpace(said[i].String()))
		}
		if n := strings.Count(strings.Join(all, " "), "founded"); n != 1 {
			t.Errorf("round %d: %d teams were founded: %q", round, n, all)
		}
		h, err := p.open()
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		h.wantWhole(t)
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestChangesOfAnotherProcess(t *testing.T) {
	h, p := newHouse(t)
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := h.service.Changes(c)
	quiet(t, "here", watch)
	if out, err := helper("change", p.db, p.key, "1").CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	select {
	case <-watch:
	case <-time.After(5 * time.Second):
		t.Error("a change of another process is not noticed")
	}
}

func TestManyProcessesCount(t *testing.T) {
	h, p := newHouse(t)
	const processes, requests = 6, 20
	var done sync.WaitGroup
	for range processes {
		done.Go(func() {
			if out, err := helper("usage", p.db, p.key, strconv.Itoa(requests)).CombinedOutput(); err != nil {
				t.Error(err, string(out))
			}
		})
	}
	done.Wait()
	got, err := h.store.Usages(ctx, []model.KeyID{"empk_x"})
	if err != nil || got["empk_x"].Allowed != processes*requests {
		t.Errorf("%d requests are counted as %+v, %v", processes*requests, got, err)
	}
}

// Sixteen regenerations of one key race, over two openings of the database.
// Whoever names the generation that they saw wins alone; of the others the
// last one's secret is the one that works.
func TestRacingRegenerations(t *testing.T) {
	here, p := newHouse(t)
	there := p.opened(t)
	key, first := here.create(t, "billing")
	all := map[string]model.Generation{first.Reveal(): 1}
	now := model.Generation(1)
	for round := range size(12, 1000) {
		from := model.Generation(0)
		if round%2 == 0 {
			from = now
		}
		var lock sync.Mutex
		wins := map[model.Generation]int{}
		start := make(chan struct{})
		var done sync.WaitGroup
		for i := range 16 {
			session := []*model.Session{here.ada, there.ada}[i%2]
			done.Go(func() {
				<-start
				k, s, err := session.RegenerateSecret(ctx, key.ID, from)
				lock.Lock()
				defer lock.Unlock()
				switch {
				case err == nil:
					wins[k.Generation]++
					all[s.Reveal()] = k.Generation
				case !errors.Is(err, model.ErrConflict) || from == 0 || !s.Empty():
					t.Errorf("round %d: a regeneration fails with %v", round, err)
				}
			})
		}
		close(start)
		done.Wait()
		want := 16
		if from != 0 {
			want = 1
		}
		if len(wins) != want {
			t.Fatalf("round %d, from %d: %d winners, want %d", round, from, len(wins), want)
		}
		now += model.Generation(want)
		for i := now - model.Generation(want) + 1; i <= now; i++ {
			if wins[i] != 1 {
				t.Fatalf("round %d: generation %d has %d winners", round, i, wins[i])
			}
		}
	}
	live := 0
	for text, generation := range all {
		s, err := model.ParseSecret(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []*house{here, there} {
			if ok := h.allows(t, key.ID, s); ok != (generation == now) {
				t.Errorf("secret %d of %d works: %v", generation, now, ok)
			} else if ok {
				live++
			}
		}
	}
	if live != 2 {
		t.Errorf("%d secrets work, want one, in both openings", live)
	}
	here.wantWhole(t)
}

// A process that regenerates is killed at random moments. Whatever it had been
// told is so, nothing is half done, and never do two secrets work.
func TestKilledWhileRegenerating(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	p := newPlace(t)
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	key, first := h.create(t, "billing")
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	told := map[model.Generation]string{1: first.Reveal()}
	latest := model.Generation(1)
	changes := 0
	for round := range size(100, 1000) {
		cmd := helper("regenerate", p.db, p.key, string(key.ID))
		out, in, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdout, cmd.Stderr = in, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = in.Close()
		said := lines(out)
		note := func(line string) {
			var g model.Generation
			var text string
			if _, err := fmt.Sscan(line, &g, &text); err != nil {
				t.Fatalf("the process said %q", line)
			}
			told[g], latest, changes = text, max(latest, g), changes+1
		}
		if line, ok := <-said; ok { // it is at work
			note(line)
		}
		time.Sleep(time.Duration(random.Int64N(int64(29*time.Millisecond))) + time.Millisecond)
		_ = cmd.Process.Kill()
		for line := range said {
			note(line)
		}
		_ = cmd.Wait()
		_ = out.Close()
		checkAfterKill(t, p, key.ID, told, latest, round%10 == 9)
		if t.Failed() {
			t.Fatal("round", round)
		}
	}
	t.Log(changes, "changes were acknowledged")
	if changes < size(100, 1000) {
		t.Error("the processes did next to nothing")
	}
}

func checkAfterKill(t *testing.T, p place, id model.KeyID, told map[model.Generation]string, latest model.Generation, everything bool) {
	t.Helper()
	start := time.Now()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("opening takes %s", d)
	}
	k, err := h.ada.Key(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if k.Generation < latest {
		t.Errorf("generation %d was acknowledged, but the key is at %d", latest, k.Generation)
	}
	for g, text := range told {
		if !everything && g < latest-3 {
			continue
		}
		s, err := model.ParseSecret(text)
		if err != nil {
			t.Fatal(err)
		}
		if ok := h.allows(t, id, s); ok != (g == k.Generation) {
			t.Errorf("secret %d works: %v; the key is at %d", g, ok, k.Generation)
		}
	}
	events := h.generations(t, id)
	for g := model.Generation(1); g <= k.Generation; g++ {
		if events[g] != 1 {
			t.Errorf("generation %d has %d events", g, events[g])
		}
	}
	h.wantWhole(t)
}
