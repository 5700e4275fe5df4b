package storage

import (
	"strings"

	"empress/model"
)

// What is searched of the keys of a SQLite database has an index of the full text
// kind, keys_search, which leads to the numbers of the keys that hold a phrase. It
// keeps no text of its own, so that it has to be told of what changes.

// searched is the table that keys are read from, joined with the index of what is
// searched, where there is one.
const searched = "keys_search CROSS JOIN keys ON keys.n = keys_search.rowid"

// searching adds that a phrase is looked for, "" for nothing: by the index of what
// is searched, or through keys that are read in another order. It returns what
// keys are read from, and what they are counted in.
func (f *filter) searching(t *transaction, phrase string, through bool) (read, counted string) {
	switch {
	case phrase == "":
		return "keys", "keys"
	case strings.ContainsRune(phrase, 0): // no text holds it
		f.add("1 = 0")
		return "keys", "keys"
	case !t.lite:
		f.add("search LIKE ?", "%"+likeEscapes.Replace(phrase)+"%")
		return "keys", "keys"
	}
	if through {
		f.add("instr(search, ?) > 0", phrase)
		return "keys", "keys"
	}
	alone := len(f.conditions) == 0
	f.add("keys_search MATCH ?", `"`+strings.ReplaceAll(phrase, `"`, `""`)+`"`)
	if alone {
		return searched, "keys_search"
	}
	return searched, searched
}

// likeEscapes makes a pattern of LIKE that stands for a text alone.
var likeEscapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// indexSearch tells the index of a key that was added, or is searched otherwise
// now.
func (t *transaction) indexSearch(k model.Key) error {
	if !t.lite {
		return nil
	}
	return t.exec("INSERT INTO keys_search (rowid, search) SELECT n, search FROM keys WHERE id = ?", string(k.ID))
}

// forgetSearch tells the index of a key that is about to be searched otherwise,
// and reports whether it is.
func (t *transaction) forgetSearch(k model.Key) (bool, error) {
	if !t.lite {
		return false, nil
	}
	changed, err := row(t, number, "SELECT count(*) FROM keys WHERE id = ? AND search <> ? AND (n <= ? OR NOT ?)", string(k.ID), k.SearchText(), t.from, t.many)
	if err != nil || changed == 0 {
		return false, err
	}
	return true, t.exec("INSERT INTO keys_search (keys_search, rowid, search) SELECT 'delete', n, search FROM keys WHERE id = ?", string(k.ID))
}

// ExpectMany implements [model.Writer].
func (t *transaction) ExpectMany() {
	if !t.lite || t.many {
		return
	}
	from, err := row(t, number, "SELECT coalesce(max(n), 0) FROM keys")
	if err == nil {
		err = t.exec(pageCache(manyKiB))
	}
	t.many, t.from = err == nil, from // otherwise it only takes longer
}

// indexRest tells the index of the keys that were added by a transaction of very
// many: each by itself would cost several times as much.
func (t *transaction) indexRest() error {
	if !t.many {
		return nil
	}
	return t.exec("INSERT INTO keys_search (rowid, search) SELECT n, search FROM keys WHERE n > ?", t.from)
}
