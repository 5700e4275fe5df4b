package storage_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// usageFile opens the usage file behind the program's back.
func (p place) usageFile(tb testing.TB) *sql.DB {
	tb.Helper()
	return place{db: p.db + ".usage"}.raw(tb)
}

// A file from before usage files had versions is brought up to date with all that
// is in it, whoever opens it first.
func TestUsageFileOfBefore(t *testing.T) {
	p := newPlace(t)
	if err := errors.Join(os.Remove(p.db+".usage"), os.WriteFile(p.db+".usage", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("migrations/usage/0001_totals.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := p.usageFile(t)
	if _, err := db.Exec(string(text) + "INSERT INTO usage VALUES ('empk_x', 1772366400000, '192.0.2.1', 'curl', 3, 4); DROP TABLE sign_ins"); err != nil {
		t.Fatal(err)
	}
	h := p.opened(t)
	there := p.opened(t)
	got := make(chan error, 2)
	for _, s := range []model.Store{h.store, there.store} {
		go func() {
			_, err := s.Usages(ctx, []model.KeyID{"empk_x"})
			got <- err
		}()
	}
	if err := errors.Join(<-got, <-got); err != nil {
		t.Fatal(err)
	}
	record(t, h.store, model.Tally{Usage: model.Usage{Key: "empk_x", Allowed: 1}, Hours: hours(model.HourCount{Hour: noon.Truncate(time.Hour), Reason: "ok", Count: 1})})
	us, err := there.store.Usages(ctx, []model.KeyID{"empk_x"})
	same(t, "what was counted", map[model.KeyID]model.Usage{"empk_x": {Key: "empk_x", At: time.UnixMilli(1772366400000), Address: "192.0.2.1", UserAgent: "curl", Allowed: 4, Denied: 4}}, us, err)
	record(t, h.store, busyBatch(1)...)
	fold(t, there.store)
	if n := column(t, db, "SELECT sum(allowed) FROM usage"); n != fmt.Sprint(4+busyKeys) {
		t.Errorf("%s requests are counted", n)
	}
	if v := column(t, db, "PRAGMA user_version"); v != "4" {
		t.Errorf("the file has version %s", v)
	}
}

// A usage file of every released version is brought up to date, with what is in it.
func TestUsageFileOfEveryVersion(t *testing.T) {
	steps, err := filepath.Glob("migrations/usage/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= len(steps); version++ {
		p := newPlace(t)
		if err := errors.Join(os.Remove(p.db+".usage"), os.WriteFile(p.db+".usage", nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		db := p.usageFile(t)
		for _, step := range steps[:version] {
			text, err := os.ReadFile(step)
			if err == nil {
				_, err = db.Exec(string(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Exec(fmt.Sprintf("INSERT INTO usage (key_id, at, address, user_agent, allowed, denied) VALUES ('empk_x', 1772366400000, '192.0.2.1', 'curl', 3, 4); PRAGMA user_version = %d", version)); err != nil {
			t.Fatal(version, err)
		}
		h := p.opened(t)
		record(t, h.store, model.Tally{Usage: model.Usage{Key: "empk_x", Allowed: 1}})
		us, err := h.store.Usages(ctx, []model.KeyID{"empk_x"})
		if u := us["empk_x"]; err != nil || u.Allowed != 4 || u.Denied != 4 {
			t.Errorf("of version %d: %+v, %v", version, u, err)
		}
		if now := column(t, db, "PRAGMA user_version"); now != fmt.Sprint(len(steps)) {
			t.Errorf("of version %d: the file has version %s", version, now)
		}
	}
}

// A file of a newer empress is neither read nor written, and a version that there
// cannot be is called that.
func TestUsageFileOfAnotherVersion(t *testing.T) {
	for version, words := range map[int]string{99: "newer empress", -1: "claims schema -1"} {
		h, p := newHouse(t)
		record(t, h.store, model.Tally{Usage: model.Usage{Key: "empk_x", Allowed: 1}})
		db := p.usageFile(t)
		if _, err := db.Exec(fmt.Sprint("PRAGMA user_version = ", version)); err != nil {
			t.Fatal(err)
		}
		there := p.opened(t)
		_, err := there.store.Usages(ctx, []model.KeyID{"empk_x"})
		for what, err := range map[string]error{"reading": err, "writing": there.store.RecordUsage(ctx, []model.Tally{{Usage: model.Usage{Key: "empk_x", Allowed: 1}}})} {
			if err == nil || !strings.Contains(model.Sentence(err), words) {
				t.Errorf("version %d, %s: %v", version, what, err)
			}
		}
		if n := column(t, db, "SELECT allowed FROM usage"); n != "1" {
			t.Errorf("version %d: the file says %s", version, n)
		}
	}
}

// A failed batch leaves nothing, so that it can be written again as a whole.
func TestUsageBatchIsWholeOrNothing(t *testing.T) {
	h, p := newHouse(t)
	record(t, h.store)
	db := p.usageFile(t)
	if _, err := db.Exec("CREATE TRIGGER stop BEFORE INSERT ON moments WHEN new.reason = 'expired' BEGIN SELECT raise(ABORT, 'no'); END"); err != nil {
		t.Fatal(err)
	}
	batch := []model.Tally{{Usage: model.Usage{Key: keyA, Allowed: 1}, Hours: hours(model.HourCount{Hour: noon, Reason: "ok", Count: 1})},
		{Usage: model.Usage{Key: keyB, Denied: 1}, Moments: []model.Moment{{At: noon, Key: keyB, Reason: "expired", Count: 1}}}}
	if err := h.store.RecordUsage(ctx, batch); err == nil {
		t.Error("it is called written")
	}
	us, err := h.store.Usages(ctx, []model.KeyID{keyA, keyB})
	same(t, "after it failed", map[model.KeyID]model.Usage{}, us, err)
	if _, err := db.Exec("DROP TRIGGER stop"); err != nil {
		t.Fatal(err)
	}
	record(t, h.store, batch...)
}

// A process that is killed loses nothing that it recorded before its last batch
// but one, and no decision.
func TestKilledRecorder(t *testing.T) {
	h, p := newHouse(t)
	k, secret := h.create(t, "billing")
	cmd := helper("record", p.db, p.key, string(k.ID)+":"+secret.Reveal())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var at []int64 // of each request, Unix milliseconds
	for line := range lines(out) {
		var n int
		var ms int64
		if _, err := fmt.Sscan(line, &n, &ms); err != nil {
			t.Errorf("the helper said %q", line)
			break
		}
		if at = append(at, ms); n%100 == 0 && len(batches(t, h)) >= 3 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed
	us, err := h.store.Usages(ctx, []model.KeyID{k.ID})
	if err != nil {
		t.Fatal(err)
	}
	bs, before := batches(t, h), int64(0)
	for _, ms := range at {
		if ms < bs[len(bs)-2] {
			before++
		}
	}
	if n := us[k.ID].Allowed; before == 0 || n < before {
		t.Errorf("%d requests are counted, and there were %d before the last batch but one", n, before)
	}
	if !h.allows(t, k.ID, secret) {
		t.Error("the key does not work any more")
	}
	h.wantWhole(t)
}

// batches lists when batches were written in the last minutes.
func batches(t *testing.T, h *house) (at []int64) {
	t.Helper()
	ms, err := h.store.Moments(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		if n := m.At.UnixMilli(); len(at) == 0 || at[len(at)-1] != n {
			at = append(at, n)
		}
	}
	return at
}
