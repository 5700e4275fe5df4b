package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The verifier is asked over HTTP by wrk, which has one core, while whatever
// answers has the other. Sides of a comparison take turns, so that drift hits
// them alike.
const (
	servedKeys = 100_000
	manyKeys   = 1_000_000
	rounds     = 5
	roundTime  = 4 * time.Second

	answering = "0" // the core of whatever answers
	asking    = "1" // the core of wrk
)

// side is one program that answers, and what wrk measured of it.
type side struct {
	name        string
	command     []string
	address     string // host and port
	path        string
	credentials string
	scheme      string // of the Authorization header, token unless said
	also        []*side
	core        string // answering, unless said

	process *exec.Cmd
	rates   []float64 // answers a second
	p99     []float64 // milliseconds
}

// start runs the program on its core until it accepts connections.
func (s *side) start(ctx context.Context) error {
	for _, other := range s.also {
		if err := other.start(ctx); err != nil {
			return err
		}
	}
	s.process = exec.CommandContext(ctx, "taskset", append([]string{"-c", cmp.Or(s.core, answering)}, s.command...)...)
	var said bytes.Buffer
	s.process.Stdout, s.process.Stderr = &said, &said
	if err := s.process.Start(); err != nil {
		return err
	}
	for range 100 {
		c, err := net.Dial("tcp", s.address)
		if err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.Join(fmt.Errorf("%s does not answer on %s:\n%s", s.name, s.address, said.Bytes()), s.stop())
}

func (s *side) stop() error {
	errs := []error{s.process.Process.Signal(syscall.SIGTERM)}
	_ = s.process.Wait() // a proxy that is told to end may call that a failure
	for _, other := range s.also {
		errs = append(errs, other.stop())
	}
	return errors.Join(errs...)
}

var figures = regexp.MustCompile(`(?m)^figures (\d+) (\d+) (\d+) (\d+)$`)

// ask has wrk ask for a while. Anything but an answer of success is an error.
func (s *side) ask(ctx context.Context, connections int, howLong time.Duration) error {
	c := exec.CommandContext(ctx, "taskset", "-c", asking, "wrk", "-t1", "-c", strconv.Itoa(connections), "-d", howLong.String(),
		"-s", ".ci/bench/requests.lua", "http://"+s.address+s.path)
	c.Env = append(os.Environ(), "CREDENTIALS="+s.credentials)
	if s.scheme != "" {
		c.Env = append(c.Env, "SCHEME="+s.scheme)
	}
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%v: %w\n%s", c.Args, err, out)
	}
	m := figures.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("%v prints no figures:\n%s", c.Args, out)
	}
	var n [4]float64
	for i := range n {
		n[i], _ = strconv.ParseFloat(string(m[i+1]), 64)
	}
	if n[3] > 0 || n[0] == 0 {
		return fmt.Errorf("%s: of %.0f requests %.0f failed\n%s", s.name, n[0], n[3], out)
	}
	s.rates, s.p99 = append(s.rates, n[0]/n[1]*1e6), append(s.p99, n[2]/1e3)
	return nil
}

// compare asks the sides in turn. The first round of each does not count.
func compare(ctx context.Context, connections int, sides ...*side) error {
	for round := range rounds + 1 {
		for _, s := range sides {
			if err := s.start(ctx); err != nil {
				return err
			}
			err := s.ask(ctx, connections, roundTime)
			if err := errors.Join(err, s.stop()); err != nil {
				return err
			}
			if round == 0 {
				s.rates, s.p99 = nil, nil
			}
		}
	}
	return nil
}

// faster is the figure of a rate over that of a baseline.
func faster(name string, product, baseline *side, target float64) figure {
	p, b := median(product.rates), median(baseline.rates)
	return figure{name: name, measured: p / b, limit: target, more: true, unit: "×", detail: fmt.Sprintf("%.0f/s to %.0f/s", p, b)}
}

// served is the team that is asked about.
type served struct {
	programs
	dir         string
	database    string
	credentials string
}

// fill makes a team of so many keys, half of them with networks and a scope
// whose secrets are kept.
func (p programs) fill(ctx context.Context, dir string, count int) (served, error) {
	s := served{programs: p, dir: dir, database: filepath.Join(dir, strconv.Itoa(count), "empress.db"), credentials: filepath.Join(dir, strconv.Itoa(count)+".txt")}
	progress("making a team of %d keys, which takes a minute for each 60,000", count)
	for _, command := range [][]string{
		{p.empress, "--db", s.database, "init", "--team", "Acme", "--name", "Ada", "--email", "ada@example.com"},
		{filepath.Join(filepath.Dir(p.empress), "seed"), s.database, strconv.Itoa(count), s.credentials},
	} {
		c := exec.CommandContext(ctx, command[0], command[1:]...)
		if out, err := c.CombinedOutput(); err != nil {
			return s, fmt.Errorf("%v: %w\n%s", command, err, out)
		}
	}
	return s, nil
}

// verifier is the program as it is released.
func (s served) verifier(port int) *side {
	a := "127.0.0.1:" + strconv.Itoa(port)
	return &side{name: "empress serve", command: []string{s.empress, "--db", s.database, "serve", "--http", a, "--ssh", ""}, address: a,
		path: "/verify?scope=invoices:read", credentials: s.credentials}
}

// bare is the handler that does nothing, asked the same.
func (s served) bare() *side {
	a := "127.0.0.1:18701"
	return &side{name: "handler", command: []string{filepath.Join(filepath.Dir(s.empress), "handler"), a}, address: a,
		path: "/verify?scope=invoices:read", credentials: s.credentials}
}

// unrecorded is the verifier without counting.
func (s served) unrecorded() *side {
	v := s.verifier(18703)
	v.name, v.command = "unrecorded", []string{filepath.Join(filepath.Dir(s.empress), "unrecorded"), s.database, v.address}
	return v
}

// overHTTP measures what the verifier does over HTTP.
func overHTTP(ctx context.Context, p programs, dir string, many bool) ([]figure, error) {
	s, err := p.fill(ctx, dir, servedKeys)
	if err != nil {
		return nil, err
	}
	progress("the verifier, and a handler that does nothing")
	v, bare, silent := s.verifier(18702), s.bare(), s.unrecorded()
	if err := compare(ctx, 16, v, bare, silent); err != nil {
		return nil, err
	}
	fs := []figure{
		faster("rate of the verifier, to a handler that does nothing", v, bare, 0.4),
		ratio("99 % are answered within, to that handler", v.p99, bare.p99, "ms", 2.5),
		faster("rate with requests counted, to without", v, silent, 0.95),
	}
	progress("memory under load")
	m, err := s.memory(ctx)
	if err != nil {
		return fs, err
	}
	fs = append(fs, m)
	proxied, err := s.proxies(ctx)
	fs = append(fs, proxied...)
	if err != nil || !many {
		return fs, err
	}
	big, err := p.fill(ctx, dir, manyKeys)
	if err != nil {
		return fs, err
	}
	progress("a million keys")
	b := big.verifier(18704)
	again := s.verifier(18702)
	if err := compare(ctx, 16, b, again); err != nil {
		return fs, err
	}
	return append(fs, faster("rate with a million keys, to a hundred thousand", b, again, 0.9)), nil
}

var resident = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB`)

// memory is the most that the verifier had resident while it was asked.
func (s served) memory(ctx context.Context) (figure, error) {
	v := s.verifier(18702)
	if err := v.start(ctx); err != nil {
		return figure{}, err
	}
	err := v.ask(ctx, 16, 3*roundTime)
	status, readErr := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.process.Process.Pid)) // taskset becomes the program
	if err := errors.Join(err, readErr, v.stop()); err != nil {
		return figure{}, err
	}
	m := resident.FindSubmatch(status)
	if m == nil || !strings.Contains(string(status), "empress") {
		return figure{}, fmt.Errorf("the process says nothing of its memory:\n%s", status)
	}
	kib, _ := strconv.ParseFloat(string(m[1]), 64)
	return figure{name: "memory of the verifier under load", measured: kib * 1024 / megabyte, limit: 60, unit: "MB"}, nil
}
