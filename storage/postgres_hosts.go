package storage

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// connectPatience bounds how long one host is tried, where the connect_timeout
	// of the address does not say it.
	connectPatience = 2 * time.Second
	// hostDelay is how long a host may be silent until the next one is tried beside
	// it: the Connection Attempt Delay of RFC 8305 (Happy Eyeballs), section 5.
	hostDelay = 250 * time.Millisecond
)

// hosts are the servers of an address, one of which takes writes.
type hosts struct {
	each     []*pgconn.Config
	last     atomic.Int32  // the one that took writes when somebody asked last
	timeline lastTimeline  // that one of them was in
	era      atomic.Uint32 // counts how often a server was given up; see [hosts.forsake]
}

// eachHost is a configuration for each host of one, in its order. A host stays
// together with the ways to come in that are tried in turn, such as with TLS and
// without.
func eachHost(c *pgconn.Config) (each []*pgconn.Config) {
	ways := append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...)
	for _, w := range ways {
		i := slices.IndexFunc(each, func(h *pgconn.Config) bool { return h.Host == w.Host && h.Port == w.Port })
		if i >= 0 {
			each[i].Fallbacks = append(each[i].Fallbacks, w)
			continue
		}
		one := c.Copy()
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = w.Host, w.Port, w.TLSConfig, nil
		each = append(each, one)
	}
	return each
}

// vigilant dials so that the computer of a server that vanished is noticed after
// eight seconds of silence, also where nobody waits for an answer.
func vigilant() pgconn.DialFunc {
	d := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 3}}
	return d.DialContext
}

// forsake is for whoever waited for an answer in vain: the connections that were
// made before are not used again, as they would all be waited for in turn.
func (h *hosts) forsake(era uint32) { h.era.CompareAndSwap(era, era+1) }

// connect finds the host that takes writes. The one that did last is asked first;
// the next one as soon as the one before it fails, or is silent for a while. A
// standby that is to take over is asked again as long as another host is silent.
func (h *hosts) connect(ctx context.Context) (*pgconn.PgConn, error) {
	ctx, stop := context.WithTimeout(ctx, h.patience())
	defer stop()
	r := &race{hosts: h, ctx: ctx, answers: make(chan answered), errs: make([]error, len(h.each))}
	first := int(h.last.Load())
	for i := range h.each {
		r.queue = append(r.queue, (first+i)%len(h.each))
	}
	return r.run()
}

// patience is how long all hosts are tried together.
func (h *hosts) patience() time.Duration {
	return h.each[0].ConnectTimeout + time.Duration(len(h.each))*hostDelay
}

// race is a search for the host that takes writes.
type race struct {
	*hosts
	ctx     context.Context // ends with the race
	answers chan answered
	queue   []int   // hosts that were not asked yet
	again   []int   // hosts that may take writes a moment later
	asked   int     // hosts that did not answer yet
	errs    []error // by host, that it answered last
}

// answered is what a host answered: a connection, or an error.
type answered struct {
	host int
	c    *pgconn.PgConn
	err  error
}

func (r *race) run() (*pgconn.PgConn, error) {
	tick := time.NewTicker(hostDelay)
	defer tick.Stop()
	r.next()
	for r.asked > 0 {
		select {
		case a := <-r.answers:
			if a.err == nil {
				r.last.Store(int32(a.host))
				return a.c, nil
			}
			r.failed(a)
		case <-tick.C:
			r.next()
			for _, host := range r.again {
				r.ask(host)
			}
			r.again = nil
		case <-r.ctx.Done():
			return nil, errors.Join(append(r.errs, r.ctx.Err())...)
		}
	}
	return nil, errors.Join(r.errs...)
}

// next asks the next host, if there is one.
func (r *race) next() {
	if len(r.queue) > 0 {
		r.ask(r.queue[0])
		r.queue = r.queue[1:]
	}
}

func (r *race) ask(host int) {
	r.asked++
	go func() {
		c, err := pgconn.ConnectConfig(r.ctx, r.each[host])
		select {
		case r.answers <- answered{host, c, err}:
		case <-r.ctx.Done():
			if err == nil {
				part(c)
			}
		}
	}()
}

// failed goes on after the failure of a host.
func (r *race) failed(a answered) {
	r.asked--
	r.errs[a.host] = a.err
	refused, ok := errors.AsType[*pgconn.PgError](a.err)
	if !ok || strings.HasPrefix(refused.Code, classOperator) { // whom it does not let in, it would not a moment later
		r.again = append(r.again, a.host)
	}
	r.next()
}

// part closes a connection.
func part(c *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), partingPatience)
	defer cancel()
	_ = c.Close(ctx)
}
