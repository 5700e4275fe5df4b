package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// dialer opens the connections of one pool, for database/sql. They speak by
// pgx's pgconn: pgx's own driver brings every type that PostgreSQL has, which
// makes the program larger by a sixth, and empress knows four.
type dialer struct {
	config *pgconn.Config
	use    use
}

// Connect implements [driver.Connector].
func (k *dialer) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := pgconn.ConnectConfig(ctx, k.config)
	if err != nil {
		return nil, err
	}
	return &connection{pg: c, use: k.use, prepared: map[string]string{}}, nil
}

// Driver implements [driver.Connector].
func (k *dialer) Driver() driver.Driver { return k }

// Open implements [driver.Driver]. Nobody opens a connection by a name.
func (*dialer) Open(string) (driver.Conn, error) { return nil, errors.ErrUnsupported }

// connection is one connection. It serves one goroutine at a time. Whoever asks
// for more before the rows of the last query are read has those kept in memory.
type connection struct {
	pg       *pgconn.PgConn
	use      use
	inside   bool              // a transaction
	reading  *result           // that is not read to its end
	prepared map[string]string // names of prepared statements, by their text
	unfit    bool              // it, or its server, is one to leave
}

var (
	_ driver.ConnBeginTx        = (*connection)(nil)
	_ driver.ConnPrepareContext = (*connection)(nil)
	_ driver.ExecerContext      = (*connection)(nil)
	_ driver.QueryerContext     = (*connection)(nil)
	_ driver.Validator          = (*connection)(nil)
	_ driver.SessionResetter    = (*connection)(nil)
)

// partingPatience bounds what is said to a server when its answer changes
// nothing any more, commitPatience how long a commit may take.
const (
	partingPatience = 2 * time.Second
	commitPatience  = 15 * time.Second
)

// Close implements [driver.Conn].
func (c *connection) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), partingPatience)
	defer cancel()
	return c.pg.Close(ctx)
}

// IsValid implements [driver.Validator].
func (c *connection) IsValid() bool { return !c.pg.IsClosed() && !c.unfit }

// ResetSession implements [driver.SessionResetter].
func (c *connection) ResetSession(context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return nil
}

// failed is what to return for an error. Outside of a transaction a lost
// connection has done nothing that a second try would do twice, so database/sql
// may take another one; see [connection.ExecContext].
func (c *connection) failed(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == readOnlyTransaction && c.use != forReading {
		c.unfit = true
	}
	switch {
	case !c.pg.IsClosed() || ctx.Err() != nil:
		return err
	case !c.inside:
		return driver.ErrBadConn
	}
	return &lost{err}
}

// lost is a connection that broke.
type lost struct{ cause error }

func (l *lost) Error() string { return "lost connection: " + l.cause.Error() }
func (l *lost) Unwrap() error { return l.cause }

// say runs statements without parameters, together.
func (c *connection) say(ctx context.Context, statements string) (last pgconn.CommandTag, err error) {
	if err := c.settle(); err != nil {
		return last, err
	}
	all := c.pg.Exec(ctx, statements)
	for all.NextResult() {
		last, _ = all.ResultReader().Close() // all.Close repeats its error
	}
	return last, all.Close()
}

// settle makes the connection free for another query.
func (c *connection) settle() error {
	if c.reading == nil {
		return nil
	}
	return c.reading.keep()
}

// Begin implements [driver.Conn].
func (c *connection) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements [driver.ConnBeginTx]: what kind of transaction it is
// depends on the pool alone.
func (c *connection) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if _, err := c.say(ctx, c.use.begin); err != nil {
		if !c.pg.IsClosed() {
			err = errors.Join(err, c.rollBack())
		}
		return nil, c.failed(ctx, err)
	}
	c.inside = true
	return c, nil
}

// uncertain is a commit of which no answer came.
type uncertain struct{ cause error }

func (u *uncertain) Error() string { return "commit without an answer: " + u.cause.Error() }
func (u *uncertain) Unwrap() error { return u.cause }

// errNotCommitted is a commit that the server answered by rolling back, as a
// statement had failed.
var errNotCommitted = errors.New("the transaction had failed and was rolled back")

// Commit implements [driver.Tx].
func (c *connection) Commit() error {
	c.inside = false
	if err := c.settle(); err != nil {
		return errors.Join(err, c.rollBack())
	}
	if c.pg.IsClosed() {
		return &lost{pgconn.ErrConnClosed}
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitPatience)
	defer cancel()
	tag, err := c.say(ctx, c.use.commit)
	switch {
	case err == nil && tag.String() != "COMMIT":
		return errNotCommitted
	case err != nil && c.pg.IsClosed(): // even where pgconn says that nothing was sent: it forgets
		return &uncertain{err}
	case err != nil:
		return errors.Join(err, c.rollBack())
	}
	return err
}

// Rollback implements [driver.Tx].
func (c *connection) Rollback() error {
	c.inside = false
	return c.rollBack()
}

func (c *connection) rollBack() error {
	ctx, cancel := context.WithTimeout(context.Background(), partingPatience)
	defer cancel()
	_, err := c.say(ctx, "ROLLBACK")
	c.unfit = c.unfit || err != nil
	return err
}

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

// named returns the name of a prepared statement. It is prepared when it is not
// yet, or no longer.
func (c *connection) named(ctx context.Context, text string) (string, error) {
	if name, ok := c.prepared[text]; ok {
		return name, nil
	}
	if len(c.prepared) >= maxPrepared {
		if _, err := c.say(ctx, "DEALLOCATE ALL"); err != nil {
			return "", err
		}
		clear(c.prepared)
	}
	if err := c.settle(); err != nil {
		return "", err
	}
	name := fmt.Sprint("s", len(c.prepared))
	if _, err := c.pg.Prepare(ctx, name, text, nil); err != nil {
		return "", err
	}
	c.prepared[text] = name
	return name, nil
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
	name, err := c.named(ctx, text)
	if err == nil {
		err = c.settle()
	}
	if err != nil {
		return nil, err
	}
	return c.pg.ExecPrepared(ctx, name, p.bytes, p.formats, nil), nil
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
	name := ""
	if again {
		name, err = c.named(ctx, text)
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
		line.SendQueryPrepared(name, p.bytes, p.formats, nil)
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
