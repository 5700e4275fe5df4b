package storage_test

import (
	"bytes"
	"context"
	"errors"
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
func TestManyProcesses(t *testing.T) { onEngines(t, manyProcesses) }

func manyProcesses(t *testing.T, p place) {
	h := p.opened(t)
	processes, changes := 16, size(50, 500)
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
func TestRacingRegenerations(t *testing.T) { onEngines(t, racingRegenerations) }

func racingRegenerations(t *testing.T, p place) {
	here, there := p.opened(t), p.opened(t)
	key, first := here.create(t, "billing")
	all := map[string]model.Generation{first.Reveal(): 1}
	now := model.Generation(1)
	for round := range size(100, 1000) {
		from := now
		if round%8 == 7 {
			from = 0
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
