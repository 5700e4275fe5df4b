package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// rotatedKeys is how many keys get new secrets at once.
const rotatedKeys = 10_000

// benchRotate measures a rotation of many keys into one file. TMPDIR says on
// which disk.
func benchRotate(ctx context.Context, dir string) (bool, error) {
	p, err := prepare(ctx, dir, "0")
	if err != nil {
		return false, err
	}
	t := newTable(os.Stdout)
	defer t.flush()
	err = t.add(p.rotation(ctx, dir))
	return t.ok, err
}

// rotation makes keys that are due, as they expire soon, and times how long all
// of them take.
func (p programs) rotation(ctx context.Context, dir string) ([]figure, error) {
	lines, file, secrets := "application,expires_at\n"+strings.Repeat("billing,20d\n", rotatedKeys), filepath.Join(dir, "keys.csv"), filepath.Join(dir, "secrets")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		return nil, err
	}
	progress("making %d keys that are due", rotatedKeys)
	if _, err := timed(ctx, []string{p.empress, "keys", "import", file, "--secrets", file + ".secrets"}); err != nil {
		return nil, err
	}
	progress("rotating them into a file")
	ms, err := timed(ctx, []string{p.empress, "keys", "rotate", "--due", "--secrets", secrets})
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(secrets)
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(content, []byte("\n")); n != rotatedKeys {
		return nil, fmt.Errorf("%d secrets came of %d keys", n, rotatedKeys)
	}
	name := fmt.Sprintf("%d due keys rotated into a file", rotatedKeys)
	return []figure{{name: name, measured: ms / 1000, limit: 60, unit: "s", detail: fmt.Sprintf("%.2f ms for a key", ms/rotatedKeys)}}, nil
}
