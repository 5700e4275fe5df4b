package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// lookups are the verifier's reads. Those that come while one is about to be sent
// go with it: many at once cost both sides hardly more than one, and none is
// answered by what was known before it came.
type lookups struct {
	pool *sql.DB
	mu   sync.Mutex
	next *turn // that whoever comes can join
}

// turn is what is read in one exchange with the server.
type turn struct {
	asked []model.KeyID
	done  chan struct{} // closed once all below is there
	found []model.Credential
	err   error // of all
	sent  bool  // it was asked on a connection, at least once
}

// maxTurn bounds a turn: what is asked in one is written at once, before the first
// answer is read.
const maxTurn = 64

// credential reads one credential. One that is not there has no ID.
func (l *lookups) credential(ctx context.Context, id model.KeyID) (c model.Credential, err error) {
	if err := ctx.Err(); err != nil {
		return c, err
	}
	for came := time.Now(); ; {
		t, place, first := l.join(id)
		if first {
			go l.take(t) // it does not end with this request: others wait for it, too
		}
		select {
		case <-t.done:
		case <-ctx.Done():
			return c, ctx.Err()
		}
		switch {
		case t.err == nil:
			return t.found[place], nil
		case first || t.sent || time.Since(came) > answerPatience:
			return c, t.err
		}
		// It waited for a connection longer than this request did.
	}
}

// join adds a key to the turn that comes next.
func (l *lookups) join(id model.KeyID) (t *turn, place int, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil || len(l.next.asked) == maxTurn {
		l.next, first = &turn{done: make(chan struct{})}, true
	}
	t, place = l.next, len(l.next.asked)
	t.asked = append(t.asked, id)
	return t, place, first
}

// leave keeps others from joining a turn.
func (l *lookups) leave(t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == t {
		l.next = nil
	}
}

// take asks for all of a turn, once a connection is free.
func (l *lookups) take(t *turn) {
	defer close(t.done)
	runtime.Gosched() // whoever can run now comes along
	ctx, cancel := context.WithTimeout(context.Background(), answerPatience)
	defer cancel()
	t.err = driver.ErrBadConn
	for tries := 0; tries <= verifierConnections && errors.Is(t.err, driver.ErrBadConn); tries++ { // each of them may have broken
		t.err = l.try(ctx, t)
	}
}

func (l *lookups) try(ctx context.Context, t *turn) error {
	conn, err := l.pool.Conn(ctx)
	l.leave(t)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	t.sent = true
	ctx, cancel := context.WithTimeout(context.Background(), answerPatience)
	defer cancel()
	return conn.Raw(func(c any) error { return c.(*connection).lookUp(ctx, t) })
}

// credentialFormats has every column of a credential come as the server keeps it.
var credentialFormats = []int16{asBinary}

// lookUp reads the credentials of a turn.
func (c *connection) lookUp(ctx context.Context, t *turn) error {
	query, err := c.named(ctx, credentialOnPostgres)
	if err != nil {
		return c.failed(ctx, err)
	}
	found := make([]model.Credential, len(t.asked))
	line := c.pg.StartPipeline(ctx)
	for _, id := range t.asked {
		line.SendQueryStatement(query, [][]byte{[]byte(storable(string(id)))}, nil, credentialFormats)
	}
	err = line.Sync()
	for i := 0; err == nil && i < len(found); i++ {
		found[i], err = nextCredential(line, t.asked[i])
	}
	if closed := line.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return c.failed(ctx, err)
	}
	t.found = found
	return nil
}

// nextCredential reads what was found next.
func nextCredential(line *pgconn.Pipeline, id model.KeyID) (c model.Credential, err error) {
	got, err := line.GetResults()
	if err != nil {
		return c, err
	}
	rows, ok := got.(*pgconn.ResultReader)
	if !ok {
		return c, errValue
	}
	if rows.NextRow() {
		r := binaryRow{left: rows.Values()}
		if c = credentialFrom(&r, id); r.err != nil {
			return c, r.err
		}
	}
	_, err = rows.Close()
	return c, err
}

// binaryRow is what is left of a row whose columns come as the server keeps them:
// numbers with their most significant byte first.
type binaryRow struct {
	left [][]byte
	err  error
}

func (r *binaryRow) blob() []byte { return append([]byte(nil), r.take()...) }
func (r *binaryRow) text() string { return string(r.take()) }
func (r *binaryRow) integer() int64 {
	switch b := r.take(); len(b) {
	case 8:
		return int64(binary.BigEndian.Uint64(b))
	case 1:
		return int64(b[0])
	}
	r.err = errValue
	return 0
}

func (r *binaryRow) take() (value []byte) {
	if len(r.left) == 0 || r.left[0] == nil {
		r.err = errValue
		return nil
	}
	value, r.left = r.left[0], r.left[1:]
	return value
}
