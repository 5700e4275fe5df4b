package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// Of several hosts the one that takes writes is used. Where none does, that is
// said.
func TestPostgresHosts(t *testing.T) {
	t.Parallel()
	server := postgres.Server(t)
	address := postgres.Database(t, emptySchema(t))
	name := postgrestest.DatabaseOf(address)
	here := fmt.Sprintf("127.0.0.1:%d", server.Port)
	s := anotherPostgres(t, strings.Replace(address, here, "127.0.0.1:9,"+here, 1))
	if want := "postgres://postgres@127.0.0.1:9," + here + "/" + name; s.Place() != want {
		t.Errorf("the place is %s, want %s", s.Place(), want)
	}
	peopled(t, s)
	server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+name+" SET default_transaction_read_only = on") // as a standby is
	a, err := storage.ParseAddress(address + "&target_session_attrs=any")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storage.OpenPostgres(ctx, a); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a server that takes no writes is opened: %v", err)
	}
	server.Execute(t, postgrestest.Superuser, "SET default_transaction_read_only = off; ALTER DATABASE "+name+" RESET default_transaction_read_only")
	anotherPostgres(t, address)
}

// patient has one host be waited for much longer than the test takes.
const patient = "&connect_timeout=600"

// beside is an address with the server as its second host, behind a wire.
func (w *wire) beside(address string) string {
	return strings.Replace(address, w.server, w.Addr().String()+","+w.server, 1) + patient
}

// A computer that vanishes answers nothing, not even that it is gone. One request
// waits for it in vain; all others find the server that is there, and do not ask
// for the other one again.
func TestPostgresHostVanishes(t *testing.T) {
	t.Parallel()
	_, address := openPostgres(t)
	server := postgres.Server(t)
	w := newWire(t, server)
	s := anotherPostgres(t, w.beside(address))
	billing, _ := peopled(t, s)
	k := keyOf(1, billing, 1)
	write(t, s, func(w model.Writer) error { return w.InsertKey(k) })
	var crowd sync.WaitGroup
	for range 50 { // as many connections as there may be
		crowd.Go(func() {
			if _, err := s.Credential(ctx, k.ID); err != nil {
				t.Error(err)
			}
		})
	}
	crowd.Wait()
	w.silence()
	if _, err := s.Credential(ctx, k.ID); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a computer that vanished answers: %v", err)
	}
	for range 20 {
		if c, err := s.Credential(ctx, k.ID); err != nil || c.Generation != k.Generation {
			t.Fatalf("beside a computer that vanished there is %+v, %v", c, err)
		}
	}
	read(t, s, func(r model.Reader) error { _, err := r.Key(k.ID); return err })
	write(t, s, func(w model.Writer) error { return w.InsertMember(person(3, "kim")) })
	w.silence()
	const made = 10 // connections
	for range made {
		server.Execute(t, postgrestest.Superuser, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+postgrestest.DatabaseOf(address)+"'")
		if _, err := s.Credential(ctx, k.ID); err != nil {
			t.Error(err)
		}
	}
	if n := w.connections(); n > made/2 { // on a busy machine the server may be silent for a moment
		t.Errorf("it was asked for %d of %d connections", n, made)
	}
}

// While one host is silent, another one that takes no writes yet is asked again
// and again.
func TestPostgresHostTakesOver(t *testing.T) {
	t.Parallel()
	address := postgres.Database(t, emptySchema(t))
	server, name := postgres.Server(t), postgrestest.DatabaseOf(address)
	server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+name+" SET default_transaction_read_only = on") // as a standby is
	w := newWire(t, server)
	w.silence()
	a, err := storage.ParseAddress(w.beside(address))
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		s, err := storage.OpenPostgres(ctx, a)
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Fatalf("before any host took writes: %v", err)
	case <-time.After(600 * time.Millisecond):
	}
	server.Execute(t, postgrestest.Superuser, "ALTER DATABASE "+name+" RESET default_transaction_read_only")
	select {
	case err := <-opened:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("a host that takes writes is not found")
	}
}

// Where every host is silent, that is said when the patience is over.
func TestPostgresHostsSilent(t *testing.T) {
	t.Parallel()
	w := newWire(t, postgres.Server(t))
	w.silence()
	a, err := storage.ParseAddress(strings.Replace(w.beside(postgres.Server(t).Address("nowhere")), patient, "&connect_timeout=1", 1))
	if err != nil {
		t.Fatal(err)
	}
	// The second host is there, and says that it has no such database.
	if _, err := storage.OpenPostgres(ctx, a); !errors.Is(err, model.ErrUnavailable) || !strings.Contains(model.Sentence(err), "createdb") {
		t.Errorf("one host is silent, and one has no database: %v", err)
	}
	a, err = storage.ParseAddress(w.through(postgres.Server(t).Address("nowhere")) + "&connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storage.OpenPostgres(ctx, a); !errors.Is(err, model.ErrUnavailable) || !strings.Contains(model.Sentence(err), "cannot be reached") {
		t.Errorf("every host is silent: %v", err)
	}
}
