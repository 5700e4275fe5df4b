package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// few is how many keys the team has that a million are compared with.
const few = 1_000

// crowds are two teams, alike but for how many keys they have.
type crowds struct {
	programs
	dir, small, big string // the databases
	names           string // the keys of big as lines of text
}

// benchMany measures a million keys: how they come in, and how a screen that
// lists them compares with one that lists a thousand. TMPDIR says on which disk.
func benchMany(ctx context.Context, dir string, runs int) (bool, error) {
	p, err := prepare(ctx, dir, "0")
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	c := crowds{programs: p, dir: dir, big: p.database, small: filepath.Join(dir, "few", "empress.db"), names: filepath.Join(dir, "names")}
	if err := t.add(c.imports(ctx)); err != nil {
		return false, err
	}
	meter := os.Getenv("TUIBENCH")
	if meter == "" {
		t.note("Nothing was measured on a terminal: set TUIBENCH to the path of a program that can, see .ci/bench/run.")
		return t.ok, nil
	}
	m := terminals{meter: meter, dir: dir, runs: runs, programs: p}
	for _, measure := range []func(context.Context, terminals) ([]figure, error){c.lists, c.filters} {
		if err := t.add(measure(ctx, m)); err != nil {
			return false, err
		}
	}
	return t.ok, nil
}

// imports makes both teams, and times the large one beside sqlite3 that takes in
// the same rows.
func (c crowds) imports(ctx context.Context) ([]figure, error) {
	file := filepath.Join(c.dir, "keys.csv")
	for _, team := range []struct {
		database string
		keys     int
	}{{c.small, few}, {c.big, manyKeys}} {
		if err := writeKeys(file, team.keys); err != nil {
			return nil, err
		}
		os.Setenv("EMPRESS_DB", team.database)
		if team.database == c.small {
			if err := c.run(ctx, c.empress, "init", "--team", "Acme", "--name", "Ada", "--email", "ada@example.com"); err != nil {
				return nil, err
			}
			if err := c.run(ctx, c.empress, "keys", "import", file); err != nil {
				return nil, err
			}
		}
	}
	progress("importing %d keys", manyKeys)
	command := exec.CommandContext(ctx, c.empress, "keys", "import", file)
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", command, err, out)
	}
	product := time.Since(began)
	const kib = 1024
	peak := float64(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * kib / megabyte
	baseline, err := c.bySQLite(ctx)
	if err != nil {
		return nil, err
	}
	return []figure{
		{name: "import of a million keys, to sqlite3 .import", measured: product.Seconds() / baseline.Seconds(), limit: 6, unit: "×",
			detail: fmt.Sprintf("%.0f s to %.0f s", product.Seconds(), baseline.Seconds())},
		{name: "memory of that import", measured: peak, limit: 150, unit: "MB"},
	}, nil
}

func (c crowds) run(ctx context.Context, command ...string) error {
	if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", command, err, out)
	}
	return nil
}

// writeKeys writes a file of keys as another program could have made them: the
// same ones each time, of a thousand applications.
func writeKeys(path string, count int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "application,scopes,expires_at,purpose,api_key,api_secret")
	things := strings.Fields("amber birch cedar delta ember fjord grove haven inlet jetty karst lagoon mesa north ocean prairie quarry ridge summit tundra upland valley willow xenon yonder zephyr")
	uses := strings.Fields("billing invoices checkout search reports exports webhook mobile partner gateway archive backup")
	r := rand.New(rand.NewPCG(7, 7))
	for i := range count {
		fmt.Fprintf(w, "%s-%s-%d,read write,2099-06-01,customer %s %07d,%015x,%015x\n", things[r.IntN(len(things))], uses[r.IntN(len(uses))], r.IntN(3),
			things[r.IntN(len(things))], i, r.Uint64()>>4, r.Uint64()>>4)
	}
	return w.Flush()
}

// bySQLite times sqlite3 that takes in the rows of the large team, into the same
// tables and indexes. It takes text only: what is bytes becomes as many letters.
func (c crowds) bySQLite(ctx context.Context) (time.Duration, error) {
	progress("importing the same rows with sqlite3")
	script := `
set -euo pipefail
columns() { sqlite3 "$1" "SELECT group_concat(CASE WHEN type = 'BLOB' THEN 'substr(hex(' || name || '), 1, 32)' ELSE name END, ', ') FROM pragma_table_info('$2')"; }
for table in keys events; do
	sqlite3 -csv "$1" "SELECT $(columns "$1" $table) FROM $table ORDER BY rowid" >"$2/$table.csv"
done
{
	echo 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;'
	sqlite3 "$1" "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'keys_search%'" | sed 's/) STRICT/)/; s/), WITHOUT ROWID/) WITHOUT ROWID/'
	sqlite3 "$1" "SELECT sql || ';' FROM sqlite_schema WHERE name = 'keys_search'"
	printf '%s\n' '.mode csv' BEGIN\; ".import $2/keys.csv keys" ".import $2/events.csv events" "INSERT INTO keys_search (keys_search) VALUES ('rebuild');" COMMIT\;
} >"$2/import.sql"`
	if err := c.run(ctx, "bash", "-c", script, "bash", c.big, c.dir); err != nil {
		return 0, err
	}
	began := time.Now()
	err := c.run(ctx, "bash", "-c", `sqlite3 -bail "$1/baseline.db" <"$1/import.sql" && [ "$(sqlite3 "$1/baseline.db" 'SELECT count(*) FROM keys')" = "$2" ]`,
		"bash", c.dir, fmt.Sprint(manyKeys))
	return time.Since(began), err
}

// lists compares the list of a million keys with that of a thousand.
func (c crowds) lists(ctx context.Context, m terminals) ([]figure, error) {
	const moves, pages, ends = "<j*8><k*8>", "<pgdown*4><pgup*4>", "GgGg"
	var cases []testCase
	for _, keys := range []string{"", moves, pages, ends} {
		cases = append(cases, c.list(c.big, keys, "120x40"), c.list(c.small, keys, "120x40"))
	}
	cases = append(cases, c.list(c.big, moves, size))
	all, err := m.suite(ctx, cases)
	if err != nil {
		return nil, err
	}
	const kib = 1024
	return []figure{
		ratio("start to a million keys, to a thousand", each(all[0], ready), each(all[1], ready), "ms", 1.3),
		{name: "memory of a list of a million keys", measured: median(each(all[0], memory)) * kib / megabyte, limit: 45, unit: "MB",
			detail: fmt.Sprintf("of a thousand: %.1f MB", median(each(all[1], memory))*kib/megabyte)},
		ratio("cursor move among a million, to a thousand", eachKey(all[2], last), eachKey(all[3], last), "ms", 1.2),
		ratio("page among a million, to a thousand", eachKey(all[4], last), eachKey(all[5], last), "ms", 1.2),
		ratio("jump to the ends of a million, to a thousand", eachKey(all[6], last), eachKey(all[7], last), "ms", 1.2),
		{name: "cursor move among a million, sent to the terminal", measured: median(eachKey(all[8], sent)), limit: 160, unit: "bytes"},
	}, nil
}

func (c crowds) list(database, keys, size string) testCase {
	return testCase{Label: "program", Command: []string{c.empress, "--at", "keys", "--db", database}, Size: size, Expect: "ada  ", Keys: keys, Quit: "q"}
}

// filters compares what is found among a million keys with fzf, from the last
// letter that is typed to the last byte on the screen.
func (c crowds) filters(ctx context.Context, m terminals) ([]figure, error) {
	progress("writing the same keys for fzf")
	err := c.run(ctx, "bash", "-c", `sqlite3 -separator ' ' "$1" 'SELECT application, id, owner, purpose FROM keys' >"$2"`, "bash", c.big, c.names)
	if err != nil {
		return nil, err
	}
	texts := []struct{ what, text string }{{"a word", "zephyr"}, {"a rare string", "0777777"}, {"a single letter", "z"}}
	var cases []testCase
	for _, t := range texts {
		product := c.list(c.big, "/"+t.text, "120x40")
		product.Quit = "<ctrl+c>"
		cases = append(cases, product, testCase{Label: "fzf", Command: []string{"bash", "-c", `exec fzf -e <"$1"`, "bash", c.names}, Size: "120x40", Expect: "1000000/1000000", Keys: t.text, Quit: "<esc>"})
	}
	for i := range cases {
		cases[i].Quiet = "500ms"
	}
	all, err := m.suite(ctx, cases)
	if err != nil {
		return nil, err
	}
	var figures []figure
	for i, t := range texts {
		figures = append(figures, ratio("filter a million by "+t.what+", to fzf", eachLast(all[2*i]), eachLast(all[2*i+1]), "ms", 1))
	}
	return figures, nil
}

// eachLast is, of every run, the time from its last key to the last byte.
func eachLast(samples []sample) []float64 {
	var vs []float64
	for _, s := range samples {
		vs = append(vs, s.Keys[len(s.Keys)-1].Last)
	}
	return vs
}
