package storage_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// Nothing that is left of a secret's life holds it: no file, no event, no
// error and no panic, raw or encoded.
func TestNoResidueOfSecrets(t *testing.T) {
	h, p := newHouse(t)
	secrets := h.leaveTraces(t)
	searchFiles(t, filepath.Dir(p.db), secrets, 7) // db, -wal, -shm, usage with its two, key
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	searchFiles(t, filepath.Dir(p.db), secrets, 3)
}

// Nor does anything that a PostgreSQL server keeps: its tables, its write-ahead
// log, its log of every statement, and a dump.
func TestNoResidueOnTheServer(t *testing.T) {
	if racing {
		t.Skip("a second server takes long to make")
	}
	t.Parallel()
	server := ownServer(t)
	for _, setting := range []string{"logging_collector = on", "log_statement = 'all'", "log_min_messages = debug1"} {
		server.Execute(t, postgrestest.Superuser, "ALTER SYSTEM SET "+setting)
	}
	server.Kill()
	if err := server.Run(); err != nil {
		t.Fatal(err)
	}
	server.Execute(t, postgrestest.Superuser, "CREATE DATABASE team TEMPLATE template0")
	p := founded(t, place{server.Address("team"), t.TempDir() + "/team.key"})
	h := p.opened(t)
	secrets := h.leaveTraces(t)
	server.Execute(t, postgrestest.Superuser, "CHECKPOINT") // writes the tables
	dump, err := exec.Command(server.Program("pg_dump"), p.db).Output()
	if err != nil || !bytes.Contains(dump, []byte("COPY public.superseded_secrets")) {
		t.Fatalf("%d bytes are dumped: %v", len(dump), err)
	}
	wantNoResidue(t, "a dump", dump, secrets)
	tables := filepath.Join("base", server.Query(t, "team", "SELECT oid FROM pg_database WHERE datname = current_database()")[0])
	for part, least := range map[string]int{tables: 100, "pg_wal": 1, "log": 1} {
		searchFiles(t, filepath.Join(server.Dir, part), secrets, least)
	}
	logged, err := filepath.Glob(filepath.Join(server.Dir, "log", "*"))
	if err != nil || len(logged) == 0 {
		t.Fatal("nothing is logged: ", err)
	}
	if content, err := os.ReadFile(logged[0]); err != nil || !bytes.Contains(content, []byte("UPDATE keys SET")) {
		t.Errorf("no statement is logged: %v", err)
	}
}

// leaveTraces lets secrets come and go, with everything around them that could
// keep one, and returns them.
func (h *house) leaveTraces(t *testing.T) []model.Secret {
	t.Helper()
	var told strings.Builder // whatever anybody might log
	tell := func(vs ...any) {
		for _, v := range vs {
			fmt.Fprintf(&told, "%v %+v %#v %s\n", v, v, v, v)
		}
	}
	var secrets []model.Secret
	recorder := model.NewRecorder(h.service)
	keys := size(5, 50)
	for range keys {
		k, s := h.create(t, "billing")
		secrets = append(secrets, s)
		for range 3 {
			var err error
			old := model.Request{Key: k.ID, Secret: s, UserAgent: "test " + s.Reveal()}
			if k, s, err = h.ada.RegenerateSecret(ctx, k.ID, 0); err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, s)
			d, err := h.service.Verify(ctx, old) // a replaced secret, which is told from others
			tell(d, err, recorder)
			recorder.Record(old, d)
			d, err = h.service.Verify(ctx, model.Request{Key: k.ID, Secret: s})
			tell(k, s, d, err)
			if err := h.service.RecordUsage(ctx, model.Request{Key: k.ID, Secret: s, UserAgent: "test"}, d); err != nil {
				t.Fatal(err)
			}
			_, _, err = h.ada.RegenerateSecret(ctx, k.ID, 1)
			tell(err)
			_, _, err = model.ParseCredential(string(k.ID) + " " + s.Reveal())
			tell(err)
			_, err = model.ParseSecret(s.Reveal() + "x")
			tell(err)
			_, err = h.ada.EditKey(ctx, k.ID, 0, model.KeyEdit{Scopes: &[]string{"A"}})
			tell(err)
			_, err = h.ada.Key(ctx, model.KeyID("empk_x"))
			tell(err)
		}
	}
	func() { // a panic in the middle of a change
		defer func() { tell(recover()) }()
		_ = h.store.Write(ctx, func(w model.Writer) error {
			panic(fmt.Sprintf("%v %+v %#v", secrets[0], model.Request{Secret: secrets[1]}, struct{ s model.Secret }{secrets[2]}))
		})
	}()
	events, err := h.ada.Events(ctx, model.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		tell(e, e.Sentence())
	}
	if err := recorder.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if xs, err := h.store.Sightings(ctx, nil, time.Time{}); err != nil || len(xs) != 3*keys {
		t.Errorf("of %d replaced secrets %d were seen, %v", 3*keys, len(xs), err)
	}
	wantNoResidue(t, "what was told", []byte(told.String()), secrets)
	backup := filepath.Join(t.TempDir(), "backup")
	file, err := storage.CreateNewFile(backup, 0)
	if err == nil {
		err = h.store.Backup(ctx, file)
	}
	if err != nil {
		t.Fatal(err)
	}
	searchFiles(t, filepath.Dir(backup), secrets, 1)
	return secrets
}

func searchFiles(t *testing.T, dir string, secrets []model.Secret, least int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < least {
		t.Errorf("only %d files to search", len(entries))
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name())) //nolint:gosec // a test's own directory
		if err != nil {
			t.Fatal(err)
		}
		wantNoResidue(t, e.Name(), content, secrets)
	}
}

func wantNoResidue(t *testing.T, where string, content []byte, secrets []model.Secret) {
	t.Helper()
	for _, s := range secrets {
		text := s.Reveal()
		if len(text) != 54 {
			t.Fatal("there is no secret to look for")
		}
		body := text[5:48]
		reversed := []byte(body)
		for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
			reversed[i], reversed[j] = reversed[j], reversed[i]
		}
		forms := []string{body, body[:16], body[27:], string(reversed), strings.Trim(fmt.Sprint([]byte(body)), "[]"), hex.EncodeToString([]byte(body)), strings.ToUpper(hex.EncodeToString([]byte(body)))}
		for shift := range 3 { // wherever in base64 it begins
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				forms = append(forms, encoding.EncodeToString([]byte(text[5+shift:5+shift+36])))
			}
		}
		for _, form := range forms {
			if bytes.Contains(content, []byte(form)) {
				t.Errorf("%s holds a secret", where)
				return
			}
		}
	}
}

// The search itself finds what it is to find.
func TestResidueIsFound(t *testing.T) {
	p := newPlace(t)
	h := p.opened(t)
	_, s := h.create(t, "billing")
	text := s.Reveal()
	for name, leak := range map[string]string{"raw": "x" + text, "hex": hex.EncodeToString([]byte(text)), "base64": base64.StdEncoding.EncodeToString([]byte("ab" + text)), "half": text[:30]} {
		probe := &testing.T{}
		wantNoResidue(probe, name, []byte(leak), []model.Secret{s})
		if !probe.Failed() {
			t.Errorf("a leak in %s is not found", name)
		}
	}
	if err := storage.WriteNewFile(p.db+".leak", []byte(text)); err != nil {
		t.Fatal(err)
	}
	probe := &testing.T{}
	searchFiles(probe, filepath.Dir(p.db), []model.Secret{s}, 1)
	if !probe.Failed() {
		t.Error("a leak in a file is not found")
	}
}
