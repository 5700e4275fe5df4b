package storage_test

import (
	"fmt"
	"strings"
	"testing"

	"empress/model"
	"empress/storage"
)

// spoiltSearches are ways to change, behind the program's back, the index of what
// is searched.
var spoiltSearches = []string{
	"INSERT INTO keys_search (keys_search) VALUES ('delete-all')",
	"INSERT INTO keys_search (keys_search, rowid, search) SELECT 'delete', n, search FROM keys WHERE n = 7",
	"INSERT INTO keys_search (keys_search, rowid, search) SELECT 'delete', n, search FROM keys WHERE n = 7; INSERT INTO keys_search (rowid, search) SELECT 7000, search FROM keys WHERE n = 7",
	"DELETE FROM keys_search_idx",
	"DELETE FROM keys_search_idx WHERE pgno = (SELECT max(pgno) FROM keys_search_idx)",
	"UPDATE keys_search_idx SET pgno = 2",
	"UPDATE keys_search_data SET block = zeroblob(length(block))",
	"UPDATE keys_search_data SET block = zeroblob(length(block)) WHERE id = (SELECT max(id) FROM keys_search_data)",
	"DELETE FROM keys_search_data",
	"DELETE FROM keys_search_docsize",
	"DELETE FROM keys_search_config",
}

// An index that does not lead to every key is told, and can be made anew.
func TestSpoiltSearch(t *testing.T) {
	const keys = 300
	s, path := filled(t, keys)
	for _, change := range spoiltSearches {
		place{db: path}.alter(t, change)
		if found, _ := s.Inspect(ctx); !strings.Contains(fmt.Sprint(found), "Run: empress doctor --rebuild-search") {
			t.Errorf("%s: found %q", change, found)
		}
		if err := s.RebuildSearch(ctx); err != nil {
			t.Errorf("%s: %v", change, err)
		}
		if found, err := s.Inspect(ctx); err != nil || len(found) > 0 {
			t.Errorf("%s: made anew: %q, %v", change, found, err)
		}
		if got := found(t, s, model.KeyQuery{Text: "billing"}, false); len(got) != keys {
			t.Errorf("%s: made anew it leads to %d of %d keys", change, len(got), keys)
		}
	}
}

// The check waits for nobody who writes, and nobody waits for it.
func TestInspectWhileWriting(t *testing.T) {
	s, _ := filled(t, 3)
	write(t, s, func(w model.Writer) error {
		found, err := s.Inspect(ctx)
		if len(found) > 0 {
			t.Errorf("found %q", found)
		}
		return err
	})
}

// A backup whose index was spoilt already comes back with one that leads to every
// key.
func TestSpoiltSearchIsRestored(t *testing.T) {
	s, path := filled(t, 300)
	for i, change := range spoiltSearches {
		backup := fmt.Sprint(path, ".", i)
		f, err := storage.CreateNewFile(backup, 0)
		if err == nil {
			err = s.Backup(ctx, f)
		}
		if err != nil {
			t.Fatal(err)
		}
		place{db: backup}.alter(t, change)
		d, err := storage.OpenDraft(ctx, backup, backup+".restored")
		if err != nil {
			t.Errorf("%s: %v", change, err)
			continue
		}
		if got := found(t, d, model.KeyQuery{Text: "billing"}, false); len(got) != 300 {
			t.Errorf("%s: %d keys are found", change, len(got))
		}
		d.Discard()
	}
}

// A backup of before there was such an index gets one.
func TestBackupWithoutSearchIsRestored(t *testing.T) {
	p := fromFixture(t, "testdata/schema-7")
	d, err := storage.OpenDraft(ctx, p.db, p.db+".restored")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if found, err := d.Inspect(ctx); err != nil || len(found) > 0 {
		t.Errorf("found %q, %v", found, err)
	}
}
