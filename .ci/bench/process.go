package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

const megabyte = 1e6

// processes measures what needs no terminal: the size of the program and how
// long the shortest command takes beyond starting any process at all.
func (p programs) processes(ctx context.Context) ([]figure, error) {
	info, err := os.Stat(p.empress)
	if err != nil {
		return nil, err
	}
	size := figure{name: "size of the program, stripped", measured: float64(info.Size()) / megabyte, limit: 22, unit: "MB"}
	progress("the shortest command")
	version, nothing, err := alternate(ctx, 40, []string{p.empress, "version"}, []string{"true"})
	if err != nil {
		return nil, err
	}
	v, n := median(version), median(nothing)
	return []figure{size, {name: "empress version, less an empty command", measured: v - n, limit: 20, unit: "ms", detail: fmt.Sprintf("%.2f ms less %.2f ms", v, n)}}, nil
}

// alternate times two commands in turn, so that drift hits both alike, and
// returns milliseconds. The first time of each does not count.
func alternate(ctx context.Context, times int, a, b []string) (as, bs []float64, err error) {
	for i := range times + 1 {
		ta, err := timed(ctx, a)
		if err != nil {
			return nil, nil, err
		}
		tb, err := timed(ctx, b)
		if err != nil {
			return nil, nil, err
		}
		if i > 0 {
			as, bs = append(as, ta), append(bs, tb)
		}
	}
	return as, bs, nil
}

func timed(ctx context.Context, command []string) (float64, error) {
	began := time.Now()
	err := exec.CommandContext(ctx, command[0], command[1:]...).Run()
	if err != nil {
		err = fmt.Errorf("%v: %w", command, err)
	}
	return float64(time.Since(began)) / float64(time.Millisecond), err
}

// benchmarkLine is one line of `go test -bench`: name, count, ns/op.
var benchmarkLine = regexp.MustCompile(`(?m)^BenchmarkVerify/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)

// verifier measures a decision against the read that it cannot do without.
func (p programs) verifier(ctx context.Context) ([]figure, error) {
	progress("the verifier's benchmark")
	var out bytes.Buffer
	for range 8 { // -test.count would repeat one side before it starts the other
		c := exec.CommandContext(ctx, p.verify, "-test.run", "^$", "-test.bench", "^BenchmarkVerify$")
		c.Stdout, c.Stderr = &out, &out
		if err := c.Run(); err != nil {
			return nil, fmt.Errorf("%v: %w\n%s", c.Args, err, out.Bytes())
		}
	}
	times := map[string][]float64{} // microseconds
	for _, m := range benchmarkLine.FindAllSubmatch(out.Bytes(), -1) {
		ns, err := strconv.ParseFloat(string(m[2]), 64)
		if err != nil {
			return nil, err
		}
		times[string(m[1])] = append(times[string(m[1])], ns/1e3)
	}
	if len(times["decision"]) == 0 || len(times["select"]) == 0 {
		return nil, fmt.Errorf("BenchmarkVerify printed no decision and select:\n%s", out.Bytes())
	}
	return []figure{ratio("a decision of the verifier, to one SELECT", least(times["decision"]), least(times["select"]), "µs", 1.5)}, nil
}
