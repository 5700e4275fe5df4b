package storage_test

import (
	"fmt"
	"os"
	"testing"

	"empress/model"
)

// The write-ahead log is cut at every frame, and a byte before and after it, as
// a crash may leave it. What remains is always what was so at one moment: a
// prefix of the changes, in their order.
func TestLogCutOff(t *testing.T) {
	if racing {
		t.Skip("it has one goroutine")
	}
	const header, frame = 32, 24 + 4096 // bytes
	h, p := newHouse(t)
	key, s := h.create(t, "billing")
	secrets := map[model.Generation]model.Secret{1: s}
	for range size(3, 60) {
		k, s, err := h.ada.RegenerateSecret(ctx, key.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		secrets[k.Generation] = s
	}
	database, err := os.ReadFile(p.db)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(p.db + "-wal")
	if err != nil || len(log) < header+10*frame || (len(log)-header)%frame != 0 {
		t.Fatalf("the log has %d bytes, %v", len(log), err)
	}
	latest, cuts := int64(0), 0
	for end := header; end <= len(log); end += frame {
		for _, cut := range []int{end - 1, end, min(end+1, len(log))} {
			copied := place{t.TempDir() + "/team.db", p.key}
			for path, content := range map[string][]byte{copied.db: database, copied.db + "-wal": log[:cut]} {
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			seq := checkCut(t, copied, key.ID, secrets)
			if seq < latest {
				t.Errorf("cut at %d of %d there are %d events, and %d when it is cut earlier", cut, len(log), seq, latest)
			}
			latest, cuts = seq, cuts+1
		}
	}
	if want := int64(len(secrets) + 2); latest != want {
		t.Errorf("the whole log holds %d events, want %d", latest, want)
	}
	t.Log(cuts, "cuts")
}

// checkCut returns how many events there are.
func checkCut(t *testing.T, p place, id model.KeyID, secrets map[model.Generation]model.Secret) int64 {
	t.Helper()
	h, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	h.wantWhole(t)
	k, err := h.ada.Key(ctx, id)
	if err != nil && model.CodeOf(err) != model.CodeNotFound {
		t.Fatal(err)
	}
	for g, s := range secrets {
		if ok := h.allows(t, id, s); ok != (g == k.Generation) {
			t.Errorf("secret %d works: %v; the key is at %d", g, ok, k.Generation)
		}
	}
	var head model.Head
	read(t, h.store, func(r model.Reader) (err error) { head, err = r.Head(); return err })
	if got := len(h.generations(t, id)); got != int(k.Generation) {
		t.Error(fmt.Sprint(got, " events tell of secrets; the key is at ", k.Generation))
	}
	return head.Seq
}
