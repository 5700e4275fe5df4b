package storage_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"empress/model"
)

// Bytes of a database are flipped, or set to zero, at random. Whatever comes
// of it is noticed or harmless; nothing that was refused is allowed for it.
func TestFlippedBytes(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	l := newLived(t, newPlace(t))
	sound, err := os.ReadFile(l.db)
	if err != nil {
		t.Fatal(err)
	}
	p := l.copied(t)
	outcomes := map[string]int{}
	for i := range size(200, 1200) {
		damaged := append([]byte(nil), sound...)
		at := random.IntN(len(damaged))
		for i%5 != 0 && damaged[at] == 0 { // most of a small database is empty: there is little to break
			at = random.IntN(len(damaged))
		}
		what := fmt.Sprintf("bit of byte %d flipped", at)
		if i%4 == 3 {
			end := min(at+1+random.IntN(512), len(damaged))
			clear(damaged[at:end])
			what = fmt.Sprintf("bytes %d to %d zeroed", at, end)
		} else {
			damaged[at] ^= 1 << random.IntN(8)
		}
		for _, suffix := range []string{"-wal", "-shm", "-journal", ".usage"} {
			_ = os.Remove(p.db + suffix)
		}
		if err := os.WriteFile(p.db, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		outcomes[l.damaged(t, p, what)]++
	}
	t.Log(outcomes)
}

// damaged looks at a damaged copy and says what came of it. The secrets that
// must not pass are tried, and what passes must be as it was.
func (l *lived) damaged(t *testing.T, p place, what string) string {
	t.Helper()
	h, err := p.open()
	if err != nil {
		return "refused"
	}
	defer h.store.Close()
	defer h.service.Flush(ctx)
	right := l.secrets[2]
	for name, r := range map[string]model.Request{
		"the first secret": {Key: l.key.ID, Secret: l.secrets[0]}, "the second secret": {Key: l.key.ID, Secret: l.secrets[1]}, "the secret of another key": {Key: l.key.ID, Secret: l.dead}, "a revoked key": {Key: l.revoked.ID, Secret: l.dead},
		"a scope that was taken away": {Key: l.key.ID, Secret: right, Scopes: []string{"admin"}},
		"another application":         {Key: l.key.ID, Secret: right, Application: "shop"},
	} {
		if d, _ := h.service.Verify(ctx, r); d.Allowed {
			t.Errorf("%s: %s is allowed", what, name)
		}
	}
	d, verifyErr := h.service.Verify(ctx, model.Request{Key: l.key.ID, Secret: right})
	if d.Allowed && (d.Application != "billing" || d.Owner != "ada@example.com" || fmt.Sprint(d.Scopes) != "[read]" || d.Team != "Acme") {
		t.Errorf("%s: allowed as %+v", what, d)
	}
	report, auditErr := h.service.CheckAudit(ctx)
	found, inspectErr := h.store.Inspect(ctx)
	detected := verifyErr != nil || auditErr != nil || inspectErr != nil || report.Found > 0 || len(found) > 0
	switch {
	case detected:
		return "noticed"
	case !d.Allowed:
		t.Errorf("%s: the right secret gets %s, and nothing is noticed", what, d.Reason)
	}
	return "harmless"
}
