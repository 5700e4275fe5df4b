package storage_test

import (
	"path/filepath"
	"slices"
	"testing"

	"empress/storage"
)

// A draft of which nobody disposed is found beside its place, and no other file
// is taken for one.
func TestDrafts(t *testing.T) {
	dir := t.TempDir()
	backup, place := filepath.Join(dir, "team.db"), filepath.Join(dir, "restored.db")
	s, err := storage.Create(t.Context(), backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := storage.OpenDraft(t.Context(), backup, place)
	if err != nil {
		t.Fatal(err)
	}
	found, err := storage.Drafts(place)
	if ours, _ := filepath.Glob(place + ".*"); err != nil || len(found) == 0 || !slices.Equal(found, ours) {
		t.Errorf("found %q, %v, of %q", found, err, ours)
	}
	if found, err := storage.Drafts(backup); err != nil || len(found) > 0 {
		t.Errorf("another database has %q, %v", found, err)
	}
	d.Discard()
	for _, p := range []string{place, filepath.Join(dir, "nowhere", "team.db")} {
		if found, err := storage.Drafts(p); err != nil || len(found) > 0 {
			t.Errorf("%s: %q, %v", p, found, err)
		}
	}
}
