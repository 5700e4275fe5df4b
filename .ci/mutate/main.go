// Mutate takes away, one at a time, every permission check, every condition of
// the rules, every event and every comparison with what was seen before in
// package model, and asks the tests whether they notice.
//
//	go run ./.ci/mutate              all of them
//	go run ./.ci/mutate -sample 40   so many, chosen by -seed
//	go run ./.ci/mutate -run TEXT    those whose name matches the expression
//	go run ./.ci/mutate -list        names them
//
// The places are found by their form, see find.go. The tests are built once,
// from a copy in which each place can be switched off by its number; the tree
// itself is never touched.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"sync"
)

func main() {
	var o options
	flag.BoolVar(&o.list, "list", false, "name the mutants and run nothing")
	flag.BoolVar(&o.verbose, "v", false, "say of each mutant what noticed it")
	flag.IntVar(&o.sample, "sample", 0, "how many are tried, 0 for all")
	flag.Uint64Var(&o.seed, "seed", 0, "by which the sample is chosen, 0 for another one whenever package model changes")
	flag.StringVar(&o.run, "run", "", "only those whose name matches this expression")
	flag.IntVar(&o.workers, "p", runtime.NumCPU(), "how many are tried at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	survived, err := mutate(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
	}
	if err != nil || survived > 0 {
		os.Exit(1)
	}
}

type options struct {
	list, verbose   bool
	sample, workers int
	seed            uint64
	run             string
}

// mutate reports how many mutants no test noticed.
func mutate(ctx context.Context, o options) (survived int, err error) {
	s, err := read("./model")
	if err != nil {
		return 0, err
	}
	for _, k := range slices.Sorted(maps.Keys(least)) {
		fmt.Printf("%4d %s\n", s.count(func(m mutant) bool { return m.kind == k }), k)
	}
	chosen, err := s.choose(o)
	if err != nil || o.list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return 0, err
	}
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	overlay, err := s.overlay(dir)
	if err != nil {
		return 0, err
	}
	left := chosen
	for _, pkg := range []string{"./model", "./storage"} {
		if len(left) == 0 {
			break
		}
		t, err := newSuite(ctx, pkg, overlay, dir, o.workers)
		if err != nil {
			return 0, err
		}
		if left, err = t.unnoticed(ctx, left, o); err != nil {
			return len(left), err
		}
		fmt.Printf("%d of %d are left after the tests of %s\n", len(left), len(chosen), pkg)
	}
	for _, m := range left {
		fmt.Println("NOT NOTICED", m)
	}
	return len(left), nil
}

// choose returns the mutants to try: those that are asked for, without those
// that are known to change nothing.
func (s *source) choose(o options) ([]mutant, error) {
	wanted, err := regexp.Compile(o.run)
	if err != nil {
		return nil, err
	}
	unused := maps.Clone(harmless)
	var chosen []mutant
	for _, m := range s.mutants {
		if _, is := harmless[m.name()]; is {
			delete(unused, m.name())
		} else if wanted.MatchString(m.String()) {
			chosen = append(chosen, m)
		}
	}
	for name := range unused {
		return nil, fmt.Errorf("nothing is called %q any more: take it out of the exceptions", name)
	}
	if o.sample > 0 && o.sample < len(chosen) {
		o.seed = cmp.Or(o.seed, s.seed())
		fmt.Printf("a sample of %d of %d, with -seed %d\n", o.sample, len(chosen), o.seed)
		r := rand.New(rand.NewPCG(o.seed, 0))
		r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:o.sample]
	}
	return chosen, nil
}

// unnoticed returns those of the mutants with which all tests pass.
func (s *suite) unnoticed(ctx context.Context, ms []mutant, o options) ([]mutant, error) {
	var mu sync.Mutex
	var left []mutant
	err := parallel(o.workers, len(ms), func(i int) error {
		by, err := s.notices(ctx, ms[i])
		mu.Lock()
		defer mu.Unlock()
		if o.verbose {
			fmt.Printf("%v\n\t%s\n", ms[i], cmp.Or(by, "nothing in "+s.pkg))
		}
		if err == nil && by == "" {
			left = append(left, ms[i])
		}
		return err
	})
	slices.SortFunc(left, func(a, b mutant) int { return cmp.Compare(a.number, b.number) })
	return left, err
}
