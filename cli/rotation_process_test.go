package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"empress/model"
)

// rotate starts a rotation of all that is due, as another process.
func (d *drill) rotate(args ...string) (*exec.Cmd, *bytes.Buffer) {
	d.Helper()
	var out bytes.Buffer
	cmd := d.command(append([]string{"keys", "rotate", "--due", "--db", d.db, "--json"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		d.Fatal(err)
	}
	return cmd, &out
}

// until waits for something to be so.
func (d *drill) until(what string, so func() bool) {
	d.Helper()
	for start := time.Now(); !so(); time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			d.Fatalf("it waits in vain until %s", what)
		}
	}
}

// dueKeys makes keys that are due.
func (d *drill) dueKeys(n int) {
	d.Helper()
	lines, path := strings.Repeat("billing,20d\n", n), filepath.Join(d.TempDir(), "keys")
	if err := os.WriteFile(path, []byte("application,expires_at\n"+lines), 0o600); err != nil {
		d.Fatal(err)
	}
	d.empress("keys", "import", path, "--secrets", path+".secrets", "--db", d.db)
}

// A rotation to a file is killed in its middle, and another one goes on. No key
// is rotated twice but those of the transaction in hand, and the last secret of
// each that is in the files works.
func TestRotationKilled(t *testing.T) {
	t.Parallel()
	const keys = 3 * filedAtOnce
	d := newDrill(t)
	d.dueKeys(keys)
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	cmd, _ := d.rotate("--secrets", first)
	d.until("some are rotated", func() bool { // those of the first transaction, at least
		info, err := os.Stat(first)
		return err == nil && info.Size() > filedAtOnce*int64(len("empk_7f3c0a1b2c3d4e5f6g7h:\n")+model.SecretLen)
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	d.empress("keys", "rotate", "--due", "--db", d.db, "--secrets", second)

	r := &rotating{T: t}
	p := Program{Service: d.in.open}
	before, after := r.wantWorking(p, second), r.wantWorking(p, first, second)
	twice := 0
	for id, k := range keysOf(t, d.in) {
		if after[id] == 0 || k.Generation != model.Generation(1+after[id]) && k.Generation != 2 {
			t.Errorf("%s has secret %d, and %d lines", id, k.Generation, after[id])
		}
		if after[id] > 1 {
			twice++
		}
	}
	t.Logf("of %d keys %d were left for the second one, %d are in both", keys, len(before), twice)
	if twice > filedAtOnce || len(before) == 0 || len(before) == keys || len(after) != keys {
		t.Errorf("%d keys are in both files, %d in the second, %d in all", twice, len(before), len(after))
	}
}

// One interruption lets the delivery in hand end, a second one ends it at once.
func TestRotationInterrupted(t *testing.T) {
	t.Parallel()
	for times, want := range map[int]rotationJSON{1: {Rotated: 1, Delivered: 1, Remaining: 2}, 2: {Rotated: 1, NotDelivered: 1, Remaining: 2}} {
		d := newDrill(t)
		d.dueKeys(3)
		dir := t.TempDir()
		cmd, out := d.rotate("--deliver", "cat; touch "+dir+"/begun; until [ -e "+dir+"/end ]; do sleep 0.02; done")
		d.until("it delivers", func() bool { _, err := os.Stat(dir + "/begun"); return err == nil })
		for range times {
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond) // two at once may be one
		}
		if times == 1 {
			if err := os.WriteFile(dir+"/end", nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_ = cmd.Wait()
		var got rotationJSON
		line, _, _ := strings.Cut(out.String(), "\n")
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err, out.String())
		}
		if code := cmd.ProcessState.ExitCode(); code != 130 || got.Rotated != want.Rotated || got.Delivered != want.Delivered || got.NotDelivered != want.NotDelivered || got.Remaining != want.Remaining {
			t.Errorf("%d times: exit code %d, %s", times, code, out)
		}
		if times == 2 && got.Keys[0].Reason != interrupted {
			t.Errorf("%d times: %s", times, out)
		}
	}
}
