package storage

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// changePoll is how often the end of the chain is looked at, should a
	// notification not arrive.
	changePoll = 2 * time.Second
	// changeReturn is how long to wait until a connection that was lost is made
	// again, and changeReturnMost where the server is gone.
	changeReturn     = 50 * time.Millisecond
	changeReturnMost = time.Second
)

// Changes implements [model.Store]: whoever commits a change notifies all who
// listen. What happened while nobody could listen is told as one change. All who
// ask share one connection.
func (s *Postgres) Changes(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	s.audience.join(ch, s.listenAlways)
	context.AfterFunc(ctx, func() {
		s.audience.leave(ch)
		close(ch)
	})
	return ch
}

// audience is who is told of changes.
type audience struct {
	mu   sync.Mutex
	all  map[chan struct{}]bool
	stop context.CancelFunc // ends listening
}

// join adds somebody. Listening begins with the first.
func (a *audience) join(ch chan struct{}, listen func(context.Context)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) == 0 {
		var ctx context.Context
		ctx, a.stop = context.WithCancel(context.Background())
		a.all = map[chan struct{}]bool{}
		go listen(ctx)
	}
	a.all[ch] = true
}

// leave ends listening with the last.
func (a *audience) leave(ch chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if delete(a.all, ch); len(a.all) == 0 {
		a.stop()
	}
}

// close ends listening, whoever still waits to be told.
func (a *audience) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stop != nil {
		a.stop()
	}
}

func (a *audience) tell() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ch := range a.all {
		select {
		case ch <- struct{}{}:
		default: // one is waiting already
		}
	}
}

// listenAlways listens until ctx ends, again after each loss of the connection.
func (s *Postgres) listenAlways(ctx context.Context) {
	for wait := changeReturn; ctx.Err() == nil; wait = min(2*wait, changeReturnMost) {
		if s.listen(ctx, s.audience.tell) {
			wait = changeReturn
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// listen tells of changes until the connection is lost or ctx ends, and reports
// whether there was one. It begins with one change: there may have been some
// before it listened.
func (s *Postgres) listen(ctx context.Context, tell func()) (listened bool) {
	hosts := s.address.hosts
	era := hosts.era.Load()
	c, err := hosts.connect(ctx)
	if err != nil {
		return false
	}
	defer part(c)
	c.CustomData()[telling] = tell
	if _, err := c.Exec(ctx, "LISTEN "+changeChannel).ReadAll(); err != nil {
		return false
	}
	for last := ""; ; {
		end, err := endOfChain(ctx, c)
		if err != nil || hosts.era.Load() != era { // the server was given up
			return listened
		}
		listened = true
		if end != last {
			last = end
			tell()
		}
		waiting, cancel := context.WithTimeout(ctx, changePoll)
		err = c.WaitForNotification(waiting)
		cancel()
		if err != nil && (ctx.Err() != nil || c.IsClosed()) {
			return listened
		}
	}
}

// telling is where a connection keeps whom it tells of changes.
const telling = "telling"

// noteChange is told of each notification that a server sends.
func noteChange(c *pgconn.PgConn, _ *pgconn.Notification) {
	if tell, ok := c.CustomData()[telling].(func()); ok {
		tell()
	}
}

// endOfChain is another text after every change.
func endOfChain(ctx context.Context, c *pgconn.PgConn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	r := c.ExecParams(ctx, "SELECT xmin FROM head WHERE id = 1", nil, nil, nil, nil).Read()
	if r.Err != nil || len(r.Rows) == 0 {
		return "", r.Err
	}
	return string(r.Rows[0][0]), nil
}
