package storage_test

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"empress/model"
	"empress/storage"
)

// busyKeys is how many keys the crowd has: too many to be counted at once.
const busyKeys = 300

func busyKey(i int) model.KeyID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	return model.KeyID(fmt.Sprintf("empk_%c%c%018d", digits[i%32], digits[i/32%32], i))
}

// busyBatch is a batch in which each key of the crowd was allowed n times.
func busyBatch(n int64) (batch []model.Tally) {
	for i := range busyKeys {
		id := busyKey(i)
		batch = append(batch, model.Tally{Usage: model.Usage{Key: id, At: noon, Allowed: n}, Hours: hours(model.HourCount{Hour: noon.Truncate(time.Hour), Reason: "ok", Count: n}),
			Moments: []model.Moment{{At: noon, Key: id, Reason: "ok", Count: n}}})
	}
	return batch
}

// counted lists what all keys of the crowd count, each number once.
func counted(t *testing.T, db *sql.DB) string {
	t.Helper()
	return column(t, db, `SELECT coalesce(group_concat(DISTINCT allowed), '') || ' ' || count(*) || ' ' || (SELECT coalesce(group_concat(DISTINCT count), '') || ' ' || count(*) FROM hours)
		|| ' ' || (SELECT coalesce(sum(count), 0) FROM team_hours) || ' ' || (SELECT count(*) FROM journal) FROM usage`)
}

// allCounted is what counted says once each key made n requests and nothing is
// left in the journal.
func allCounted(n int) string {
	return fmt.Sprintf("%d %d %d %d %d 0", n, busyKeys, n, busyKeys, n*busyKeys)
}

// drawnBatch draws what some of 400 keys did, the n-th batch of a history.
func drawnBatch(rt *rapid.T, n int) (batch []model.Tally) {
	number := func(most int64, what string) int64 { return rapid.Int64Range(0, most).Draw(rt, what) }
	text := func(what string) string {
		return rapid.SampledFrom([]string{"", "192.0.2.1", "curl/8", "é"}).Draw(rt, what)
	}
	size := rapid.SampledFrom([]int{1, 20, 280}).Draw(rt, "keys")
	like := make([]model.Tally, 5) // keys that did the same, but for the instant
	for i := range like {
		u := model.Usage{Denied: number(9, "denied"), Allowed: number(3, "allowed"), Unlisted: number(2, "unlisted")}
		like[i].Usage = u
		for _, r := range []model.Reason{"ok", "expired"} {
			like[i].Hours = append(like[i].Hours, model.HourCount{Hour: noon.Truncate(time.Hour).Add(time.Duration(number(2, "hour")) * time.Hour), Reason: r, Count: 1 + number(1<<40, "count")})
		}
		for range number(3, "callers") {
			first := noon.Add(time.Duration(number(1e6, "first")) * time.Millisecond)
			like[i].Callers = append(like[i].Callers, model.Caller{Address: text("address"), UserAgent: text("agent"), First: first, Last: first.Add(time.Minute), Allowed: number(9, "a"), Denied: number(9, "d")})
			like[i].Sightings = append(like[i].Sightings, model.Sighting{Generation: model.Generation(1 + number(3, "generation")), Address: text("address"), First: first, Last: first.Add(time.Second), Count: number(9, "n")})
		}
	}
	for i := range size {
		t := like[i%len(like)]
		t.Key = busyKey((i + 7*n) % 400)
		if t.Allowed > 0 {
			t.At, t.Address, t.UserAgent = noon.Add(time.Duration(1000*n+i)*time.Millisecond), fmt.Sprint(n), fmt.Sprint("agent ", i%3)
		}
		batch = append(batch, t)
	}
	return append(batch, model.Tally{Hours: hours(model.HourCount{Hour: noon, Reason: "unauthenticated", Count: 1 + number(9, "strangers")})})
}

// tables is what all tables that are counted in hold.
func tables(t testing.TB, db *sql.DB) string {
	t.Helper()
	var all []string
	for _, table := range []string{"usage", "hours", "team_hours", "callers", "sightings"} {
		rs, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		names, _ := rs.Columns()
		for rs.Next() {
			row, into := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rs.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all = append(all, table+fmt.Sprint(row...))
		}
		if err := rs.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// Whether batches are noted and folded, in part, by whomever and whenever, or
// added at once: the tables come to hold the same.
func TestJournalCountsTheSame(t *testing.T) {
	noting, p := newHouse(t)
	folding := p.opened(t)
	direct, q := newHouse(t)
	for round := range size(12, 200) {
		for n := range 1 + round%4 {
			batch := rapid.Custom(func(rt *rapid.T) []model.Tally { return drawnBatch(rt, n) }).Example(10*round + n)
			record(t, noting.store, batch...)
			for part := range slices.Chunk(batch, 200) {
				record(t, direct.store, part...)
			}
			for range []int{0, 1, 5, 40}[(round/4+n)%4] {
				if _, err := folding.store.FoldUsage(ctx, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		fold(t, folding.store)
		if got, want := tables(t, p.usageFile(t)), tables(t, q.usageFile(t)); got != want {
			t.Fatalf("round %d, noted and folded:\n%s\nadded at once:\n%s", round, got, want)
		}
		for _, file := range []string{p.db, q.db} {
			place{db: file + ".usage"}.alter(t, "DELETE FROM usage; DELETE FROM hours; DELETE FROM team_hours; DELETE FROM callers; DELETE FROM sightings")
		}
	}
}

// A large batch is in the live view at once, and is counted part by part, once.
func TestJournalIsFoldedInSlices(t *testing.T) {
	h, p := newHouse(t)
	record(t, h.store, busyBatch(1)...)
	ms, err := h.store.Moments(ctx, 0)
	if err != nil || len(ms) != busyKeys {
		t.Errorf("%d moments, %v", len(ms), err)
	}
	db, before := p.usageFile(t), 0
	if got := counted(t, db); !strings.HasPrefix(got, " 0  0 0 ") {
		t.Errorf("before it is folded: %s", got)
	}
	for calls := 1; before < busyKeys; calls++ {
		if _, err := h.store.FoldUsage(ctx, false); err != nil {
			t.Fatal(err)
		}
		now := 0
		_, _ = fmt.Sscan(column(t, db, "SELECT count(*) FROM usage"), &now)
		if now <= before || now > before+busyKeys/10 || calls > 64 {
			t.Fatalf("call %d: %d keys are counted, and were %d", calls, now, before)
		}
		before = now
	}
	if got := counted(t, db); got != allCounted(1) {
		t.Errorf("folded: %s", got)
	}
}

// Several programs note and fold at once, and one closes meanwhile.
func TestJournalAtOnce(t *testing.T) {
	h, p := newHouse(t)
	const programs, batches = 3, 10
	var done sync.WaitGroup
	for range programs {
		s := p.opened(t).store
		done.Go(func() {
			for i := range batches {
				if err := s.RecordUsage(ctx, busyBatch(1)); err != nil {
					t.Error(err)
				}
				if _, err := s.FoldUsage(ctx, i%3 == 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	fold(t, h.store)
	if got := counted(t, p.usageFile(t)); got != allCounted(programs*batches) {
		t.Errorf("counted: %s", got)
	}
}

// Programs that are killed while they note and fold lose no batch that was
// written, and count none twice. Whoever comes next folds what they left.
func TestKilledWhileFolding(t *testing.T) {
	p := newPlace(t)
	least, most := 0, 0
	for range size(6, 60) {
		cmd := helper("note", p.db, p.key)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, stop := lines(out), time.Now().UnixNano()%5
		n := 0
		for range said {
			if n++; int64(n) > stop {
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for range said { // what it still said
			n++
		}
		_ = cmd.Wait() // says that it was killed
		if n == 0 {
			t.Fatal("the helper wrote nothing")
		}
		least, most = least+n, most+n+1
	}
	fold(t, p.opened(t).store)
	got := counted(t, p.usageFile(t))
	var n int
	_, _ = fmt.Sscan(got, &n)
	if n < least || n > most || got != allCounted(n) {
		t.Errorf("%d to %d batches were written, and counted is %s", least, most, got)
	}
}

// A note that is damaged is dropped, and how many requests it told of is said;
// all others are counted.
func TestDamagedNote(t *testing.T) {
	h, p := newHouse(t)
	record(t, h.store, busyBatch(2)...)
	db := p.usageFile(t)
	if _, err := db.Exec("UPDATE journal SET batch = CAST(substr(batch, 1, 20) || x'ff' || substr(batch, 22) AS BLOB) WHERE id = (SELECT max(id) FROM journal)"); err != nil {
		t.Fatal(err)
	}
	keys := 0
	lost, err := h.store.FoldUsage(ctx, true)
	_, _ = fmt.Sscan(column(t, db, "SELECT count(*) FROM usage"), &keys)
	if err != nil || lost == 0 || keys == busyKeys || lost != 2*int64(busyKeys-keys) || column(t, db, "SELECT count(*) FROM journal") != "0" {
		t.Errorf("%d are lost, %d keys are counted, %v", lost, keys, err)
	}
	if lost, err := h.store.FoldUsage(ctx, true); lost != 0 || err != nil {
		t.Errorf("again: %d, %v", lost, err)
	}
}

// A slice that cannot be added stays noted as it is.
func TestFoldIsWholeOrNothing(t *testing.T) {
	h, p := newHouse(t)
	record(t, h.store, busyBatch(1)...)
	db := p.usageFile(t)
	if _, err := db.Exec("CREATE TRIGGER stop BEFORE INSERT ON usage WHEN new.key_id = '" + string(busyKey(busyKeys-1)) + "' BEGIN SELECT raise(ABORT, 'no'); END"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.FoldUsage(ctx, true); err == nil {
		t.Error("it is called done")
	}
	if _, err := db.Exec("DROP TRIGGER stop"); err != nil {
		t.Fatal(err)
	}
	fold(t, h.store)
	if got := counted(t, db); got != allCounted(1) {
		t.Errorf("counted: %s", got)
	}
}

// The journal has a bound, beyond which batches are counted at once, and the
// larger it is the more of it is folded in a call.
func TestJournalIsBounded(t *testing.T) {
	h, p := newHouse(t)
	record(t, h.store, busyBatch(1)...)
	db := p.usageFile(t)
	full := func(bytes int) {
		t.Helper()
		if _, err := db.Exec("UPDATE journal SET upto = upto + ? WHERE id = (SELECT max(id) FROM journal)", bytes); err != nil {
			t.Fatal(err)
		}
	}
	full(130 << 20)
	if _, err := h.store.FoldUsage(ctx, false); err != nil || column(t, db, "SELECT 64 - count(*) FROM journal") == "1" {
		t.Errorf("of a large journal one slice is folded, %v", err)
	}
	full(256 << 20)
	noted := column(t, db, "SELECT count(*) FROM journal")
	record(t, h.store, busyBatch(1)...)
	if now := column(t, db, "SELECT count(*) FROM journal"); now != noted || column(t, db, "SELECT count(*) FROM usage") != fmt.Sprint(busyKeys) {
		t.Errorf("the journal had %s notes, and has %s", noted, now)
	}
	fold(t, h.store)
	if got := counted(t, db); got != allCounted(2) {
		t.Errorf("counted: %s", got)
	}
}

func TestNotedBatches(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		batch := drawnBatch(rt, 1)
		b := storage.Noted(batch)
		back, err := storage.ReadNoted(b)
		if err != nil || len(back) != len(batch) {
			rt.Fatalf("%d of %d tallies came back, %v", len(back), len(batch), err)
		}
		if again := storage.Noted(back); string(again) != string(b) || fmt.Sprint(back[0].Usage, back[0].Hours) != fmt.Sprint(batch[0].Usage, batch[0].Hours) {
			rt.Errorf("%+v came back as %+v", batch[0], back[0])
		}
		bit := rapid.IntRange(0, 8*len(b)-1).Draw(rt, "bit")
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := storage.ReadNoted(b); err == nil {
			rt.Errorf("a changed bit is not noticed")
		}
	})
}

// Whatever is found in the journal is a batch that can be noted, or is called
// damaged.
func FuzzNotedBatch(f *testing.F) {
	whole := storage.Noted(busyBatch(3))
	f.Add(whole[:len(whole)-4])
	f.Add([]byte{})
	f.Add([]byte{1, 0})
	f.Add([]byte{1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{2, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		batch, err := storage.ReadNoted(storage.Checked(b))
		if err != nil {
			return
		}
		back, err := storage.ReadNoted(storage.Noted(batch))
		if err != nil || len(back) != len(batch) || len(batch) > 0 && !reflect.DeepEqual(back, batch) {
			t.Errorf("%+v came back as %+v, %v", batch, back, err)
		}
	})
}
