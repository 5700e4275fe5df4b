package storage

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"empress/model"
)

// The tables that are copied from one engine to the other, in an order in which
// every row finds those that it refers to. The end of the chain is a row that is
// there already.
var (
	teamTables    = []string{"team", "members", "applications", "application_names", "grants", "ssh_keys", "policy", "keys", "superseded_secrets", "events"}
	requestTables = []string{"usage", "sign_ins", "hours", "team_hours", "callers", "sightings", "moments", "journal"}
)

// transfer copies rows between databases of different engines, each within one
// transaction, and then compares them.
type transfer struct {
	ctx      context.Context
	from, to side
	lite     side   // the one of the two that is of SQLite, and knows the columns
	step     func() // is called for each row that was copied
}

// side is a transaction, and what an error of its database means.
type side struct {
	*sql.Tx
	explain func(error) error
}

// copied is a table that is the same in both engines.
type copied struct {
	name    string
	columns []string
	key     []string // of the columns, by which rows are in order
}

// run copies the rows of tables in which there are none yet.
func (t *transfer) run(names []string) error {
	for _, name := range names {
		table, err := t.describe(name)
		if err == nil {
			err = t.fill(table)
		}
		if err == nil {
			err = t.compare(table)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *transfer) describe(name string) (table copied, err error) {
	table.name = name
	defer func() { err = t.lite.explain(err) }()
	rs, err := t.lite.QueryContext(t.ctx, "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", name)
	if err != nil {
		return table, err
	}
	defer rs.Close()
	places := map[int]string{}
	for rs.Next() {
		var column string
		var place int
		if err := rs.Scan(&column, &place); err != nil {
			return table, err
		}
		table.columns = append(table.columns, column)
		if place > 0 {
			places[place] = column
		}
	}
	for place := range len(places) {
		table.key = append(table.key, places[place+1])
	}
	return table, rs.Err()
}

func (c copied) query() string {
	return fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", strings.Join(c.columns, ", "), c.name, strings.Join(c.key, ", "))
}

// copiedAtOnce is how many rows one statement inserts: with as many parameters as
// either engine takes.
const copiedAtOnce = 100

// insertion is a statement for so many rows. A number that PostgreSQL would give
// to a row is kept.
func (t *transfer) insertion(c copied, rows int) string {
	row := "(?" + strings.Repeat(", ?", len(c.columns)-1) + ")"
	keep := ""
	if t.to.Tx != t.lite.Tx {
		keep = "OVERRIDING SYSTEM VALUE "
	}
	return fmt.Sprintf("INSERT INTO %s (%s) %sVALUES %s%s", c.name, strings.Join(c.columns, ", "), keep, row, strings.Repeat(", "+row, rows-1))
}

func (t *transfer) fill(c copied) error {
	rs, err := t.from.QueryContext(t.ctx, c.query())
	if err != nil {
		return t.from.explain(err)
	}
	defer rs.Close()
	many, err := t.to.PrepareContext(t.ctx, t.insertion(c, copiedAtOnce))
	if err != nil {
		return t.to.explain(err)
	}
	defer many.Close()
	var batch []any
	for rs.Next() {
		row, err := c.scan(rs)
		if err != nil {
			return t.from.explain(err)
		}
		batch = append(batch, row...)
		t.step()
		if len(batch) < copiedAtOnce*len(c.columns) {
			continue
		}
		if _, err := many.ExecContext(t.ctx, batch...); err != nil {
			return t.to.explain(err)
		}
		batch = batch[:0]
	}
	if err := rs.Err(); err != nil || len(batch) == 0 {
		return t.from.explain(err)
	}
	_, err = t.to.ExecContext(t.ctx, t.insertion(c, len(batch)/len(c.columns)), batch...)
	return t.to.explain(err)
}

// scan reads a row. No column of either engine holds NULL: what looks like it is
// an empty value.
func (c copied) scan(rs *sql.Rows) ([]any, error) {
	row := make([]any, len(c.columns))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	err := rs.Scan(into...)
	for i, v := range row {
		switch v := v.(type) {
		case nil:
			row[i] = []byte{}
		case string:
			if c.columns[i] == "user_agent" {
				row[i] = spelled(v)
			}
		}
	}
	return row, err
}

// spelled is what a client called itself as text that PostgreSQL keeps, too: bytes
// that are none are spelled out, so that no two names become one.
func spelled(s string) string {
	if storable(s) == s {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == 0 || r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "\\x%02x", s[i])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// compare reads a table in both databases side by side.
func (t *transfer) compare(c copied) error {
	from, err := t.from.QueryContext(t.ctx, c.query())
	if err != nil {
		return t.from.explain(err)
	}
	defer from.Close()
	to, err := t.to.QueryContext(t.ctx, c.query())
	if err != nil {
		return t.to.explain(err)
	}
	defer to.Close()
	for from.Next() {
		one, err := c.scan(from)
		if err != nil {
			return t.from.explain(err)
		}
		if !to.Next() {
			return cmp.Or(t.to.explain(to.Err()), c.differs())
		}
		other, err := c.scan(to)
		if err != nil {
			return t.to.explain(err)
		}
		if !slices.EqualFunc(one, other, sameValue) {
			return c.differs()
		}
	}
	if err := from.Err(); err != nil {
		return t.from.explain(err)
	}
	if to.Next() {
		return c.differs()
	}
	return t.to.explain(to.Err())
}

func sameValue(a, b any) bool {
	one, blob := a.([]byte)
	other, too := b.([]byte)
	if blob && too {
		return bytes.Equal(one, other)
	}
	return !blob && !too && a == b
}

func (c copied) differs() error {
	return model.Errorf(model.CodeDamaged, "The copy of the table %s is not what was copied, so none was kept. Run `empress doctor` on both databases.", c.name)
}
