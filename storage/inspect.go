package storage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"empress/model"
)

// Inspect checks the database's file as SQLite sees it: its structure, its
// references, and whether what is searched leads to every key. It returns what is
// wrong, in words; nil is sound.
func (s *Store) Inspect(ctx context.Context) ([]string, error) {
	found, err := s.intact(ctx)
	fits, failed := s.searchFits(ctx)
	if failed == nil && !fits && !slices.Contains(found, searchMend) {
		found = append(found, searchMend)
	}
	return found, errors.Join(err, failed)
}

// intact is Inspect but for what is searched, of which it sees only what SQLite
// sees by itself.
func (s *Store) intact(ctx context.Context) ([]string, error) {
	var found []string
	err := s.Read(ctx, func(r model.Reader) error {
		t := r.(*transaction)
		lines, err := all(t, func(s scanner) (line string, err error) { return line, s.Scan(&line) }, "PRAGMA integrity_check(20)")
		if err != nil {
			return err
		}
		for _, l := range lines {
			switch {
			case l == "ok":
			case strings.Contains(strings.ToLower(l), "fts5"):
				found = append(found, searchMend)
			default:
				found = append(found, "The database file is damaged: "+model.Printable(l)+". Restore a backup.")
			}
		}
		n, err := row(t, number, "SELECT count(*) FROM pragma_foreign_key_check")
		if err == nil && n > 0 {
			found = append(found, "The database has rows that refer to rows which are gone. Restore a backup.")
		}
		return err
	})
	return found, err
}
