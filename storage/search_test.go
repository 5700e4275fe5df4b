package storage_test

import (
	"fmt"
	"slices"
	"testing"

	"empress/model"
	"empress/storage"
)

// filled is a store with many keys.
func filled(t *testing.T, n int) (*storage.Store, string) {
	t.Helper()
	path := t.TempDir() + "/team.db"
	s, err := storage.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	fill(t, s, n)
	return s, path
}

// fill puts many keys into a store: of the application billing, and, alone, one
// whose purpose is rare.
func fill(t *testing.T, s model.Store, n int) {
	t.Helper()
	billing, _ := peopled(t, s)
	write(t, s, func(w model.Writer) error {
		for i := range n {
			k := keyOf((i*7919)%n, billing, 1) // not in order of their names
			if i == n/2 {
				k.Purpose = "Überweisung"
			}
			if err := w.InsertKey(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// found reads all windows of a query.
func found(t *testing.T, s model.Store, q model.KeyQuery, asMade bool) (ids []model.KeyID) {
	t.Helper()
	q.Visible, q.Now = model.Visible{All: true}, noon
	for {
		var page model.KeyPage
		read(t, s, func(r model.Reader) (err error) { page, err = r.Keys(q); return err })
		if page.AsMade != asMade {
			t.Fatalf("%q comes as made: %v", q.Text, page.AsMade)
		}
		for _, k := range page.Keys {
			ids = append(ids, k.ID)
		}
		if !page.More {
			return ids
		}
		q.From = &page.Keys[len(page.Keys)-1]
		if q.Backward {
			q.From = &page.Keys[0]
		}
	}
}

// Of a text that very many keys hold the windows still come one after the other,
// in both directions, each key once.
func TestManyMatches(t *testing.T) {
	if racing {
		t.Skip("one goroutine adds thousands of keys")
	}
	s, _ := filled(t, many)
	wantManyMatches(t, s)
}

func TestPostgresManyMatches(t *testing.T) {
	if racing {
		t.Skip("one goroutine adds thousands of keys")
	}
	t.Parallel()
	s, _ := openPostgres(t)
	fill(t, s, many)
	wantManyMatches(t, s)
}

// many is more keys than are sorted.
const many = model.MaxSorted + 3

func wantManyMatches(t *testing.T, s model.Store) {
	t.Helper()
	n := many
	for _, text := range []string{"bil", "b", "billing", "purp", "AD"} {
		want := n
		if text == "purp" {
			want--
		}
		asMade := want > model.MaxSorted
		down := found(t, s, model.KeyQuery{Text: text}, asMade)
		reverse := found(t, s, model.KeyQuery{Text: text, Descending: true}, asMade)
		slices.Reverse(reverse)
		if len(down) != want || !slices.Equal(down, reverse) {
			t.Errorf("%q: %d keys down, %d up, the same: %v", text, len(down), len(reverse), slices.Equal(down, reverse))
		}
		distinct := slices.Compact(slices.Sorted(slices.Values(down)))
		if len(distinct) != want {
			t.Errorf("%q: %d of %d keys are distinct", text, len(distinct), want)
		}
		if sorted := found(t, s, model.KeyQuery{Text: text, Sorted: true}, false); !slices.Equal(sorted, distinct) { // of one application
			t.Errorf("%q: %d keys are not sorted where that is asked for", text, len(sorted))
		}
		if up := found(t, s, model.KeyQuery{Text: text, Backward: true}, asMade); len(up) != want {
			t.Errorf("%q: %d keys from the end", text, len(up))
		}
	}
	if some := found(t, s, model.KeyQuery{Text: "bil", State: model.Suspended}, false); len(some) != 0 {
		t.Errorf("%d suspended keys", len(some))
	}
}

// What is searched follows every change, and stands in copies.
func TestSearchFollows(t *testing.T) {
	s, path := filled(t, 40)
	rare := found(t, s, model.KeyQuery{Text: "überw"}, false)
	if len(rare) != 1 {
		t.Fatalf("the rare purpose is found in %q", rare)
	}
	var k model.Key
	read(t, s, func(r model.Reader) (err error) { k, err = r.Key(rare[0]); return err })
	k.Purpose, k.Revision = `Two "words" * AND`, k.Revision+1
	write(t, s, func(w model.Writer) error { return w.UpdateKey(k, k.Revision-1, k.Generation) })
	k.State, k.Revision = model.Suspended, k.Revision+1 // which is not searched
	write(t, s, func(w model.Writer) error { return w.UpdateKey(k, k.Revision-1, k.Generation) })
	for text, want := range map[string]int{"überw": 0, `"words" * and`: 1, `"wo`: 1, "*": 0, `"`: 0, "words and": 0, "a\x00b": 0, "empk_": 40, "empk_00000000000000000007": 1, "0000000007": 1} {
		if got := found(t, s, model.KeyQuery{Text: text}, false); len(got) != want {
			t.Errorf("%q is found in %d keys, want %d", text, len(got), want)
		}
	}
	f, err := storage.CreateNewFile(path+".copy", 0)
	if err == nil {
		err = s.Backup(ctx, f)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := storage.Open(ctx, path+".copy")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := found(t, c, model.KeyQuery{Text: `"words"`}, false); fmt.Sprint(got) != fmt.Sprint(rare) {
		t.Errorf("in a copy it is found in %q", got)
	}
}
