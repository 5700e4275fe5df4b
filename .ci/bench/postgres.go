package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"empress/storage/postgrestest"
)

const (
	postgresKeys = 20_000
	// sessions is how many connections both sides have to the server.
	sessions = 8
)

// benchPostgres measures decisions about keys in PostgreSQL, and reports whether
// every figure met its target.
func benchPostgres(ctx context.Context, dir string) (bool, error) {
	p, err := prepare(ctx, dir, "0")
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	err = t.add(p.onPostgres(ctx, dir))
	return t.ok, err
}

// onPostgres has the program's verifier and PostgreSQL's own pgbench ask the same
// server in turn.
func (p programs) onPostgres(ctx context.Context, dir string) ([]figure, error) {
	s, err := p.fill(ctx, dir, postgresKeys)
	if err != nil {
		return nil, err
	}
	server, err := postgrestest.Start()
	if err != nil {
		return nil, err
	}
	defer server.Close()
	address := server.Address("postgres")
	pgbench := func(args ...string) []string {
		return append([]string{server.Program("pgbench"), "-h", "127.0.0.1", "-p", strconv.Itoa(server.Port), "-U", postgrestest.Superuser}, append(args, "postgres")...)
	}
	key := s.database + ".key"
	for _, command := range [][]string{{p.empress, "migrate", "--from", s.database, "--to", address, "--key-file", key}, pgbench("-i", "-q")} {
		if _, err := output(ctx, command); err != nil {
			return nil, err
		}
	}
	progress("decisions, and pgbench's SELECT")
	decisions := []string{filepath.Join(dir, "decisions"), address, key, s.credentials, strconv.Itoa(sessions), roundTime.String()}
	selects := pgbench("-S", "-n", "-M", "prepared", "-c", strconv.Itoa(sessions), "-j", "2", "-T", fmt.Sprint(roundTime.Seconds()))
	var product, baseline side
	for range rounds {
		decided, err := output(ctx, decisions)
		selected, failed := output(ctx, selects)
		if err := errors.Join(err, failed); err != nil {
			return nil, err
		}
		m := transactions.FindStringSubmatch(selected)
		if m == nil {
			return nil, fmt.Errorf("pgbench prints no rate:\n%s", selected)
		}
		for _, one := range []struct {
			of   *side
			rate string
		}{{&product, strings.TrimSpace(decided)}, {&baseline, m[1]}} {
			rate, err := strconv.ParseFloat(one.rate, 64)
			if err != nil {
				return nil, err
			}
			one.of.rates = append(one.of.rates, rate)
		}
	}
	return []figure{faster(fmt.Sprintf("decisions by PostgreSQL on %d connections, to pgbench's prepared SELECT", sessions), &product, &baseline, 0.8)}, nil
}

var transactions = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// output runs a command, and returns what it printed.
func output(ctx context.Context, command []string) (string, error) {
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%v: %w\n%s", command, err, out)
	}
	return string(out), err
}
