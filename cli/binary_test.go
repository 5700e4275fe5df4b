package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"empress/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(binary{m}, map[string]func(){"fill": fill})
}

// binary runs tests with the whole program, its main and its signals, first in
// the PATH.
type binary struct{ m *testing.M }

func (b binary) Run() int {
	defer cli.Postgres.Close()
	if slices.Contains(os.Args, "-test.fuzzworker") { // fuzz targets call functions
		return b.m.Run()
	}
	dir, err := os.MkdirTemp("", "empress-binary-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = build(filepath.Join(dir, "empress"))
	}
	if err == nil {
		err = os.Chmod(dir, 0o755) // some tests run it as somebody else
	}
	if err == nil {
		err = os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return b.m.Run()
}

func build(path string) error {
	if out, err := exec.Command("go", "build", "-o", path, "empress").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}
