package server

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/net/netutil"

	"empress/model"
)

// Options are what [Serve] works with.
type Options struct {
	Service     *model.Service
	Recorder    Recorder          // counts decisions; nil counts none
	Trusted     []netip.Prefix    // the proxies whose X-Forwarded-For and X-Request-Id are believed
	Certificate *Certificate      // nil serves without TLS
	Metrics     *Metrics          // that /metrics shows; nil for new ones
	Log         func(line string) // is told what goes wrong, a few lines a minute and one at a time; nil tells nobody
}

// The bounds on clients. Whoever sends or reads slowly is dropped within ten
// seconds, unless the connection rests between two requests.
const (
	headerPatience = 5 * time.Second
	readPatience   = 8 * time.Second
	writePatience  = 9 * time.Second
	idlePatience   = 2 * time.Minute // longer than proxies keep connections, so that they end them
	stopPatience   = 10 * time.Second
	maxHeader      = 40 << 10 // bytes: what nginx takes from a client, and some
)

// Serve answers on the listener until ctx ends, and closes it. Requests that
// are being answered then are finished; it returns nil when all were within ten
// seconds, and an error when it could not go on or had to break off.
func Serve(ctx context.Context, l net.Listener, o Options) error {
	return serve(ctx, l, o, most{all: 4096, source: 256, local: 1024})
}

func serve(ctx context.Context, l net.Listener, o Options, m most) error {
	h := newHandler(o)
	defer h.journal.settle()
	s := newHTTPServer(h)
	l = netutil.LimitListener(newConnections(l, m, h, s.SetKeepAlivesEnabled), m.all)
	done := make(chan error, 1)
	go func() {
		if o.Certificate == nil {
			done <- s.Serve(l)
			return
		}
		s.TLSConfig = o.Certificate.config(h.journal)
		done <- s.ServeTLS(l, "", "")
	}()
	select {
	case err := <-done:
		return model.Errorf(model.CodeFailed, "The server stopped by itself. Start it again.").Because(err)
	case <-ctx.Done():
	}
	return stop(s)
}

func newHTTPServer(h *handler) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       readPatience,
		WriteTimeout:      writePatience,
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    maxHeader,

		DisableGeneralOptionsHandler: true, // every 200 is a decision
		ErrorLog:                     log.New(h.journal, "", 0),
		Protocols:                    new(http.Protocols),
	}
	s.Protocols.SetHTTP1(true) // proxies ask in nothing else, and its timeouts are these
	return s
}

// stop finishes the requests that are being answered.
func stop(s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return model.Errorf(model.CodeFailed, "Some requests were not finished within %v, and were broken off.", stopPatience).
			Because(errors.Join(err, s.Close()))
	}
	return nil
}
