package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// testCase is what the measuring program is told of one program to run in a
// terminal.
type testCase struct {
	Label   string   `json:"label"`
	Command []string `json:"cmd"`
	Size    string   `json:"size"`           // COLUMNSxROWS
	Expect  string   `json:"expect"`         // on the screen when it is ready
	Keys    string   `json:"keys,omitempty"` // "j", "<j*10>"; each measured
	Quit    string   `json:"quit"`
	Idle    string   `json:"idle,omitempty"`  // how long to watch it do nothing
	Quiet   string   `json:"quiet,omitempty"` // silence after which a key has done all that it does
}

// sample is one run of a case, as the measuring program writes it.
type sample struct {
	Paint     float64 `json:"paint_ms"` // from exec to the first screen with anything on it
	Ready     float64 `json:"ready_ms"` // from exec to the first screen that is as expected
	IdleBytes float64 `json:"idle_bytes_per_s"`
	IdleCPU   float64 `json:"idle_cpu_ms_per_s"`
	KeyCPU    float64 `json:"cpu_ms_per_key"`
	Memory    float64 `json:"peak_rss_kib"`
	Keys      []press `json:"keys"`
}

// press is one key of a run. One that changed nothing has no bytes.
type press struct {
	First float64 `json:"first_ms"` // from the key to the first byte it caused
	Last  float64 `json:"last_ms"`  // and to the last
	Bytes float64 `json:"bytes"`
}

func paint(s sample) float64     { return s.Paint }
func ready(s sample) float64     { return s.Ready }
func idleBytes(s sample) float64 { return s.IdleBytes }
func idleCPU(s sample) float64   { return s.IdleCPU }
func keyCPU(s sample) float64    { return s.KeyCPU }
func memory(s sample) float64    { return s.Memory }

func first(k press) float64 { return k.First }
func last(k press) float64  { return k.Last }
func sent(k press) float64  { return k.Bytes }

// each is one value of every run.
func each(samples []sample, value func(sample) float64) []float64 {
	var vs []float64
	for _, s := range samples {
		vs = append(vs, value(s))
	}
	return vs
}

// eachKey is one value of every key of every run.
func eachKey(samples []sample, value func(press) float64) []float64 {
	var vs []float64
	for _, s := range samples {
		for _, k := range s.Keys {
			vs = append(vs, value(k))
		}
	}
	return vs
}

const (
	// window moves the cursor where nothing scrolls in either program.
	window   = "<j*8><k*8><j*8><k*8>"
	size     = "80x24"
	idleTime = "5s"
)

// terminals compares the program with the baseline, each in a terminal.
type terminals struct {
	meter, dir string
	runs       int
	noise      bool // the baseline plays both parts
	programs   programs
}

// measure adds all figures. The baseline runs at its own frame rate where a
// person would notice the difference, and at the program's where work is
// compared.
func (m terminals) measure(ctx context.Context, t *table) error {
	if err := t.add(m.felt(ctx)); err != nil {
		return err
	}
	if err := t.add(m.work(ctx)); err != nil {
		return err
	}
	return t.add(m.idle(ctx))
}

// felt is what a person waits for: the list, and the answer to a key.
func (m terminals) felt(ctx context.Context) ([]figure, error) {
	p, b, err := m.pair(ctx, 60, window, "")
	if err != nil {
		return nil, err
	}
	return []figure{
		ratio("start to 1,000 keys, to a bare list's first frame", each(p, ready), each(b, paint), "ms", 1.6),
		ratio("key to the first byte, to a bare list's", eachKey(p, first), eachKey(b, first), "ms", 0.7),
		ratio("key to the last byte, to a bare list's", eachKey(p, last), eachKey(b, last), "ms", 0.7),
	}, nil
}

// work is what a cursor move costs at one frame rate.
func (m terminals) work(ctx context.Context) ([]figure, error) {
	p, b, err := m.pair(ctx, 120, window, "")
	if err != nil {
		return nil, err
	}
	moved := eachKey(p, sent)
	return []figure{
		{name: "cursor move, sent to the terminal", measured: median(moved), limit: 160, unit: "bytes",
			detail: fmt.Sprintf("median; at most %.0f", slices.Max(append(moved, 0)))},
		ratio("cursor move, CPU, to a bare list's", least(each(p, keyCPU)), least(each(b, keyCPU)), "ms", 1.5),
	}, nil
}

// idle is what it costs to do nothing: no more than the baseline, but for the
// error of measuring two programs that do the same.
func (m terminals) idle(ctx context.Context) ([]figure, error) {
	p, b, err := m.pair(ctx, 120, "", idleTime)
	if err != nil {
		return nil, err
	}
	const kib = 1024
	return []figure{
		{name: "idle for " + idleTime + ", sent to the terminal", measured: slices.Max(each(p, idleBytes)), limit: 0, unit: "bytes/s"},
		ratio("idle for "+idleTime+", CPU, to a bare list's", least(each(p, idleCPU)), least(each(b, idleCPU)), "ms/s", 1.05),
		{name: "memory of the idle list of 1,000 keys", measured: slices.Max(each(p, memory)) * kib / megabyte, limit: 28, unit: "MB",
			detail: fmt.Sprintf("a bare list's: %.2f MB", slices.Max(each(b, memory))*kib/megabyte)},
	}, nil
}

// pair measures the program and the baseline run by run in turn.
func (m terminals) pair(ctx context.Context, fps int, keys, idle string) (product, baseline []sample, err error) {
	bare := testCase{Command: []string{m.programs.baseline, "-fps", strconv.Itoa(fps)}, Expect: "line 0001"}
	list := testCase{Command: []string{m.programs.empress, "--at", "keys"}, Expect: "empk_[0-9a-z]"}
	if m.noise {
		list = bare
	}
	list.Label, bare.Label = "program", "baseline"
	cases := []testCase{list, bare}
	for i := range cases {
		cases[i].Size, cases[i].Keys, cases[i].Idle, cases[i].Quit = size, keys, idle, "q"
	}
	samples, err := m.suite(ctx, cases)
	if err != nil {
		return nil, nil, err
	}
	return samples[0], samples[1], nil
}

// suite has the measuring program run the cases and returns the samples of
// each.
func (m terminals) suite(ctx context.Context, cases []testCase) ([][]sample, error) {
	in, out := filepath.Join(m.dir, "cases.json"), filepath.Join(m.dir, "samples.json")
	text, err := json.Marshal(cases)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(in, text, 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(out)
	progress("in terminals: %d programs, %d runs each", len(cases), m.runs)
	c := exec.CommandContext(ctx, m.meter, "-n", strconv.Itoa(m.runs), "-suite", in, "-json", out)
	if printed, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", c.Args, err, printed)
	}
	if text, err = os.ReadFile(out); err != nil {
		return nil, err
	}
	return parseSamples(text, len(cases), m.runs)
}

// parseSamples reads what the measuring program wrote and refuses less than
// was asked for.
func parseSamples(text []byte, cases, runs int) ([][]sample, error) {
	var answer struct {
		Results []struct {
			Runs []sample `json:"runs"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	var samples [][]sample
	for i, r := range answer.Results {
		if len(r.Runs) != runs {
			return nil, fmt.Errorf("%d runs were measured, not %d", len(r.Runs), runs)
		}
		if slices.Contains(eachKey(r.Runs, sent), 0) {
			return nil, fmt.Errorf("a key changed nothing on the screen of program %d in time: is the machine busy?", i+1)
		}
		samples = append(samples, r.Runs)
	}
	if len(samples) != cases {
		return nil, fmt.Errorf("%d programs were measured, not %d", len(samples), cases)
	}
	return samples, nil
}
