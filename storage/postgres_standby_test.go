package storage_test

import (
	"errors"
	"testing"
	"time"

	"empress/model"
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
