package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// suite is the tests of one package, built once with every mutant in them.
type suite struct {
	pkg    string
	binary string
	dir    string // where the package is
	tests  []test // the fastest first
}

type test struct {
	name string
	took time.Duration
	met  map[int]bool // the mutants whose place it reaches
}

// together is how long a test may take to be run along with others, and
// patience how long any may take until it counts as hanging.
const (
	together = time.Second
	patience = 2 * time.Minute
)

// random ends the names of the tests that try random use cases. What they alone
// notice is noticed by chance, so they are not asked.
const random = "Machine"

// newSuite builds the tests of a package, and runs each of them to learn which
// mutants it can notice.
func newSuite(ctx context.Context, pkg, overlay, dir string, workers int) (*suite, error) {
	s := &suite{pkg: pkg, dir: pkg, binary: filepath.Join(dir, filepath.Base(pkg)+".test")}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", s.binary, pkg)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("a mutant does not compile: %w\n%s", err, out)
	}
	list, err := s.command(ctx, "-test.list", "^(Test|Fuzz)").Output()
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(string(list)) {
		if !strings.HasSuffix(name, random) {
			s.tests = append(s.tests, test{name: name})
		}
	}
	err = parallel(workers, len(s.tests), func(i int) error {
		return s.tests[i].learn(ctx, s, filepath.Join(dir, fmt.Sprintf("%s.%d", filepath.Base(pkg), i)))
	})
	slices.SortFunc(s.tests, func(a, b test) int { return int(a.took - b.took) })
	return s, err
}

func (s *suite) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.binary, args...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "RAPID_NOFAILFILE=1") // what a mutant fails with is no case to keep
	return c
}

// learn runs a test without any mutant.
func (t *test) learn(ctx context.Context, s *suite, notes string) error {
	c := s.command(ctx, "-test.run", "^"+t.name+"$", "-test.timeout", patience.String())
	c.Env = append(c.Env, "MUTANTS_MET="+notes)
	began := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s fails without any mutant: %w\n%s", t.name, err, out)
	}
	t.took, t.met = time.Since(began), map[int]bool{}
	met, err := os.ReadFile(notes)
	for _, number := range strings.Fields(string(met)) {
		n, _ := strconv.Atoi(number)
		t.met[n] = true
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return err
}

// failure is the first line by which a test says that it failed.
var failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)|^panic: .*|^fatal error: .*`)

// notices returns what failed with a mutant on, "" when nothing did. A test
// that hangs is an error: nobody would know what it waits for.
func (s *suite) notices(ctx context.Context, m mutant) (string, error) {
	var fast, slow []string
	for _, t := range s.tests {
		switch {
		case !t.met[m.number]:
		case t.took < together:
			fast = append(fast, t.name)
		default:
			slow = append(slow, t.name)
		}
	}
	runs := [][]string{}
	for chunk := range slices.Chunk(fast, 12) { // most are noticed by the first few
		runs = append(runs, chunk)
	}
	for _, name := range slow {
		runs = append(runs, []string{name})
	}
	for _, names := range runs {
		c := s.command(ctx, "-test.failfast", "-test.run", "^("+strings.Join(names, "|")+")$", "-test.timeout", patience.String())
		c.Env = append(c.Env, "MUTANT="+strconv.Itoa(m.number))
		out, err := c.CombinedOutput()
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if bytes.Contains(out, []byte("panic: test timed out")) {
			return "", fmt.Errorf("%v hangs with %v", names, m)
		}
		return strings.TrimSpace(string(failure.Find(out))), nil
	}
	return "", nil
}

// parallel calls fn for 0 to n-1, at most workers at once, and returns the
// errors.
func parallel(workers, n int, fn func(int) error) error {
	next, errs := make(chan int), make(chan error, n)
	for range workers {
		go func() {
			for i := range next {
				errs <- fn(i)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	var all error
	for range n {
		all = errors.Join(all, <-errs)
	}
	return all
}
