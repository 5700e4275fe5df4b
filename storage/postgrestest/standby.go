package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// follower is the name by which a server knows its standby.
const follower = "standby"

// Standby starts another server, on a port or, with 0, on any one, that follows s.
// From then on s waits for it with each commit, as synchronous replication has it
// (https://www.postgresql.org/docs/current/warm-standby.html, 27.2.8). Whoever
// calls it closes it.
func (s *Server) Standby(port int) (*Server, error) {
	standby, err := newServer(s.bin)
	if err != nil {
		return nil, err
	}
	standby.Port = port
	if err := s.copyTo(standby); err != nil {
		return nil, errors.Join(err, standby.remove())
	}
	err = errors.Join(s.try(Superuser, "ALTER SYSTEM SET synchronous_standby_names = '"+follower+"'"), s.try(Superuser, "SELECT pg_reload_conf()"), standby.Run())
	if err != nil {
		return nil, errors.Join(err, standby.remove())
	}
	if err := s.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"); err != nil {
		standby.Close()
		return nil, err
	}
	return standby, nil
}

// copyTo copies all data, for a server that goes on from there.
func (s *Server) copyTo(standby *Server) error {
	from := s.Address("") + "&application_name=" + follower
	out, err := standby.command("pg_basebackup", "-D", standby.Dir, "-d", from, "--write-recovery-conf", "--checkpoint=fast", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	return nil
}

// Stall has the server send nothing to its standby any more, so that each commit
// waits, and what it wrote is lost with the server.
func (s *Server) Stall(tb testing.TB) {
	tb.Helper()
	for _, sender := range s.Query(tb, Superuser, "SELECT pid FROM pg_stat_replication") {
		pid, err := strconv.Atoi(sender)
		if err == nil {
			err = syscall.Kill(pid, syscall.SIGSTOP)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// Promote has a standby take writes, and returns when it does.
func (s *Server) Promote() error {
	if err := s.try(Superuser, "SELECT pg_promote(false)"); err != nil {
		return err
	}
	return s.await("SELECT NOT pg_is_in_recovery()")
}

// await asks until something is true.
func (s *Server) await(question string) error {
	return s.with(Superuser, func(ctx context.Context, c *pgconn.PgConn) error {
		for ; ; time.Sleep(time.Millisecond) {
			r := c.ExecParams(ctx, question, nil, nil, nil, nil).Read()
			if r.Err != nil {
				return fmt.Errorf("%s: %w", question, r.Err)
			}
			if string(r.Rows[0][0]) == "t" {
				return nil
			}
		}
	})
}
