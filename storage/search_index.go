package storage

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"net/url"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// searchMend is what to say of an index of what is searched that does not fit the
// keys.
const searchMend = "The index of what is searched does not fit the keys, so a filter may miss some of them. Run: empress doctor --rebuild-search"

// searchFits reports whether the index of what is searched leads to every key.
// FTS5 compares an index with its content only where it may write, so that
// everybody else would have to wait: here it does so with a copy, which is gone
// afterwards. It looks at those entries of its table of contents that are there
// and not for those that are missing: so every term is looked up as well.
// See https://www.sqlite.org/fts5.html#the_integrity_check_command.
func (s *Store) searchFits(ctx context.Context) (bool, error) {
	var fits bool
	err := s.aside(ctx, nil, func(tx *sql.Tx) (err error) {
		if _, err = tx.ExecContext(ctx, copiedSearch); err == nil {
			err = tx.QueryRowContext(ctx, searchDoubts).Scan(&fits)
		}
		return err
	})
	if se, ok := errors.AsType[*sqlite.Error](err); ok && se.Code()&0xff == sqlite3.SQLITE_CORRUPT {
		return false, nil
	}
	return fits, s.mapError(err)
}

const copiedSearch = `
CREATE TEMP VIEW searched AS SELECT n, search FROM main.keys;
CREATE VIRTUAL TABLE temp.copy USING fts5 (search, content = 'searched', content_rowid = 'n', tokenize = 'trigram');
DELETE FROM temp.copy_data;
INSERT INTO temp.copy_data SELECT * FROM main.keys_search_data;
INSERT INTO temp.copy_idx SELECT * FROM main.keys_search_idx;
INSERT INTO temp.copy_docsize SELECT * FROM main.keys_search_docsize;
INSERT INTO temp.copy (copy, rank) VALUES ('integrity-check', 1);
CREATE VIRTUAL TABLE temp.terms USING fts5vocab (temp, copy, row);
CREATE VIRTUAL TABLE temp.places USING fts5vocab (temp, copy, instance);`

// searchDoubts is whether the index can be opened, and every term can be found.
const searchDoubts = `SELECT EXISTS (SELECT 1 FROM main.keys_search_config WHERE k = 'version' AND v = 4)
	AND NOT EXISTS (SELECT 1 FROM temp.terms t WHERE NOT EXISTS (SELECT 1 FROM temp.places p WHERE p.term = t.term))`

// RebuildSearch makes the index of what is searched anew from the keys, where the
// schema has one. Everybody else who writes waits meanwhile.
func (s *Store) RebuildSearch(ctx context.Context) error {
	made, err := schema(ctx, s.readers)
	if err != nil || !slices.ContainsFunc(made, object{kind: "table", name: "keys_search"}.is) {
		return s.mapError(err)
	}
	defer s.turns.take(ctx)()
	return s.mapCommit(s.aside(ctx, url.Values{"_txlock": {"immediate"}}, func(tx *sql.Tx) error {
		// Without its version FTS5 does not even begin.
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO keys_search_config (k, v) VALUES ('version', 4); INSERT INTO keys_search (keys_search) VALUES ('rebuild')")
		if err != nil {
			return err
		}
		return tx.Commit()
	}))
}

// aside runs fn in a transaction of a connection of its own, which may write to
// the tables that FTS5 keeps an index in.
func (s *Store) aside(ctx context.Context, params url.Values, fn func(*sql.Tx) error) error {
	if err := s.here.check(0); err != nil {
		return err
	}
	of := url.Values{"_defensive": {"0"}}
	maps.Copy(of, params)
	db, err := pool(s.path, 1, of, "synchronous(FULL)")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after a commit
	return fn(tx)
}
