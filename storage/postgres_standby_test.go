package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// A commit waits for a standby that is away. Whoever ends the wait, the change is
// not called done before it is on a standby: without that a failover would lose
// it, such as a revocation.
func TestPostgresStandbyAway(t *testing.T) {
	if racing {
		t.Skip("a second server takes long to make, and the first one has shown the same connections")
	}
	t.Parallel()
	server := ownServer(t)
	server.Execute(t, postgrestest.Superuser, "CREATE DATABASE team TEMPLATE template0")
	s := anotherPostgres(t, server.Address("team"))
	standby := func(change string) {
		t.Helper()
		server.Execute(t, postgrestest.Superuser, "ALTER SYSTEM "+change)
		server.Execute(t, postgrestest.Superuser, "SELECT pg_reload_conf()")
	}
	// disturbed adds an event while something is done to whoever waits for a standby,
	// again and again until it returns, and reports whether anybody waited: a server
	// that was told to wait begins a moment later.
	disturbed := func(do string, during func()) (waited bool, err error) {
		done := make(chan error)
		go func() {
			_, err := addEvent(s)
			done <- err
		}()
		for {
			select {
			case err := <-done:
				return waited, err
			case <-time.After(50 * time.Millisecond):
			}
			if waits := server.Query(t, postgrestest.Superuser, "SELECT "+do+"(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"); len(waits) > 0 && !waited {
				waited = true
				during()
			}
		}
	}
	for _, do := range []string{"pg_cancel_backend", "pg_terminate_backend"} {
		s.FindOutWithin(time.Second)
		standby("SET synchronous_standby_names = 'away'")
		waited, err := disturbed(do, func() {})
		for range 100 {
			if waited {
				break
			}
			waited, err = disturbed(do, func() {})
		}
		if !waited || !errors.Is(err, model.ErrUnknown) {
			t.Errorf("%s while no standby is there: waited %t, %v", do, waited, err)
		}
		s.FindOutWithin(20 * time.Second)
		before := lastEvent(t, s)
		waited, err = disturbed(do, func() { standby("RESET synchronous_standby_names") })
		if !waited || err != nil || lastEvent(t, s) != before+1 {
			t.Errorf("%s before the standby is there: waited %t, %v, and the trail went from %d to %d", do, waited, err, before, lastEvent(t, s))
		}
	}
}

// A primary that comes back after another server was promoted is asked no more by
// whoever met the new one, and is told to be there.
func TestPostgresFormerPrimary(t *testing.T) {
	if racing {
		t.Skip("a second server takes long to make, and the first one has shown the same connections")
	}
	t.Parallel()
	former := ownServer(t)
	former.Execute(t, postgrestest.Superuser, "CREATE ROLE ada LOGIN")
	former.Execute(t, postgrestest.Superuser, "CREATE DATABASE team OWNER ada TEMPLATE template0")
	next, err := former.Standby(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Close)
	host := func(s *postgrestest.Server) string { return fmt.Sprintf("127.0.0.1:%d", s.Port) }
	address := strings.Replace(former.Address("team"), postgrestest.Superuser+"@"+host(former), "ada@"+host(former)+","+host(next), 1)
	about := func() storage.Finding {
		t.Helper()
		found, err := anotherPostgres(t, address).InspectServer(ctx) // as whoever asks anew
		if err != nil {
			t.Fatal(err)
		}
		return found[len(found)-1]
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("it did not come that " + what)
			}
		}
	}
	if f := about(); f.Check != "servers" || f.Wrong {
		t.Errorf("with a standby: %+v", f)
	}
	s := anotherPostgres(t, address)
	asked := func() error { _, err := s.Credential(ctx, "nobody"); return err }
	if err := asked(); !errors.Is(err, model.ErrNotFound) {
		t.Fatal(err)
	}
	if err := next.Promote(); err != nil {
		t.Fatal(err)
	}
	// Both take changes now, and only one knows of this key.
	only := anotherPostgres(t, strings.Replace(address, host(former)+",", "", 1))
	billing, _ := peopled(t, only)
	k := keyOf(1, billing, 1)
	write(t, only, func(w model.Writer) error { return w.InsertKey(k) })
	finds := func(s *storage.Postgres) func() bool {
		return func() bool { _, err := s.Credential(ctx, k.ID); return err == nil }
	}
	until("a process with connections to the former primary goes over", finds(s))
	if f := about(); !f.Wrong || !strings.Contains(f.Words, "Stop all but "+host(next)) {
		t.Errorf("with two that take changes: %+v", f)
	}
	former.Kill()
	if f := about(); !f.Wrong || !strings.Contains(f.Words, host(former)) || strings.Contains(f.Words, host(next)) {
		t.Errorf("with a server that is away: %+v", f)
	}
	if err := former.Run(); err != nil {
		t.Fatal(err)
	}
	until("a process that starts with the former primary goes over", finds(anotherPostgres(t, address)))
	next.Kill()
	for range 3 {
		if err := asked(); !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("the former primary was asked: %v", err)
		}
	}
	if err := next.Run(); err != nil {
		t.Fatal(err)
	}
	if err := asked(); !errors.Is(err, model.ErrNotFound) {
		t.Errorf("the primary is back: %v", err)
	}
}
