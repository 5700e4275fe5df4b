package storage

import (
	"context"
	"fmt"
	"strings"

	"empress/model"
)

// Inspect looks for indexes that the server does not trust, and for rows that
// refer to rows which are gone. It returns what is wrong, in words; nil is sound.
// The files themselves are the server's: its own pg_amcheck reads them.
func (s *Postgres) Inspect(ctx context.Context) ([]string, error) {
	tables, err := ownTables()
	if err != nil {
		return nil, s.mapError(err)
	}
	invalid, err := s.pairs(ctx, `SELECT i.relname, quote_ident(i.relname) FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
		WHERE NOT (indisvalid AND indisready) AND t.relnamespace = `+ownSchema+` AND t.relname = ANY (string_to_array(?, ' ')) ORDER BY i.relname`, strings.Join(tables, " "))
	if err != nil {
		return nil, s.mapError(err)
	}
	var found []string
	for _, index := range invalid {
		found = append(found, fmt.Sprintf("The server does not use the index %s, as making it was broken off or it was switched off. Let its owner run: REINDEX INDEX %s", model.Printable(index[0]), model.Printable(index[1])))
	}
	orphans, err := s.orphans(ctx)
	return append(found, orphans...), s.mapError(err)
}

// orphans counts the rows that refer to rows which are gone, by what the
// catalogue knows of references.
func (s *Postgres) orphans(ctx context.Context) (found []string, err error) {
	counts, err := s.pairs(ctx, `SELECT concat('The table ', conrelid::regclass, ' has rows that refer to rows of ', confrelid::regclass, ' which are gone.'),
			format('SELECT count(*) FROM %s f WHERE NOT EXISTS (SELECT FROM %s t WHERE t.%I = f.%I)', conrelid::regclass, confrelid::regclass, t.attname, f.attname)
		FROM pg_constraint JOIN pg_attribute f ON f.attrelid = conrelid AND f.attnum = conkey[1] JOIN pg_attribute t ON t.attrelid = confrelid AND t.attnum = confkey[1]
		WHERE contype = 'f' AND cardinality(conkey) = 1 AND connamespace = `+ownSchema+` ORDER BY 1, 2`)
	for _, reference := range counts {
		var gone int
		if err := s.readers.QueryRowContext(ctx, reference[1]).Scan(&gone); err != nil {
			return found, err
		}
		if gone > 0 {
			found = append(found, model.Printable(reference[0])+" Restore a backup.")
		}
	}
	return found, err
}

// pairs reads all rows of two texts.
func (s *Postgres) pairs(ctx context.Context, query string, args ...any) (found [][2]string, err error) {
	rs, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	for rs.Next() {
		var pair [2]string
		if err := rs.Scan(&pair[0], &pair[1]); err != nil {
			return nil, err
		}
		found = append(found, pair)
	}
	return found, rs.Err()
}
