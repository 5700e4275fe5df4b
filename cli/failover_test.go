package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
	"empress/storage/postgrestest"
)

// The stages of a failover.
const (
	whole     int32 = iota // a primary, and a standby that it waits for
	breaking               // the primary is being killed
	gone                   // there is nobody who takes writes
	returning              // the standby is being promoted
	recovered              // the standby is the primary
)

// calm reports whether nothing is wrong in a stage. Something that begins in one
// such stage and ends in another saw all that lies between.
func calm(stage int32) bool { return stage == whole || stage == recovered }

// failover is a drill in which the primary of a team's PostgreSQL database is
// lost, while keys change and verifiers are asked all the time.
type failover struct {
	*drill
	primary, standby *postgrestest.Server
	verifiers        []*verifier
	stage            atomic.Int32

	steady, revoked, replaced string // credentials

	kept                           []*kept
	acknowledged, refused, unknown atomic.Int64
	unknownKeys                    atomic.Int64 // that may have been created
}

// TestFailover kills the primary again and again, each time in the middle of
// changes, and promotes its synchronous standby.
func TestFailover(t *testing.T) {
	if racing {
		t.Skip("servers and processes are not what the race detector looks at")
	}
	t.Parallel()
	f := newFailover(t)
	for round := range sized(1, 30) {
		if round > 0 {
			f.follow()
		}
		f.lose(round)
		f.check()
	}
}

func newFailover(t *testing.T) *failover {
	f := &failover{drill: &drill{T: t, secrets: map[model.KeyID][]model.Secret{}}}
	var shared postgrestest.Shared
	f.primary = shared.Server(t)
	t.Cleanup(func() {
		f.primary.Close()
		if f.standby != nil {
			f.standby.Close()
		}
	})
	var err error
	if f.standby, err = f.primary.Standby(0); err != nil {
		t.Fatal(err)
	}
	hosts := fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d", f.primary.Port, f.standby.Port)
	address := strings.Replace(shared.Database(t, ""), fmt.Sprintf("127.0.0.1:%d", f.primary.Port), hosts, 1) + "&target_session_attrs=read-write"
	dir := t.TempDir()
	key, log := filepath.Join(dir, "team.key"), "EMPRESS_LOG="+filepath.Join(dir, "team.log")
	f.environ = []string{"EMPRESS_DB=" + address, "EMPRESS_KEY_FILE=" + key, "XDG_DATA_HOME=" + dir, log}
	f.empress("init", "--team", "Acme", "--name", "Ada", "--email", "ada@example.com")
	f.in = &installation{database: address, keyFile: key, streams: Streams{Err: io.Discard, Environ: []string{log}}}
	t.Cleanup(f.in.close)
	if f.ada, err = f.in.signIn(t.Context(), model.Identity{Via: model.ViaCommand}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f.verifiers = append(f.verifiers, f.serve())
	}
	f.prepare()
	return f
}

// prepare makes the credentials that the verifiers are asked about all the time.
func (f *failover) prepare() {
	f.Helper()
	credential := func() (model.KeyID, string) {
		id, err := f.create()
		if err != nil {
			f.Fatal(err)
		}
		f.kept = append(f.kept, &kept{id: id, state: model.Active})
		return id, f.credential(id, 1)
	}
	_, f.steady = credential()
	var id model.KeyID
	id, f.revoked = credential()
	if _, err := f.ada.RevokeKey(f.Context(), id); err != nil {
		f.Fatal(err)
	}
	f.kept[1].state = model.Revoked
	id, f.replaced = credential()
	k, s, err := f.ada.RegenerateSecret(f.Context(), id, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.remember(k, s)
}

// follow makes a standby of what is the primary now, in the place of the one that
// was lost.
func (f *failover) follow() {
	f.Helper()
	lost := f.primary
	f.primary, f.standby = f.standby, nil
	lost.Close()
	var err error
	if f.standby, err = f.primary.Standby(lost.Port); err != nil {
		f.Fatal(err)
	}
}

// lose kills the primary while keys change, and promotes the standby. In some
// rounds the primary commits changes just before that the standby never gets.
func (f *failover) lose(round int) {
	f.stage.Store(whole)
	f.acknowledged.Store(0)
	f.refused.Store(0)
	f.unknown.Store(0)
	for _, v := range f.verifiers {
		v.denied.Store(0)
		v.failed.Store(0)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	ctx, stop := context.WithCancel(f.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	for i := range uint64(3) {
		working.Go(func() { f.change(ctx, rand.New(rand.NewPCG(seed, 1+i))) })
	}
	for _, v := range f.verifiers {
		working.Go(func() { v.watch(ctx) })
	}
	f.until("a few changes", func() bool { return f.acknowledged.Load() >= 20 })
	stalled := random.IntN(2) == 0
	if stalled {
		f.primary.Stall(f)
	}
	time.Sleep(time.Duration(random.IntN(50_000)) * time.Microsecond)
	f.stage.Store(breaking)
	f.primary.Kill()
	f.stage.Store(gone)
	before := f.acknowledged.Load()
	f.until("503 from every verifier", func() bool { return f.verifiers[0].denied.Load() >= 10 && f.verifiers[1].denied.Load() >= 10 })
	f.stage.Store(returning)
	if err := f.standby.Promote(); err != nil {
		f.Fatal(err)
	}
	began := time.Now()
	for i, v := range f.verifiers {
		f.until("a verifier that recovers", func() bool { return v.ask(f.steady) == 200 })
		f.Logf("seed %d, round %d, stalled %v: verifier %d answers %v after the promotion", seed, round, stalled, i, time.Since(began))
	}
	f.until("a change after the promotion", func() bool { return f.acknowledged.Load() > before })
	f.stage.Store(recovered)
	f.Logf("changes go on %v after the promotion", time.Since(began))
	f.until("more changes", func() bool { return f.acknowledged.Load() > before+20 })
	stop()
	working.Wait()
	for i, v := range f.verifiers {
		if n := v.failed.Load(); n > 5 { // on a busy machine an answer may take too long
			f.Errorf("verifier %d answered 503 to %d requests while nothing was wrong", i, n)
		}
	}
	f.Logf("%d changes were acknowledged, %d refused, %d unknown", f.acknowledged.Load(), f.refused.Load(), f.unknown.Load())
}

// recovery is how long anything may take on a machine that does much else; alone
// it is a fraction of a second.
const recovery = 10 * time.Second

// until waits for what must come.
func (f *failover) until(what string, is func() bool) {
	f.Helper()
	for deadline := time.Now().Add(recovery); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			f.Fatalf("there was not %s within %v", what, recovery)
		}
	}
}

// check is the oracle, for whoever opens the database anew.
func (f *failover) check() {
	f.Helper()
	in := &installation{database: f.in.database, keyFile: f.in.keyFile, streams: f.in.streams}
	defer in.close()
	ada, err := in.signIn(f.Context(), model.Identity{Via: model.ViaCommand})
	if err != nil {
		f.Fatal(err)
	}
	if ada.Me().Role != model.Administrator {
		f.Errorf("the administrator is %+v", ada.Me())
	}
	if report, err := in.service.CheckAudit(f.Context()); err != nil || report.Found > 0 {
		f.Errorf("the audit: %q, %v", report.Problems, err)
	}
	there := keysOf(f, in)
	if more := len(there) - len(f.kept); more < 0 || more > int(f.unknownKeys.Load()) {
		f.Errorf("there are %d keys; %d were acknowledged, and %d said to be unknown", len(there), len(f.kept), f.unknownKeys.Load())
	}
	for _, k := range f.kept {
		f.holds(in, k, there[k.id])
	}
}

// holds checks that a key is as it was said to be.
func (f *failover) holds(in *installation, want *kept, got model.Key) {
	f.Helper()
	known := model.Generation(len(f.secrets[want.id]))
	same := got.State == want.state && got.Generation == known
	switch want.unknown {
	case model.KeyRegenerated:
		same = same || got.State == want.state && got.Generation == known+1
	case model.KeySuspended:
		same = same || got.State == model.Suspended && got.Generation == known
	case model.KeyResumed:
		same = same || got.State == model.Active && got.Generation == known
	case model.KeyRevoked:
		same = same || got.State == model.Revoked && got.Generation == known
	}
	if !same {
		f.Errorf("%s is %s with secret %d; it was said to be %s with secret %d, and unknown is %q", want.id, got.State, got.Generation, want.state, known, want.unknown)
	}
	var right []model.Generation
	if got.State == model.Active && got.Generation <= known {
		right = []model.Generation{got.Generation}
	}
	if passed := f.passes(in, want.id); fmt.Sprint(passed) != fmt.Sprint(right) {
		f.Errorf("the secrets %d of %s work, want %d", passed, want.id, right)
	}
}

// told sorts out what was said of a change that began in a stage.
func (f *failover) told(began int32, err error, revealed model.Secret) (done, unknown bool) {
	f.Helper()
	ended := f.stage.Load()
	if began == ended && (ended == gone && err == nil || calm(ended) && err != nil) {
		f.Errorf("in stage %d it is said: %v", ended, err)
	}
	switch {
	case err == nil:
		f.acknowledged.Add(1)
		return true, false
	case !revealed.Empty():
		f.Errorf("a secret was revealed with %v", err)
	case errors.Is(err, model.ErrUnknown):
		f.unknown.Add(1)
		unknown = true
	case errors.Is(err, model.ErrUnavailable):
		f.refused.Add(1)
	default:
		f.Error(err)
	}
	time.Sleep(5 * time.Millisecond) // until it is tried again
	return false, unknown
}
