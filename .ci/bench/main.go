// Bench compares the program with the least that could do its work: a bare
// list in a terminal, an empty command, one SELECT. See the run script beside
// it for how to use it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// keys is how many the measured team has.
const keys = "1000"

func main() {
	runs := flag.Int("runs", 10, "how often each terminal program is run")
	noise := flag.Bool("noise", false, "put the baseline in the program's place")
	serve := flag.Bool("serve", false, "measure the verifier over HTTP, and nothing else")
	ssh := flag.Bool("ssh", false, "measure the server over SSH, and nothing else")
	rotate := flag.Bool("rotate", false, "measure a rotation of many keys, and nothing else")
	postgres := flag.Bool("postgres", false, "measure decisions about keys in PostgreSQL, and nothing else")
	million := flag.Bool("million", false, "measure a million keys, and nothing else; with -serve, a million keys too, which take long to make")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := inDirectory(func(dir string) (bool, error) {
		if *serve {
			return benchServe(ctx, dir, *million)
		}
		if *ssh {
			return benchSSH(ctx, dir)
		}
		if *million {
			return benchMany(ctx, dir, *runs)
		}
		if *postgres {
			return benchPostgres(ctx, dir)
		}
		if *rotate {
			return benchRotate(ctx, dir)
		}
		return bench(ctx, dir, *runs, *noise)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if !ok {
		os.Exit(1)
	}
}

// inDirectory measures in a directory that it removes again.
func inDirectory(measure func(dir string) (bool, error)) (bool, error) {
	dir, err := os.MkdirTemp("", "empress-bench-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	return measure(dir)
}

// benchServe measures the verifier over HTTP, and reports whether every figure
// met its target.
func benchServe(ctx context.Context, dir string, many bool) (bool, error) {
	p, err := prepare(ctx, dir, "0")
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	err = t.add(overHTTP(ctx, p, dir, many))
	return t.ok, err
}

// benchSSH measures the server over SSH, and reports the same.
func benchSSH(ctx context.Context, dir string) (bool, error) {
	p, err := prepare(ctx, dir, keys)
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	err = t.add(overSSH(ctx, p))
	return t.ok, err
}

// bench measures all else, and reports the same.
func bench(ctx context.Context, dir string, runs int, noise bool) (bool, error) {
	p, err := prepare(ctx, dir, keys)
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	for _, measure := range []func(context.Context) ([]figure, error){p.processes, p.verifier} {
		if err := t.add(measure(ctx)); err != nil {
			return false, err
		}
	}
	meter := os.Getenv("TUIBENCH")
	if meter == "" {
		t.note("Nothing was measured on a terminal: set TUIBENCH to the path of a program that can, see .ci/bench/run.")
		return t.ok, nil
	}
	m := terminals{meter: meter, dir: dir, runs: runs, noise: noise, programs: p}
	return t.ok, m.measure(ctx, t)
}

// programs are the binaries under comparison and the team they work on.
type programs struct {
	empress, baseline string
	verify            string // the tests of storage
	database          string
}

// prepare builds both programs as they are released and makes a team that has
// keys.
func prepare(ctx context.Context, dir, keys string) (programs, error) {
	for _, name := range []string{"EMPRESS_KEY_FILE", "NO_COLOR", "EMPRESS_ACCESSIBLE"} {
		os.Unsetenv(name)
	}
	p := programs{
		empress:  filepath.Join(dir, "empress"),
		baseline: filepath.Join(dir, "baseline"),
		verify:   filepath.Join(dir, "storage.test"),
		database: filepath.Join(dir, "team", "empress.db"),
	}
	os.Setenv("EMPRESS_DB", p.database)
	os.Setenv("CGO_ENABLED", "0")
	progress("building, and making a team of %s keys", keys)
	seed := filepath.Join(dir, "seed")
	for _, command := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.empress, "."},
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir, "./.ci/bench/baseline", "./.ci/bench/handler", "./.ci/bench/unrecorded", "./.ci/bench/seed", "./.ci/bench/decisions"},
		{"go", "test", "-c", "-o", p.verify, "./storage"},
		{p.empress, "init", "--team", "Acme", "--name", "Ada", "--email", "ada@example.com"},
		{seed, p.database, keys},
	} {
		c := exec.CommandContext(ctx, command[0], command[1:]...)
		if out, err := c.CombinedOutput(); err != nil {
			return p, fmt.Errorf("%v: %w\n%s", command, err, out)
		}
	}
	return p, nil
}
