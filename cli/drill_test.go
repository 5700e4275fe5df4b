package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// sized is how often to repeat, in a quick run and in a full one.
func sized(quick, full int) int {
	switch {
	case os.Getenv("EMPRESS_TEST_FULL") != "":
		return full
	case racing:
		return max(quick/4, 1)
	}
	return quick
}

// drill is a team whose keys change all the time.
type drill struct {
	*testing.T
	db       string // a file, or an address of PostgreSQL
	key, log string
	in       *installation
	ada      *model.Session

	environ []string // of the processes of empress, beside the test's own

	mu      sync.Mutex
	secrets map[model.KeyID][]model.Secret // by generation, from 1
}

func newDrill(t *testing.T) *drill {
	db := filepath.Join(t.TempDir(), "live.db")
	return newDrillAt(t, db, db)
}

// newDrillAt founds a team in a database, with the files that go with it at the
// path beside.
func newDrillAt(t *testing.T, db, beside string) *drill {
	d := &drill{T: t, db: db, key: beside + ".key", log: beside + ".log", secrets: map[model.KeyID][]model.Secret{}}
	d.in = &installation{database: d.db, keyFile: d.key, streams: Streams{Err: io.Discard, Environ: []string{"EMPRESS_LOG=" + d.log}}}
	t.Cleanup(d.in.close)
	var err error
	d.ada, err = d.in.found(t.Context(), model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: effectiveUser().login}, model.ViaCommand)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// create makes a key and remembers its secret.
func (d *drill) create() (model.KeyID, error) {
	k, s, err := d.ada.CreateKey(context.Background(), model.KeySpec{Application: "billing"})
	if err == nil {
		d.remember(k, s)
	}
	return k.ID, err
}

func (d *drill) remember(k model.Key, s model.Secret) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.secrets[k.ID] = append(d.secrets[k.ID], s); len(d.secrets[k.ID]) != int(k.Generation) {
		d.Errorf("secret %d of %s comes as number %d", k.Generation, k.ID, len(d.secrets[k.ID]))
	}
}

// work creates, regenerates and revokes keys of its own until ctx ends.
func (d *drill) work(ctx context.Context, random *rand.Rand) {
	var mine []model.KeyID
	for ctx.Err() == nil {
		if len(mine) < 3 || random.IntN(3) == 0 {
			id, err := d.create()
			if err != nil {
				d.Error(err)
				return
			}
			mine = append(mine, id)
			continue
		}
		i := random.IntN(len(mine))
		if random.IntN(4) == 0 {
			if _, err := d.ada.RevokeKey(context.Background(), mine[i]); err != nil {
				d.Error(err)
			}
			mine = append(mine[:i], mine[i+1:]...)
			continue
		}
		k, s, err := d.ada.RegenerateSecret(context.Background(), mine[i], 0)
		if err != nil {
			d.Error(err)
			return
		}
		d.remember(k, s)
	}
}

// command is a process of empress.
func (d *drill) command(args ...string) *exec.Cmd {
	cmd := exec.Command("empress", args...)
	cmd.Env = append(os.Environ(), d.environ...)
	return cmd
}

func (d *drill) empress(args ...string) []byte {
	d.Helper()
	return d.empressIn(nil, args...)
}

// empressIn runs the program with more variables.
func (d *drill) empressIn(environ []string, args ...string) []byte {
	d.Helper()
	var said bytes.Buffer
	cmd := d.command(args...)
	cmd.Env, cmd.Stderr = append(cmd.Env, environ...), &said
	out, err := cmd.Output()
	if err != nil {
		d.Fatalf("%q: %v: %s", args, err, said.String())
	}
	return out
}

// keys reads every key of an installation.
func keysOf(tb testing.TB, in *installation) map[model.KeyID]model.Key {
	tb.Helper()
	all := map[model.KeyID]model.Key{}
	err := in.store.Read(tb.Context(), func(r model.Reader) error {
		return r.EachKey(func(k model.Key) error {
			all[k.ID] = k
			return nil
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// restored is what the command says.
type restored struct {
	Ends      int64  `json:"backup_ends"`
	EventsEnd *int64 `json:"events_end"`
	Active    int
	Suspended int
	Revoked   int
	Missing   []struct{}
}

// restore restores a backup to a new place and checks that it is whole.
func (d *drill) restore(backup string, more ...string) (restored, *installation) {
	d.Helper()
	place := filepath.Join(d.TempDir(), "team.db")
	var said restored
	out := d.empress(append([]string{"restore", backup, "--yes", "--json", "--db", place, "--key-file", d.key}, more...)...)
	if err := json.Unmarshal(out, &said); err != nil {
		d.Fatal(err)
	}
	in := &installation{database: place, keyFile: d.key, streams: Streams{Err: io.Discard}}
	d.Cleanup(in.close)
	service, err := in.open(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	report, err := service.CheckAudit(d.Context())
	found, err2 := in.store.(*storage.Store).Inspect(d.Context())
	if err := errors.Join(err, err2); err != nil || report.Found+len(found) > 0 {
		d.Errorf("the restored database: %q, %q, %v", report.Problems, found, err)
	}
	return said, in
}

// passes lists the generations whose secrets are let through.
func (d *drill) passes(in *installation, id model.KeyID) (passed []model.Generation) {
	d.Helper()
	for i, s := range d.secrets[id] {
		answer, err := in.service.Verify(d.Context(), model.Request{Key: id, Secret: s})
		if err != nil {
			d.Fatal(err)
		}
		if answer.Allowed {
			passed = append(passed, model.Generation(i+1))
		}
	}
	return passed
}

// TestDrill backs a team up while several people change keys as fast as they
// can, and restores every backup.
func TestDrill(t *testing.T) {
	for round := range sized(1, 10) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) { drillOnce(newDrill(t), 10) })
	}
}

// TestDrillOnPostgres does so on a PostgreSQL server.
func TestDrillOnPostgres(t *testing.T) {
	if racing {
		t.Skip("a process is not what the race detector looks at")
	}
	t.Parallel()
	for round := range sized(1, 10) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			drillOnce(newDrillAt(t, Postgres.Database(t, ""), filepath.Join(t.TempDir(), "team")), 10)
		})
	}
}

// drillOnce makes so many backups.
func drillOnce(d *drill, rounds int) {
	const quiet = 10 // keys that nobody touches
	for range quiet {
		if _, err := d.create(); err != nil {
			d.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	d.Log("seed", seed)
	ctx, stop := context.WithCancel(d.Context())
	var working sync.WaitGroup
	for i := range uint64(4) {
		working.Go(func() { d.work(ctx, rand.New(rand.NewPCG(seed, i))) })
	}
	backups, acknowledged := make([]string, rounds), make([]int64, rounds)
	for i := range rounds {
		time.Sleep(20 * time.Millisecond)
		c, err := d.ada.AuditCheckpoint(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		backups[i], acknowledged[i] = filepath.Join(filepath.Dir(d.key), fmt.Sprint("backup-", i)), c.Seq
		d.empressIn([]string{"EMPRESS_LOG=" + d.log}, "backup", backups[i], "--db", d.db, "--key-file", d.key)
	}
	time.Sleep(50 * time.Millisecond)
	stop()
	working.Wait()
	last, err := d.ada.AuditCheckpoint(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	live := keysOf(d, d.in)
	d.Log(last.Seq, "events,", len(live), "keys")
	for i, backup := range backups {
		kept := d.suspended(backup, acknowledged[i])
		active := d.proved(backup, last.Seq, live, kept)
		if active < quiet || i == 0 && active == len(kept) {
			d.Errorf("backup %d: %d of %d keys are proved", i, active, len(kept))
		}
	}
}

// suspended restores a backup without events. It returns the revisions that
// the keys had in it.
func (d *drill) suspended(backup string, acknowledged int64) map[model.KeyID]model.Revision {
	d.Helper()
	said, in := d.restore(backup)
	if said.Ends <= acknowledged || said.EventsEnd != nil || said.Active != 0 {
		d.Errorf("event %d was acknowledged, and the backup: %+v", acknowledged, said)
	}
	kept := map[model.KeyID]model.Revision{}
	for id, k := range keysOf(d, in) {
		kept[id] = k.Revision
		if k.State == model.Suspended {
			kept[id]-- // that was the restore
		} else if k.State != model.Revoked {
			d.Errorf("%s is %s", id, k.State)
		}
		if passed := d.passes(in, id); passed != nil {
			d.Errorf("the secrets %d of %s work", passed, id)
		}
	}
	if said.Suspended+said.Revoked != len(kept) {
		d.Errorf("%d keys, and the answer is %+v", len(kept), said)
	}
	return kept
}

// proved restores a backup with the log, and returns how many keys stay
// active: those that nobody touched since, and no others.
func (d *drill) proved(backup string, last int64, live map[model.KeyID]model.Key, kept map[model.KeyID]model.Revision) (active int) {
	d.Helper()
	said, in := d.restore(backup, "--events", d.log)
	if said.EventsEnd == nil || *said.EventsEnd != last || len(said.Missing) != len(live)-len(kept) {
		d.Errorf("the trail ended at %d with %d keys, of which the backup has %d, and the answer is %+v", last, len(live), len(kept), said)
	}
	for id, k := range keysOf(d, in) {
		want, passed := model.Suspended, fmt.Sprint([]model.Generation(nil))
		switch now := live[id]; {
		case now.State == model.Revoked:
			want = model.Revoked
		case now.Revision == kept[id]:
			want, passed = model.Active, fmt.Sprint([]model.Generation{now.Generation})
			active++
		}
		if got := fmt.Sprint(d.passes(in, id)); k.State != want || got != passed {
			d.Errorf("%s is %s, want %s, and the secrets %s work, want %s", id, k.State, want, got, passed)
		}
	}
	if said.Active != active {
		d.Errorf("%d keys are active, and the answer is %+v", active, said)
	}
	return active
}
