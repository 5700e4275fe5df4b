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
	// sessions is how many connections both sides have to the server at most, and how
	// many decisions are made at a time.
	sessions = 8
	crowd    = 64 // that many at a time are measured, too
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
	err = t.add(p.onPostgres(ctx, dir, t))
	return t.ok, err
}

// onPostgres has the program's verifier and PostgreSQL's own pgbench ask the same
// server in turn.
func (p programs) onPostgres(ctx context.Context, dir string, t *table) ([]figure, error) {
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
	os.Setenv("PGSSLMODE", "disable") // as the address says
	pgbench := func(args ...string) []string {
		return append([]string{server.Program("pgbench"), "-h", "127.0.0.1", "-p", strconv.Itoa(server.Port), "-U", postgrestest.Superuser}, append(args, "postgres")...)
	}
	key := s.database + ".key"
	for _, command := range [][]string{{p.empress, "migrate", "--from", s.database, "--to", address, "--key-file", key}, pgbench("-i", "-q")} {
		if _, err := output(ctx, command); err != nil {
			return nil, err
		}
	}
	pid, err := postmaster(server)
	if err != nil {
		return nil, err
	}
	progress("decisions, and pgbench's SELECT")
	decisions := []string{filepath.Join(dir, "decisions"), address, key, s.credentials, strconv.Itoa(sessions), roundTime.String()}
	selects := pgbench("-S", "-n", "-M", "prepared", "-c", strconv.Itoa(sessions), "-j", "2", "-T", fmt.Sprint(roundTime.Seconds()))
	c := againstPgbench{server: pid, decisions: decisions, selects: selects}
	for range rounds {
		if err := c.round(ctx); err != nil {
			return nil, err
		}
	}
	crowded, err := output(ctx, []string{decisions[0], address, key, s.credentials, strconv.Itoa(crowd), roundTime.String()})
	if err != nil {
		return nil, err
	}
	changed, err := output(ctx, []string{decisions[0], address, key, s.credentials, "0", roundTime.String()})
	if err != nil {
		return nil, err
	}
	t.note(fmt.Sprintf("A decision took %.0f µs of processor time in the verifier, and about %.0f µs in the server.", median(c.here), median(c.there)))
	t.note(fmt.Sprintf("With %d at a time, rate and µs of a decision in the verifier were %s.", crowd, strings.TrimSpace(crowded)))
	overHTTP, err := s.asked(ctx, address, pid)
	if err != nil {
		return nil, err
	}
	t.note(overHTTP)
	t.note(fmt.Sprintf("One process made %s changes a second, one after the other.", strings.TrimSpace(changed)))
	return []figure{faster(fmt.Sprintf("decisions by PostgreSQL, %[1]d at a time on at most %[1]d connections, to pgbench's prepared SELECT on %[1]d", sessions), &c.product, &c.baseline, 0.8)}, nil
}

// againstPgbench is what was measured of decisions and of pgbench's SELECT.
type againstPgbench struct {
	server             int // its process
	decisions, selects []string
	product, baseline  side
	here, there        []float64 // microseconds of processor time for a decision
}

// round runs both once.
func (c *againstPgbench) round(ctx context.Context) error {
	before, err := processorTime(c.server)
	if err != nil {
		return err
	}
	decided, err := output(ctx, c.decisions)
	if err != nil {
		return err
	}
	var rate, cost float64
	if _, err := fmt.Sscan(decided, &rate, &cost); err != nil {
		return fmt.Errorf("the decisions are %q: %w", decided, err)
	}
	after, err := processorTime(c.server)
	if err != nil {
		return err
	}
	c.product.rates, c.here = append(c.product.rates, rate), append(c.here, cost)
	c.there = append(c.there, (after-before)/(rate*roundTime.Seconds()*5/4)) // a quarter is not counted
	rate, err = selected(ctx, c.selects)
	c.baseline.rates = append(c.baseline.rates, rate)
	return err
}

// postmaster is the process of a server that waits for all others.
func postmaster(server *postgrestest.Server) (int, error) {
	text, err := os.ReadFile(filepath.Join(server.Dir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// selected reads how many transactions a second pgbench made.
func selected(ctx context.Context, pgbench []string) (float64, error) {
	out, err := output(ctx, pgbench)
	if err != nil {
		return 0, err
	}
	m := transactions.FindStringSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench prints no rate:\n%s", out)
	}
	return strconv.ParseFloat(m[1], 64)
}

// processorTime is what a process and its children that ended took so far, in
// microseconds (proc_pid_stat(5), fields 14 to 17, in ticks of which a second has
// 100).
func processorTime(pid int) (us float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), ") ")
	for _, field := range strings.Fields(after)[11:15] {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		us += n * 1e4
	}
	return us, nil
}

// asked has wrk ask the verifier over HTTP, and says what a request costs.
func (s served) asked(ctx context.Context, address string, server int) (string, error) {
	v := s.verifier(18705)
	v.command[2] = address
	v.command = append(v.command, "--key-file", s.database+".key")
	before, err := processorTime(server)
	if err != nil {
		return "", err
	}
	if err := v.start(ctx); err != nil {
		return "", err
	}
	began, err := processorTime(v.process.Process.Pid)
	err = errors.Join(err, v.ask(ctx, 2*sessions, 2*roundTime))
	here, failed := processorTime(v.process.Process.Pid)
	if err := errors.Join(err, failed, v.stop()); err != nil {
		return "", err
	}
	after, err := processorTime(server) // its sessions have ended with the verifier
	n := v.rates[0] * 2 * roundTime.Seconds()
	return fmt.Sprintf("Over HTTP a request took %.0f µs of processor time in the verifier, on one core, and %.0f µs in the server: %.0f/s.", (here-began)/n, (after-before)/n, v.rates[0]), err
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
