package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// Prepare implements [driver.Conn].
func (c *connection) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext implements [driver.ConnPrepareContext].
func (c *connection) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	text := translated(query)
	if _, err := c.named(ctx, text); err != nil {
		return nil, c.failed(ctx, err)
	}
	return &statement{c, text}, nil
}

// maxPrepared is how many statements a connection keeps prepared.
const maxPrepared = 100

// named returns a prepared statement. It is prepared when it is not yet, or no
// longer.
func (c *connection) named(ctx context.Context, text string) (*pgconn.StatementDescription, error) {
	if known, ok := c.prepared[text]; ok {
		return known, nil
	}
	if len(c.prepared) >= maxPrepared {
		if _, err := c.say(ctx, "DEALLOCATE ALL"); err != nil {
			return nil, err
		}
		clear(c.prepared)
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	known, err := c.pg.Prepare(ctx, fmt.Sprint("s", len(c.prepared)), text, nil)
	if err == nil {
		c.prepared[text] = known
	}
	return known, err
}

// statement is a query that is asked again and again.
type statement struct {
	c    *connection
	text string
}

// Close implements [driver.Stmt]: it stays prepared for whoever asks it next.
func (*statement) Close() error { return nil }

// NumInput implements [driver.Stmt]. The server counts.
func (*statement) NumInput() int { return -1 }

// Exec implements [driver.Stmt], and is not called.
func (*statement) Exec([]driver.Value) (driver.Result, error) { return nil, errors.ErrUnsupported }

// Query implements [driver.Stmt], and is not called.
func (*statement) Query([]driver.Value) (driver.Rows, error) { return nil, errors.ErrUnsupported }

// ExecContext implements [driver.StmtExecContext].
func (s *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.c.execute(ctx, s.text, true, args)
}

// QueryContext implements [driver.StmtQueryContext].
func (s *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.c.query(ctx, s.text, true, args)
}

// QueryContext implements [driver.QueryerContext].
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, translated(query), false, args)
}

// ExecContext implements [driver.ExecerContext]. Outside of a transaction it is
// for what may be done twice.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.execute(ctx, translated(query), false, args)
}

func (c *connection) query(ctx context.Context, text string, again bool, args []driver.NamedValue) (driver.Rows, error) {
	values, _, err := parameters(args)
	if err != nil {
		return nil, err
	}
	reader, err := c.start(ctx, text, again, values)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	columns := reader.FieldDescriptions()
	if len(columns) == 0 { // it failed, or is no query
		if _, err := reader.Close(); err != nil {
			return nil, c.failed(ctx, err)
		}
	}
	c.reading = &result{c: c, reader: reader, columns: columns}
	return c.reading, nil
}

// start sends a query with its parameters.
func (c *connection) start(ctx context.Context, text string, again bool, p values) (*pgconn.ResultReader, error) {
	if !again {
		if err := c.settle(); err != nil {
			return nil, err
		}
		return c.pg.ExecParams(ctx, text, p.bytes, nil, p.formats, nil), nil
	}
	known, err := c.named(ctx, text)
	if err == nil {
		err = c.settle()
	}
	if err != nil {
		return nil, err
	}
	return c.pg.ExecPrepared(ctx, known.Name, p.bytes, p.formats, nil), nil
}

func (c *connection) execute(ctx context.Context, text string, again bool, args []driver.NamedValue) (driver.Result, error) {
	values, changed, err := parameters(args)
	if err != nil {
		return nil, err
	}
	if changed && c.use.writes {
		return nil, model.Errorf(model.CodeInvalid, "A text holds what cannot be stored, so nothing was changed.")
	}
	var tag pgconn.CommandTag
	if c.use.writes && c.inside && changes(text) {
		tag, err = c.guarded(ctx, text, again, values)
	} else {
		var reader *pgconn.ResultReader
		if reader, err = c.start(ctx, text, again, values); err == nil {
			tag, err = reader.Close()
		}
	}
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// changes reports whether a statement changes rows.
func changes(text string) bool {
	return strings.HasPrefix(text, "INSERT") || strings.HasPrefix(text, "UPDATE") || strings.HasPrefix(text, "DELETE")
}

// guarded runs a statement that, when it fails, does not end the transaction: all
// of it is sent at once, and only a failure costs another turn.
func (c *connection) guarded(ctx context.Context, text string, again bool, p values) (tag pgconn.CommandTag, err error) {
	var known *pgconn.StatementDescription
	if again {
		known, err = c.named(ctx, text)
	}
	if err == nil {
		err = c.settle()
	}
	if err != nil {
		return tag, err
	}
	line := c.pg.StartPipeline(ctx)
	line.SendQueryParams("SAVEPOINT guard", nil, nil, nil, nil)
	if again {
		line.SendQueryPrepared(known.Name, p.bytes, p.formats, nil)
	} else {
		line.SendQueryParams(text, p.bytes, nil, p.formats, nil)
	}
	line.SendQueryParams("RELEASE guard", nil, nil, nil, nil)
	err = line.Sync()
	for n := 0; err == nil && n < 3; n++ {
		var got any
		if got, err = line.GetResults(); err == nil && n == 1 {
			tag, err = got.(*pgconn.ResultReader).Close()
		}
	}
	if closed := line.Close(); err == nil {
		err = closed
	}
	if err != nil && !c.pg.IsClosed() {
		if _, back := c.say(ctx, "ROLLBACK TO guard; RELEASE guard"); back != nil {
			err = errors.Join(err, back)
		}
	}
	return tag, err
}
