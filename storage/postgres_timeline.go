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

// timelineOf asks a server. The number is 0 of a standby, and of a server that does
// not tell: a managed one may have other functions, or keep them to itself.
func timelineOf(ctx context.Context, c *pgconn.PgConn) (t timeline, err error) {
	const segment = "(CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END)"
	answer := c.ExecParams(ctx, "SELECT system_identifier, left("+segment+", 8) FROM pg_control_system()", nil, nil, nil, nil).Read()
	if refused, ok := errors.AsType[*pgconn.PgError](answer.Err); ok && slices.Contains([]string{mayNot, noFunction, notSupported}, refused.Code) {
		return timeline{}, nil
	}
	if answer.Err != nil || len(answer.Rows) != 1 {
		return timeline{}, answer.Err
	}
	t.cluster = string(answer.Rows[0][0])
	t.number, _ = strconv.ParseUint(string(answer.Rows[0][1]), 16, 32) // which is how the name of a segment begins
	return t, nil
}

// lastTimeline is the latest timeline that was met at an address. The zero value
// met none.
type lastTimeline struct {
	mu  sync.Mutex
	met timeline
}

// errSuperseded is a server that takes writes, and that another one took the place
// of: it knows nothing of what was changed there.
var errSuperseded = errors.New("it is a former primary: another server was promoted in its place")

// take notes a timeline, and refuses one that ended. It reports whether another
// server was promoted since the last one was met.
func (l *lastTimeline) take(t timeline) (promoted bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	same := t.cluster == l.met.cluster
	switch {
	case t.number == 0:
		return false, nil
	case same && t.number < l.met.number:
		return false, errSuperseded
	}
	promoted = same && t.number > l.met.number
	l.met = t
	return promoted, nil
}

// cluster is that of the last one.
func (l *lastTimeline) cluster() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.met.cluster
}

// meet takes a timeline. The connections that were made before a promotion are not
// used again: some may lead to the server from before.
func (h *hosts) meet(t timeline) error {
	promoted, err := h.timeline.take(t)
	if promoted {
		h.era.Add(1)
	}
	return err
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
	return h.meet(t)
}

// Who else takes writes is asked first and then again and again, for as long each
// time. Most commands are over before the first time.
const (
	firstLook    = time.Second
	nextLook     = 10 * time.Second
	lookPatience = 2 * time.Second
)

// attend looks until ctx ends whether a server was promoted in the place of the
// one that is asked, which knows nothing of that. There may be several behind one
// name.
func (h *hosts) attend(ctx context.Context) {
	for wait := firstLook; ; wait = nextLook {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			h.look(ctx)
		}
	}
}

// look leaves the server that is asked as soon as another one is found that took
// its place.
func (h *hosts) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	cluster := h.timeline.cluster()
	h.roll(ctx, func(_ int, s standing) {
		if s.err == nil && s.cluster == cluster {
			_ = h.meet(s.timeline) // one that ended is of no interest
		}
	})
}

// standing is what became of one host of an address.
type standing struct {
	host string
	timeline
	started string // when the server was, by which one that has two names is known
	err     error  // it cannot be reached
}

// roll asks every host what it is, all at the same time, and tells of each by its
// place as soon as it answers.
func (h *hosts) roll(ctx context.Context, tell func(place int, s standing)) {
	var asking sync.WaitGroup
	for i, config := range h.each {
		asking.Go(func() { tell(i, ask(ctx, config)) })
	}
	asking.Wait()
}

// ask asks one host what it is.
func ask(ctx context.Context, config *pgconn.Config) (s standing) {
	s.host = net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	config = config.Copy()
	config.ValidateConnect = nil
	c, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		s.err = err
		return s
	}
	defer part(c)
	s.timeline, s.err = timelineOf(ctx, c)
	began := c.ExecParams(ctx, "SELECT extract(epoch FROM pg_postmaster_start_time())", nil, nil, nil, nil).Read()
	if s.err = errors.Join(s.err, began.Err); s.err == nil && len(began.Rows) == 1 {
		s.started = string(began.Rows[0][0])
	}
	return s
}

// standings is what every host is now, in their order.
func (h *hosts) standings(ctx context.Context) []standing {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	all := make([]standing, len(h.each))
	h.roll(ctx, func(place int, s standing) { all[place] = s })
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
	return about(false, "Every server of the address answers, and one takes changes.")
}
