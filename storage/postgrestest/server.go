// Package postgrestest starts PostgreSQL servers for tests: private ones, in
// directories of their own, that end with the test program.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// programs is where packages of PostgreSQL put what runs a server.
const programs = "/usr/lib/postgresql/*/bin"

// Superuser is the role that may do everything on a server, Guarded one that a
// test makes, and that comes in by its password alone.
const (
	Superuser = "postgres"
	Guarded   = "guarded"
)

// Server is a running server. It listens on a port of the loopback address.
type Server struct {
	Dir  string // of its data; its owner is another user when the tests run as root
	Port int

	bin     string
	as      *syscall.Credential // nil for this process's own user
	process *exec.Cmd
	ended   chan struct{}
}

// Shared is the one server of a test program, started when it is first asked for.
type Shared struct {
	once    sync.Once
	server  *Server
	err     error
	mu      sync.Mutex
	counted int
}

// errMissing says that there is no PostgreSQL on this computer.
var errMissing = errors.New("PostgreSQL is not installed (" + programs + "): nothing is shown about it")

// Server returns the server. Without PostgreSQL the test is skipped, but under
// CI=true it fails.
func (s *Shared) Server(tb testing.TB) *Server {
	tb.Helper()
	s.once.Do(func() { s.server, s.err = Start() })
	if errors.Is(s.err, errMissing) && os.Getenv("CI") != "true" {
		tb.Skip(s.err)
	}
	if s.err != nil {
		tb.Fatal(s.err)
	}
	return s.server
}

// Database makes a database for one test, of a template or, without one, empty,
// and returns its address. It goes with the server.
func (s *Shared) Database(tb testing.TB, template string) string {
	tb.Helper()
	server := s.Server(tb)
	s.mu.Lock()
	s.counted++
	name := fmt.Sprint("test", s.counted)
	s.mu.Unlock()
	if template == "" {
		template = "template0"
	}
	server.Execute(tb, Superuser, "CREATE DATABASE "+name+" TEMPLATE "+template)
	return server.Address(name)
}

// Close ends the server, if there is one.
func (s *Shared) Close() {
	if s.server != nil {
		s.server.Close()
	}
}

// Start makes and starts a server. Whoever calls it closes it.
func Start() (*Server, error) {
	found, _ := filepath.Glob(programs) // the pattern is well-formed
	if len(found) == 0 {
		return nil, errMissing
	}
	s, err := newServer(found[len(found)-1])
	if err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	if err := s.Run(); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// newServer makes the place for a server.
func newServer(bin string) (*Server, error) {
	dir, err := os.MkdirTemp("", "empress-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, Dir: filepath.Join(dir, "data")}
	if os.Geteuid() == 0 {
		if err := s.leaveRoot(dir); err != nil {
			return nil, errors.Join(err, s.remove())
		}
	}
	return s, nil
}

// remove removes all that a server kept.
func (s *Server) remove() error { return os.RemoveAll(filepath.Dir(s.Dir)) }

// prepare makes the server's directory.
func (s *Server) prepare() error {
	out, err := s.command("initdb", "-D", s.Dir, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "-N").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	admitted := fmt.Sprintf("host all %s 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n", Guarded)
	if err := os.WriteFile(filepath.Join(s.Dir, "pg_hba.conf"), []byte(admitted), 0o600); err != nil {
		return err
	}
	return s.certify()
}

// leaveRoot has the server run as another user: it refuses to be root's.
func (s *Server) leaveRoot(dir string) error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, uid, gid)
}

// Program is the path of a program of the server's own version.
func (s *Server) Program(name string) string { return filepath.Join(s.bin, name) }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(s.Program(name), args...)
	cmd.Dir = filepath.Dir(s.Dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// Run starts the server, anew if it was stopped.
func (s *Server) Run() error {
	if s.Port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.Port = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
	}
	s.process = s.command("postgres", "-D", s.Dir, "-p", strconv.Itoa(s.Port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "ssl=on", "-c", "fsync=on", "-c", "shared_buffers=32MB", "-c", "max_connections=200", "-c", "autovacuum=off",
		"-c", "dynamic_shared_memory_type=mmap", // in files of its own directory: a server that is killed leaves nothing elsewhere
		"-c", "wal_retrieve_retry_interval=100ms") // of a standby, which is not promoted while it waits for that
	var said bytes.Buffer
	s.process.Stderr = &said
	started := make(chan error)
	s.ended = make(chan struct{})
	go func() {
		leaveWithParent(s.process.SysProcAttr)
		err := s.process.Start()
		started <- err
		if err == nil {
			_ = s.process.Wait()
			close(s.ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := s.try(Superuser, "")
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("postgres ended: %s", said.String())
		default:
		}
		if time.Now().After(deadline) {
			s.Kill()
			return fmt.Errorf("postgres does not answer: %w\n%s", err, said.String())
		}
	}
}

// Address is the connection URI of a database, as the superuser.
func (s *Server) Address(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", Superuser, s.Port, database)
}

// Execute runs statements in a database.
func (s *Server) Execute(tb testing.TB, database, statements string) {
	tb.Helper()
	if err := s.try(database, statements); err != nil {
		tb.Fatalf("%s: %v", statements, err)
	}
}

// Query runs a query in a database, and returns its first column.
func (s *Server) Query(tb testing.TB, database, query string) (found []string) {
	tb.Helper()
	err := s.with(database, func(ctx context.Context, c *pgconn.PgConn) error {
		r := c.ExecParams(ctx, query, nil, nil, nil, nil).Read()
		for _, row := range r.Rows {
			found = append(found, string(row[0]))
		}
		return r.Err
	})
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return found
}

func (s *Server) try(database, statements string) error {
	return s.with(database, func(ctx context.Context, c *pgconn.PgConn) error {
		_, err := c.Exec(ctx, statements).ReadAll()
		return err
	})
}

func (s *Server) with(database string, fn func(context.Context, *pgconn.PgConn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgconn.Connect(ctx, s.Address(database))
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // all was answered
	return fn(ctx, c)
}

// Kill ends the server and all of its processes with SIGKILL, and waits until
// they are gone.
func (s *Server) Kill() {
	killAll(s.process.Process)
	<-s.ended
	s.forget()
}

// Close ends the server and removes all that it kept.
func (s *Server) Close() {
	_ = s.process.Process.Signal(syscall.SIGQUIT) // its "immediate shutdown"
	<-s.ended
	_ = s.remove()
}

// DatabaseOf is the name of the database of an address.
func DatabaseOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}
