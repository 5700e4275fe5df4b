package storage_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// overWire is what the store over the wire calls itself.
const overWire = "wire"

// breaking is a team whose member regenerates the secret of one key, over a wire
// that breaks. The direct service is beside it.
type breaking struct {
	*testing.T
	random  *rand.Rand
	address string
	wire    *wire
	store   *storage.Postgres // over the wire
	ada     *model.Session    // too
	direct  *model.Service

	key     model.KeyID
	secrets []model.Secret // by generation, from 1; an empty one was never revealed
}

func newBreaking(t *testing.T, seed uint64) *breaking {
	t.Helper()
	direct, address := openPostgres(t)
	b := &breaking{T: t, random: rand.New(rand.NewPCG(seed, 0)), address: address, wire: newWire(t, postgres.Server(t))}
	b.store = anotherPostgres(t, b.wire.through(address)+"&application_name="+overWire)
	seal, err := storage.CreateKeyFile(filepath.Join(t.TempDir(), "team.key"))
	if err != nil {
		t.Fatal(err)
	}
	b.direct = model.NewService(direct, seal, time.Now)
	if _, err := b.direct.Found(ctx, model.Founding{Team: "Acme", Name: "Ada", Email: "ada@example.com", Login: "ada"}, ada); err != nil {
		t.Fatal(err)
	}
	service := model.NewService(b.store, seal, time.Now)
	_, err = service.Open(ctx)
	if err == nil {
		b.ada, err = service.SignIn(ctx, ada)
	}
	if err != nil {
		t.Fatal(err)
	}
	k, s, err := b.ada.CreateKey(ctx, model.KeySpec{Application: "billing"})
	if err != nil {
		t.Fatal(err)
	}
	b.key, b.secrets = k.ID, []model.Secret{s}
	return b
}

// faults are the ways to break a regeneration.
var faults = []struct {
	name  string
	start func(*breaking) (stop func())
	want  error // nil: the change may have happened, and then it is told
}{
	{"cut at any moment", func(b *breaking) func() { return b.later(b.wire.cut) }, nil},
	{"ended by the server at any moment", func(b *breaking) func() { return b.later(b.terminate) }, nil},
	{"a commit that never came", func(b *breaking) func() { return b.atCommit(false, false) }, model.ErrUnavailable},
	{"a commit whose answer was lost", func(b *breaking) func() { return b.atCommit(true, false) }, nil},
	{"a commit that never came, and no server", func(b *breaking) func() { return b.atCommit(false, true) }, model.ErrUnknown},
	{"a commit whose answer was lost, and no server", func(b *breaking) func() { return b.atCommit(true, true) }, model.ErrUnknown},
}

// later does something in the middle of a regeneration.
func (b *breaking) later(do func()) (stop func()) {
	done := make(chan struct{})
	timer := time.AfterFunc(time.Duration(b.random.IntN(10_000))*time.Microsecond, func() {
		defer close(done)
		do()
	})
	return func() {
		if !timer.Stop() {
			<-done
		}
	}
}

func (b *breaking) atCommit(reaches, gone bool) (stop func()) {
	b.wire.atCommit(reaches, gone)
	return b.wire.mend
}

// terminate ends all sessions of the store over the wire.
func (b *breaking) terminate() {
	postgres.Server(b).Execute(b, postgrestest.Superuser, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"+overWire+"' AND datname = '"+postgrestest.DatabaseOf(b.address)+"'")
}

// A regeneration breaks at any moment, and around its commit. What is said of it is
// true, no secret is shown for one that did not happen, one secret works at most,
// and no old one.
func TestPostgresRegenerationBreaks(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	b := newBreaking(t, seed)
	said := map[string]int{}
	for round := range size(30, 300) {
		said[b.regenerate(round)]++
		if t.Failed() {
			t.Fatal("round", round)
		}
	}
	t.Log("what was said:", said)
	if report, err := b.direct.CheckAudit(ctx); err != nil || report.Found > 0 {
		t.Errorf("the audit: %q, %v", report.Problems, err)
	}
	s, err := b.direct.SignIn(ctx, ada)
	if err != nil || s.Me().Role != model.Administrator {
		t.Errorf("the administrator cannot sign in: %v", err)
	}
}

// regenerate breaks one regeneration and returns what was said of it.
func (b *breaking) regenerate(round int) string {
	b.Helper()
	fault := faults[round%len(faults)]
	b.store.FindOutWithin(20 * time.Second)
	if errors.Is(fault.want, model.ErrUnknown) {
		b.store.FindOutWithin(50 * time.Millisecond)
	}
	stop := fault.start(b)
	k, s, err := b.ada.RegenerateSecret(ctx, b.key, 0)
	stop()
	b.settled()
	known := model.Generation(len(b.secrets))
	now := b.generation()
	if fault.want != nil && !errors.Is(err, fault.want) || err != nil && !s.Empty() {
		b.Errorf("%s: %v, and a secret is revealed: %v", fault.name, err, !s.Empty())
	}
	word, next := "done", known+1
	switch {
	case errors.Is(err, model.ErrUnavailable):
		word, next = "nothing was changed", known
	case errors.Is(err, model.ErrUnknown):
		word, next = "unknown", max(now, known) // either
	case err != nil || s.Empty() || k.Generation != now:
		b.Errorf("%s: secret %d was acknowledged, %v, and it is %d", fault.name, k.Generation, err, now)
	}
	if now != next || now > known+1 {
		b.Errorf("%s: %s, %v, and secret %d is followed by %d", fault.name, word, err, known, now)
	}
	for range now - known {
		b.secrets = append(b.secrets, s)
	}
	b.oneWorks(fault.name)
	return word
}

// settled waits until the server is at the end of all that reached it, also for
// whoever heard no answer.
func (b *breaking) settled() {
	b.Helper()
	const under = "SELECT pid FROM pg_stat_activity WHERE application_name = '" + overWire + "' AND state <> 'idle' AND datname = '"
	for end := time.Now().Add(time.Minute); len(postgres.Server(b).Query(b, postgrestest.Superuser, under+postgrestest.DatabaseOf(b.address)+"'")) > 0; {
		if time.Now().After(end) {
			b.Fatal("the server does not come to an end")
		}
		time.Sleep(time.Millisecond)
	}
}

// generation is which secret the key has now.
func (b *breaking) generation() model.Generation {
	b.Helper()
	s, err := b.direct.SignIn(ctx, ada)
	if err != nil {
		b.Fatal(err)
	}
	k, err := s.Key(ctx, b.key)
	if err != nil {
		b.Fatal(err)
	}
	return k.Generation
}

// oneWorks checks that the latest secret works, unless nobody ever saw it, and no
// other one.
func (b *breaking) oneWorks(fault string) {
	b.Helper()
	for i := max(0, len(b.secrets)-4); i < len(b.secrets); i++ {
		if b.secrets[i].Empty() {
			continue
		}
		d, err := b.direct.Verify(ctx, model.Request{Key: b.key, Secret: b.secrets[i]})
		if err != nil || d.Allowed != (i == len(b.secrets)-1) {
			b.Errorf("%s: secret %d of %d passes: %v, %v", fault, i+1, len(b.secrets), d.Allowed, err)
		}
	}
}
