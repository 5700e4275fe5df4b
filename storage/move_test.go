package storage_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"empress/model"
	"empress/storage"
	"empress/storage/postgrestest"
)

// Every table of PostgreSQL is copied, but for what tells nothing of a team.
func TestEveryTableIsCopied(t *testing.T) {
	t.Parallel()
	made, err := storage.OwnTables()
	if err != nil {
		t.Fatal(err)
	}
	copied := append(storage.CopiedTables(), "empress_schema", "head", "usage_turn")
	slices.Sort(made)
	slices.Sort(copied)
	if !slices.Equal(made, copied) {
		t.Errorf("%q are made, %q are copied", made, copied)
	}
}

// moved moves what a store holds to an empty database, as a use case would.
func moved(t *testing.T, from *storage.Store, to *storage.Postgres, settle func(model.Writer) error) error {
	t.Helper()
	return from.Write(ctx, func(w model.Writer) error {
		return from.MoveTo(ctx, w, to, func() {}, func(model.Writer) (bool, error) { return false, nil }, settle)
	})
}

func settled(model.Writer) error { return nil }

// furnished is a team with rows in every table.
func furnished(t *testing.T) (h *house, keys []model.Key) {
	t.Helper()
	h, _ = newHouse(t)
	for _, name := range []string{"billing", "shop", "billing"} {
		k, _ := h.create(t, name)
		keys = append(keys, k)
	}
	_, _, err := h.ada.RegenerateSecret(ctx, keys[0].ID, keys[0].Generation)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.ada.SuspendKey(ctx, keys[1].ID); err != nil {
		t.Fatal(err)
	}
	record(t, h.store, model.Tally{Usage: model.Usage{Key: keys[0].ID, At: noon, Allowed: 7, UserAgent: "curl/8\xff"}})
	return h, keys
}

// holdings is what a store tells of a team.
type holdings struct {
	Team    model.Team
	Head    model.Head
	Members []model.Member
	Keys    []model.Key
	Found   []model.KeyID
	Events  []model.Event
	Usage   map[model.KeyID]model.Usage
}

func holdingsOf(t *testing.T, s model.Store) (h holdings) {
	t.Helper()
	read(t, s, func(r model.Reader) (err error) {
		h.Team, err = r.Team()
		var errs [5]error
		h.Head, errs[0] = r.Head()
		h.Members, errs[1] = r.Members()
		errs[2] = r.EachKey(func(k model.Key) error { h.Keys = append(h.Keys, k); return nil })
		errs[3] = r.EachEvent(func(e model.Event) error { h.Events = append(h.Events, e); return nil })
		page, found := r.Keys(model.KeyQuery{Text: "illi", Visible: model.Visible{All: true}})
		h.Found, errs[4] = ids(page.Keys), found
		return errors.Join(append(errs[:], err)...)
	})
	var err error
	if h.Usage, err = s.Usages(ctx, ids(h.Keys)); err != nil {
		t.Fatal(err)
	}
	return h
}

// A team moves to PostgreSQL as it is, goes on there, and is changed no more where
// it was, in any process. From a backup of there it comes back.
func TestMove(t *testing.T) {
	t.Parallel()
	h, keys := furnished(t)
	to, _ := openPostgres(t)
	before := holdingsOf(t, h.store)
	other, err := storage.Open(ctx, h.file.Path()) // another process
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := moved(t, h.file, to, settled); err != nil {
		t.Fatal(err)
	}
	after := holdingsOf(t, to)
	spelled := after.Usage[keys[0].ID]
	if spelled.UserAgent != `curl/8\xff` {
		t.Errorf("the client is called %q", spelled.UserAgent)
	}
	spelled.UserAgent = "curl/8\xff"
	after.Usage[keys[0].ID] = spelled
	same(t, "what is there", before, after, nil)
	again := keyOf(1, model.Application{ID: keys[0].ApplicationID, Name: "billing"}, keys[0].OwnerID)
	write(t, to, func(w model.Writer) error { return w.InsertKey(again) })
	record(t, to, model.Tally{Usage: model.Usage{Key: again.ID, At: noon, Allowed: 1}})

	for what, s := range map[string]*storage.Store{"the process that moved it": h.file, "another one": other} {
		err := s.Write(ctx, func(model.Writer) error { return nil })
		if !errors.Is(err, model.ErrConflict) || !strings.Contains(model.Sentence(err), "has moved to another database") {
			t.Errorf("%s changes the old database: %v", what, err)
		}
		if err := s.Stays(ctx); !errors.Is(err, model.ErrConflict) {
			t.Errorf("%s says: %v", what, err)
		}
		same(t, "what was here, to "+what, before, holdingsOf(t, s), nil)
	}
	reopened, err := storage.Open(ctx, h.file.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer reopened.Close()
	wantError(t, "a change after opening it again", reopened, model.ErrConflict, func(model.Writer) error { return nil })

	path := filepath.Join(t.TempDir(), "copy")
	file, err := storage.CreateNewFile(path, 0)
	if err == nil {
		err = to.Backup(ctx, file)
	}
	if err != nil {
		t.Fatal(err)
	}
	draft, err := storage.OpenDraft(ctx, path, filepath.Join(t.TempDir(), "team.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Discard()
	want, got := holdingsOf(t, to), holdingsOf(t, draft.Store)
	want.Usage, got.Usage = nil, nil
	same(t, "what is in the copy", want, got, nil)
	third, _ := openPostgres(t)
	if err := draft.CopyTo(ctx, third); err != nil {
		t.Fatal(err)
	}
	got = holdingsOf(t, third)
	got.Usage = nil
	same(t, "what is in a database made of the copy", want, got, nil)
	if err := draft.CopyTo(ctx, third); !errors.Is(err, model.ErrConflict) {
		t.Errorf("a copy over a team: %v", err)
	}
}

// What is not moved to the end is not there at all, and stays where it was.
func TestMoveBroken(t *testing.T) {
	t.Parallel()
	h, _ := furnished(t)
	to, _ := openPostgres(t)
	broken := errors.New("broken off")
	if err := moved(t, h.file, to, func(model.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	read(t, to, func(r model.Reader) error {
		_, err := r.Team()
		missing(t, "the team", err)
		return nil
	})
	h.create(t, "more")
	// The other end is done, and this one is not: the next move ends it.
	err := h.store.Write(ctx, func(w model.Writer) error {
		return errors.Join(h.file.MoveTo(ctx, w, to, func() {}, func(model.Writer) (bool, error) { return false, nil }, settled), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := h.file.Stays(ctx); err != nil {
		t.Error(err)
	}
	if err := h.store.Write(ctx, func(w model.Writer) error {
		return h.file.MoveTo(ctx, w, to, func() { t.Error("a row is copied again") }, func(model.Writer) (bool, error) { return true, nil }, func(model.Writer) error {
			t.Error("it is settled again")
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.file.Stays(ctx); !errors.Is(err, model.ErrConflict) {
		t.Error(err)
	}
}

// A copy that is not what was copied is none.
func TestMoveCompares(t *testing.T) {
	t.Parallel()
	h, _ := furnished(t)
	to, address := openPostgres(t)
	if err := moved(t, h.file, to, settled); err != nil {
		t.Fatal(err)
	}
	if err := storage.Compare(ctx, h.file, to); err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct{ do, undo string }{
		{"UPDATE keys SET search = search || 'x'", "UPDATE keys SET search = left(search, -1)"},
		{"UPDATE events SET mac = mac || '\\x00' WHERE seq = 1", "UPDATE events SET mac = substr(mac, 1, length(mac) - 1) WHERE seq = 1"},
		{"INSERT INTO application_names SELECT 'x', 'x', id, '' FROM applications WHERE id = 1", "DELETE FROM application_names"},
		{"CREATE TABLE aside AS SELECT * FROM superseded_secrets; DELETE FROM superseded_secrets", "INSERT INTO superseded_secrets SELECT * FROM aside"},
	} {
		postgres.Server(t).Execute(t, postgrestest.DatabaseOf(address), change.do)
		if err := storage.Compare(ctx, h.file, to); !errors.Is(err, model.ErrDamaged) {
			t.Errorf("after %s: %v", change.do, err)
		}
		postgres.Server(t).Execute(t, postgrestest.DatabaseOf(address), change.undo)
		if err := storage.Compare(ctx, h.file, to); err != nil {
			t.Errorf("after %s: %v", change.undo, err)
		}
	}
}
