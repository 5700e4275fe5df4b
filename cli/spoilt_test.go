package cli

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSpoiltBackups restores backups that were cut off, or in which bytes were
// changed: they are refused and leave nothing, or what was changed is nothing
// that counts.
func TestSpoiltBackups(t *testing.T) {
	d := newDrill(t)
	for range 4 {
		if _, err := d.create(); err != nil {
			t.Fatal(err)
		}
	}
	whole := filepath.Join(t.TempDir(), "whole")
	d.empress("backup", whole, "--db", d.db)
	sound, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	_, in := d.restore(whole)
	want := fmt.Sprint(keysOf(t, in))
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	rounds := sized(60, 1200)
	outcomes := map[string]int{}
	for i := range rounds {
		spoilt, what := spoil(sound, random, i)
		outcome := d.tryRestore(spoilt, what, want)
		if strings.HasPrefix(what, "cut") && outcome != "refused" {
			t.Errorf("%s: %s", what, outcome)
		}
		outcomes[outcome]++
	}
	t.Log(outcomes)
	if outcomes["refused"] <= rounds/3 { // as many were cut
		t.Errorf("next to nothing was spoilt: %v", outcomes)
	}
}

// spoil returns a changed copy and says what was done to it.
func spoil(sound []byte, random *rand.Rand, round int) ([]byte, string) {
	changed := bytes.Clone(sound)
	at := random.IntN(len(changed))
	switch round % 3 {
	case 0:
		return changed[:at], fmt.Sprintf("cut at byte %d of %d", at, len(sound))
	case 1:
		end := min(at+1+random.IntN(512), len(changed))
		clear(changed[at:end])
		return changed, fmt.Sprintf("bytes %d to %d zeroed", at, end)
	}
	for changed[at] == 0 { // most of a small database is empty
		at = random.IntN(len(changed))
	}
	changed[at] ^= 1 << random.IntN(8)
	return changed, fmt.Sprintf("bit of byte %d flipped", at)
}

func (d *drill) tryRestore(content []byte, what, want string) string {
	d.Helper()
	dir := d.TempDir()
	backup, place := filepath.Join(dir, "backup"), filepath.Join(dir, "new", "team.db")
	if err := os.WriteFile(backup, content, 0o600); err != nil {
		d.Fatal(err)
	}
	var out, said bytes.Buffer
	code := Main(d.Context(), []string{"restore", backup, "--yes", "--db", place, "--key-file", d.db + ".key"}, Streams{In: strings.NewReader(""), Out: &out, Err: &said})
	if code != 0 {
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 || strings.Count(said.String(), "\n") != 1 {
			d.Errorf("%s: leaves %q and says %q", what, left, said.String())
		}
		if text := said.String(); strings.Contains(text, "inside empress") || strings.Contains(text, "restoring-") {
			d.Errorf("%s: says %q", what, text)
		}
		return "refused"
	}
	in := &installation{database: place, keyFile: d.db + ".key", streams: Streams{Err: io.Discard}}
	defer in.close()
	if _, err := in.open(d.Context()); err != nil {
		d.Fatal(what, err)
	}
	report, err := in.service.CheckAudit(d.Context())
	if err != nil || report.Found > 0 {
		d.Errorf("%s: restored with %q, %v", what, report.Problems, err)
	}
	if got := fmt.Sprint(keysOf(d, in)); got != want {
		d.Errorf("%s: restored as %s, want %s", what, got, want)
	}
	return "harmless"
}
