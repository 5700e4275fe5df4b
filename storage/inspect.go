package storage

import (
	"context"

	"empress/model"
)

// Inspect checks the database's file as SQLite sees it: its structure and its
// references. It returns what is wrong, in words; nil is sound.
func (s *Store) Inspect(ctx context.Context) ([]string, error) {
	var found []string
	err := s.Read(ctx, func(r model.Reader) error {
		t := r.(*transaction)
		lines, err := all(t, func(s scanner) (line string, err error) { return line, s.Scan(&line) }, "PRAGMA integrity_check(20)")
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l != "ok" {
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
