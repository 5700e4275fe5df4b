package storage

import (
	"context"
	"database/sql"
	"errors"

	"empress/model"
)

// transaction implements [model.Writer]. On a connection for reading SQLite
// itself refuses to write.
type transaction struct {
	ctx  context.Context
	tx   *sql.Tx
	used map[string]*sql.Stmt // the queries that were asked, nil for those that were only once
	many bool                 // very many rows are written
	from int64                // keys with greater numbers are told to the index of what is searched at the end
	lite bool                 // it is of SQLite: see search.go, and orders that keep to its planner
}

// statement readies a query that is asked again and again. It returns nil for
// one that is asked for the first time: most of them never are again.
func (t *transaction) statement(query string) (s *sql.Stmt, err error) {
	s, again := t.used[query]
	if s != nil {
		return s, nil
	}
	if again {
		if s, err = t.tx.PrepareContext(t.ctx, query); err != nil { // closed with the transaction
			return nil, err
		}
	}
	if t.used == nil {
		t.used = map[string]*sql.Stmt{}
	}
	t.used[query] = s
	return s, nil
}

func (t *transaction) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.statement(query)
	switch {
	case err != nil:
		return nil, err
	case s != nil:
		return s.QueryContext(t.ctx, args...)
	}
	return t.tx.QueryContext(t.ctx, query, args...)
}

func (t *transaction) execute(query string, args ...any) (sql.Result, error) {
	s, err := t.statement(query)
	switch {
	case err != nil:
		return nil, err
	case s != nil:
		return s.ExecContext(t.ctx, args...)
	}
	return t.tx.ExecContext(t.ctx, query, args...)
}

var _ model.Writer = (*transaction)(nil)

type scanner interface{ Scan(dest ...any) error }

// with scans more columns after those that it is asked for.
type with struct {
	scanner
	more []any
}

func (w with) Scan(dest ...any) error { return w.scanner.Scan(append(dest, w.more...)...) }

// row scans the only row of a query.
func row[T any](t *transaction, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	var v T
	st, err := t.statement(query)
	switch {
	case err != nil:
		return v, err
	case st != nil:
		v, err = scan(st.QueryRowContext(t.ctx, args...))
	default:
		v, err = scan(t.tx.QueryRowContext(t.ctx, query, args...))
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = model.ErrNotFound
	}
	return v, err
}

// rows hands every row of a query to fn.
func rows[T any](t *transaction, scan func(scanner) (T, error), fn func(T) error, query string, args ...any) error {
	rs, err := t.query(query, args...)
	if err != nil {
		return err
	}
	defer rs.Close()
	busy := t.used[query] // until its rows are read: fn may ask the same again
	delete(t.used, query)
	defer func() { t.used[query] = busy }()
	for rs.Next() {
		v, err := scan(rs)
		if err != nil {
			return err
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return rs.Err()
}

// all collects every row of a query.
func all[T any](t *transaction, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var vs []T
	err := rows(t, scan, func(v T) error { vs = append(vs, v); return nil }, query, args...)
	return vs, err
}

func (t *transaction) exec(query string, args ...any) error {
	_, err := t.execute(query, args...)
	return err
}

// next returns the number that follows the greatest one of a table. Rows are
// never deleted, and writes come one at a time.
func (t *transaction) next(table string) (int64, error) {
	return row(t, number, "SELECT coalesce(max(id), 0) + 1 FROM "+table)
}

func number(s scanner) (n int64, err error) { return n, s.Scan(&n) }

func (t *transaction) Team() (model.Team, error) {
	return row(t, func(s scanner) (m model.Team, err error) {
		var at int64
		err = s.Scan(&m.Database, &m.Name, &at, &m.KeyNumber, &m.Check, &m.Seal)
		m.CreatedAt = model.FromMillis(at)
		return m, err
	}, "SELECT database, name, created_at, key_number, key_check, seal FROM team WHERE id = 1")
}

func (t *transaction) InsertTeam(m model.Team) error {
	return t.exec("INSERT INTO team (id, database, name, created_at, key_number, key_check, seal) VALUES (1, ?, ?, ?, ?, ?, ?)",
		m.Database, m.Name, model.Millis(m.CreatedAt), m.KeyNumber, m.Check, m.Seal)
}
