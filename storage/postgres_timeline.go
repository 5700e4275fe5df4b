package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// timeline tells a primary from one that was lost before it: each promotion of a
// standby begins another one, with a higher number
// (https://www.postgresql.org/docs/current/continuous-archiving.html, 26.3.6).
type timeline struct {
	cluster string // system identifier of the database cluster, which its standbys share
	number  uint64
}

// timelineOf asks a server, 0 where it does not tell.
func timelineOf(ctx context.Context, c *pgconn.PgConn) (t timeline, err error) {
	const segment = "(CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END)"
	answer := c.ExecParams(ctx, "SELECT system_identifier, left("+segment+", 8) FROM pg_control_system()", nil, nil, nil, nil).Read()
	if _, refused := errors.AsType[*pgconn.PgError](answer.Err); refused {
		return timeline{}, nil
	}
	if answer.Err != nil || len(answer.Rows) != 1 {
		return timeline{}, answer.Err
	}
	t.cluster = string(answer.Rows[0][0])
	t.number, _ = strconv.ParseUint(string(answer.Rows[0][1]), 16, 32) // which is how the name of a segment begins
	return t, nil
}

// lastTimeline is the latest timeline that a process met. The zero value met none.
type lastTimeline struct {
	mu  sync.Mutex
	met timeline
}

// errSuperseded is a server that takes writes, and that another one took the place
// of: it knows nothing of what was changed there.
var errSuperseded = errors.New("it is a former primary: another server was promoted in its place")

// take notes a timeline, and refuses one that ended.
func (l *lastTimeline) take(t timeline) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.number == 0 {
		return nil
	}
	if t.cluster == l.met.cluster && t.number < l.met.number {
		return errSuperseded
	}
	l.met = t
	return nil
}

// primary refuses a server that takes no writes, and one that was promoted before
// the latest that was met.
func (h *hosts) primary(ctx context.Context, c *pgconn.PgConn) error {
	if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, c); err != nil {
		return err
	}
	t, err := timelineOf(ctx, c)
	if err != nil {
		return err
	}
	return h.timeline.take(t)
}

// now returns the latest timeline that was met.
func (l *lastTimeline) now() timeline {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.met
}

// Who else takes writes is asked first and then again and again. Most commands are
// over before the first time.
const (
	firstRoll = time.Second
	nextRoll  = 10 * time.Second
)

// attend looks until ctx ends whether a server was promoted in the place of the
// one that is asked, which knows nothing of that.
func (h *hosts) attend(ctx context.Context) {
	for wait := firstRoll; len(h.each) > 1; wait = nextRoll {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			h.look(ctx)
		}
	}
}

// look leaves the server that is asked when another one took its place.
func (h *hosts) look(ctx context.Context) {
	before := h.timeline.now()
	for _, s := range h.roll(ctx) {
		if s.err == nil && s.cluster == before.cluster {
			_ = h.timeline.take(s.timeline) // one that ended is of no interest
		}
	}
	if h.timeline.now() != before {
		h.era.Add(1)
	}
}

// standing is what became of one host of an address.
type standing struct {
	host string
	timeline
	started string // when the server was, by which one that has two names is known
	err     error  // it cannot be reached
}

// roll asks every host what it is, all at the same time.
func (h *hosts) roll(ctx context.Context) []standing {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	all := make([]standing, len(h.each))
	var asking sync.WaitGroup
	for i, config := range h.each {
		asking.Go(func() {
			s := &all[i]
			s.host = net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
			config = config.Copy()
			config.ValidateConnect = nil
			var c *pgconn.PgConn
			if c, s.err = pgconn.ConnectConfig(ctx, config); s.err == nil {
				s.timeline, s.err = timelineOf(ctx, c)
				began := c.ExecParams(ctx, "SELECT extract(epoch FROM pg_postmaster_start_time())", nil, nil, nil, nil).Read()
				if s.err = errors.Join(s.err, began.Err); s.err == nil {
					s.started = string(began.Rows[0][0])
				}
				part(c)
			}
		})
	}
	asking.Wait()
	return all
}

// aboutHosts says whether the hosts of an address are one primary with its
// standbys.
func aboutHosts(all []standing) Finding {
	about := func(wrong bool, format string, args ...any) Finding {
		return Finding{"servers", wrong, fmt.Sprintf(format, args...)}
	}
	var primaries []standing // each once
	var away, unknown, clusters []string
	for _, s := range all {
		switch same := func(p standing) bool { return p.timeline == s.timeline && p.started == s.started }; {
		case s.err != nil:
			away = append(away, s.host)
		case s.cluster == "":
			unknown = append(unknown, s.host)
		case s.number > 0 && !slices.ContainsFunc(primaries, same):
			primaries = append(primaries, s)
		}
		if s.cluster != "" && !slices.Contains(clusters, s.cluster) {
			clusters = append(clusters, s.cluster)
		}
	}
	slices.SortFunc(primaries, func(p, q standing) int { return cmp.Compare(p.number, q.number) })
	var names []string
	for _, p := range primaries {
		names = append(names, p.host)
	}
	last := len(primaries) - 1
	switch {
	case len(clusters) > 1:
		return about(true, "The servers of the address hold different databases, and are no copies of each other. Name only those in it that are.")
	case last > 0 && primaries[last-1].number == primaries[last].number:
		return about(true, "These servers take changes at the same time: %s. Only one of them may: find out which has the latest changes, and stop the others, as each allows what was revoked on another.", strings.Join(names, ", "))
	case last > 0:
		return about(true, "These servers take changes at the same time: %s. Stop all but %s, which was promoted last: they allow what was revoked since, and what is changed there is lost. pg_rewind makes standbys of them.", strings.Join(names, ", "), names[last])
	case len(away) > 0:
		return about(true, "Of the servers of the address, these do not let this computer in: %s. None of them can take over.", strings.Join(away, ", "))
	case len(unknown) > 0:
		return about(false, "These servers of the address answer, but do not say whether they were promoted: %s. Keep a primary away that was lost and comes back.", strings.Join(unknown, ", "))
	}
	return about(false, "All %d servers of the address answer, and one takes changes.", len(all))
}
