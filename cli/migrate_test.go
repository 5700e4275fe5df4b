package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// A move that is killed at any moment leaves the team where it was, or where it
// goes, whole, and is ended by the same command.
func TestMigrateKilled(t *testing.T) {
	if racing {
		t.Skip("a process is not what the race detector looks at")
	}
	t.Parallel()
	Postgres.Server(t) // or skip
	d := newDrill(t)
	d.environ = []string{"XDG_DATA_HOME=" + t.TempDir(), "EMPRESS_KEY_FILE=" + d.db + ".key"}
	d.dueKeys(300)
	id, err := d.create()
	if err != nil {
		t.Fatal(err)
	}
	d.in.close()
	d.in.store, d.in.service = nil, nil // until it is opened again
	again := 0
	rounds := sized(4, 60)
	var whole time.Duration // how long a move takes that is left alone
	for round := range rounds {
		from := d.copied()
		to := Postgres.Database(t, "")
		began := time.Now()
		cmd := d.command("migrate", "--from", from, "--to", to)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if round > 0 {
			time.Sleep(whole * time.Duration(round) / time.Duration(rounds-1))
			_ = cmd.Process.Kill()
		}
		ended := cmd.Wait()
		if round == 0 {
			whole = time.Since(began)
		}
		if ended != nil { // what is there is whole, if anything is
			again++
			d.migrated(from, to)
		}
		d.wantMoved(from, to, id)
	}
	t.Logf("%d of %d moves, of %s each, were killed before their end", again, rounds-1, whole.Round(time.Millisecond))
	if again == 0 {
		t.Error("every move came to its end")
	}
}

// copied copies the team's file, which nobody has open.
func (d *drill) copied() string {
	d.Helper()
	content, err := os.ReadFile(d.db)
	path := filepath.Join(d.TempDir(), "team.db")
	if err = errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
		d.Fatal(err)
	}
	return path
}

// migrated ends a move that was killed, unless all that was killed is the last
// word of it.
func (d *drill) migrated(from, to string) {
	d.Helper()
	out, err := d.command("migrate", "--from", from, "--to", to).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "has moved to another database") {
		d.Errorf("it is not ended: %v\n%s", err, out)
	}
}

// wantMoved checks that the team is at its new place, with its key, and only there.
func (d *drill) wantMoved(from, to string, id model.KeyID) {
	d.Helper()
	there := "--db=" + to
	d.empress("audit", "verify", there)
	verify := d.command("verify", there)
	verify.Stdin = strings.NewReader(string(id) + ":" + d.secrets[id][0].Reveal())
	if out, err := verify.CombinedOutput(); err != nil {
		d.Errorf("the key is not there: %v, %s", err, out)
	}
	out, err := d.command("keys", "suspend", string(id), "--db", from).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "has moved to another database") {
		d.Errorf("the file can still be changed: %v, %s", err, out)
	}
}

// A commit whose outcome is unknown is not called undone, of a move or a restore.
func TestUnknownIsNotUndone(t *testing.T) {
	unknown := model.Errorf(model.CodeUnknown, "The connection was lost: it may or may not have happened.")
	for what, err := range map[string]error{"a restore": notRestored(unknown), "a move": (&migration{}).broken(unknown)} {
		if !errors.Is(err, model.ErrUnknown) || strings.Contains(model.Sentence(err), "Nothing was") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
