package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// dialer opens the connections of one pool, for database/sql. They speak by
// pgx's pgconn: pgx's own driver brings every type that PostgreSQL has, which
// makes the program larger by a sixth, and empress knows four.
type dialer struct {
	hosts *hosts
	use   use
}

// Connect implements [driver.Connector].
func (k *dialer) Connect(ctx context.Context) (driver.Conn, error) {
	era := k.hosts.era.Load()
	pg, err := k.hosts.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{pg: pg, hosts: k.hosts, era: era, use: k.use, prepared: map[string]*pgconn.StatementDescription{}}, nil
}

// Driver implements [driver.Connector].
func (k *dialer) Driver() driver.Driver { return k }

// Open implements [driver.Driver]. Nobody opens a connection by a name.
func (*dialer) Open(string) (driver.Conn, error) { return nil, errors.ErrUnsupported }

// connection is one connection. It serves one goroutine at a time. Whoever asks
// for more before the rows of the last query are read has those kept in memory.
type connection struct {
	pg       *pgconn.PgConn
	hosts    *hosts
	era      uint32 // in which it was made
	use      use
	inside   bool                                    // a transaction
	reading  *result                                 // that is not read to its end
	prepared map[string]*pgconn.StatementDescription // by its text
	unfit    bool                                    // it, or its server, is one to leave
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
	part(c.pg)
	return nil
}

// IsValid implements [driver.Validator].
func (c *connection) IsValid() bool {
	return !c.pg.IsClosed() && !c.unfit && c.era == c.hosts.era.Load()
}

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
	c.forsake(ctx)
	switch {
	case !c.pg.IsClosed() || ctx.Err() != nil:
		return err
	case !c.inside:
		return driver.ErrBadConn
	}
	return &lost{err}
}

// forsake gives the server up when it left a question without an answer until
// its context ran out.
func (c *connection) forsake(asked context.Context) {
	if c.pg.IsClosed() && errors.Is(asked.Err(), context.DeadlineExceeded) {
		c.hosts.forsake(c.era)
	}
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

// uncertain is a commit of which no answer came, or one that a failover may lose.
type uncertain struct{ cause error }

func (u *uncertain) Error() string { return "uncertain commit: " + u.cause.Error() }
func (u *uncertain) Unwrap() error { return u.cause }

// errNotCommitted is a commit that the server answered by rolling back, as a
// statement had failed.
var errNotCommitted = errors.New("the transaction had failed and was rolled back")

// errNotReplicated is a commit that the server answered without waiting for a
// standby to the end, as somebody canceled that. It only warns of it.
var errNotReplicated = errors.New("the server warned: the commit may not be on its standby")

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
	_ = c.warned() // of what came before
	tag, err := c.say(ctx, c.use.commit)
	c.forsake(ctx)
	switch {
	case err == nil && tag.String() != "COMMIT":
		return errNotCommitted
	case err == nil && c.warned():
		return &uncertain{errNotReplicated}
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

// warning is where a connection keeps that its server warned of something.
const warning = "warning"

// noteWarning is told of what a server has to say.
func noteWarning(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		c.CustomData()[warning] = true
	}
}

// warned reports whether the server warned of something since it was asked last.
func (c *connection) warned() bool {
	said := c.pg.CustomData()
	defer delete(said, warning)
	return said[warning] != nil
}
