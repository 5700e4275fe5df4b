package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// rotating is a team whose keys are rotated by somebody at this computer.
type rotating struct {
	*testing.T
	p  Program
	in *installation
	s  *model.Session
}

func newRotating(t *testing.T) *rotating {
	p, s := founded(t)
	p.Environ = os.Environ()
	return &rotating{t, p, &installation{}, s}
}

// due creates a key that is due, as it expires soon.
func (r *rotating) due(application string) model.Key {
	r.Helper()
	k, secret, err := r.s.CreateKey(r.Context(), model.KeySpec{Application: application, Expires: "20d"})
	if err != nil {
		r.Fatal(err)
	}
	secret.Wipe()
	return k
}

func (r *rotating) do(args ...string) (code int, out, said string) {
	r.Helper()
	var o, e bytes.Buffer
	p := r.p
	p.In, p.Out, p.Err = strings.NewReader(""), &o, &e
	code = newTree(p, r.in).run(r.Context(), args)
	return code, o.String(), e.String()
}

// result rotates and returns what scripts are told.
func (r *rotating) result(want int, args ...string) rotationJSON {
	r.Helper()
	code, out, said := r.do(append([]string{"keys", "rotate", "--json"}, args...)...)
	var j rotationJSON
	if err := json.Unmarshal([]byte(out), &j); err != nil || code != want || strings.Contains(out+said, model.SecretPrefix) {
		r.Fatalf("%q: exit code %d, want %d; printed %q, said %q", args, code, want, out, said)
	}
	return j
}

// key reads a key as it is now.
func (r *rotating) key(id model.KeyID) model.Key {
	r.Helper()
	k, err := r.s.Key(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	return k
}

// file is a path for something new.
func (r *rotating) file() string { return filepath.Join(r.TempDir(), "file") }

// wantWorking checks that the last secret of each key in files of KEY:SECRET works.
func (r *rotating) wantWorking(p Program, files ...string) (lines map[model.KeyID]int) {
	r.Helper()
	service, err := p.Service(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	lines, last := map[model.KeyID]int{}, map[model.KeyID]model.Secret{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			r.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if !strings.HasSuffix(line, "\n") {
				continue // a line that was cut off
			}
			id, secret, err := model.ParseCredential(strings.TrimSuffix(line, "\n"))
			if err != nil {
				r.Fatalf("%s: a line that is no credential: %v", path, err)
			}
			lines[id]++
			last[id] = secret
		}
	}
	for id, secret := range last {
		if d, err := service.Verify(r.Context(), model.Request{Key: id, Secret: secret}); err != nil || !d.Allowed {
			r.Errorf("the last secret of %s does not work: %v, %v", id, d.Reason, err)
		}
	}
	return lines
}

func TestRotateRefuses(t *testing.T) {
	r := newRotating(t)
	due, gone := r.due("billing"), r.due("gone")
	if _, err := r.s.RevokeKey(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	before, err := r.s.AuditCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, file := string(due.ID), r.file()
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"", 2, "Name the keys, or give --due"},
		{key + " --due --secrets " + file, 2, "Either name keys or give --due."},
		{"--due", 2, "with --deliver COMMAND or --secrets FILE"},
		{"--due --deliver cat --secrets " + file, 2, "Choose one."},
		{"--due --dry-run --deliver cat --secrets " + file, 2, "Choose one."},
		{"--due --deliver=", 2, "--deliver has an empty value"},
		{"--due --secrets=", 2, "--secrets has an empty value"},
		{"--due --application= --secrets " + file, 2, "--application has an empty value"},
		{"--due --owner= --secrets " + file, 2, "--owner has an empty value"},
		{"--due --filter= --secrets " + file, 2, "--filter has an empty value"},
		{key + " --application billing --secrets " + file, 2, "narrow what --due finds"},
		{key + " --filter bill --dry-run", 2, "narrow what --due finds"},
		{"nothing --secrets " + file, 2, "not an API key"},
		{"--due --state active --secrets " + file, 2, "no flag --state"},
		{"--due --application nothing --secrets " + file, 3, "no application"},
		{"--due --owner nobody --secrets " + file, 3, "no member"},
		{"empk_00000000000000000000 --secrets " + file, 3, "There is no key empk_00000000000000000000 that you may see. `empress keys list`"},
		{string(gone.ID) + " --deliver cat", 6, "was left out: it is revoked."},
		{"--due --secrets " + filepath.Join(file, "file"), 1, "does not exist. Give another path."},
		{"--due --secrets " + t.TempDir(), 6, "exists"},
	} {
		code, out, said := r.do(append([]string{"keys", "rotate"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(said, c.says) || code != 3 && code != 6 && out != "" {
			t.Errorf("%s: exit code %d, want %d; printed %q, said %q", c.args, code, c.code, out, said)
		}
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("an empty file stays")
	}
	if after, err := r.s.AuditCheckpoint(t.Context()); err != nil || after.Seq != before.Seq {
		t.Errorf("something changed: %+v, %v", after, err)
	}
}

// Where nothing is due that is said, and no file is made.
func TestRotateNothing(t *testing.T) {
	r := newRotating(t)
	r.due("billing")
	file := r.file()
	for _, args := range [][]string{{"--secrets", file}, {"--deliver", "exit 1"}, {"--dry-run"}} {
		code, out, said := r.do(append([]string{"keys", "rotate", "--due", "--filter", "nothing"}, args...)...)
		if code != 0 || out != nothingDue+"\n" || said != "" {
			t.Errorf("%q: exit code %d, printed %q, said %q", args, code, out, said)
		}
	}
	if j := r.result(0, "--due", "--filter", "nothing", "--secrets", file); j.Rotated != 0 || j.Keys == nil || j.SecretsFile != "" {
		t.Errorf("%+v", j)
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("there is a file")
	}
}

func TestRotateRenews(t *testing.T) {
	r := newRotating(t)
	k := r.due("billing")
	if r.result(0, "--due", "--secrets", r.file()); !r.key(k.ID).ExpiresAt.Equal(k.ExpiresAt) {
		t.Error("a rotation that is no renewal moves the expiry")
	}
	if r.result(0, string(k.ID), "--renew", "--deliver", "cat"); !r.key(k.ID).ExpiresAt.After(k.ExpiresAt) {
		t.Error("a renewal does not move the expiry")
	}
}

// A command that is wrong does not cost every client its secret.
func TestRotateGivesUp(t *testing.T) {
	r := newRotating(t)
	var last model.Key
	for i := range maxInRow + 1 {
		last = r.due(fmt.Sprintf("app %02d", i))
	}
	j := r.result(5, "--due", "--deliver", "nowhere-to-be-found")
	if j.Rotated != maxInRow || j.NotDelivered != maxInRow || j.Remaining != 1 || !strings.HasPrefix(j.Keys[0].Reason, "exit status 127: ") {
		t.Errorf("%+v", j)
	}
	if r.key(last.ID).Generation != 1 {
		t.Error("it went on")
	}
	names := []string{"--deliver", "exit 1"}
	for _, k := range j.Keys {
		names = append(names, k.APIKey)
	}
	j = r.result(5, append(names, string(last.ID))...)
	if k := j.Keys[len(j.Keys)-1]; j.Remaining != 1 || k.Outcome != notBegun || k.APIKey != string(last.ID) {
		t.Errorf("of keys that were named: %+v", j)
	}
}

// unsureStore makes changes, and cannot tell that it did.
type unsureStore struct {
	model.Store
	unsure bool
}

func (s *unsureStore) Write(ctx context.Context, fn func(model.Writer) error) error {
	err := s.Store.Write(ctx, fn)
	if s.unsure && err == nil {
		err = model.Errorf(model.CodeUnknown, "Nobody knows whether the change was made.")
	}
	return err
}

// unsure is a team, with one administrator, whose database cannot tell.
func unsure(t *testing.T) *rotating {
	d := newDrill(t)
	seal, err := storage.ReadKeyFile(d.db + ".key")
	if err != nil {
		t.Fatal(err)
	}
	store := &unsureStore{Store: d.in.store}
	service := model.NewService(store, seal, time.Now)
	if _, err := service.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := service.SignIn(t.Context(), model.Identity{Login: effectiveUser().login, Via: model.ViaCommand})
	if err != nil {
		t.Fatal(err)
	}
	r := &rotating{t, Program{Streams: Streams{Environ: os.Environ()}}, d.in, s}
	r.p.Session = func(context.Context) (*model.Session, error) { return s, nil }
	r.p.Service = d.in.open
	r.due("billing")
	r.due("edge")
	store.unsure = true
	return r
}

// Where nobody knows whether a secret is valid that is said, it stays in the file,
// and no other key is changed.
func TestRotateUnknown(t *testing.T) {
	r, file := unsure(t), filepath.Join(t.TempDir(), "file")
	j := r.result(1, "--due", "--secrets", file)
	if j.Unknown != 2 || j.Rotated != 0 || j.Keys[0].Outcome != unknown || j.SecretsFile != file {
		t.Errorf("to a file: %+v", j)
	}
	if lines := r.wantWorking(r.p, file); len(lines) != 2 {
		t.Errorf("%d secrets are in the file", len(lines))
	}
	r, file = unsure(t), filepath.Join(t.TempDir(), "file")
	j = r.result(1, "--due", "--deliver", "cat > "+file)
	if j.Unknown != 1 || j.Remaining != 1 {
		t.Errorf("to a command: %+v", j)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a secret was delivered that may not be one")
	}
}

// What happened to a key since the plan was made is seen, and does not stop the
// others.
func TestRotateMeanwhile(t *testing.T) {
	for _, flags := range []rotateFlags{{command: "cat"}, {secrets: "file"}} {
		r := newRotating(t)
		keys := []model.Key{r.due("billing"), r.due("edge")}
		if _, _, err := r.s.RegenerateSecret(t.Context(), keys[0].ID, 0); err != nil {
			t.Fatal(err)
		}
		if flags.secrets != "" {
			flags.secrets = r.file()
		}
		var said bytes.Buffer
		r.p.Err = &said
		run := &rotation{t: newTree(r.p, r.in), s: r.s, flags: flags, todo: 2, progress: &progress{}}
		out, err := run.out()
		if err != nil {
			t.Fatal(err)
		}
		if err := out.rotate(t.Context(), t.Context(), keys); err != nil {
			t.Errorf("it stops: %v", err)
		}
		if err := run.end(t.Context(), out.close()); err != exitPartly || run.todo != 0 {
			t.Errorf("it ends with %v, %d to do", err, run.todo)
		}
		if len(run.keys) != 2 || run.keys[0].Outcome != failed || !strings.Contains(run.keys[0].Reason, "meanwhile") || run.keys[1].Outcome != delivered {
			t.Errorf("%+v", run.keys)
		}
		if r.key(keys[0].ID).Generation != 2 {
			t.Error("the secret of somebody else was replaced")
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := out.rotate(canceled, t.Context(), keys); err != context.Canceled {
			t.Errorf("interrupted it goes on: %v", err)
		}
	}
}

// A transaction that fails leaves no secret in the file, and the secrets of those
// before it stay.
func TestSecretsFileUndoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f, err := newSecretsFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := model.ParseSecret("imported-secret")
	if err != nil {
		t.Fatal(err)
	}
	put := func(id model.KeyID) {
		if err := f.deliver(model.Key{ID: id}, secret); err != nil {
			t.Fatal(err)
		}
	}
	put("first")
	if err := f.settle(); err != nil {
		t.Fatal(err)
	}
	f.accept()
	for range 2000 { // more than is held in memory
		put("second")
	}
	if err := f.settle(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() < roomForLines {
		t.Fatal(info, err)
	}
	put("second")
	if err := f.undo(); err != nil {
		t.Fatal(err)
	}
	put("third")
	if err := f.settle(); err != nil {
		t.Fatal(err)
	}
	if err := f.leave(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != "first:imported-secret\nthird:imported-secret\n" {
		t.Errorf("it holds %.200q, %v", content, err)
	}
	if bytes.Contains(f.lines[:cap(f.lines)], []byte("imported")) {
		t.Error("a secret stays in memory")
	}
}
